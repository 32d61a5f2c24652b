# SPDX-License-Identifier: GPL-3.0-or-later
"""With a plan file, nothing is applied but what was reviewed, however a playbook is started."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import ROOT, ansible_playbook

from ansible_collections.toggl.focus.plugins.module_utils._plan.digest import digest

EUROPE, ASIA = 4242, 5151
BY_PLAN = ("-e", "clients_plan_file=plan.json")
FAILED = 2


class Reviewed(NamedTuple):
    """A plan was made; since then, somebody has put another client into the list."""

    service: Simulator
    folder: Path


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    folder = tmp_path_factory.mktemp("plan")
    with Simulator(workspace_id=EUROPE) as service:
        service.workspace_ids = (EUROPE, ASIA)
        write_list(folder, "Acme")
        ran = ansible_playbook(service, "toggl.focus.plan", "-e", "@list.yml", folder=folder)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        write_list(folder, "Acme", "Nobody has reviewed this")
        yield Reviewed(service, folder)


@pytest.fixture
def service(plan: Reviewed) -> Simulator:
    """The same, with empty workspaces."""
    plan.service.reset()
    return plan.service


@pytest.fixture
def reviewed(plan: Reviewed, service: Simulator, tmp_path: Path) -> Reviewed:
    """A copy of the folder."""
    folder = tmp_path / "copy"
    shutil.copytree(plan.folder, folder)
    return Reviewed(service, folder)


def write_list(folder: Path, *names: str) -> None:
    (folder / "list.yml").write_text(yaml.safe_dump({"clients_list": list(names)}))


def apply(reviewed: Reviewed, *arguments: str, typed: str | None = None) -> tuple[int, str]:
    ran = ansible_playbook(
        reviewed.service,
        "toggl.focus.apply",
        *("-e", "@list.yml", *arguments),
        folder=reviewed.folder,
        typed=typed,
    )
    return ran.returncode, ran.stdout + ran.stderr


def other_digest(reviewed: Reviewed) -> str:
    """Of the plan that nobody has reviewed."""
    names = ("Acme", "Nobody has reviewed this")
    return digest(
        [{"step": "create", "name": name} for name in names], EUROPE, reviewed.service.url
    )


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

WAYS_PAST: dict[str, tuple[str, ...]] = {
    "a later task, and all variables of the playbook": (
        *("--start-at-task", "Match the workspace"),
        *("-e", json.dumps(EVERYTHING)),
    ),
    "a digest that is omitted": ("-e", '{"clients_plan_digest": "{{ omit }}"}'),
    "another digest": ("-e", "clients_plan_digest=OTHER"),
    "step by step": ("--step",),
}


@pytest.mark.parametrize("way", WAYS_PAST)
def test_nothing_passes_the_digest_over(reviewed: Reviewed, way: str) -> None:
    """Step by step, the tasks that look at the hosts are left out, and the others are not."""
    arguments = [argument.replace("OTHER", other_digest(reviewed)) for argument in WAYS_PAST[way]]
    status, printed = apply(reviewed, *BY_PLAN, *arguments, typed="n\nn\ny\ny\ny\ny\n")
    assert reviewed.service.writes == []
    assert status == FAILED, printed
    assert "Traceback" not in printed


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


def test_what_is_given_but_blank_is_an_error_before_any_request(
    service: Simulator, tmp_path: Path
) -> None:
    """Each host has its own mistake."""
    hosts = {
        case.replace(" ", "-"): {"clients_workspace_id": number, **given}
        for number, (case, given) in enumerate(BLANK.items(), EUROPE)
    }
    inventory(tmp_path, hosts)
    ran = ansible_playbook(service, "toggl.focus.apply", "-i", "hosts.yml", folder=tmp_path)
    assert service.log == []
    assert ran.stdout.count("failed=1") == len(BLANK), ran.stdout + ran.stderr


def test_a_file_that_shows_something_else_is_refused_before_any_request(
    reviewed: Reviewed,
) -> None:
    """Harmless steps with the digest of what would really be done, or the plan for another server.
    The key is not sent there."""
    path = reviewed.folder / "plan.json"
    content = json.loads(path.read_text())
    shown = content["workspaces"].pop("localhost")
    there = {"workspace_id": ASIA, "api_url": "https://example.org/api"}
    content["workspaces"] = {
        "europe": {**shown, "digest": other_digest(reviewed)},
        "asia": {**shown, **there, "digest": digest(shown["steps"], *there.values())},
    }
    path.write_text(json.dumps(content))
    inventory(reviewed.folder, {"europe": {}, "asia": {"clients_workspace_id": ASIA}})
    status, printed = apply(reviewed, *BY_PLAN, "-i", "hosts.yml")
    assert reviewed.service.log == []
    assert status == FAILED, printed
    assert "what plan.json shows for europe is not the plan of its digest" in printed
    assert "plan.json has a plan for workspace 5151 at https://example.org/api, and" in printed


def test_the_role_alone_is_bound_too(reviewed: Reviewed) -> None:
    """In a play of one's own, without the playbook."""
    play = {"hosts": "localhost", "gather_facts": False, "roles": ["toggl.focus.clients"]}
    (reviewed.folder / "own.yml").write_text(yaml.safe_dump([play]))
    given = ("-e", "@list.yml", *BY_PLAN)
    ran = ansible_playbook(reviewed.service, "own.yml", *given, folder=reviewed.folder)
    assert (ran.returncode, reviewed.service.writes) == (FAILED, [])
    assert "The plan has changed since it was reviewed" in ran.stdout


