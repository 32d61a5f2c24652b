# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository of clients, by its playbooks: checked, planned, reviewed, applied, compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.lists import load_list
from support.notation import entries_from
from support.playbooks import ROOT, access
from support.stage import Stage, active, fill, serving, workspaces
from support.workspace import HIDES

EUROPE, ASIA, AFRICA, AMERICA = WORKSPACES = (4242, 5151, 6161, 7171)
BY_PLAN = ("-e", "clients_plan_file=plan.json")
NAMED = ("-e", "clients_plan_file=out/main.json")

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


of_one_key = serving(*WORKSPACES)


@pytest.fixture
def stage(of_one_key: Simulator, tmp_path: Path) -> Stage:
    of_one_key.reset()
    return Stage(of_one_key, tmp_path)


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


def workspace(workspace_id: int, *listed: object, **more: object) -> dict[str, Any]:
    """Return the variables of a host."""
    return {"clients_workspace_id": workspace_id, "clients_list": [*listed], **more}


def listed(stage: Stage, *clients: object, **more: object) -> tuple[str, str]:
    """Write a file of variables, and return the arguments that name it."""
    stage.write("clients.yml", {"clients_list": [*clients], **more})
    return ("-e", "@clients.yml")


# toggl.focus.check


def test_a_check_needs_no_network_and_no_key(stage: Stage, cut_off: dict[str, str]) -> None:
    """Also against the list of the base branch. A plan fails on such a machine."""
    wanted = entries_from("Acme; Globex Corporation (was Globex); absent Hooli; restored 1007")
    base = {"clients_base": ["Acme", "Globex", "Hooli", "Initech"], "clients_purge": True}
    guard = {"clients_max_deletion_percent": 60}
    given = listed(stage, *wanted, **base, **guard)
    shown = stage.run("check", *given, environment=cut_off)
    for line in (
        "Entries: 4. All are sound",
        "Against clients_base, not against the workspace:",
        "delete   Hooli",
        "delete   Initech by purge",
        "rename   Globex -> Globex Corporation",
    ):
        assert line in shown
    tried = Path(cut_off["TRIED"])
    assert not tried.exists()
    there = {**cut_off, **access(stage.service)}
    assert "requests" in stage.run("plan", *given, status=2, environment=there)
    connect = [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 1))"]
    assert subprocess.run(connect, env=cut_off, check=False).returncode and tried.exists()
    assert stage.service.log == []


