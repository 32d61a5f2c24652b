# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of writes as a table: what frees a name comes before what takes it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from support.ending import ends_within
from support.notation import rows, steps_of, told_one

from ansible_collections.toggl.focus.plugins.module_utils._model import Step
from ansible_collections.toggl.focus.plugins.module_utils._plan.order import in_order


def chains_of(text: str) -> list[list[Step]]:
    """The steps of a table; those of one client are a chain."""
    chains: dict[object, list[Step]] = {}
    for step in steps_of(text):
        chains.setdefault(step.id or object(), []).append(step)
    return list(chains.values())


def told(steps: Iterable[Step]) -> str:
    """A step and, in brackets, the positions of the steps that it needs."""
    return "; ".join(told_one(step) + (f" {list(step.needs)}" * bool(step.needs)) for step in steps)


ORDERS = rows("""
nothing | |
steps that have no name in common wait for nothing, and stay as they are
    | create A; delete 1 B; rename 2 C -> D; restore 3 E
    | create A; delete 1 B; rename 2 C -> D; restore 3 E
a deletion frees a name for a create | create A; delete 1 A | delete 1 A; create A [0]
an update sends its client's name again, and waits for those that leave it
    | update 2 A @EUR; rename 3 A -> B; delete 1 a
    | rename 3 A -> B; delete 1 a; update 2 A @EUR [0, 1]
also for one that has the name for a while
    | update 2 A @EUR; rename 9 B -> A; delete 9 A
    | rename 9 B -> A; delete 9 A [0]; update 2 A @EUR [1]
renames pass a name on | rename 1 A -> B; rename 2 B -> C; rename 3 C -> D
    | rename 3 C -> D; rename 2 B -> C [0]; rename 1 A -> B [1]
names that differ in case only are one name to some services
    | create acme; delete 1 ACME | delete 1 ACME; create acme [0]
all who had the name go before one who gets it | create A; delete 1 A; rename 2 A -> B; delete 3 a
    | delete 1 A; rename 2 A -> B; delete 3 a; create A [0, 1, 2]
of those who get a name, none waits for the other | rename 1 B -> A; rename 2 C -> A; delete 3 A
    | delete 3 A; rename 1 B -> A [0]; rename 2 C -> A [0]
nor for one who gets it by a second step | rename 2 D -> B; restore 1 A; rename 1 A -> B; create C
    | rename 2 D -> B; restore 1 A; create C; rename 1 A -> B [1]
a client's own steps follow each other | restore 1 A; rename 1 A -> B; rename 2 C -> D; delete 2 D
    | restore 1 A; rename 2 C -> D; rename 1 A -> B [0]; delete 2 D [1]
a client that is restored under a name and renamed passes it on
    | create A; restore 1 A; rename 1 A -> B; delete 2 A
    | delete 2 A; restore 1 A [0]; rename 1 A -> B [1]; create A [2]
those who pass a name on do it one after the other
    | restore 1 A; rename 1 A -> B; restore 2 A; rename 2 A -> C
    | restore 1 A; rename 1 A -> B [0]; restore 2 A [1]; rename 2 A -> C [2]
a deleted client, whose name may count, is called otherwise before another one passes it
    | rename 1 B -> A; delete 1 A; restore 2 A; rename 2 A -> C
    | restore 2 A; rename 2 A -> C [0]; rename 1 B -> A [1]; delete 1 A [2]
purges are last, since they wait for all creates | purge 1 A; rename 2 B -> C; delete 2 C; create D
    | rename 2 B -> C; create D; delete 2 C [0]; purge 1 A
with what needs them | purge 1 A; create A; create B; rename 2 C -> A
    | create B; purge 1 A; create A [1]; rename 2 C -> A [1]
a client on its way through two names passes both on
    | create A; create B; delete 2 A; restore 1 A; rename 1 A -> B; delete 1 B; delete 3 B
    | delete 2 A; delete 3 B; restore 1 A [0]; rename 1 A -> B [1, 2]; create A [3];
    delete 1 B [3]; create B [5]
two swap names: the lower id goes by way of a temporary name | rename 2 B -> A; rename 1 A -> B
    | rename 1 A -> toggl.focus-1; rename 2 B -> A [0]; rename 1 toggl.focus-1 -> B [0, 1]
of two rings, the one with the lowest id is broken first
    | rename 2 C -> D; rename 1 A -> B; rename 4 D -> C; rename 3 B -> A
    | rename 1 A -> toggl.focus-1; rename 3 B -> A [0]; rename 1 toggl.focus-1 -> B [0, 1];
    rename 2 C -> toggl.focus-2; rename 4 D -> C [3]; rename 2 toggl.focus-2 -> D [3, 4]
of a client with a step at which a ring enters and another at which it leaves, none is split
    | rename 1 D -> A; rename 5 A -> B; rename 5 B -> C; rename 6 B -> b
    | rename 6 B -> toggl.focus-6; rename 5 A -> B [0]; rename 1 D -> A [1]; rename 5 B -> C [1];
    rename 6 toggl.focus-6 -> b [0, 3]
what waits for a ring | create A; rename 1 A -> B; rename 2 B -> A; rename 3 D -> E
    | rename 3 D -> E; rename 1 A -> toggl.focus-1; create A [1]; rename 2 B -> A [1];
    rename 1 toggl.focus-1 -> B [1, 3]
one of a ring waits for others as well | delete 8 A; rename 1 A -> B; rename 2 B -> A; delete 9 A
    | delete 8 A; delete 9 A; rename 1 A -> toggl.focus-1; rename 2 B -> A [0, 1, 2];
    rename 1 toggl.focus-1 -> B [2, 3]
a deleted client with the lower id and an active one swap names that differ in case
    | restore 1 a; rename 1 a -> A; rename 2 A -> a
    | rename 2 A -> toggl.focus-2; restore 1 a [0]; rename 1 a -> A [1];
    rename 2 toggl.focus-2 -> a [0, 2]
one of a ring is deleted in the end | rename 1 A -> B; delete 1 B; rename 2 B -> A
    | rename 1 A -> toggl.focus-1; rename 2 B -> A [0]; rename 1 toggl.focus-1 -> B [0, 1];
    delete 1 B [2]
the way by a temporary name leaves the currency to the last rename
    | rename 1 A -> B @EUR<USD; rename 2 B -> A
    | rename 1 A -> toggl.focus-1; rename 2 B -> A [0]; rename 1 toggl.focus-1 -> B @EUR<USD [0, 1]
a hidden client waits for who has its likely name | restore 9 ?; rename 9 ? -> A; delete 1 A
    | delete 1 A; restore 9 ? [0]; rename 9 ? -> A [1]
its new name is waited for, too | restore 9 ?; rename 9 ? -> B; delete 1 B
    | restore 9 ?; delete 1 B; rename 9 ? -> B [0, 1]
what it waits for comes before all else, and so does that which this waits for
    | create C; restore 9 ?; rename 9 ? -> B; rename 1 A -> D; delete 2 D
    | delete 2 D; rename 1 A -> D [0]; restore 9 ? [1]; create C; rename 9 ? -> B [2]
""")


@pytest.mark.parametrize(("steps", "expected"), ORDERS)
def test_what_frees_a_name_comes_before_what_takes_it(steps: str, expected: str) -> None:
    """A ring goes through one temporary name. The likely name of a hidden client 9 is A."""
    with ends_within(5):
        ordered = in_order(chains_of(steps), {9: "A"})
    assert told(ordered) == expected


def test_who_changes_the_case_of_a_name_waits_for_nobody_among_many() -> None:
    chains = chains_of("; ".join(f"rename {id_} name {id_} -> Name {id_}" for id_ in range(1, 500)))
    assert in_order(chains) == tuple(step for chain in chains for step in chain)


def test_many_rings_are_broken_one_after_the_other() -> None:
    """Each pair swaps its names."""
    swaps = (f"rename {n} {n} -> {n + 1}; rename {n + 1} {n + 1} -> {n}" for n in range(1, 9999, 2))
    with ends_within(5):
        steps = in_order(chains_of("; ".join(swaps)))
    temporary = [step.name.startswith("toggl.focus-") for step in steps if step.name]
    assert temporary == [True, False, False] * 4999
