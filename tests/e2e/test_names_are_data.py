# SPDX-License-Identifier: GPL-3.0-or-later
"""A client's name is data, wherever a file takes it: nothing in it runs on the controller."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from docs.guide import read
from faults import FIRST_SEED, LONG
from simulator.server import Simulator
from support.playbooks import ROOT, access
from support.stage import CLIENTS, Stage, active, fill, play, workspaces

FULL, EMPTY, PURGED = WORKSPACES = (4242, 5151, 6161)
CORE = tuple(map(int, __version__.split(".")[:2]))
ONE_LINE, WITH_A_BREAK, BRACES = range(3)
"""The places of the three known forms among the texts."""

DELIMITERS = (("[[", "]]"), ("{{", "}}"), ("<<", ">>"), ("{", "}"), ("(", ")"))
PIECES = (
    *("", "", "Acme ", "{{", "}}", "{%", "%}", "{#", "#}", "#", "#jinja2:", ":", ",", "'", '"'),
    *("\\", "\t", "!unsafe ", "- ", ": ", "[", "{", "%", "~", "Zo\u00eb", "\u2028", "\U0001f680"),
)


def hostile_texts(seed: int, drawn: int) -> list[str]:
    """The known forms, then texts that are drawn, which Ansible evaluates wherever it takes them
    for templates: the one at ``n`` touches the file ``n``. On ansible-core up to 2.18, the options
    of a header are told apart by commas, and each needs a colon; so does what follows it."""
    rng = random.Random(seed)
    known = [
        f"{_header('[[', ']]')},x:[[{_call(ONE_LINE)}]]",
        f"{_header('[[', ']]')}\n[[{_call(WITH_A_BREAK)}]]",
        f"{{{{ {_call(BRACES)} }}}}",
    ]
    numbers = range(len(known), len(known) + drawn)
    return [*known, *(_drawn(rng, number) for number in numbers)]


def touched(folder: Path) -> list[int]:
    """The places of the texts that were evaluated."""
    return sorted(int(path.name) for path in folder.iterdir())


def _call(number: int) -> str:
    return f"lookup('pipe',':;touch $RAN/{number}')"


def _header(opening: str, closing: str) -> str:
    return f"#jinja2:variable_start_string:'{opening}',variable_end_string:'{closing}'"


def _drawn(rng: random.Random, number: int) -> str:
    opening, closing = rng.choice(DELIMITERS)
    header = rng.choice(("", _header(opening, closing), f"{_header(opening, closing)},x:"))
    before, between, after = rng.choice(PIECES[:3]), rng.choice(("", "\n", " ")), rng.choice(PIECES)
    piece = rng.choice(PIECES)
    return f"{before}{header}{between}{piece}{opening}{_call(number)}{closing}{after}".strip()


TEXTS = hostile_texts(FIRST_SEED, 5_000 if LONG else 80)


class HostileStage(Stage):
    """With a folder for the files that evaluated texts touch."""

    def __init__(self, service: Simulator, folder: Path) -> None:
        super().__init__(service, folder)
        self.touching = folder / "ran"
        self.touching.mkdir()
        print(f"FAULTS_SEED={FIRST_SEED}")

    def run(self, playbook: str, *arguments: str, **how: Any) -> str:
        """Return what a playbook prints; no text was evaluated in it."""
        there = {**access(self.service), "RAN": str(self.touching)}
        printed = super().run(playbook, *arguments, environment=there, **how)
        evaluated = [TEXTS[number] for number in touched(self.touching)]
        assert not evaluated, f"{playbook} evaluated {evaluated}"
        return printed


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[HostileStage]:
    with workspaces(*WORKSPACES) as service:
        yield HostileStage(service, tmp_path)


def test_the_texts_run_where_nothing_marks_them(stage: HostileStage) -> None:
    """Otherwise the tests below would show nothing."""
    unmarked = {f"text_{number}": text for number, text in enumerate(TEXTS[:40])}
    stage.write("texts.json", json.dumps(unmarked))
    shown = [{"ansible.builtin.debug": {"msg": f"{{{{ {name} }}}}"}} for name in unmarked]
    book = stage.book(play(*({**task, "ignore_errors": True} for task in shown)))
    with pytest.raises(AssertionError, match=r"book\.yml evaluated "):
        stage.run(book, "-e", "@texts.json")
    ran = touched(stage.touching)
    assert {WITH_A_BREAK, BRACES} <= {*ran} and len(ran) > 5
    assert (ONE_LINE in ran) == (CORE < (2, 19))


def test_an_exported_name_is_never_evaluated(stage: HostileStage) -> None:
    """Neither in the list, nor in the plan, its refusal and its files, nor in the journal. A list
    cannot give what has a line break."""
    texts = sorted(TEXTS)
    fill(stage.service, FULL, *texts)
    fill(stage.service, PURGED, *texts)
    (stage.folder / "host_vars").mkdir()
    stage.run("export", "-e", "clients_file=host_vars/full.yml")
    exported = (stage.folder / "host_vars" / "full.yml").read_text()
    by_name = re.sub(r"  - id: \d+\n(?:    name: (.*)\n)?", r"", exported)
    stage.write("host_vars/empty.yml", by_name)

    journal = stage.folder / "journal"
    purged = {"clients_list": ["Acme"], "clients_purge": True}
    hosts: dict[str, dict[str, Any]] = {
        "full": {"clients_workspace_id": FULL, "clients_purge": True},
        "empty": {"clients_workspace_id": EMPTY},
        "purged": {"clients_workspace_id": PURGED, **purged},
        "drifted": {"clients_workspace_id": PURGED, **purged, "clients_max_deletion_percent": 100},
    }
    stage.inventory({host: {**own, "clients_journal": str(journal)} for host, own in hosts.items()})
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

    both = stage.book(
        {"import_playbook": "toggl.focus.apply", "vars": {"clients_hosts": "all:!drifted"}},
        {"import_playbook": "toggl.focus.drift", "vars": {"clients_hosts": "full:drifted"}},
    )
    printed = stage.run(both, "-e", "clients_plan_file=plan.json", status=2)
    assert f"differs from the list: Would create 1, delete {len(texts)} " in printed
    assert active(stage.service, EMPTY) == planned
    assert active(stage.service, FULL) == active(stage.service, PURGED) == texts

    stage.write("one line", journal.read_bytes().splitlines()[-1].decode())
    of_file = f"lookup('ansible.builtin.file', 'journal') | toggl.focus.journal_undo({EMPTY})"
    of_fact = f"read.content | ansible.builtin.b64decode | toggl.focus.journal_undo({EMPTY})"
    of_line = "(one | toggl.focus.journal_undo)[0]"
    undoing = play(
        {"ansible.builtin.slurp": {"src": str(journal)}, "register": "read"},
        {"ansible.builtin.set_fact": {"undo": f"{{{{ {of_file} }}}}"}},
        {"ansible.builtin.assert": {"that": [f"undo == {of_fact}", f"{of_line} in undo"]}},
        {CLIENTS: {"clients": "{{ undo }}", "workspace_id": EMPTY}},
        vars={"one": "{{ lookup('ansible.builtin.file', 'one line') }}"},
    )
    stage.run(stage.book(undoing))
    assert active(stage.service, EMPTY) == []


def test_a_row_of_a_spreadsheet_is_never_evaluated(stage: HostileStage) -> None:
    """By the guide's playbook. What has a line break is no name."""
    guide, name = ROOT / "docs" / "docsite" / "rst" / "import.rst", "spreadsheet.yml"
    stage.write(name, next(block.text for block in read(guide) if block.caption == name))
    names = sorted(text for text in TEXTS if len(text.splitlines()) == 1)
    for told, status in ((names, 0), ([TEXTS[WITH_A_BREAK]], 2)):
        table = io.StringIO()
        rows = csv.writer(table, quoting=csv.QUOTE_ALL, lineterminator="\n")
        rows.writerow(["Client", "Former name"])
        rows.writerows((name, f"{name}?") for name in told)
        stage.write("clients.csv", table.getvalue())
        printed = stage.run("spreadsheet.yml", status=status)
        assert ("which has a line break" in printed) == bool(status)
        assert active(stage.service, FULL) == names
