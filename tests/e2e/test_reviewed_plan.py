# SPDX-License-Identifier: GPL-3.0-or-later
"""With a plan file, nothing is applied but what was reviewed, however a playbook is started."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import ROOT, ansible_playbook

from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest

HERE, SOUND, OMITTED, OTHER, FORGED, MOVED, ALONE = IDS = range(4242, 4249)
BY_PLAN = ("-e", "clients_plan_file=plan.json")
FAILED = 2
ROLE = "toggl.focus.clients"
NOT_REVIEWED = ["Acme", "Nobody has reviewed this"]


HOSTS: dict[str, tuple[int, str]] = {
    "sound": (SOUND, "Created 1."),
    "omitted": (OMITTED, "clients_plan_digest cannot be used: it has no value"),
    "other": (OTHER, "plan.json has another digest for this workspace"),
    "forged": (FORGED, "what plan.json shows for forged is not the plan of its digest"),
    "moved": (MOVED, f"plan.json has a plan for workspace {MOVED} at https://example.org/api, and"),
}
"""The workspaces in which a reviewed plan is applied by the playbook, and what is said of each."""


class Planned(NamedTuple):
    service: Simulator
    folder: Path
    printed: str


def inventory(folder: Path, hosts: Mapping[str, Mapping[str, object]]) -> None:
    known = {host: {"clients_list": ["Acme"], **own} for host, own in hosts.items()}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": known}}))


def run(
    service: Simulator, folder: Path, name: str, *arguments: str, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    ran = ansible_playbook(service, name, *arguments, folder=folder, typed=typed)
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    """A playbook of one's own plans each workspace, and compares one."""
    folder = tmp_path_factory.mktemp("plan")
    hosts = dict(zip(["localhost", *HOSTS, "alone"], IDS, strict=True))
    own = {"clients_workspace_id": f"{{{{ {hosts}[inventory_hostname] }}}}"}
    book = [
        {"import_playbook": "toggl.focus.plan", "vars": own},
        {"import_playbook": "toggl.focus.drift", "vars": {**own, "clients_hosts": "sound"}},
    ]
    (folder / "own.yml").write_text(yaml.safe_dump(book))
    (folder / "plan.json").write_text("{}")
    inventory(folder, {host: {} for host in hosts})
    with Simulator(workspace_id=HERE) as service:
        service.workspace_ids = tuple(IDS)
        service.reset()
        given = ("-i", "hosts.yml", *BY_PLAN, "-e", "clients_plan_digest=")
        ran = run(service, folder, "own.yml", *given)
        assert ran.returncode == FAILED, ran.stdout + ran.stderr
        assert service.writes == []
        yield Planned(service, folder, ran.stdout)


@pytest.fixture
def service(planned: Planned) -> Simulator:
    """The same, with empty workspaces."""
    planned.service.reset()
    return planned.service


@pytest.fixture
def reviewed(planned: Planned, service: Simulator, tmp_path: Path) -> Path:
    """A folder with the plan."""
    shutil.copy(planned.folder / "plan.json", tmp_path)
    return tmp_path


