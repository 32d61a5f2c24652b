# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo by the text of a journal: whose run it is, which runs are undone, and what is no journal."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from support.filters import journal_runs, journal_undo

from ansible_collections.toggl.focus.plugins.module_utils._journal import last_deletions

HERE, THERE = 4711, 42


def line(run: str, workspace_id: int, number: int = 0, /, **more: Any) -> str:
    """One line as the modules write it: a client that was created, with its id."""
    fields = {
        **{"at": "2026-11-24T12:00:00.000+00:00", "run": run, "workspace_id": workspace_id},
        **{"number": number, "event": "after", "step": "create", "id": 1001, "name": "Acme"},
        **{"from": None, "shared": False, "status": "done", "error": None, **more},
    }
    return json.dumps({key: value for key, value in fields.items() if value != "left out"}) + "\n"


def begun(run: str, workspace_id: int, /, **more: Any) -> str:
    """The line before a create, of a run that was killed then: nobody knows an id."""
    alone = {"event": "before", "id": None, "status": "left out", "error": "left out"}
    return line(run, workspace_id, **{**alone, **more})


ACME_HERE = [{"name": "Acme", "id": 1001, "state": "absent"}]


def test_one_line_may_have_become_a_mapping() -> None:
    """Up to ansible-core 2.18, where a variable holds the text."""
    assert journal_undo(json.loads(line("a", HERE))) == ACME_HERE


def test_the_last_run_of_the_only_workspace() -> None:
    """It may have done nothing."""
    assert journal_undo(line("a", HERE, id=1) + line("b", HERE)) == ACME_HERE
    assert journal_undo(line("a", HERE) + line("b", HERE, id=None, status="failed")) == []


def test_workspaces_are_kept_apart() -> None:
    """Nobody undoes another one's last run, and nobody gets one without saying whose."""
    text = begun("a", HERE) + line("b", THERE, id=7) + line("a", HERE)
    assert journal_undo(text, workspace_id=HERE) == ACME_HERE
    assert journal_undo(text, workspace_id=THERE) == [{**ACME_HERE[0], "id": 7}]
    with pytest.raises(AnsibleFilterError, match="the journal knows 42 and 4711"):
        journal_undo(text)


NO_NUMBERS = ("", "europe", True, 4711.0, [4711], "-1")
NO_JOURNALS = ("", "\n\n", "not a journal\n", "{}\n", "[]", '{"undo": []}\n')

ERRORS: list[tuple[str, object, str]] = [
    (line("a", HERE), THERE, "Give the workspace_id .* knows 4711"),
    (begun("a", HERE), THERE, "Give the workspace_id .* knows 4711"),
    # a name alone would delete a namesake, were the list applied elsewhere
    (begun("a", HERE), None, "Give the workspace_id .* knows 4711"),
    *((text, id_, "This is not a journal") for text in NO_JOURNALS for id_ in (None, HERE)),
    *((line("a", HERE), given, "the id of a workspace") for given in NO_NUMBERS),
]


