# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of clients, by its playbooks: checked offline, planned, reviewed, applied as
reviewed, and compared on a schedule."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import ROOT, access, ansible_playbook

EUROPE, ASIA, AFRICA, AMERICA = WORKSPACES = (4242, 5151, 6161, 7171)
HEX = set("0123456789abcdef")

CUT_OFF = '''\
"""Python as on a machine without network and without requests; each try is written down."""
import os, socket, sys

def tried(what):
    with open(os.environ["TRIED"], "a") as file:
        file.write(what + "\\n")
    raise OSError(what)

class WithoutRequests:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("requests", "urllib3"):
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, WithoutRequests())
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, lambda *_, name=name: tried(name))
'''


@pytest.fixture(scope="module")
def three() -> Iterator[Simulator]:
    with Simulator(workspace_id=EUROPE) as running:
        running.workspace_ids = WORKSPACES
        yield running


@pytest.fixture
def service(three: Simulator) -> Simulator:
    """One key, three workspaces."""
    three.reset()
    return three


@pytest.fixture
def cut_off(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without network, without requests and without a key."""
    folder = tmp_path / "cut off"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CUT_OFF)
    return {
        "PYTHONPATH": str(folder),
        "TRIED": str(tmp_path / "tried"),
        "TOGGL_FOCUS_API_URL": "http://127.0.0.1:1/api",
    }


def fill(service: Simulator, workspace_id: int, *names: str) -> None:
    for name in names:
        service.workspaces[workspace_id].add(name, False)


def active(service: Simulator, workspace_id: int) -> list[str]:
    clients = service.workspaces[workspace_id].clients()
    return sorted(client.name for client in clients if not client.deleted_at)


def inventory(folder: Path, hosts: Mapping[str, Mapping[str, Any]]) -> None:
    (folder / "workspaces.yml").write_text(yaml.safe_dump({"all": {"hosts": dict(hosts)}}))


def workspace(workspace_id: int, *listed: object, **more: object) -> dict[str, Any]:
    """The variables of a host."""
    return {"clients_workspace_id": workspace_id, "clients_list": list(listed), **more}


def run(
    service: Simulator,
    folder: Path,
    name: str,
    *arguments: str,
    status: int = 0,
    environment: Mapping[str, str] | None = None,
) -> str:
    """A playbook of the collection, in the folder; what it prints."""
    ran = ansible_playbook(
        service, f"toggl.focus.{name}", *arguments, folder=folder, environment=environment
    )
    printed = ran.stdout + ran.stderr
    assert ran.returncode == status, printed
    assert "Traceback" not in printed
    assert service.token not in printed
    return printed


def many(service: Simulator, folder: Path, name: str, *arguments: str, status: int = 0) -> str:
    return run(service, folder, name, "-i", "workspaces.yml", *arguments, status=status)


def plans(folder: Path, file: str = "plan.json") -> dict[str, Any]:
    """The workspaces of a plan file."""
    plan = json.loads((folder / file).read_text())
    assert plan["format"] == 2
    found: dict[str, Any] = plan["workspaces"]
    return found


def clients_file(folder: Path, *listed: object, **more: object) -> tuple[str, str]:
    """Arguments for a playbook."""
    text = yaml.safe_dump({"clients_list": list(listed), **more}, allow_unicode=True)
    (folder / "clients.yml").write_text(text)
    return ("-e", "@clients.yml")


# toggl.focus.check


def test_a_check_needs_no_network_and_no_key(
    service: Simulator, tmp_path: Path, cut_off: dict[str, str]
) -> None:
    """Neither does one against the list of the base branch."""
    listed = clients_file(
        tmp_path,
        "Acme",
        {"name": "Globex Corporation", "former_names": ["Globex"]},
        {"name": "Hooli", "state": "absent"},
        {"id": 1007, "state": "restored"},
        clients_purge=True,
    )
    (tmp_path / "base.yml").write_text("clients_base: [Acme, Globex, Hooli, Initech]\n")
    alone = run(service, tmp_path, "check", *listed, environment=cut_off)
    assert "Entries: 4. All are sound" in alone
    shown = run(
        service,
        tmp_path,
        "check",
        *listed,
        *("-e", "@base.yml", "-e", "clients_max_deletion_percent=60"),
        environment=cut_off,
    )
    lines = [
        "Against clients_base, not against the workspace:",
        "delete   Hooli",
        "delete   Initech by purge",
        "rename   Globex -> Globex Corporation",
    ]
    assert [line for line in lines if line not in shown] == []
    assert not Path(cut_off["TRIED"]).exists()
    assert service.log == []


def test_the_machine_of_that_test_is_cut_off(
    service: Simulator, tmp_path: Path, cut_off: dict[str, str]
) -> None:
    connect = "import socket; socket.create_connection(('127.0.0.1', 1))"
    ran = subprocess.run([sys.executable, "-c", connect], env=cut_off, check=False)
    assert ran.returncode != 0
    assert Path(cut_off["TRIED"]).exists()
    listed = clients_file(tmp_path, "Acme")
    environment = {**cut_off, **access(service)}
    assert "requests" in run(service, tmp_path, "plan", *listed, status=2, environment=environment)
    assert service.log == []


MISTAKES = {
    "a typing error": (
        [{"name": "Acme", "state": "presnt"}],
        {},
        'Entry 1 ("Acme"): state is "presnt"; did you mean present?',
    ),
    "one name twice": (["Acme", "Globex", "Acme"], {}, "Acme"),
    "a name that YAML takes for a number": (["Acme", 7], {}, "put the name in quotes"),
    "a guard, against the base": (
        ["Acme", {"name": "Globex", "state": "absent"}],
        {"clients_base": ["Acme", "Globex"], "clients_protected": ["Glo*"]},
        'is protected by "Glo*"',
    ),
    "no list": (None, {}, "clients_list"),
    "a text": ("Acme, Globex", {}, "it is a text, not a list"),
}


def test_a_check_fails_with_what_is_wrong(
    service: Simulator, tmp_path: Path, cut_off: dict[str, str]
) -> None:
    """Each host has its own mistake."""
    hosts = {}
    for number, (listed, more, _) in enumerate(MISTAKES.values(), 1):
        given = {} if listed is None else {"clients_list": listed}
        hosts[f"host{number}"] = {"clients_workspace_id": number, **given, **more}
    inventory(tmp_path, hosts)
    arguments = ("-i", "workspaces.yml")
    printed = run(service, tmp_path, "check", *arguments, status=2, environment=cut_off)
    failures = dict(re.findall(r"(?m)^fatal: \[(.+?)\]: FAILED! => (.*)$", printed))
    for host, (_, _, message) in zip(hosts, MISTAKES.values(), strict=True):
        assert message in failures[host].replace('\\"', '"')


# toggl.focus.plan


@dataclass(frozen=True)
class Planned:
    """One run of the playbook, for a workspace of each kind."""

    folder: Path
    printed: str
    service: Simulator

    @property
    def workspaces(self) -> dict[str, Any]:
        return plans(self.folder)

    @property
    def people(self) -> str:
        return (self.folder / "plan.md").read_text()


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planned]:
    folder = tmp_path_factory.mktemp("planned")
    hides = Switches(list_shows_deleted=False, get_shows_deleted=False)
    with Simulator(workspace_id=EUROPE) as service, Simulator(switches=hides) as hiding:
        service.workspace_ids = WORKSPACES
        service.reset()
        fill(service, EUROPE, "Globex", "Hooli")
        fill(service, ASIA, "Initech", "Umbrella", "Wayne")
        fill(service, AFRICA, "acme", "Acme")
        hiding.add("Gone", deleted=True)
        inventory(
            folder,
            {
                "europe": workspace(
                    EUROPE,
                    "Stark",
                    {"name": "Globex Corporation", "former_names": ["Globex"]},
                    {"name": "Hooli", "state": "absent"},
                ),
                "asia": workspace(ASIA, "Initech", clients_purge=True),
                "nowhere": workspace(999, "Acme"),
                "africa": workspace(AFRICA, "Acme"),
                "mistaken": workspace(7, {"name": "Acme", "state": "presnt"}),
                "unlisted": {"clients_workspace_id": 8},
                "hidden": workspace(
                    hiding.workspace_id,
                    {"id": 1001, "state": "restored"},
                    clients_api_url=hiding.url,
                ),
            },
        )
        (folder / "plan.json").write_text("{}")
        (folder / "plan.json").chmod(0o644)
        yield Planned(folder, many(service, folder, "plan", status=2), service)


def test_each_workspace_is_in_the_plan_file(planned: Planned) -> None:
    """Also one that cannot be read and one whose plan is refused, with the reason; these fail
    after the files are written. Nothing is written to the service."""
    assert planned.service.writes == []
    assert planned.printed.count("failed=1") == 4
    for file in ("plan.json", "plan.md"):
        assert (planned.folder / file).stat().st_mode & 0o777 == 0o600
    found = planned.workspaces
    assert list(found) == sorted(found) and len(found) == 7

    europe = found["europe"]
    assert europe["workspace_id"] == EUROPE
    assert europe["api_url"] == planned.service.url
    assert europe["validate_certs"] is True
    assert europe["refusal"] is None
    assert europe["msg"].startswith("Would create 1, rename 1, delete 1")
    assert len(europe["digest"]) == 64 and set(europe["digest"]) <= HEX
    assert sorted((step["step"], step["name"]) for step in europe["steps"]) == [
        ("create", "Stark"),
        ("delete", "Hooli"),
        ("rename", "Globex Corporation"),
    ]
    assert {step["status"] for step in europe["steps"]} == {"planned"}
    assert europe["summary"]["created"] == europe["summary"]["renamed"] == 1
    assert europe["requests"] == 4  # the list, and three writes
    assert europe["warnings"] == []

    asia = found["asia"]
    assert "max_deletion_percent" in asia["refusal"] and "Umbrella" in asia["refusal"]
    assert [(step["step"], step["name"], step["purge"]) for step in asia["steps"]] == [
        ("delete", "Umbrella", True),
        ("delete", "Wayne", True),
    ]

    nowhere = found["nowhere"]
    assert nowhere["workspace_id"] == 999
    assert "404" in nowhere["refusal"] or "999" in nowhere["refusal"]
    assert (nowhere["digest"], nowhere["steps"], nowhere["summary"]) == (None, [], {})

    for name in ("Stark", "Globex Corporation", "Hooli", "Umbrella", "Wayne"):
        assert f"`{name}`" in planned.people
    assert europe["digest"] in planned.people
    assert planned.people.count("cannot be applied:**") == 4
    assert planned.people.rstrip().endswith("<!-- toggl.focus plan -->")


def test_a_plan_counts_the_look_at_a_client_that_nobody_has_seen(planned: Planned) -> None:
    """The list, a look for the id, the restore, and a look at its name."""
    assert planned.workspaces["hidden"]["requests"] == 4


def test_what_a_run_warns_of_is_in_the_plan(planned: Planned) -> None:
    (warning,) = planned.workspaces["africa"]["warnings"]
    assert "acme" in warning and warning.partition(":")[0] in planned.people.replace("`", "")


def test_a_list_that_is_wrong_is_in_the_plan_too(planned: Planned) -> None:
    mistaken = planned.workspaces["mistaken"]
    assert "did you mean present?" in mistaken["refusal"] and mistaken["digest"] is None
    assert "presnt" in planned.people
    assert "clients_list" in planned.workspaces["unlisted"]["refusal"]


def test_a_refused_plan_is_never_applied(planned: Planned) -> None:
    """Not even where the guard was taken away since, so that nobody has agreed to what is done."""
    loosened = ("-e", "clients_max_deletion_percent=100", "--limit", "asia")
    printed = many(planned.service, planned.folder, "apply", *loosened, *BY_PLAN, status=2)
    assert "max_deletion_percent" in printed
    assert planned.service.writes == []


def test_a_plan_of_nothing_to_do_is_sound(service: Simulator, tmp_path: Path) -> None:
    """A difference is no failure either. The files have the name that is asked for."""
    fill(service, EUROPE, "Acme")
    listed = clients_file(tmp_path, "Acme")
    (tmp_path / "out").mkdir()
    named = ("-e", "clients_plan_file=out/main.json")
    run(service, tmp_path, "plan", *listed, *named)
    (only,) = plans(tmp_path, "out/main.json").values()
    assert only["msg"] == "Nothing to do: the entry is as declared."
    assert (only["steps"], only["refusal"], only["requests"]) == ([], None, 1)
    assert only["workspace_id"] == EUROPE
    assert "nothing to do" in (tmp_path / "out" / "main.md").read_text()
    assert not (tmp_path / "plan.json").exists()
    run(service, tmp_path, "plan", *clients_file(tmp_path, "Acme", "Globex"), *named)
    assert service.writes == []


def test_a_plan_file_holds_names_as_they_are(service: Simulator, tmp_path: Path) -> None:
    """What looks like a template is not evaluated, neither from the list nor from the service."""
    evil = "{{ lookup('ansible.builtin.pipe', 'touch evaluated') }}"
    listed = "clients_list: [!unsafe '{{ 1 + 1 }}', Zo\u00eb]"
    hosts = {"europe": (EUROPE, 2), "asia": (ASIA, 0)}
    (tmp_path / "host_vars").mkdir()
    for host, (number, most) in hosts.items():
        fill(service, number, evil, "a | b")
        variables = f"{{clients_workspace_id: {number}, clients_max_deletions: {most}, {listed}}}"
        (tmp_path / "host_vars" / f"{host}.yml").write_text(variables)
    inventory(tmp_path, {host: {} for host in hosts})
    purged = ("-e", "{clients_purge: true, clients_max_deletion_percent: 100}")
    many(service, tmp_path, "plan", *purged, status=2)
    found = plans(tmp_path)
    names = {step["name"] for step in found["europe"]["steps"]}
    assert names == {"Zo\u00eb", "a | b", evil, "{{ 1 + 1 }}"}
    assert evil in found["asia"]["refusal"]
    assert evil in (tmp_path / "plan.md").read_text()
    assert evil in many(service, tmp_path, "apply", *purged, *BY_PLAN, "--limit", "asia", status=2)
    based = ("-e", '{"clients_base": []}', "--limit", "europe")
    assert "create   {{ 1 + 1 }}" in many(service, tmp_path, "check", *based)
    assert not (tmp_path / "evaluated").exists()


# toggl.focus.apply


def fill_reviewed(service: Simulator) -> None:
    service.reset()
    fill(service, EUROPE, "Globex")
    fill(service, ASIA, "Initech")
    fill(service, AMERICA, "Acme")


@pytest.fixture(scope="module")
def plan_of_three(three: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Europe is to rename a client, Asia to get one, America is as declared."""
    folder = tmp_path_factory.mktemp("reviewed")
    fill_reviewed(three)
    inventory(
        folder,
        {
            "europe": workspace(EUROPE, {"name": "Globex Corp", "former_names": ["Globex"]}),
            "asia": workspace(ASIA, "Initech", "Hooli"),
            "america": workspace(AMERICA, "Acme"),
        },
    )
    many(three, folder, "plan")
    return folder


@pytest.fixture
def reviewed(service: Simulator, plan_of_three: Path, tmp_path: Path) -> Path:
    """A folder with that plan, and the workspaces that it was made of."""
    fill_reviewed(service)
    shutil.copytree(plan_of_three, tmp_path, dirs_exist_ok=True)
    return tmp_path


BY_PLAN = ("-e", "clients_plan_file=plan.json")


def test_exactly_the_reviewed_plan_is_applied(service: Simulator, reviewed: Path) -> None:
    printed = many(service, reviewed, "apply", *BY_PLAN)
    assert active(service, EUROPE) == ["Globex Corp"]
    assert active(service, ASIA) == ["Hooli", "Initech"]
    assert "rename   Globex -> Globex Corp" in printed
    assert re.search(r"(?m)^america .* changed=0 .* failed=0 ", printed)
    writes = len(service.writes)
    again = many(service, reviewed, "apply", *BY_PLAN)
    assert again.count("Nothing to do: already applied.") == 3
    assert len(service.writes) == writes


def test_a_workspace_that_changed_since_the_review_is_left_alone(
    service: Simulator, reviewed: Path
) -> None:
    """So is one whose list did, and one that is not in the plan file. The others are applied. The
    message says what is left to do."""
    listed = yaml.safe_load((reviewed / "workspaces.yml").read_text())["all"]["hosts"]
    changed = {
        "asia": workspace(ASIA, "Initech", "Hooli", "Stark"),
        "africa": workspace(AFRICA, "Acme"),
        "america": workspace(AMERICA, "Stark"),
    }
    inventory(reviewed, {**listed, **changed})
    fill(service, ASIA, "Hooli")
    printed = many(service, reviewed, "apply", *BY_PLAN, status=2)
    assert active(service, EUROPE) == ["Globex Corp"]
    assert active(service, ASIA) == ["Hooli", "Initech"]
    assert active(service, AFRICA) == []
    assert active(service, AMERICA) == ["Acme"]
    assert [entry.method for entry in service.writes] == ["PUT"]
    assert printed.count("failed=1") == 3
    assert "plan.json has no plan for africa. Nothing was written there. Run " in printed
    assert "The plan has changed since it was reviewed" in printed
    assert "Nothing was written. The plan would create 1; 2 unchanged." in printed


def test_a_limit_narrows_plans_and_what_is_applied(service: Simulator, reviewed: Path) -> None:
    many(service, reviewed, "apply", *BY_PLAN, "--limit", "asia")
    assert active(service, EUROPE) == ["Globex"]
    assert active(service, ASIA) == ["Hooli", "Initech"]
    many(service, reviewed, "plan", "--limit", "europe")
    assert list(plans(reviewed)) == ["europe"]
    many(service, reviewed, "apply", *BY_PLAN, "--limit", "europe")
    assert active(service, EUROPE) == ["Globex Corp"]


# toggl.focus.drift


def test_drift_fails_where_something_differs(service: Simulator, tmp_path: Path) -> None:
    """Or where a workspace cannot be read."""
    fill(service, EUROPE, "Acme")
    fill(service, ASIA, "Initech", "By hand")
    purged = workspace(ASIA, "Initech", clients_purge=True, clients_max_deletion_percent=50)
    hosts = {
        "europe": workspace(EUROPE, "Acme"),
        "asia": purged,
        "nowhere": workspace(999, "Acme"),
    }
    inventory(tmp_path, hosts)
    printed = many(service, tmp_path, "drift", status=2)
    failed = dict(re.findall(r"(?m)^(\w+) +: ok=.* failed=(\d)", printed))
    assert failed == {"europe": "0", "asia": "1", "nowhere": "1"}
    assert "Would delete 1 (1 by purge); 1 unchanged." in printed
    assert "delete   By hand" in printed
    assert service.writes == []


# what the example prints


def test_no_output_has_the_escape_sequence_of_a_mark_of_a_section(
    service: Simulator, tmp_path: Path
) -> None:
    """GitLab folds its log at such marks. Neither from a list nor from the service."""
    begins, escape = "section_start:1:a[collapsed=true]", "\x1b[0Kb"
    listed = clients_file(tmp_path, begins + escape, clients_base=["Acme"])
    planned = run(service, tmp_path, "check", *listed)
    fill(service, EUROPE, "Acme", "Hooli", f"{begins}\r{escape}")
    purged = clients_file(tmp_path, "Acme", clients_purge=True)
    refused = run(service, tmp_path, "drift", *purged, status=2)
    for printed in (planned, refused):
        assert begins in printed and "\x1b" not in printed


FOLDS = tuple(map(int, metadata.version("ansible-core").split(".")[:2])) < (2, 21)


@pytest.mark.skipif(FOLDS, reason="folds long lines of YAML; the example pins a newer one")
def test_no_line_begins_with_what_a_name_decides(service: Simulator, tmp_path: Path) -> None:
    """With the settings of ``examples/repository``. A code host would obey such a line."""
    long = "x" * 45 + " ::error::b" * 18
    fill(service, EUROPE, "::error::a", long)
    listed = workspace(EUROPE, "::error::ab", f"{long} 2", clients_purge=True)
    inventory(tmp_path, {"europe": {**listed, "clients_base": ["::error::a", long]}})
    settings = str(ROOT / "examples" / "repository" / "ansible.cfg")
    environment = {**access(service), "ANSIBLE_CONFIG": settings}

    def printed(name: str, status: int, percent: int) -> list[str]:
        guard = f"clients_max_deletion_percent={percent}"
        arguments = ("-i", "workspaces.yml", "-e", guard)
        return run(
            service, tmp_path, name, *arguments, status=status, environment=environment
        ).splitlines()

    for lines in (
        printed("check", 2, 30),
        printed("plan", 2, 30),
        printed("drift", 2, 100),
        printed("apply", 0, 100),
    ):
        assert [line for line in lines if "::error::" in line]
        assert not [line for line in lines if line.lstrip().startswith("::")]


# pre-commit


def test_the_hook_for_pre_commit_judges_the_list(
    service: Simulator, tmp_path: Path, cut_off: dict[str, str]
) -> None:
    """It is run as pre-commit runs it: entry and args, in the repository."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["language"], hook["pass_filenames"]) == ("system", False)
    program, playbook, *others = [*shlex.split(hook["entry"]), *hook["args"]]
    assert (program, playbook) == ("ansible-playbook", "toggl.focus.check")
    clients_file(tmp_path, "Acme")
    run(service, tmp_path, "check", *others, environment=cut_off)
    clients_file(tmp_path, "Acme", "Acme")
    run(service, tmp_path, "check", *others, status=2, environment=cut_off)
    assert re.search(hook["files"], "clients.yml")
