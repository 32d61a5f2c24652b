# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning again in the same run, once hidden clients are restored and known."""

from __future__ import annotations

import pytest
from support.notation import clients_of, entries_of, rows, steps_of
from support.steps import active, create, rename, restore

from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Action,
    Client,
    Deletion,
    Desired,
    Plan,
    Planned,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import (
    by_their_ids,
    continued,
    first_part,
    is_same_but_for,
)

FIRST_PARTS = rows("""
nothing            |                                                            | 0
none is hidden     | delete 1 Acme; restore 3 Old                               | 0
one is             | restore 9 ?; create New                                    | 1
the last one is    | delete 1 Acme; restore 8 ?; restore 9 ?; rename 8 ? -> New | 3
""")


@pytest.mark.parametrize(("steps", "expected"), FIRST_PARTS)
def test_the_rest_begins_behind_the_last_restore_of_a_hidden_client(
    steps: str, expected: str
) -> None:
    assert first_part(steps_of(steps)) == int(expected)


BY_IDS = rows("""
an active client is known by its id | Acme | 1 Acme | none | | 1 Acme
a client that has another name for now
    | New (was Acme) | 1 Acme | renamed | rename 1 Acme -> toggl.focus-1 | 1 New
an entry that does nothing leaves other clients alone
    | Acme (was Globex) | 1 Acme | none | | 1 Acme (was Globex)
who agreed to the old name agrees to the one for now
    | absent 1 New (was Acme) | 1 Acme | deleted | rename 1 Acme -> toggl.focus-1
    | absent 1 New (was Acme, toggl.focus-1)
who did not agree to the old name does not
    | 1 New (was Globex) | 1 Acme | renamed | rename 1 Acme -> toggl.focus-1 | 1 New (was Globex)
a client of which the run has done nothing
    | 1 New (was Acme) | 1 Acme | renamed | delete 2 Globex | 1 New (was Acme)
a deleted client is matched again
    | Old (restore_deleted) | (3 Old) | restored | | Old (restore_deleted)
so is an entry without a client
    | New (was Acme) | | created | rename 1 Acme -> toggl.focus-1 | New (was Acme)
""")


@pytest.mark.parametrize(("entry", "client", "action", "done", "expected"), BY_IDS)
def test_the_same_clients_are_meant(
    entry: str, client: str, action: Action, done: str, expected: str
) -> None:
    (found,) = clients_of(client) or [None]
    planned = Planned(*entries_of(entry), found, action)
    assert by_their_ids([planned], steps_of(done)) == entries_of(expected)


FIRST = steps_of("rename 9 ? -> New; delete 1 Acme; create Globex")
OTHERS = FIRST[1:]

SAME = {
    "the same": (FIRST, FIRST, True),
    "in another order": (FIRST, FIRST[::-1], True),
    "the old name is known": (FIRST, [*steps_of("rename 9 Old -> New"), *OTHERS], True),
    "the hidden client has its name already": (FIRST, OTHERS, True),
    "the hidden client is to be renamed after all": (OTHERS, FIRST, False),
    "the hidden client gets another name": (FIRST, [*steps_of("rename 9 ? -> A"), *OTHERS], False),
    "the hidden client is deleted": (FIRST, [*FIRST, *steps_of("delete 9 New")], False),
    "a change of another client is missing": (FIRST, FIRST[:2], False),
    "there is one of another client more": (FIRST[:2], FIRST, False),
}


@pytest.mark.parametrize(("first", "rest", "expected"), SAME.values(), ids=SAME)
def test_what_is_left_may_differ_by_renames_of_hidden_clients_alone(
    first: list[Step], rest: list[Step], expected: bool
) -> None:
    assert is_same_but_for({9}, first, rest) == expected


def test_the_plan_of_the_run_has_the_steps_of_both_plans() -> None:
    """Each entry has its steps of both, and the client that was known first."""
    hidden, wanted = Client.unseen(Deletion(9), 1), (Desired("New", 9, "restored"), Desired("Old"))
    first = Plan(
        entries=(
            Planned(wanted[0], hidden, "restored", (0, 1)),
            Planned(wanted[1], None, "created", (2,)),
        ),
        steps=(restore(9, None), rename(9, None, "New"), create("Old", entry=1)),
        warnings=("One.", "Two."),
        unmanaged=(active(1, "Acme"),),
        digest="as it was reviewed",
    )
    rest = Plan(
        entries=(
            Planned(wanted[0]._replace(former_names=("Hooli",)), active(9, "Hooli"), "renamed", ()),
            Planned(wanted[1], active(3, "Old"), "none"),
        ),
        steps=(rename(9, "Hooli", "New"),),
        warnings=("Two.", "Three."),
        digest="of the rest",
    )
    assert continued(first, first.steps[:1], rest) == Plan(
        entries=(
            Planned(wanted[0], hidden, "restored", (0, 1)),
            Planned(wanted[1], active(3, "Old"), "none"),
        ),
        steps=(first.steps[0], *rest.steps),
        warnings=("One.", "Two.", "Three."),
        digest="as it was reviewed",
    )