@pytest.mark.parametrize(("text", "workspace_id", "message"), ERRORS)
def test_no_run_of_the_workspace_is_an_error(text: str, workspace_id: object, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        journal_undo(text, workspace_id)


@pytest.mark.parametrize("text", NO_JOURNALS[2:])
def test_nor_has_it_runs(text: str) -> None:
    with pytest.raises(AnsibleFilterError, match="This is not a journal"):
        journal_runs(text, HERE)


@pytest.mark.parametrize("given", ["4711", " 4711 ", 4711, "__omit_place_holder__" + "0" * 40])
def test_a_template_may_give_the_number_as_a_text_or_omit_it(given: object) -> None:
    assert journal_undo(line("a", HERE), workspace_id=given) == ACME_HERE


# runs

RUNS = """
a | a
a b | b a
a b a | a b: the last line decides
a x@ | a
a u>a | u>a a: it failed, or was killed
a u>a !u>a | u>a a-
a !u>a | a-: nothing was left to do
a !u>a@ | a
a u>a !u>a b | b u>a a-
a u>a !u>a a | a u>a: it has gone on since
a u>a v>a !v>a | v>a u>a a-
a u>a !u>a r>u !r>u | r>u u>a- a
a u>a !u>a r>u !r>u v>a !v>a | v>a r>u u>a- a-
a !a>a | a-
"""
"""Lines of a journal, ``!`` where one says that the undo was done in full, ``@`` in another
workspace; and the runs that it has then, ``-`` behind those that are undone."""


def written(notation: str) -> str:
    of, _, undoes = notation.strip("!@").partition(">")
    workspace_id = THERE if notation.endswith("@") else HERE
    write = mark if notation.startswith("!") else line
    return write(f"run {of}", workspace_id, play=of, undoes=undoes or None)


def mark(run: str, workspace_id: int, /, **more: Any) -> str:
    fields = {"format": 2, "run": run, "workspace_id": workspace_id, "event": "undone", **more}
    return json.dumps(fields) + "\n"


@pytest.mark.parametrize("row", RUNS.strip().splitlines())
def test_the_runs_of_a_journal(row: str) -> None:
    lines, runs = row.partition(":")[0].split(" | ")
    found = journal_runs("".join(map(written, lines.split())), str(HERE))
    assert [
        f"{of['run']}{'>' if of['undoes'] else ''}{of['undoes'] or ''}{'-' if of['undone'] else ''}"
        for of in found
    ] == runs.split()


def test_the_tasks_of_a_play_are_one_run() -> None:
    """Each numbers its steps from 0. They are undone as a whole; what failed counts for nothing."""
    tasks = [
        line("a", HERE, play="p"),
        line("b", HERE, play="p", id=1002, name="Globex", at="later"),
        begun("c", HERE, play="p", step="delete", id=1003, **{"from": "Hooli"}),
        line("d", HERE, play="q", id=None, status="failed"),
    ]
    failed, run = journal_runs("".join(tasks), HERE)
    assert run["counts"] == {"created": 2, "deleted": 1}
    assert run["msg"] == "2026-11-24T12:00:00.000+00:00  p  created 2, deleted 1"
    assert failed["msg"] == "2026-11-24T12:00:00.000+00:00  q  changed nothing"
    undo = journal_undo("".join(tasks), HERE, run="p")
    assert [entry["id"] for entry in undo] == [1003, 1002, 1001]
    assert journal_undo("".join(tasks), HERE) == []


def test_a_run_is_told_on_one_line() -> None:
    text = line("a\nb", HERE, undoes="\x1b[2J") + mark("c", HERE, undoes="a\nb")
    (run,) = journal_runs(text, HERE)
    assert run["msg"].endswith("  a\\nb  created 1, undo of \\x1b[2J, undone")


def test_an_empty_journal_has_no_run() -> None:
    assert journal_runs("\n\n", HERE) == journal_runs("", f" {HERE}") == []


# damaged lines

WRONG = (None, 7, 4711.0, True, "4711", ["after"], {"id": 1})
TAKEN: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(("at", "run", "name"), ("4711",)),
    **dict.fromkeys(("from", "play", "undoes"), (None, "4711")),
    **dict.fromkeys(("workspace_id", "number"), (7,)),
    **{"event": (), "step": (), "id": (None, 7), "shared": (True,), "status": (None,)},
}
"""What of that each field of a line may be."""
DAMAGED = [{of: wrong} for of, taken in TAKEN.items() for wrong in WRONG if wrong not in taken]
DAMAGED += [{of: "left out"} for of in TAKEN if of not in ("status", "play", "undoes")]
DAMAGED = [{"step": "rename", **wrong} if "from" in wrong else wrong for wrong in DAMAGED]
# Otherwise a client that existed before would be taken for a new one, and deleted by its name.
DAMAGED += [{"step": kind, "id": None} for kind in ("rename", "delete", "restore")]


NO_LINES = {str(fields): line("z", HERE, **{"id": 1002, **fields}) for fields in DAMAGED}
NO_LINES |= {raw[:9]: f"{raw}\n" for raw in ("7", '"text"', "null", "[1]", "[" * 2000, "9" * 5000)}


@pytest.mark.parametrize("wrong", NO_LINES.values(), ids=NO_LINES)
def test_a_line_with_anything_of_another_type_is_passed_over(wrong: str) -> None:
    """As damaged lines are; be it the last line, or one before it."""
    assert journal_undo(line("a", HERE) + wrong) == ACME_HERE
    assert journal_undo(wrong + line("a", HERE)) == ACME_HERE


NO_MARKS = [{"undoes": None}, {"undoes": ["a"]}, {"play": 7}, {"run": None}, {"format": 3}]


@pytest.mark.parametrize("fields", NO_MARKS, ids=str)
def test_a_damaged_mark_is_passed_over(fields: dict[str, Any]) -> None:
    (run,) = journal_runs(line("a", HERE) + mark("u", HERE, **{"undoes": "a", **fields}), HERE)
    assert run["undone"] is False


def test_reading_a_journal_takes_time_in_proportion_to_its_length(tmp_path: Path) -> None:
    """Nightly runs append to one journal for years: 16,000 deletions took 8 seconds."""
    path, took = tmp_path / "journal", []
    deletion = {"step": "delete", "from": "Acme"}
    for count in (1_000, 16_000):
        path.write_text("".join(line("a", HERE, n, id=n, **deletion) for n in range(1, count + 1)))
        started = time.process_time()
        assert len(last_deletions(str(path), HERE)) == count
        took.append(time.process_time() - started)
    assert took[1] < 16 * 4 * took[0]