@pytest.mark.parametrize("name", ["plan", "drift"])
def test_what_only_plans_needs_no_reviewed_plan(reviewed: Reviewed, name: str) -> None:
    """An inventory may give ``clients_plan_file`` to all playbooks. For ``toggl.focus.plan``, that
    is the file to write, and the one that is there is of an earlier plan."""
    given = ("-e", "@list.yml", *BY_PLAN, "-e", "clients_plan_digest=")
    ran = ansible_playbook(reviewed.service, f"toggl.focus.{name}", *given, folder=reviewed.folder)
    assert "Would create 2." in ran.stdout, ran.stdout + ran.stderr
    assert reviewed.service.writes == []


# one workspace, several hosts

COPIED = {"europe": {"clients_workspace_id": EUROPE}, "copy": {"clients_workspace_id": "04242"}}
SERVERS: dict[str, dict[str, object]] = {"web1": {}, "web2": {"clients_workspace_id": ""}}


def inventory(folder: Path, hosts: dict[str, dict[str, object]]) -> None:
    hosts = {host: {"clients_list": ["Acme"], **known} for host, known in hosts.items()}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))


def test_two_hosts_of_one_workspace_are_refused_before_any_request(
    service: Simulator, tmp_path: Path
) -> None:
    """And no file is written. The other playbooks begin in the same way, see below."""
    inventory(tmp_path, COPIED)
    ran = ansible_playbook(service, "toggl.focus.plan", "-i", "hosts.yml", folder=tmp_path)
    assert ran.returncode == FAILED, ran.stdout + ran.stderr
    assert "These hosts have the same workspace: copy and europe (workspace 4242" in ran.stdout
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


def test_servers_with_the_id_from_the_environment_are_one_workspace(
    service: Simulator, tmp_path: Path
) -> None:
    """The remedy that is named first works, also without any of the servers."""
    inventory(tmp_path, SERVERS)
    given = ("-i", "hosts.yml")
    ran = ansible_playbook(service, "toggl.focus.apply", *given, folder=tmp_path)
    assert ran.returncode == FAILED, ran.stdout + ran.stderr
    assert "Run on this machine alone with -e clients_hosts=localhost" in ran.stdout
    assert service.log == []
    remedy = (*given, "-e", "clients_hosts=localhost", "-e", '{"clients_list": ["Acme"]}')
    ran = ansible_playbook(service, "toggl.focus.apply", *remedy, folder=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.names() == ["Acme"]


def test_the_look_at_the_hosts_is_not_passed_over(service: Simulator, tmp_path: Path) -> None:
    inventory(tmp_path, COPIED)
    given = ("-i", "hosts.yml", "--start-at-task", "Match the workspace")
    ansible_playbook(service, "toggl.focus.apply", *given, folder=tmp_path)
    assert service.log == []


def test_a_limit_leaves_a_host_out(service: Simulator, tmp_path: Path) -> None:
    """So there is one host of the workspace, and it is let through."""
    inventory(tmp_path, COPIED)
    given = ("-i", "hosts.yml", "--limit", "copy")
    ran = ansible_playbook(service, "toggl.focus.apply", *given, folder=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.names() == ["Acme"]


def test_each_host_has_the_workspace_that_the_play_gives_it(
    service: Simulator, tmp_path: Path
) -> None:
    """Also where a playbook of one's own gives it, whose variables no other host sees."""
    inventory(tmp_path, {"europe": {}, "asia": {}})
    book = {
        "import_playbook": "toggl.focus.plan",
        "vars": {
            "clients_workspace_id": "{{ {'europe': 4242, 'asia': 5151}[inventory_hostname] }}"
        },
    }
    (tmp_path / "own.yml").write_text(yaml.safe_dump([book]))
    ran = ansible_playbook(service, "own.yml", "-i", "hosts.yml", folder=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    plans = json.loads((tmp_path / "plan.json").read_text())["workspaces"]
    assert {host: plan["workspace_id"] for host, plan in plans.items()} == {
        "europe": EUROPE,
        "asia": ASIA,
    }
    for plan in plans.values():
        assert plan["digest"] == digest(plan["steps"], plan["workspace_id"], plan["api_url"])