def test_the_hook_for_pre_commit_validates_the_list(stage: Stage) -> None:
    """It is run as pre-commit runs it: entry and args, in the repository."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert (hook["language"], hook["pass_filenames"]) == ("system", False)
    program, playbook, *others = shlex.split(hook["entry"]) + hook["args"]
    assert (program, playbook) == ("ansible-playbook", "toggl.focus.check")
    for clients, status in ((["Acme"], 0), (["Acme", "Acme"], 2)):
        listed(stage, *clients)
        stage.run("check", *others, status=status, environment={})
    assert re.search(hook["files"], "clients.yml")


# toggl.focus.plan, and the other playbooks that only look


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, str]]:
    """One run, for a workspace of each kind, and what it printed."""
    with workspaces(*WORKSPACES) as service, Simulator(HIDES) as hiding:
        stage = Stage(service, tmp_path_factory.mktemp("planned"))
        fill(service, EUROPE, "Globex", "Hooli")
        fill(service, ASIA, "Initech", "Umbrella", "Wayne")
        fill(service, AFRICA, "acme", "Acme")
        fill(service, AMERICA, "Acme")
        hiding.add("Gone", deleted=True)
        guard = {"clients_base": ["Globex"], "clients_protected": ["Glo*"]}
        europe = entries_from("Stark @EUR; Globex Corporation (was Globex); absent Hooli")
        restored = entries_from("restored 1001")
        stage.inventory(
            {
                "europe": workspace(EUROPE, *europe),
                "asia": workspace(ASIA, "Initech", clients_purge=True),
                "nowhere": workspace(999, *entries_from("Acme; absent Globex"), **guard),
                "africa": workspace(AFRICA, "Acme"),
                "america": workspace(AMERICA, "Acme"),
                "mistaken": workspace(7, {"name": "Acme", "state": "presnt"}),
                "unlisted": {"clients_workspace_id": 8},
                "hidden": workspace(hiding.workspace_id, *restored, clients_api_url=hiding.url),
            }
        )
        stage.write("out/main.json", "{}").chmod(0o644)
        yield stage, stage.run("plan", *NAMED, status=2)


def test_each_workspace_is_in_the_plan_file(planned: tuple[Stage, str]) -> None:
    """Also one that cannot be read or planned: it fails after the files are written."""
    stage, printed = planned
    assert stage.service.writes == []
    assert printed.count("failed=1") == 4
    files = [*(stage.folder / "out").iterdir()]
    assert sorted(file.name for file in files) == ["main.json", "main.md"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    found, people = stage.plans("out/main.json"), (stage.folder / "out/main.md").read_text()
    assert list(found) == sorted(found) and len(found) == 8

    europe = found["europe"]
    assert (europe["workspace_id"], europe["api_url"]) == (EUROPE, stage.service.url)
    assert (europe["validate_certs"], europe["refusal"], europe["warnings"]) == (True, None, [])
    assert europe["msg"].startswith("Would create 1, rename 1, delete 1")
    assert re.fullmatch("[0-9a-f]{64}", europe["digest"])
    assert steps(europe) == ["create Stark", "delete Hooli", "rename Globex Corporation"]
    assert europe["requests"] == 5, "the list, three writes, and a look at the currency"
    america, asia, (warning,) = found["america"], found["asia"], found["africa"]["warnings"]
    assert (america["steps"], america["refusal"], america["requests"]) == ([], None, 1)
    assert steps(asia) == ["delete Umbrella", "delete Wayne"]
    assert "acme" in warning and warning.partition(":")[0] in people.replace("`", "")
    assert found["hidden"]["requests"] == 4, "the list, two looks at the client, and the restore"

    for host, words in {
        "asia": "max_deletion_percent.*Umbrella",
        "nowhere": "404|999",
        "mistaken": "did you mean present",
        "unlisted": "clients_list",
    }.items():
        assert re.search(words, found[host]["refusal"]), host
    nowhere = found["nowhere"]
    assert (nowhere["digest"], nowhere["steps"], nowhere["summary"]) == (None, [], {})
    assert found["mistaken"]["digest"] is None and "presnt" in people

    assert europe["digest"] in people
    assert people.count("cannot be applied:**") == 1
    assert people.count("cannot be planned:**") == 3
    assert people.rstrip().endswith("<!-- toggl.focus plan -->")


def steps(plan: dict[str, Any]) -> list[str]:
    return sorted(f"{step['step']} {step['name']}" for step in plan["steps"])


def test_a_refused_plan_is_never_applied(planned: tuple[Stage, str]) -> None:
    """Not even where the guard was taken away since, so that nobody has agreed to what is done."""
    stage, _ = planned
    loosened = ("-e", "clients_max_deletion_percent=100", "--limit", "asia")
    assert "max_deletion_percent" in stage.run("apply", *loosened, *NAMED, status=2)
    assert stage.service.writes == []


def test_a_check_fails_with_what_is_wrong(planned: tuple[Stage, str]) -> None:
    """All that can be wrong with a list is in ``tests/unit/test_entries.py``."""
    stage, _ = planned
    printed = stage.run("check", status=2, environment={}).replace('\\"', '"')
    failures = dict(re.findall(r"(?m)^fatal: \[(.+?)\]: FAILED! => (.*)$", printed))
    assert failures.keys() == {"mistaken", "nowhere", "unlisted"}
    assert 'Entry 1 ("Acme"): state is "presnt"; did you mean present?' in failures["mistaken"]
    assert 'protected has "Glo*"' in failures["nowhere"]
    assert "clients_list" in failures["unlisted"]
    mapping = ("-e", '{"clients_list": {"name": "Acme"}}', "--limit", "unlisted")
    assert "give each client a hyphen" in stage.run("check", *mapping, status=2, environment={})
    blank = ("-e", '{"clients_list": null}', "--limit", "unlisted")
    assert "or [] if there are none" in stage.run("check", *blank, status=2, environment={})


def test_drift_fails_where_something_differs(planned: tuple[Stage, str]) -> None:
    """Or where a workspace cannot be read or planned."""
    stage, _ = planned
    printed = stage.run("drift", status=2)
    failed = dict(re.findall(r"(?m)^(\w+) +: ok=.* failed=(\d)", printed))
    sound = {host for host, count in failed.items() if count == "0"}
    assert sound == {"africa", "america"} and len(failed) == 8
    assert "Would create 1, rename 1, delete 1." in printed
    assert "delete   Hooli (id 1002)" in printed
    assert stage.service.writes == []


# toggl.focus.apply


def test_exactly_the_reviewed_plan_is_applied(stage: Stage) -> None:
    """With a limit, to these hosts alone; applied again, nothing is done."""
    service = stage.service
    for id_, name in ((EUROPE, "Globex"), (ASIA, "Initech"), (AMERICA, "Acme")):
        fill(service, id_, name)
    stage.inventory(
        {
            "europe": workspace(EUROPE, *entries_from("Globex Corporation (was Globex)")),
            "asia": workspace(ASIA, "Initech", "Hooli"),
            "america": workspace(AMERICA, "Acme"),
        }
    )
    stage.run("plan")
    stage.run("apply", *BY_PLAN, "--limit", "asia")
    assert active(service, ASIA) == ["Hooli", "Initech"]
    assert active(service, EUROPE) == ["Globex"]
    printed = stage.run("apply", *BY_PLAN)
    assert active(service, EUROPE) == ["Globex Corporation"]
    assert "rename   Globex -> Globex Corporation" in printed
    assert printed.count("Nothing to do: already applied.") == 2
    assert re.search(r"(?m)^america .* changed=0 .* failed=0 ", printed)
    assert len(service.writes) == 2
    stage.run("plan", "--limit", "europe")
    assert list(stage.plans()) == ["europe"]


# where playbooks run

MOVES_AWAY = {
    "ansible_connection": "ssh",
    "ansible_host": "127.0.0.1",
    "ansible_port": 1,
    "ansible_user": "somebody",
    "ansible_become": True,
    "ansible_become_user": "nobody",
    "ansible_become_method": "su",
    "ansible_become_exe": "/nonexistent/su",
    "ansible_python_interpreter": "/nonexistent/python",
    "ansible_playbook_python": "/nonexistent/python",
    "ansible_shell_type": "powershell",
    "ansible_shell_executable": "/nonexistent/sh",
}
"""What an inventory of servers may say; the token would travel there in the module's arguments."""


