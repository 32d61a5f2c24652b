# SPDX-License-Identifier: GPL-3.0-or-later
"""The model says what the design says: the tables of ``focus_client`` and ``focus_clients``, row by
row, and the rules of the guards.

The workspace holds Acme (1), Globex (2), Twin (3) and Twin (4), which are active, and Old (5), Gone
(6) and Gone (7), which are deleted.
"""

from __future__ import annotations

from typing import Any

import pytest

from faults.model import Rules, judge, judge_one, sight_of

THERE = {
    1: ("Acme", False),
    2: ("Globex", False),
    3: ("Twin", False),
    4: ("Twin", False),
    5: ("Old", True),
    6: ("Gone", True),
    7: ("Gone", True),
}
BLANKS = sight_of({8: ("A\u00a0 B", False)}, list_shows_deleted=True, get_shows_deleted=True)
ALL = sight_of(THERE, list_shows_deleted=True, get_shows_deleted=True)
HIDDEN = sight_of(THERE, list_shows_deleted=False, get_shows_deleted=False)
EVERYBODY = Rules(purge=True, max_deletion_percent=100)

Entry = dict[str, Any]


def absent(**entry: Any) -> Entry:
    return {**entry, "state": "absent"}


def restored(**entry: Any) -> Entry:
    return {**entry, "state": "restored"}


DONE: dict[str, tuple[list[Entry], list[str]]] = {
    "present, a name that is there": ([{"name": "Acme"}], []),
    "present, a name with blanks": ([{"name": " Acme\t"}], []),
    "present, a new name": ([{"name": "New"}], ["create -1 New"]),
    "a look-alike that another entry stands for": (
        [{"name": "acme"}, {"id": 1}],
        ["create -1 acme"],
    ),
    "a restored client beside the one that has its old name": (
        [{"id": 1, "name": "Old"}, restored(id=5, name="New")],
        ["rename 1 Old", "restore 5 Old", "rename 5 New"],
    ),
    "a former name": ([{"name": "A", "former_names": ["Acme"]}], ["rename 1 A"]),
    "both are there": ([{"name": "Acme", "former_names": ["Globex"]}], []),
    "a former name goes before a deleted client": (
        [{"name": "Old", "former_names": ["Acme"], "restore_deleted": True}],
        ["rename 1 Old"],
    ),
    "a deleted client of the name": ([{"name": "Old"}], ["create -1 Old"]),
    "restore_deleted": ([{"name": "Old", "restore_deleted": True}], ["restore 5 Old"]),
    "present, an id": ([{"id": 1}], []),
    "present, an id and its name": ([{"id": 1, "name": "Acme"}], []),
    "present, an id and another name": ([{"id": 1, "name": "A"}], ["rename 1 A"]),
    "absent, a name": ([absent(name="Acme")], ["delete 1 Acme"]),
    "absent, a name that is not there": ([absent(name="New")], []),
    "absent, a deleted one": ([absent(name="Gone")], []),
    "absent, an id": ([absent(id=1)], ["delete 1 Acme"]),
    "absent, an unknown id": ([absent(id=99)], []),
    "absent, a deleted id": ([absent(id=5)], []),
    "restored, an active name": ([restored(name="Acme")], []),
    "restored, a deleted name": ([restored(name="Old")], ["restore 5 Old"]),
    "restored, an active id": ([restored(id=1)], []),
    "restored, a deleted id": ([restored(id=5)], ["restore 5 Old"]),
    "restored, a deleted id and another name": (
        [restored(id=5, name="New")],
        ["restore 5 Old", "rename 5 New"],
    ),
    "names in a ring": (
        [{"id": 1, "name": "Globex"}, {"id": 2, "name": "Acme"}],
        ["rename 1 Globex", "rename 2 Acme"],
    ),
    "a name that an id gives up": (
        [{"id": 1, "name": "A"}, {"name": "Acme"}],
        ["rename 1 A", "create -1 Acme"],
    ),
    "the way back to a shared name": (
        [{"id": 1, "name": "Twin", "former_names": ["Acme"]}],
        ["rename 1 Twin"],
    ),
}

REFUSED: dict[str, tuple[list[Entry], str]] = {
    "nothing given": ([{}], "neither name nor id"),
    "blanks alone": ([{"name": "  "}], "empty name"),
    "a line break": ([{"name": "A\nB"}], "line break"),
    "an id twice": ([{"id": 1}, absent(id=1)], "id twice"),
    "a name twice": ([{"name": "A"}, {"name": " A"}], "name twice"),
    "present and absent": ([{"name": "A"}, absent(name="A")], "name twice"),
    "two entries for one client": ([{"id": 1}, {"name": "Acme"}], "two entries for one client"),
    "a former client of two": (
        [{"name": "A", "former_names": ["Acme"]}, {"name": "B", "former_names": ["Acme"]}],
        "two entries for one client",
    ),
    "two clients of the name": ([{"name": "Twin"}], "ambiguous"),
    "two clients to delete": ([absent(name="Twin")], "ambiguous"),
    "two former clients": ([{"name": "A", "former_names": ["Acme", "Globex"]}], "ambiguous"),
    "two deleted clients": ([restored(name="Gone")], "several deleted"),
    "nothing to restore": ([restored(name="New")], "nothing to restore"),
    "an unknown id": ([{"id": 99}], "unknown id"),
    "a deleted id": ([{"id": 5}], "deleted id"),
    "another name than the id's": ([absent(id=1, name="Globex")], "id and name do not agree"),
    "another client's name": ([{"id": 1, "name": "Globex"}], "name of two clients"),
    "a restored name of two": ([restored(id=5), {"name": "Old"}], "name of two clients"),
    "wanted by id, unwanted by name": (
        [restored(id=5), {"id": 1, "name": "A"}, absent(name="Old")],
        "wanted and unwanted",
    ),
}

