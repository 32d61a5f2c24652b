# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan from one list of entries to another, where no service gives ids."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st
from support.drawn import desired
from support.filters import clients_plan, plan_lines
from support.notation import entries_from, rows, unnamed_rows

from ansible_collections.toggl.focus.plugins.module_utils._model import Client

OPTIONS = desired().map(lambda wanted: [entry.as_options() for entry in wanted])


def steps(result: dict[str, Any], of: str = "name") -> str:
    return "; ".join(f"{row['step']} {row[of]}" for row in result["plan"])


CHANGES = rows("""
no change            | Acme; Globex (was Globe); absent Hooli; restored 7 | the same |
an entry less        | Acme; Globex; Hooli   | Acme; Hooli         | delete Globex
a rename             | Acme                  | Acme AG (was Acme)  | rename Acme AG
an absent one        | Acme; B               | absent Acme; B      | delete Acme
one that was absent  | absent Acme           | Acme                | create Acme
a restored one       |                       | restored Acme       | restore Acme
a restored id        |                       | restored 7 Acme     | restore Acme
a name of an id      | 7 A                   | 7 B                 | rename B
an id that the base does not know |          | 7 A                 |
""")


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_of_the_list_is_a_plan(before: str, after: str, expected: str) -> None:
    base, wanted = entries_from(before), entries_from(before if after == "the same" else after)
    result = clients_plan(wanted, base, purge=True, max_deletion_percent=100)
    assert steps(result) == expected


@given(OPTIONS, OPTIONS, st.booleans())
def test_no_made_up_id_shows(before: list[Any], after: list[Any], purge: bool) -> None:
    result = clients_plan(after, before, purge=purge, protected=["Hoo*"])
    assert not re.search(r"-\d{2,}|\bid -", json.dumps([result, plan_lines(result)]))
    for row in [*result.get("plan", []), *result.get("results", []), *result.get("undo", [])]:
        assert row.get("id") is None or 1 <= row["id"] <= 8


def test_clients_of_a_list_are_told_without_ids() -> None:
    """Whatever their names look like."""
    result = clients_plan(["Acme"], ["Acme", "Globex", "Team id -1"], purge=True)
    assert result["refused"] is True and 'They are: "Globex", "Team id -1".' in result["msg"]
    assert "- name: Globex  # deleted by purge\n" in result["diff"]["before"]
    assert plan_lines(result)[2:] == ["delete   Team id -1 by purge"]


@pytest.mark.parametrize("listed", ["Acme", {"A": 1}, None])
def test_what_is_no_list_is_refused_as_by_the_module(listed: Any) -> None:
    result = clients_plan(listed, [])
    assert result["failed"] is True
    assert re.match("The option clients cannot be used: .*not a list", result["msg"])
    with pytest.raises(AnsibleFilterError, match="clients_plan: existing is .*, not a list"):
        clients_plan([], listed)


GUARDS = unnamed_rows("""
protected: Hoo*           | The option protected has
protected: "x,Hoo*"       | splits at its commas; write a list
protected: [7]            | became the number 7; put it in quotes
protected: [x, no]        | became false; put it in quotes
max_deletions: few        | max_deletions
purge: maybe              | purge
purge: "no"               |
""")


@pytest.mark.parametrize(("guard", "reason"), GUARDS)
def test_a_guard_is_taken_as_the_module_takes_it(guard: str, reason: str) -> None:
    absent = {"name": "Hooli", "state": "absent"}
    result = clients_plan(["Acme", absent], ["Acme", "Hooli"], **yaml.safe_load(guard))
    assert bool(result.get("failed")) == bool(reason)
    assert reason in result["msg"]
    assert reason or steps(result) == "delete Hooli"


SHOWN: list[dict[str, Any]] = [
    {"workspace_id": 4242, "created_at": "2026-01-01T00:00:00Z", "currency": "EUR"},
    {"deleted_at": None},
    {"active": True, "of_the_future": {"a": []}},
]
B, KNOWN = {"id": 7, "name": "B"}, "no client with the id 7"
"""An entry, and what is said of it where the existing clients are known, and are no entries."""


@pytest.mark.parametrize("shown", SHOWN, ids=str)
def test_a_client_is_taken_with_whatever_fields_it_has(shown: dict[str, Any]) -> None:
    """It is no entry: names may be there twice, or have a line break. One client tells it."""
    names = {1001: "Acme", 1002: "Two\nlines", 1003: "Two\nlines"}
    existing = [{**shown, "id": id_, "name": name} for id_, name in names.items()]
    result = clients_plan(["Acme"], existing, purge=True, max_deletion_percent=100)
    assert steps(result, "id") == "delete 1002; delete 1003"
    for clients in (existing, [{"id": 1000, "name": "A"}, existing[0]]):
        assert KNOWN in clients_plan([B], clients)["msg"]


@pytest.mark.parametrize("globex", [{"id": 1002}, {"state": "absent"}], ids=str)
def test_without_any_such_field_the_workspace_tells_it(globex: dict[str, Any]) -> None:
    """An entry may have an id, a name and a currency too, but no client has a state."""
    existing = [{"id": 1001, "name": "Acme", "currency": "EUR"}, {"name": "Globex", **globex}]
    result = clients_plan([B], existing, workspace_id=4242)
    assert result["plan"] == [] if "state" in globex else KNOWN in result["msg"]
    assert KNOWN in clients_plan([B], [], workspace_id=4242)["msg"]


NO_CLIENTS = ["Acme", None, {"active": True}, {"name": 7}, {"id": "x"}, {"id": -1, "name": "A"}]


@pytest.mark.parametrize("client", NO_CLIENTS, ids=str)
def test_a_client_needs_an_id_or_a_name(client: Any) -> None:
    existing = [{"id": "1001", "active": True}, {"name": "Acme"}]
    assert clients_plan([{"id": 1001}, "Acme"], existing)["plan"] == []
    said = clients_plan([], [*existing, client])["msg"]
    assert said.startswith("The option existing cannot be used: client 3 in it is none; give each")


def test_a_check_warns_of_entries_that_look_alike() -> None:
    listed = ["Acme", "acme", "Ac\u200bme", "Acme\u00a0Ltd", "Acme Ltd", "Beta"]
    first, second = clients_plan(listed, listed)["warnings"]
    alike = r'Entries 1, 2 and 3 have names that look alike, "Acme", "acme" and "Ac\u200bme"'
    assert first.startswith(alike)
    assert second.startswith(r'Entries 4 and 5 have names that look alike, "Acme\xa0Ltd" and ')


UNSET = [None, "", " ", 0, False, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"]


@pytest.mark.parametrize("at", [*UNSET, "0101-01-01T00:00:00Z"])
def test_a_time_that_is_not_set_deletes_no_client(at: object) -> None:
    """In an answer, and in what the filter takes for existing."""
    shown = {"id": 1001, "name": "Acme", "workspace_id": 1, "active": True, "deleted_at": at}
    assert Client.of(shown).deleted == (at not in UNSET)
    planned = clients_plan(["Acme"], [shown], workspace_id=1)["plan"]
    assert [row["step"] for row in planned] == ([] if at in UNSET else ["create"])
