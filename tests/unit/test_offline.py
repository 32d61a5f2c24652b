# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan from one list of entries to another, where no service gives ids."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.toggl.focus.plugins.filter.clients_plan import clients_plan
from ansible_collections.toggl.focus.plugins.filter.plan_lines import plan_lines

Entry = dict[str, Any] | str

NAMES = st.sampled_from(
    ["Acme", "acme", "Globex", "Hooli", "Zo\u00eb", "A  B", "A B", "Team id -1"]
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "id": st.integers(1, 6),
            "state": st.sampled_from(["present", "absent", "restored"]),
            "former_names": st.lists(NAMES, max_size=2),
            "restore_deleted": st.booleans(),
        },
    ),
    max_size=6,
)


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["step"], row["name"]) for row in result["plan"]]


def test_a_list_against_itself_has_nothing_to_do() -> None:
    listed: list[Entry] = [
        "Acme",
        {"name": "Globex", "former_names": ["Globe"]},
        {"name": "Hooli", "state": "absent"},
        {"id": 7, "state": "restored"},
    ]
    assert clients_plan(listed, listed, purge=True)["plan"] == []


CHANGES: dict[str, tuple[list[Entry], list[Entry], list[tuple[str, str]]]] = {
    "a new entry": (["Acme"], ["Acme", "Globex"], [("create", "Globex")]),
    "an entry less": (["Acme", "Globex", "Hooli"], ["Acme", "Hooli"], [("delete", "Globex")]),
    "a rename": (
        ["Acme"],
        [{"name": "Acme AG", "former_names": ["Acme"]}],
        [("rename", "Acme AG")],
    ),
    "an absent one": (
        ["Acme", "B"],
        [{"name": "Acme", "state": "absent"}, "B"],
        [("delete", "Acme")],
    ),
    "one that was absent": ([{"name": "Acme", "state": "absent"}], ["Acme"], [("create", "Acme")]),
    "a restored one": ([], [{"name": "Acme", "state": "restored"}], [("restore", "Acme")]),
    "a restored id": ([], [{"id": 7, "name": "Acme", "state": "restored"}], [("restore", "Acme")]),
    "a name of an id": ([{"id": 7, "name": "A"}], [{"id": 7, "name": "B"}], [("rename", "B")]),
    "an id that the base does not know": ([], [{"id": 7, "name": "A"}], []),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_the_list_is_a_plan(case: str) -> None:
    before, after, expected = CHANGES[case]
    result = clients_plan(after, before, purge=True, max_deletion_percent=100)
    assert steps(result) == expected


@given(ENTRIES, ENTRIES, st.booleans())
def test_no_made_up_id_shows(before: list[Entry], after: list[Entry], purge: bool) -> None:
    """Neither in rows, message, warnings, diff or undo list, nor in what is printed."""
    result = clients_plan(after, before, purge=purge, protected=["Hoo*"])
    text = json.dumps([result, plan_lines(result)]).replace("Team id -1", "")
    assert not re.search(r"-\d{2,}|\bid -", text)
    for row in [*result.get("plan", []), *result.get("results", []), *result.get("undo", [])]:
        assert row.get("id") is None or 1 <= row["id"] <= 6


def test_an_empty_workspace_is_told_from_an_empty_list() -> None:
    """Of the list, an entry with an id is taken at its word; a workspace would have its client."""
    entry = {"id": 7, "name": "Acme"}
    assert clients_plan([entry], [])["plan"] == []
    assert "no client with the id 7" in clients_plan([entry], [], workspace_id=4242)["msg"]


def test_names_that_look_like_made_up_ids_stay_as_they_are() -> None:
    names = ["Team id -1", "A (id -2)", "B, ids -3, -4", "C: id -5"]
    result = clients_plan(names, [])
    assert [name for _, name in steps(result)] == names
    assert plan_lines(result)[1:] == [f"create   {name}" for name in names]


def test_clients_of_a_list_are_told_without_ids() -> None:
    result = clients_plan(["Acme"], ["Acme", "Globex", "Hooli"], purge=True)
    assert result["refused"] is True
    assert 'The purge would delete 2 clients of 3, "Globex", "Hooli", but' in result["msg"]
    assert "- name: Globex  # deleted by purge\n" in result["diff"]["before"]


NO_LISTS = {
    "a text": ("Acme", "it is a text, not a list"),
    "a mapping": ({"Acme": None}, "it is a mapping, not a list"),
    "nothing": (None, "it is not a list"),
}


@pytest.mark.parametrize("case", NO_LISTS)
def test_what_is_no_list_is_refused_as_by_the_module(case: str) -> None:
    listed, reason = NO_LISTS[case]
    result = clients_plan(listed, [])
    assert result["failed"] is True
    assert f"The option clients cannot be used: {reason}" in result["msg"]
    with pytest.raises(AnsibleFilterError, match="a list of existing clients"):
        clients_plan([], listed)  # type: ignore[arg-type]


GUARDS: dict[str, tuple[dict[str, Any], str]] = {
    "one pattern": ({"protected": "Hoo*"}, "is protected by"),
    "a text with a comma": ({"protected": "x,Hoo*"}, "splits at its commas; write a list"),
    "a number as a text": ({"max_deletions": "0"}, "max_deletions"),
    "a number out of its range": ({"max_deletion_percent": 101}, "max_deletion_percent"),
    "no number": ({"max_deletions": "few"}, "max_deletions"),
    "no truth value": ({"purge": "maybe"}, "purge"),
}


@pytest.mark.parametrize("case", GUARDS)
def test_a_guard_is_taken_as_the_module_takes_it(case: str) -> None:
    guards, reason = GUARDS[case]
    absent = {"name": "Hooli", "state": "absent"}
    result = clients_plan(["Acme", absent], ["Acme", "Hooli"], **guards)
    assert result["failed"] is True and reason in result["msg"]


def test_a_pattern_given_as_a_text_protects_no_other() -> None:
    absent = {"name": "Hooli", "state": "absent"}
    result = clients_plan(["Acme", absent], ["Acme", "Hooli"], protected="Int*", purge="no")
    assert steps(result) == [("delete", "Hooli")]


def test_a_base_that_contradicts_itself_is_refused() -> None:
    result = clients_plan([], ["Acme", "Acme"])
    assert result["failed"] is True and "plan" not in result
    assert "Acme" in result["msg"]