GUARDS: dict[str, tuple[list[Entry], Rules, list[str]]] = {
    "purge": ([{"name": "Acme"}, {"id": 3}], EVERYBODY, ["delete 2 Globex", "delete 4 Twin"]),
    "purge leaves protected clients alone": (
        [{"name": "Acme"}],
        Rules(purge=True, protected=["tw*"], max_deletion_percent=100),
        ["delete 2 Globex"],
    ),
    "one client may always go": (
        [{"id": 1}, {"id": 3}, {"id": 4}],
        Rules(purge=True),
        ["delete 2 Globex"],
    ),
    "an entry may not delete a protected one": (
        [absent(name="Acme")],
        Rules(protected=["ACM?"]),
        ["protected"],
    ),
    "nor rename it": ([{"id": 1, "name": "A"}], Rules(protected=["Acme"]), ["protected"]),
    "max_deletions": ([absent(id=1), absent(id=2)], Rules(max_deletions=1), ["max_deletions"]),
    "max_deletion_percent": ([{"id": 1}], Rules(purge=True), ["max_deletion_percent"]),
    "a name in another case": ([{"name": "acme"}], Rules(), ["look-alike"]),
    "two new ones that look alike": (
        [{"name": "Ac me"}, {"name": "Ac\u00a0me"}],
        Rules(),
        ["create -1 Ac me", "create -2 Ac\u00a0me"],
    ),
    "with characters that nobody sees": ([{"name": "Ac\u200bme"}], Rules(), ["look-alike"]),
    "a look-alike that purge would delete": (
        [{"name": "acme"}],
        EVERYBODY,
        ["look-alike"],
    ),
    "a look-alike that is protected": (
        [{"name": "acme"}],
        Rules(protected=["Acme"]),
        ["create -1 acme"],
    ),
    "the last client is kept": (
        [absent(id=1), absent(id=2), absent(id=3)],
        Rules(purge=True, max_deletion_percent=99),
        ["max_deletion_percent"],
    ),
}


def described(changes: Any) -> list[str]:
    return [f"{change.kind} {change.id} {change.name}" for change in changes]


@pytest.mark.parametrize("case", DONE)
def test_what_is_to_be_done(case: str) -> None:
    entries, changes = DONE[case]
    verdict = judge(entries, ALL)
    assert verdict.refusals == []
    assert described(verdict.changes) == changes


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    entries, reason = REFUSED[case]
    assert {refusal.reason for refusal in judge(entries, ALL).refusals} == {reason}


@pytest.mark.parametrize("case", GUARDS)
def test_what_the_guards_let_through(case: str) -> None:
    entries, rules, outcome = GUARDS[case]
    verdict = judge(entries, ALL, rules)
    reasons = [refusal.reason for refusal in verdict.refusals]
    assert (reasons or described(verdict.changes)) == outcome
    assert verdict.has_plan


def test_names_with_other_blanks_look_alike() -> None:
    verdict = judge([{"name": "a b"}], BLANKS)
    assert verdict.refusals == [("look-alike", ("8",))]


@pytest.mark.parametrize("case", REFUSED)
def test_a_list_that_is_refused_for_more_than_guards_has_no_plan(case: str) -> None:
    assert not judge(REFUSED[case][0], ALL).has_plan


def test_a_plan_that_guards_forbid_is_the_one_without_them() -> None:
    entries = [{"name": "New"}, absent(name="Acme")]
    verdict = judge(entries, ALL, Rules(max_deletions=0))
    assert described(verdict.changes) == ["create -1 New", "delete 1 Acme"]
    assert [change.entry for change in verdict.changes] == [1, 2]


UNMANAGED: dict[str, tuple[list[Entry], Rules, set[int]]] = {
    "by name and by id": ([{"name": "Acme"}, {"id": 3}], Rules(), {2, 4}),
    "former ones count as meant": ([{"name": "A", "former_names": ["Acme"]}], Rules(), {2, 3, 4}),
    "left alone": ([{"name": "Acme", "former_names": ["Globex"]}], Rules(), {2, 3, 4}),
    "an entry that deletes one": ([absent(name="Acme")], Rules(), {2, 3, 4}),
    "none stays after a purge": ([{"name": "Acme"}], EVERYBODY, set()),
    "but what is protected": (
        [{"name": "Acme"}],
        Rules(purge=True, protected=["tw*"], max_deletion_percent=100),
        {3, 4},
    ),
}


@pytest.mark.parametrize("case", UNMANAGED)
def test_the_active_clients_that_no_entry_stands_for(case: str) -> None:
    entries, rules, unmanaged = UNMANAGED[case]
    assert judge(entries, ALL, rules).unmanaged == unmanaged


def test_a_hidden_client_is_restored_while_hidden() -> None:
    verdict = judge([restored(id=5, name="New")], HIDDEN)
    assert described(verdict.changes) == ["restore 5 None", "rename 5 New"]
    assert verdict.unseen == {5}


def test_a_journal_tells_of_a_hidden_client() -> None:
    verdict = judge([restored(name="Old")], HIDDEN, remembered={5: "Old"})
    assert described(verdict.changes) == ["restore 5 Old"]


def test_one_client_is_compared_with_those_that_its_look_up_shows() -> None:
    """And may be with others, where more was read: either is right."""
    found = {i: client for i, client in THERE.items() if i == 2}
    verdicts = judge_one({"name": "acme"}, ALL, found, remembered={})
    assert [verdict.refused for verdict in verdicts] == [False, True]
