# SPDX-License-Identifier: GPL-3.0-or-later
"""The diff: the active clients as YAML, before and after; each line that changes says why."""

from __future__ import annotations

import difflib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.lists import load_list
from support.notation import clients_of, entries_of, rows
from support.steps import active, deleted

from ansible_collections.toggl.focus.plugins.module_utils._apply.outcome import Outcome, predicted
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._results.clients import clients_result
from ansible_collections.toggl.focus.plugins.module_utils._results.common import Report


def diff_of(existing: list[Client], desired: list[Desired], done: int = 999) -> dict[str, str]:
    """Of a run that ended after so many steps."""
    planned = plan(existing, desired, Rules(purge=True, max_deletion_percent=100))
    outcomes = list(predicted(planned.steps))
    outcomes[done:] = [Outcome(outcome.step, "pending") for outcome in outcomes[done:]]
    return clients_result(Report(planned, outcomes, 4711))["diff"]


def changed_lines(diff: dict[str, str]) -> str:
    before, after = diff["before"].splitlines(), diff["after"].splitlines()
    marked = difflib.unified_diff(before, after, n=0, lineterm="")
    return "; ".join(line for line in marked if not line.startswith(("---", "+++", "@@")))


CHANGES = rows("""
create             |                    | Acme         | +- name: Acme  # new
rename             | 1002 Globex        | Globex Corporation (was Globex)
    | -- name: Globex  # becomes "Globex Corporation";
    +- name: Globex Corporation  # was "Globex", id 1002
purge              | 1004 Hooli         |              | -- name: Hooli  # deleted by purge, id 1004
delete             | 1004 Hooli         | absent Hooli | -- name: Hooli  # deleted, id 1004
restore            | (1005 Hooli)       | restored 1005 | +- name: Hooli  # restored, id 1005
restore, rename | (1005 Hooli) | restored 1005 Hooli Labs | +- name: Hooli Labs  # restored, id 1005
restore, hidden    |                    | restored 1005 | +- id: 1005  # restored, id 1005
names change places | 1 Acme, 2 Globex  | 1 Globex; 2 Acme
    | -- name: Acme  # becomes "Globex"; -- name: Globex  # becomes "Acme";
    +- name: Acme  # was "Globex", id 2; +- name: Globex  # was "Acme", id 1
another one takes a deleted one's name | 1 Acme, 2 Globex | 2 Acme; absent 1
    | -- name: Acme  # deleted, id 1; -- name: Globex  # becomes "Acme";
    +- name: Acme  # was "Globex", id 2
a deletion and a creation | 7 Globex    | Globex Corporation
    | -- name: Globex  # deleted by purge, id 7; +- name: Globex Corporation  # new
two of one name, one is deleted | 1 Acme, 2 Acme | 1; absent 2 | -- name: Acme  # deleted, id 2
nothing            | 1 Acme, (2 Old)    | Acme         |
""")


@pytest.mark.parametrize(("existing", "desired", "expected"), CHANGES)
def test_every_line_that_changes_says_why(existing: str, desired: str, expected: str) -> None:
    assert changed_lines(diff_of(clients_of(existing), entries_of(desired))) == expected


def test_lines_that_do_not_change_have_no_comment_and_are_sorted_by_name() -> None:
    """The headers say which workspace."""
    diff = diff_of(clients_of('1 Zoo, 2 "b: 1", 3 Acme, 4 7 Up'), entries_of("1; 2; 3; 4"))
    text = '- name: "7 Up"\n- name: Acme\n- name: Zoo\n- name: "b: 1"\n'
    header = "workspace 4711"
    expected = {"before": text, "after": text, "before_header": header, "after_header": header}
    assert diff == expected


def test_what_was_not_done_is_not_in_the_diff() -> None:
    """Not even as a comment: a reader sees what is."""
    diff = diff_of(clients_of("1 Acme, 2 Globex, 3 Hooli"), [], done=1)
    assert changed_lines(diff) == "-- name: Acme  # deleted by purge, id 1"


HARD = [
    # signs of YAML
    *('the "best"', "it's", "no # comment", "#1", "key: value", "ends with a colon:", "- item"),
    *("[list]", "{map}", "*alias", "&anchor", "!tag", "%percent", "@at", "`tick`", "| pipe", "<<"),
    *("=", "? question", 'Acme  # deleted by purge, id 1\n- name: "x', "ends with a back\\"),
    # what YAML takes for something else than a text
    *("yes", "No", "null", "~", "12", "1e3", "0x1F", "2026-01-31", "12:30", ".5"),
    # characters that break lines, or that nobody sees
    *("line\nbreak", "carriage\rreturn", "a\ttab", "\x1b[31mred", "a\x85line", "a\u2028line"),
    *("bidi \u202e txet", "zero\u200bwidth", "\ufeffbom", "tag \U000e0041", "no character \ufffe"),
]
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of characters that end lines, move the cursor or change the direction."""
NAME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(NAME, min_size=1, max_size=3, unique_by=str.strip))
@example(HARD)
def test_no_name_can_break_the_list(names: list[str]) -> None:
    """Of clients that stay, go, change and come: both texts are lists, in lines that do no harm."""
    existing, desired = [], []
    for at, name in enumerate(names, 1):
        existing += [active(at, name), active(1000 + at, f"gone {name}")]
        existing += [active(2000 + at, f"was {name}"), deleted(3000 + at, f"back {name}")]
        desired += [Desired(id=at), Desired(f"is {name}", 2000 + at), Desired(f"new {name}")]
        desired.append(Desired(id=3000 + at, state="restored"))
    diff = diff_of(existing, desired)
    all_ways = {"before": ("", "gone ", "was "), "after": ("", "is ", "new ", "back ")}
    for of, ways in all_ways.items():
        found = sorted(entry["name"] for entry in load_list(diff[of]))
        assert found == sorted(way + name for name in names for way in ways)
        *lines, end = diff[of].split("\n")
        assert end == "" and all(line.startswith("- name: ") for line in lines)
        assert not {unicodedata.category(char) for char in "".join(lines)} & UNSEEN
