# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning again in the same run, once hidden clients are restored and known."""

from __future__ import annotations

import pytest
from support.steps import active, create, delete, deleted, rename, restore

from ansible_collections.toggl.focus.plugins.module_utils._model import (
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

ACME, OLD = active(1, "Acme"), deleted(3, "Old")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], 0),
        ([delete(1, "Acme"), restore(3, "Old")], 0),
        ([restore(9, None), create("New")], 1),
        ([delete(1, "Acme"), restore(8, None), restore(9, None), rename(8, None, "New")], 3),
    ],
)
def test_the_rest_begins_behind_the_last_restore_of_a_hidden_client(
    steps: list[Step], expected: int
) -> None:
    assert first_part(steps) == expected


AWAY = [rename(1, "Acme", "toggl.focus-1")]

BY_IDS: dict[str, tuple[Planned, list[Step], Desired]] = {
    "an active client is known by its id": (
        Planned(Desired("Acme"), ACME, "none"),
        [],
        Desired("Acme", 1),
    ),
    "a client that has another name for now": (
        Planned(Desired("New", former_names=("Acme",)), ACME, "renamed"),
        AWAY,
        Desired("New", 1),
    ),
    "an entry that does nothing leaves other clients alone": (
        Planned(Desired("Acme", former_names=("Globex",)), ACME, "none"),
        [],
        Desired("Acme", 1, former_names=("Globex",)),
    ),
    "who agreed to the old name agrees to the one for now": (
        Planned(Desired("New", 1, "absent", ("Acme",)), ACME, "deleted"),
        AWAY,
        Desired("New", 1, "absent", ("Acme", "toggl.focus-1")),
    ),
    "who did not agree to the old name does not": (
        Planned(Desired("New", 1, former_names=("Globex",)), ACME, "renamed"),
        AWAY,
        Desired("New", 1, former_names=("Globex",)),
    ),
    "a client of which the run has done nothing": (
        Planned(Desired("New", 1, former_names=("Acme",)), ACME, "renamed"),
        [delete(2, "Globex")],
        Desired("New", 1, former_names=("Acme",)),
    ),
    "a deleted client is matched again": (
        Planned(Desired("Old", restore_deleted=True), OLD, "restored"),
        [],
        Desired("Old", restore_deleted=True),
    ),
    "so is an entry without a client": (
        Planned(Desired("New", former_names=("Acme",)), None, "created"),
        AWAY,
        Desired("New", former_names=("Acme",)),
    ),
}


@pytest.mark.parametrize("case", BY_IDS)
def test_the_same_clients_are_meant(case: str) -> None:
    entry, done, expected = BY_IDS[case]
    assert by_their_ids([entry], done) == [expected]


FIRST = [rename(9, None, "New"), delete(1, "Acme"), create("Globex")]

SAME: dict[str, tuple[list[Step], list[Step], bool]] = {
    "the same": (FIRST, FIRST, True),
    "in another order": (FIRST, FIRST[::-1], True),
    "the old name is known": (FIRST, [rename(9, "Old", "New"), *FIRST[1:]], True),
    "the hidden client has its name already": (FIRST, FIRST[1:], True),
    "the hidden client is to be renamed after all": (FIRST[1:], FIRST, False),
    "the hidden client gets another name": (FIRST, [rename(9, None, "A"), *FIRST[1:]], False),
    "the hidden client is deleted": (FIRST, [*FIRST, delete(9, "New")], False),
    "a change of another client is missing": (FIRST, FIRST[:2], False),
    "there is one of another client more": (FIRST[:2], FIRST, False),
}


@pytest.mark.parametrize("case", SAME)
def test_what_is_left_may_differ_by_renames_of_hidden_clients_alone(case: str) -> None:
    first, rest, expected = SAME[case]
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
        unmanaged=(ACME,),
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
