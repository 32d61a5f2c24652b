# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's name is data, wherever a file takes it: nothing in it runs on the controller."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from docs.guide import captioned
from faults.length import FIRST_SEED, times
from simulator.server import Simulator
from support.hostile import BRACES, ONE_LINE, WITH_A_BREAK, hostile_texts, touched
from support.lists import load_list
from support.playbooks import ROOT, access, ansible_playbook

FULL, EMPTY, PURGED = WORKSPACES = (4242, 5151, 6161)
CORE = tuple(map(int, __version__.split(".")[:2]))
DRAWN = times(short=80, long=5_000)  # FAULTS_LONG=1 is the long one


@pytest.fixture(scope="module")
def three() -> Iterator[Simulator]:
    with Simulator(workspace_id=FULL) as running:
        running.workspace_ids = WORKSPACES
        yield running


def is_one_line(text: str) -> bool:
    """Whether a list may give it; the others are refused."""
    return len(text.splitlines()) == 1


class Stage:
    """A folder, three workspaces, and a folder for the files that evaluated texts touch."""

    def __init__(self, service: Simulator, folder: Path) -> None:
        self.service, self.folder, self.ran = service, folder, folder / "ran"
        self.ran.mkdir()
        print(f"FAULTS_SEED={FIRST_SEED}")
        self.texts = hostile_texts(FIRST_SEED, DRAWN)

    def play(self, playbook: str, *arguments: str, status: int = 0) -> str:
        """What a playbook prints; no text was evaluated in it."""
        environment = {**access(self.service), "RAN": str(self.ran)}
        ran = ansible_playbook(
            self.service, playbook, *arguments, environment=environment, folder=self.folder
        )
        printed = ran.stdout + ran.stderr
        evaluated = [self.texts[number] for number in touched(self.ran)]
        assert not evaluated, f"{playbook} evaluated {evaluated}"
        assert ran.returncode == status, printed
        return printed

    def write(self, name: str, content: object) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def active(self, workspace_id: int) -> list[str]:
        clients = self.service.workspaces[workspace_id].clients()
        return sorted(client.name for client in clients if not client.deleted_at)


@pytest.fixture
def stage(three: Simulator, tmp_path: Path) -> Stage:
    three.reset()
    return Stage(three, tmp_path)


def test_the_texts_run_where_nothing_marks_them(stage: Stage) -> None:
    """Otherwise the tests below would show nothing."""
    unmarked = {f"text_{number}": text for number, text in enumerate(stage.texts[:40])}
    stage.write("texts.json", unmarked)
    tasks = [
        {"ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}, "ignore_errors": True}
        for name in unmarked
    ]
    stage.write("show.yml", [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}])
    with pytest.raises(AssertionError, match=r"show\.yml evaluated "):
        stage.play("show.yml", "-e", "@texts.json")
    ran = touched(stage.ran)
    assert {WITH_A_BREAK, BRACES} <= {*ran} and len(ran) > 5
    assert (ONE_LINE in ran) == (CORE < (2, 19))


def test_an_exported_name_is_never_evaluated(stage: Stage) -> None:
    """Neither in the list, nor in the plan, its refusal and its file, nor in the journal."""
    for text in stage.texts:
        stage.service.workspaces[FULL].add(text, False)
        stage.service.workspaces[PURGED].add(text, False)
    stage.play("toggl.focus.export", "-e", "clients_file=full.yml")
    exported = (stage.folder / "full.yml").read_text()
    by_name = re.sub(r"  - id: \d+\n(?:    name: (.*)\n)?", r"", exported)

    hosts = {"full": FULL, "empty": EMPTY, "purged": PURGED, "drifted": PURGED}
    variables: dict[str, Any] = {
        host: {"clients_workspace_id": number, "clients_journal": str(stage.folder / "journal")}
        for host, number in hosts.items()
    }
    for host in ("purged", "drifted"):
        variables[host] |= {"clients_list": ["Acme"], "clients_purge": True}
    variables["drifted"]["clients_max_deletion_percent"] = 100
    variables["full"] |= {"clients_purge": True}
    stage.write("workspaces.yml", {"all": {"hosts": variables}})
    stage.write("host_vars/full.yml", exported)
    stage.write("host_vars/empty.yml", by_name)
    inventory = ("-i", "workspaces.yml")
    given = (*inventory, "--limit", "!drifted", "-e", '{"clients_base": []}')
    stage.play("toggl.focus.check", *given, "toggl.focus.plan", status=2)
    plans = json.loads((stage.folder / "plan.json").read_text())["workspaces"]
    assert plans["full"]["steps"] == []
    assert "max_deletion_percent" in plans["purged"]["refusal"]
    planned = sorted(step["name"] for step in plans["empty"]["steps"])
    assert planned == [text for text in stage.active(FULL) if is_one_line(text)]

    both = [
        {"import_playbook": "toggl.focus.apply", "vars": {"clients_hosts": "all:!drifted"}},
        {"import_playbook": "toggl.focus.drift", "vars": {"clients_hosts": "full:drifted"}},
    ]
    stage.write("both.yml", both)
    printed = stage.play("both.yml", *inventory, "-e", "clients_plan_file=plan.json", status=2)
    assert f"differs from the list: Would create 1, delete {len(stage.texts)} " in printed
    assert stage.active(EMPTY) == planned
    assert stage.active(FULL) == stage.active(PURGED) == sorted(stage.texts)

    journal = (stage.folder / "journal").read_bytes()
    stage.write("one line", journal.splitlines()[-1].decode())
    undo = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            "journal": base64.b64encode(journal).decode(),
            "one": "{{ lookup('ansible.builtin.file', 'one line') }}",
        },
        "tasks": [
            {
                "ansible.builtin.set_fact": {
                    "undo": "{{ lookup('ansible.builtin.file', 'journal') "
                    f"| toggl.focus.journal_undo(workspace_id={EMPTY}) }}}}",
                    "decoded": "{{ journal | ansible.builtin.b64decode "
                    f"| toggl.focus.journal_undo(workspace_id={EMPTY}) }}}}",
                }
            },
            {"ansible.builtin.assert": {"that": "undo == decoded"}},
            {"ansible.builtin.assert": {"that": "(one | toggl.focus.journal_undo)[0] in undo"}},
            {"toggl.focus.focus_clients": {"clients": "{{ undo }}", "workspace_id": EMPTY}},
        ],
    }
    stage.write("undo.yml", [undo])
    stage.play("undo.yml")
    assert stage.active(EMPTY) == []


def test_a_row_of_a_spreadsheet_is_never_evaluated(stage: Stage) -> None:
    """By the guide's recipe, into a list that the check reads."""
    guide = ROOT / "docs" / "docsite" / "rst" / "import.rst"
    stage.write("spreadsheet.yml", captioned(guide, "spreadsheet.yml"))
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(["Client", "Former name"])
    expected = [(text, f"{text}?") for text in stage.texts]
    rows.writerows(expected)
    stage.write("clients.csv", table.getvalue())
    stage.play("spreadsheet.yml")
    listed = load_list((stage.folder / "clients.yml").read_text())["clients_list"]
    assert [(entry["name"], *entry["former_names"]) for entry in listed] == expected
    printed = stage.play("toggl.focus.check", "-e", "@clients.yml", status=2)
    assert "has a line break" in printed