def test_the_playbooks_stay_on_the_controller(stage: Stage) -> None:
    """All of them, whatever the inventory says, with ``--become`` too, and with omitted values. A
    host that failed in an earlier play is left out."""
    fill(stage.service, EUROPE, "Acme")
    omitted = "{{ nothing | default(omit) }}"
    renamed = {"name": "Acme Ltd", "id": omitted, "former_names": [omitted, "Acme"]}
    europe = {**MOVES_AWAY, **workspace(EUROPE, omitted, "Globex", renamed)}
    stage.inventory({"europe": europe, "lost": {**MOVES_AWAY, **workspace(ASIA, "Initech")}})
    failing = {"ansible.builtin.fail": {}, "when": "inventory_hostname == 'lost'"}
    fails = {"hosts": "all", "gather_facts": False, "tasks": [failing]}
    names = ("export", "check", "plan", "apply", "drift")
    books = ({"import_playbook": f"toggl.focus.{name}"} for name in names)
    printed = stage.run(stage.book(fails, *books), "--become", status=2)
    assert "Entries: 2. All are sound" in printed
    assert "The workspace is as the list says." in printed
    assert not re.search("omit_place|<<Omit|_OmitType", printed)
    (plan,) = stage.plans().values()
    assert steps(plan) == ["create Globex", "rename Acme Ltd"]
    assert active(stage.service, EUROPE) == ["Acme Ltd", "Globex"]
    exported = load_list((stage.folder / "europe.clients.yml").read_text())
    assert exported["clients_list"] == [{"name": "Acme"}]
