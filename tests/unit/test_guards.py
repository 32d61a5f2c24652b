# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between a mistake and the loss of clients, at its bounds."""

from __future__ import annotations

from typing import Any

import pytest
from support.steps import create, delete, rename, restore

from ansible_collections.toggl.focus.plugins.module_utils._errors import Problem
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan import problems
from ansible_collections.toggl.focus.plugins.module_utils._plan.guards import (
    check_guards,
    protecting,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan


def client(id_: int, name: str | None = None) -> Client:
    return Client(id_, name or f"Client {id_}", None, {})


def clients(count: int) -> list[Client]:
    return [client(id_) for id_ in range(1, count + 1)]


# protected

PROTECTING: list[tuple[str, str, bool]] = [
    ("Acme", "Acme", True),
    ("Acme", "Acme 2", False),
    ("Acme", "My Acme", False),
    ("Acme*", "Acme 2", True),
    ("Acm?", "Acme", True),
    ("Acm?", "Acm", False),
    ("[AB]cme", "Bcme", True),
    ("[AB]cme", "Ccme", False),
    ("*", "", True),
    # case does not matter
    ("acme", "ACME", True),
    ("ACME", "acme", True),
    ("[ab]cme", "ACME", True),
    ("[!a]cme", "Acme", False),
    # nor do blanks around a name, nor its Unicode form
    ("Acme", " Acme ", True),
    (" Acme ", "Acme", True),
    ("M\u00fcll?r", "Mu\u0308ller", True),
    ("Mu\u0308ller", "M\u00fcller", True),
    ("M?ller", "Mu\u0308ller", True),
    # one character stays one for ?, whatever becomes of it in another case
    ("Gro?", "Gro\u00df", True),
    ("GRO?", "gro\u00df", True),
    ("Gro?", "GRO\u1e9e", True),
    ("Gro??", "Gro\u00df", True),  # as GROSS
    ("?stanbul", "\u0130stanbul", True),
    ("?LE", "\ufb01le", True),
    ("istanbul", "\u0130stanbul", True),
    ("Gro? \u039f\u0394\u039f\u03a3", "Gro\u00df \u03bf\u03b4\u03bf\u03c2", True),
    # and it is found under both of its ways to be written
    ("gro\u00df", "GROSS", True),
    ("gross", "Gro\u00df", True),
    ("Stra\u00dfe*", "STRASSE 5", True),
    ("\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", True),
    ("Gross?", "Gro\u00df", False),
]


@pytest.mark.parametrize(("glob", "name", "expected"), PROTECTING)
def test_a_glob_protects_what_it_fits_whatever_the_case(
    glob: str, name: str, expected: bool
) -> None:
    rules = Rules(protected=("nothing", glob, "*nothing"))
    assert protecting(rules, name) == (glob if expected else None)


def test_the_first_glob_that_matches_is_named() -> None:
    assert protecting(Rules(protected=("B*", "A*", "Acme")), "acme") == "A*"


def test_without_globs_nothing_is_protected() -> None:
    assert protecting(Rules(), "Acme") is None


def protected(entry: int | None, step: Step, glob: str) -> Problem:
    return Problem(() if entry is None else (entry,), problems.protected(step, glob))


def too_many(victims: list[Client], limit: int) -> Problem:
    return Problem((), problems.too_many_deletions(victims, limit))


def too_large(
    victims: list[Client],
    active: int,
    percent: int,
    by_entries: int = 0,
    victims_named: bool = False,
) -> Problem:
    leaves_none = len(victims) + by_entries >= active
    return Problem(
        (), problems.purge_too_large(victims, active, percent, leaves_none, victims_named)
    )


A, B, C = client(1, "A"), client(2, "B"), client(3, "C")

# check_guards: (rules, how many are active, steps, victims of the purge) -> problems

PROTECTED = Rules(protected=("Acme*",))

JUDGED: dict[str, tuple[Rules, int, list[Step], list[Client], list[Problem]]] = {
    "no steps": (Rules(protected=("*",), max_deletions=0, max_deletion_percent=0), 5, [], [], []),
    "a deletion of a protected one": (
        PROTECTED,
        5,
        [delete(1, "ACME", entry=3)],
        [],
        [protected(3, delete(1, "ACME"), "Acme*")],
    ),
    "a rename of a protected one": (
        PROTECTED,
        5,
        [rename(1, "Acme 2", "Other")],
        [],
        [protected(0, rename(1, "Acme 2", "Other"), "Acme*")],
    ),
    "a deletion that no entry asks for": (
        PROTECTED,
        5,
        [delete(1, "Acme", entry=None)],
        [],
        [protected(None, delete(1, "Acme"), "Acme*")],
    ),
    "each protected one is named": (
        Rules(protected=("A*", "B*")),
        5,
        [delete(1, "A", 0), delete(3, "C", 1), delete(2, "B", 2)],
        [],
        [protected(0, delete(1, "A"), "A*"), protected(2, delete(2, "B"), "B*")],
    ),
    "a protected one behind steps that concern none": (
        PROTECTED,
        5,
        [create("New"), restore(2, None, 1), delete(1, "Acme", 2)],
        [],
        [protected(2, delete(1, "Acme"), "Acme*")],
    ),
    "a rename to a protected name": (PROTECTED, 5, [rename(1, "Other", "Acme")], [], []),
    "a create of a protected name": (PROTECTED, 5, [create("Acme")], [], []),
    "a restore of a protected one": (PROTECTED, 5, [restore(1, "Acme")], [], []),
    "a restored one renamed, whose name nobody knows yet": (
        Rules(protected=("*",)),
        5,
        [restore(1, None), rename(1, None, "New")],
        [],
        [],
    ),
    "as many deletions as there may be": (
        Rules(max_deletions=2),
        5,
        [delete(1, "A"), delete(2, "B")],
        [],
        [],
    ),
    "one deletion more": (
        Rules(max_deletions=1),
        5,
        [delete(1, "A"), create("C", entry=1), delete(2, "B")],
        [],
        [too_many([A, B], 1)],
    ),
    "no deletion may be, and none is": (
        Rules(max_deletions=0),
        5,
        [create("C"), rename(1, "A", "B"), restore(2, "D", 1)],
        [],
        [],
    ),
    "no deletion may be, and one is": (
        Rules(max_deletions=0),
        5,
        [delete(1, "A")],
        [],
        [too_many([A], 0)],
    ),
    "deletions by entries know no percent": (
        Rules(max_deletion_percent=0),
        2,
        [delete(1, "A"), delete(2, "B")],
        [],
        [],
    ),
    "of the last ones, what entries delete is counted apart": (
        Rules(True, max_deletion_percent=40),
        5,
        [delete(id_, "A", None if id_ > 3 else 0) for id_ in (1, 2, 3, 4, 5)],
        [client(4, "D"), client(5, "E")],
        [too_large([client(4, "D"), client(5, "E")], 5, 40, 3)],
    ),
    "more deletions than there are active ones leave none": (
        Rules(True),
        1,
        [delete(1, "A"), delete(2, "B", None)],
        [client(2, "B")],
        [too_large([B], 1, 30, 1)],
    ),
    "all guards speak": (
        Rules(True, ("A",), 1, 30),
        4,
        [delete(1, "A"), delete(2, "B", None), delete(3, "C", None)],
        [client(2, "B"), client(3, "C")],
        [
            protected(0, delete(1, "A"), "A"),
            too_many([A, B, C], 1),
            too_large([B, C], 4, 30, 1, victims_named=True),
        ],
    ),
}


@pytest.mark.parametrize("case", JUDGED)
def test_guards(case: str) -> None:
    rules, active_count, steps, victims, expected = JUDGED[case]
    assert list(check_guards(rules, active_count, steps, victims, victims)) == expected


# what the purge may delete, of so many active ones, beside so many that entries delete

LET_THROUGH: list[tuple[int, int, int, int, bool]] = [
    # percent, active, purged, deleted by entries, let through
    (30, 10, 3, 0, True),
    (30, 10, 4, 0, False),
    (29, 10, 3, 0, False),
    (33, 9, 2, 0, True),
    (33, 9, 3, 0, False),
    (34, 9, 3, 0, True),
    (50, 4, 2, 0, True),
    (49, 4, 2, 0, False),
    (99, 100, 99, 0, True),
    # one is always let through
    (30, 2, 1, 0, True),
    (1, 50, 1, 0, True),
    (0, 50, 1, 0, True),
    (0, 50, 2, 0, False),
    # but the last one
    (99, 1, 1, 0, False),
    (0, 1, 1, 0, False),
    (30, 2, 1, 1, False),
    (30, 3, 1, 1, True),
    (30, 3, 1, 2, False),
    (30, 10, 3, 6, True),
    (30, 10, 3, 7, False),
    # unless nothing need be left
    (100, 1, 1, 0, True),
    (100, 10, 10, 0, True),
    (100, 10, 3, 7, True),
    (100, 0, 0, 0, True),
    # the cap is the purge's alone
    (30, 10, 3, 5, True),
    (30, 2, 0, 2, True),
    (0, 2, 0, 2, True),
]


@pytest.mark.parametrize(("percent", "active", "purged", "by_entries", "expected"), LET_THROUGH)
def test_the_purge_deletes_so_many_and_never_the_last_client(
    percent: int, active: int, purged: int, by_entries: int, expected: bool
) -> None:
    existing = clients(active)
    wanted = [Desired(id=one.id, state="absent") for one in existing[:by_entries]]
    wanted += [Desired(id=one.id) for one in existing[by_entries + purged :]]
    assert is_let_through(existing, wanted, Rules(True, (), None, percent)) == expected


def is_let_through(existing: list[Client], wanted: list[Desired], rules: Rules) -> bool:
    forbidden = plan(existing, wanted, rules).forbidden
    assert all("The purge would delete" in problem.sentence for problem in forbidden)
    return not forbidden


def test_the_last_client_is_kept_though_others_are_created() -> None:
    assert not is_let_through([client(1, "Old")], [Desired("New")], Rules(True))


def test_the_purge_leaves_protected_clients_alone() -> None:
    """They are no victims, and do not count as deletions; of the active clients, they are part."""
    existing = [client(1, "Internal"), client(2, "internal 2"), client(3, "A"), client(4, "B")]
    rules = Rules(True, ("Internal*",), 1, 30)
    made = plan(existing, [Desired("A")], rules)
    assert [(step.kind, step.id) for step in made.steps] == [("delete", 4)]
    assert plan(existing, [Desired("A"), Desired("B")], rules).steps == ()
    four_of_ten = [client(id_, "Internal" if id_ > 4 else None) for id_ in range(1, 11)]
    assert is_let_through(four_of_ten, [], Rules(True, ("Internal",), None, 40))
    assert not is_let_through(four_of_ten, [], Rules(True, ("Internal",), None, 39))


@pytest.mark.parametrize(
    "wanted",
    [Desired("Internal", state="absent"), Desired("Other", 1), Desired(id=1, state="absent")],
)
def test_an_entry_against_a_protected_client_is_an_error_with_a_purge_too(wanted: Desired) -> None:
    existing = [client(1, "Internal"), client(2, "Internal 2")]
    (problem,) = plan(existing, [wanted], Rules(True, ("Internal*",))).forbidden
    assert '"Internal" (id 1) is protected by "Internal*"' in problem.sentence


SENTENCES: list[tuple[Problem, list[str]]] = [
    (
        protected(None, delete(1, "A"), "A*"),
        ['"A" (id 1) is protected by "A*"', "would be deleted", "change protected"],
    ),
    (protected(None, rename(1, "A", "B"), "A*"), ["would be renamed"]),
    (
        too_many([A, B], 1),
        [
            "2 clients would be deleted",
            '"A" (id 1), "B" (id 2), but',
            "is 1",
            "set max_deletions to 2.",
        ],
    ),
    (
        too_large([A, B], 6, 30),
        ['delete 2 clients of 6, "A" (id 1), "B" (id 2), but', "is 30", "set it to 34."],
    ),
    (too_large([A, B], 4, 49), ["set it to 50."]),
    (too_large([A], 1, 30), ["the last client, ", "set it to 100."]),
    (too_large([A], 2, 50, 1), ["the last client of 2", "set it to 100."]),
    (
        too_large([A, B], 10, 30, 8),
        ["the last 2 clients of 10", "set it to 100."],
    ),
    (too_large([A, B], 10, 10, 7), ["delete 2 clients of 10", "to 20."]),
]


@pytest.mark.parametrize(("problem", "parts"), SENTENCES)
def test_what_a_guard_says_names_the_victims_and_the_option(
    problem: Problem, parts: list[str]
) -> None:
    missing = [part for part in parts if part not in problem.sentence]
    assert missing == []


@pytest.mark.parametrize(
    ("count", "end"), [(20, '"C19" (id 19), but'), (21, '"C19" (id 19) and 1 more, but')]
)
def test_of_many_victims_twenty_are_named(count: int, end: str) -> None:
    victims = [client(number, f"C{number}") for number in range(count)]
    assert end in problems.too_many_deletions(victims, 0)


def test_rules_do_not_change_once_they_are_given() -> None:
    with pytest.raises(AttributeError):
        Rules().max_deletions = 5  # type: ignore[misc]


@pytest.mark.parametrize("value", ["purge", "protected", "max_deletions", "max_deletion_percent"])
def test_what_may_be_unless_said_otherwise(value: str) -> None:
    expected: dict[str, Any] = {
        "purge": False,
        "protected": (),
        "max_deletions": None,
        "max_deletion_percent": 30,
    }
    assert getattr(Rules(), value) == expected[value]


@pytest.mark.parametrize(
    ("deletions", "most", "is_allowed"), [(1, 2, True), (2, 2, True), (3, 2, False)]
)
def test_as_many_may_be_deleted_as_max_deletions_says(
    deletions: int, most: int, is_allowed: bool
) -> None:
    existing = clients(5)
    wanted = [Desired(id=one.id, state="absent") for one in existing[:deletions]]
    made = plan(existing, wanted, Rules(max_deletions=most))
    assert (made.forbidden == ()) == is_allowed
    assert len(made.steps) == deletions
