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
from support.playbooks import ROOT, access
from support.stage import Stage, active, fill, play, workspaces

FULL, EMPTY, PURGED = WORKSPACES = (4242, 5151, 6161)
CORE = tuple(map(int, __version__.split(".")[:2]))
DRAWN = times(short=80, long=5_000)  # FAULTS_LONG=1 is the long one


class HostileStage(Stage):
    """With a folder for the files that evaluated texts touch."""

    def __init__(self, service: Simulator, folder: Path) -> None:
        super().__init__(service, folder)
        self.touching = folder / "ran"
        self.touching.mkdir()
        print(f"FAULTS_SEED={FIRST_SEED}")
        self.texts = hostile_texts(FIRST_SEED, DRAWN)

    def run(self, playbook: str, *arguments: str, **how: Any) -> str:
        """Return what a playbook prints; no text was evaluated in it."""
        there = {**access(self.service), "RAN": str(self.touching)}
        printed = super().run(playbook, *arguments, environment=there, **how)
        evaluated = [self.texts[number] for number in touched(self.touching)]
        assert not evaluated, f"{playbook} evaluated {evaluated}"
        return printed


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HostileStage]:
    with workspaces(*WORKSPACES) as service:
        yield HostileStage(service, tmp_path)


def test_the_texts_run_where_nothing_marks_them(stage: HostileStage) -> None:
    """Otherwise the tests below would show nothing."""
    unmarked = {f"text_{number}": text for number, text in enumerate(stage.texts[:40])}
    stage.write("texts.json", json.dumps(unmarked))
    shown = (
        {"ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}, "ignore_errors": True}
        for name in unmarked
    )
    book = stage.book(play(*shown))
    with pytest.raises(AssertionError, match=r"book\.yml evaluated "):
        stage.run(book, "-e", "@texts.json")
    ran = touched(stage.touching)
    assert {WITH_A_BREAK, BRACES} <= {*ran} and len(ran) > 5
    assert (ONE_LINE in ran) == (CORE < (2, 19))


def test_an_exported_name_is_never_evaluated(stage: HostileStage) -> None:
    """Neither in the list, nor in the plan, its refusal and its files, nor in the journal. A list
    cannot give what has a line break."""
    texts = sorted(stage.texts)
    fill(stage.service, FULL, *texts)
    fill(stage.service, PURGED, *texts)
    stage.run("export", "-e", "clients_file=full.yml")
    exported = (stage.folder / "full.yml").read_text()
    stage.write("host_vars/full.yml", exported)
    by_name = re.sub(r"  - id: \d+\n(?:    name: (.*)\n)?", r"", exported)
    stage.write("host_vars/empty.yml", by_name)

    hosts = {"full": FULL, "empty": EMPTY, "purged": PURGED, "drifted": PURGED}
    variables: dict[str, Any] = {
        host: {"clients_workspace_id": number, "clients_journal": str(stage.folder / "journal")}
        for host, number in hosts.items()
    }
    for host in ("purged", "drifted"):
        variables[host] |= {"clients_list": ["Acme"], "clients_purge": True}
    variables["drifted"]["clients_max_deletion_percent"] = 100
    variables["full"] |= {"clients_purge": True}
    stage.inventory(variables)
    given = ("--limit", "!drifted", "-e", '{"clients_base": []}')
    stage.run("check", *given, "toggl.focus.plan", status=2)
    plans, people = stage.plans(), (stage.folder / "plan.md").read_text()
    assert plans["full"]["steps"] == []
    refusal = plans["purged"]["refusal"]
    assert "max_deletion_percent" in refusal
    for shown in (refusal, people):
        assert any("{{" in text and text in shown for text in texts), "as it is"
    planned = sorted(step["name"] for step in plans["empty"]["steps"])
    assert planned == [text for text in texts if len(text.splitlines()) == 1]

    both = [
        {"import_playbook": "toggl.focus.apply", "vars": {"clients_hosts": "all:!drifted"}},
        {"import_playbook": "toggl.focus.drift", "vars": {"clients_hosts": "full:drifted"}},
    ]
    stage.write("both.yml", both)
    printed = stage.run("both.yml", "-e", "clients_plan_file=plan.json", status=2)
    assert f"differs from the list: Would create 1, delete {len(texts)} " in printed
    assert active(stage.service, EMPTY) == planned
    assert active(stage.service, FULL) == active(stage.service, PURGED) == texts

    journal = (stage.folder / "journal").read_bytes()
    stage.write("one line", journal.splitlines()[-1].decode())
    undone = f"| toggl.focus.journal_undo(workspace_id={EMPTY}) }}}}"
    facts = {
        "undo": f"{{{{ lookup('ansible.builtin.file', 'journal') {undone}",
        "decoded": f"{{{{ journal | ansible.builtin.b64decode {undone}",
    }
    undoing = play(
        {"ansible.builtin.set_fact": facts},
        {"ansible.builtin.assert": {"that": "undo == decoded"}},
        {"ansible.builtin.assert": {"that": "(one | toggl.focus.journal_undo)[0] in undo"}},
        {"toggl.focus.focus_clients": {"clients": "{{ undo }}", "workspace_id": EMPTY}},
        vars={
            "journal": base64.b64encode(journal).decode(),
            "one": "{{ lookup('ansible.builtin.file', 'one line') }}",
        },
    )
    stage.run(stage.book(undoing))
    assert active(stage.service, EMPTY) == []


def test_a_row_of_a_spreadsheet_is_never_evaluated(stage: HostileStage) -> None:
    """By the guide's recipe, into a list that the check reads."""
    guide = ROOT / "docs" / "docsite" / "rst" / "import.rst"
    stage.write("spreadsheet.yml", captioned(guide, "spreadsheet.yml"))
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(["Client", "Former name"])
    expected = [(text, f"{text}?") for text in stage.texts]
    rows.writerows(expected)
    stage.write("clients.csv", table.getvalue())
    stage.run("spreadsheet.yml")
    listed = load_list((stage.folder / "clients.yml").read_text())["clients_list"]
    assert [(entry["name"], *entry["former_names"]) for entry in listed] == expected
    assert "has a line break" in stage.run("check", "-e", "@clients.yml", status=2)