def workspaces(folder: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads((folder / "plan.json").read_text())["workspaces"]
    return found


def test_each_host_has_the_workspace_that_the_play_gives_it(planned: Planned) -> None:
    """Also where a playbook of one's own gives it, whose variables no other host sees."""
    plans = workspaces(planned.folder).values()
    assert {plan["workspace_id"] for plan in plans} == {*IDS}
    for plan in plans:
        assert plan["digest"] == digest(plan["steps"], plan["workspace_id"], plan["api_url"])


def test_what_only_plans_needs_no_reviewed_plan(planned: Planned) -> None:
    """An inventory may give ``clients_plan_file`` to all playbooks. For ``toggl.focus.plan``, that
    is the file to write, and the one that is there is of an earlier plan."""
    assert {plan["msg"] for plan in workspaces(planned.folder).values()} == {"Would create 1."}
    assert "The workspace differs from the list: Would create 1." in planned.printed


def test_nothing_passes_the_digest_over(service: Simulator, reviewed: Path) -> None:
    """The plan file has harmless steps with the digest of what would really be done, or the plan
    for another server: the key is not sent there, and nothing is. The role in a play of one's own
    is bound too."""
    others = {id_: creations(NOT_REVIEWED, id_, service.url) for id_ in (OTHER, FORGED)}
    content = json.loads((reviewed / "plan.json").read_text())
    plans = content["workspaces"]
    plans["forged"]["digest"] = others[FORGED]
    url = "https://example.org/api"
    plans["moved"] |= {"api_url": url, "digest": digest(plans["moved"]["steps"], MOVED, url)}
    (reviewed / "plan.json").write_text(json.dumps(content))
    hosts: dict[str, dict[str, object]] = {
        host: {"clients_workspace_id": id_, "clients_list": NOT_REVIEWED}
        for host, (id_, _) in [*HOSTS.items(), ("alone", (ALONE, ""))]
    }
    hosts["sound"]["clients_list"] = ["Acme"]
    hosts["omitted"]["clients_plan_digest"] = "{{ omit }}"
    hosts["other"]["clients_plan_digest"] = others[OTHER]
    inventory(reviewed, hosts)
    alone = {"hosts": "alone", "connection": "local", "gather_facts": False}
    playbook = {"import_playbook": "toggl.focus.apply", "vars": {"clients_hosts": "all:!alone"}}
    (reviewed / "own.yml").write_text(yaml.safe_dump([playbook, {**alone, "roles": [ROLE]}]))
    ran = run(service, reviewed, "own.yml", *BY_PLAN, "-i", "hosts.yml")
    for host, (_, words) in HOSTS.items():
        assert words in ran.stdout, host
    assert "The plan has changed since it was reviewed" in ran.stdout
    asked = {int(entry.path.split("/")[3]) for entry in service.log}
    assert asked == {SOUND, ALONE}
    assert len(service.writes) == 1, "of the one that is sound"


def creations(names: list[str], workspace_id: int, url: str) -> str:
    return digest([{"step": "create", "name": name} for name in names], workspace_id, url)


EVERYTHING = {
    "clients_plan_only": True,
    "apply_plan": {"digest": "{{ omit }}"},
    "apply_refusal": "",
    "focus_workspaces": {"failed": False},
    "focus_workspace": {"host": "localhost"},
    "focus_shared": "",
    "plan_digest": "{{ omit }}",
    "omit": "",
    "inventory_hostname": "localhost",
}
LATER = ("--start-at-task", "Match the workspace")


def test_nor_do_a_later_task_and_all_variables_of_the_playbook(
    service: Simulator, reviewed: Path
) -> None:
    given = {**EVERYTHING, "clients_list": NOT_REVIEWED}
    ran = run(service, reviewed, "toggl.focus.apply", *BY_PLAN, *LATER, "-e", json.dumps(given))
    assert service.writes == []
    assert ran.returncode == FAILED, ran.stdout + ran.stderr


BLANK: dict[str, dict[str, object]] = {
    "file of nothing": {"clients_plan_file": ""},
    "file that is null": {"clients_plan_file": None},
    "file that is omitted": {"clients_plan_file": "{{ omit }}"},
    "file that is left out": {"clients_plan_file": "{{ nothing | default(omit) }}"},
    "file that refers to nothing": {"clients_plan_file": "{{ nothing }}"},
    "digest of nothing": {"clients_plan_digest": ""},
    "digest that is null": {"clients_plan_digest": None},
    "digest that is omitted": {"clients_plan_digest": "{{ omit }}"},
    "digest that is left out": {"clients_plan_digest": "{{ nothing | default(omit) }}"},
    "digest that refers to nothing": {"clients_plan_digest": "{{ nothing }}"},
}


def test_what_is_given_but_blank_is_an_error_before_any_request(tmp_path: Path) -> None:
    """Each host has its own mistake."""
    hosts = {
        case.replace(" ", "-"): {"clients_workspace_id": number, **given}
        for number, (case, given) in enumerate(BLANK.items(), HERE)
    }
    inventory(tmp_path, hosts)
    with Simulator() as service:
        ran = run(service, tmp_path, "toggl.focus.apply", "-i", "hosts.yml")
    assert service.log == []
    assert ran.stdout.count("failed=1") == len(BLANK), ran.stdout + ran.stderr


# one workspace, several hosts

SHARED: dict[str, dict[str, object]] = {
    "europe": {"clients_workspace_id": OTHER},
    "copy": {"clients_workspace_id": f"0{OTHER}"},
    "web1": {},
    "web2": {"clients_workspace_id": ""},
}
"""The last two have the id of the environment."""


def test_two_hosts_of_one_workspace_are_refused_before_any_request(
    service: Simulator, tmp_path: Path
) -> None:
    """With what to do, and no file is written. The other playbooks begin in the same way, see
    below."""
    inventory(tmp_path, SHARED)
    ran = run(service, tmp_path, "toggl.focus.plan", "-i", "hosts.yml")
    assert ran.returncode == FAILED, ran.stdout + ran.stderr
    for hosts, id_, remedy in (
        ("copy and europe", OTHER, "Give each host the clients_workspace_id of its own workspace"),
        ("web1 and web2", HERE, "Run on this machine alone with -e clients_hosts=localhost"),
    ):
        shared = f"These hosts have the same workspace: {hosts} (workspace {id_} at {service.url})"
        assert f"{shared}. {remedy}" in ran.stdout
    assert service.log == []
    assert [path.name for path in tmp_path.iterdir()] == ["hosts.yml"]


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda p: p.stem)
def test_each_playbook_looks_at_the_hosts_first(path: Path) -> None:
    """What sends a request after that needs what the look registers."""
    (play,) = yaml.safe_load(path.read_text())
    look, *tasks = play["tasks"]
    assert look["ansible.builtin.import_tasks"] == "tasks/workspaces.yml"
    assert tasks[0]["when"] == "focus_workspaces is success"
    assert play["vars_files"] == ["vars/controller.yml"]


@pytest.mark.parametrize("way", [LATER, ("--step",)], ids=["later", "step"])
def test_the_look_at_the_hosts_is_not_passed_over(
    service: Simulator, tmp_path: Path, way: tuple[str, ...]
) -> None:
    """Step by step, its tasks are left out, and the others are not."""
    inventory(tmp_path, SHARED)
    typed = "n\nn\ny\ny\ny\ny\n"
    ran = run(service, tmp_path, "toggl.focus.apply", "-i", "hosts.yml", *way, typed=typed)
    assert service.log == []
    assert ran.returncode == FAILED, ran.stdout + ran.stderr


@pytest.mark.parametrize("way", ["--limit=web1", "--extra-vars=clients_hosts=localhost"])
def test_where_one_host_is_left_it_is_let_through(
    service: Simulator, tmp_path: Path, way: str
) -> None:
    """The remedies work, also without any of the servers."""
    inventory(tmp_path, SHARED)
    given = ("-i", "hosts.yml", "-e", '{"clients_list": ["Acme"]}', way)
    ran = run(service, tmp_path, "toggl.focus.apply", *given)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.names() == ["Acme"]
