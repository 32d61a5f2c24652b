# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back: which list undoes which steps, and that it does so on each service."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.drawn import cases
from support.ending import ends_within
from support.services import MANNERS, Manners, Refused, Run, Service, carried_out
from support.steps import active, create, delete, deleted, rename, restore

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import (
    NOT_YET,
    Client,
    Desired,
    Rules,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import (
    by_their_ids,
    first_part,
    plan,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan.undo import undo, undo_warnings

ENTRIES: dict[str, tuple[list[Step], set[str], list[Desired]]] = {
    "nothing": ([], set(), []),
    "a create": ([create("E", 7)], set(), [Desired("E", 7, "absent")]),
    "a create whose id is not known": (
        [create("E")],
        set(),
        [Desired("E", state="absent")],
    ),
    "a create that may have been done twice": (
        [create("E"), create(" E"), create("F")],
        set(),
        [Desired("E", state="absent"), Desired("F", state="absent")],
    ),
    "a rename": ([rename(1, "E", "D")], set(), [Desired("E", 1)]),
    "a rename that changes nothing": ([rename(1, " E", "E")], set(), [Desired(" E", 1)]),
    "a rename by way of a temporary name": (
        [rename(1, "E", "T"), rename(1, "T", "D")],
        set(),
        [Desired("E", 1)],
    ),
    "a ring that was left half way": (
        [rename(1, "E", "T")],
        set(),
        [Desired("E", 1)],
    ),
    "a client that is back where it was": (
        [rename(1, "E", "D"), rename(1, "D", "E"), delete(2, "F"), restore(2, "F")],
        set(),
        [],
    ),
    "a deletion": ([delete(1, "E")], set(), [Desired("E", 1, "restored")]),
    "a deletion under another name": (
        [rename(1, "E", "D"), delete(1, "D")],
        set(),
        [Desired("E", 1, "restored")],
    ),
    "a restore": ([restore(1, "E")], set(), [Desired("E", 1, "absent")]),
    "a restore of a client that nobody has seen": (
        [restore(1, None)],
        set(),
        [Desired(None, 1, "absent")],
    ),
    "a restore under another name: the name that it bore may be another one's": (
        [restore(1, "E"), rename(1, "E", "D")],
        set(),
        [Desired("E", 1, "absent", ("D", "E"))],
    ),
    "the name is known since a look after the restore": (
        [restore(1, None), rename(1, "E", "D")],
        set(),
        [Desired("E", 1, "absent", ("D", "E"))],
    ),
    "a look has found the name that was wanted": (
        [restore(1, None), rename(1, "E", "E")],
        set(),
        [Desired("E", 1, "absent")],
    ),
    "the name is not known, as in check mode": (
        [restore(1, None), rename(1, None, "D")],
        set(),
        [Desired(None, 1, "absent")],
    ),
    "the last is taken back first": (
        [delete(1, "E"), delete(2, "F"), rename(1, "E", "G")],
        set(),
        [Desired("F", 2, "restored"), Desired("E", 1)],
    ),
    "a deletion of one of two that had a name": (
        [delete(1, "E")],
        {"E"},
        [Desired("E", 1, "restored", ("E",))],
    ),
    "a rename of one of two that had a name": (
        [rename(1, "E", "D")],
        {"E"},
        [Desired("E", 1, former_names=("D",))],
    ),
    "a name that others shared": ([delete(1, "E")], {"F"}, [Desired("E", 1, "restored")]),
    "a deletion of a client with a blank name": (
        [delete(1, " ")],
        {""},
        [Desired(None, 1, "restored")],
    ),
    "a restore of a client with a blank name": (
        [restore(1, "")],
        set(),
        [Desired(None, 1, "absent")],
    ),
    "a blank name is not to be had back": ([rename(1, " ", "E")], set(), []),
    "a deletion of a client with a line break in its name": (
        [delete(1, "A\nB")],
        set(),
        [Desired(None, 1, "restored")],
    ),
    "a line break is not to be had back": ([rename(1, "A\u2028B", "E")], set(), []),
    "a blank name, and the new one deleted": (
        [rename(1, " ", "E"), delete(1, "E")],
        set(),
        [Desired(None, 1, "restored")],
    ),
    "a blank name, and the new one belongs to another": (
        [delete(2, "E"), rename(1, " ", "e")],
        set(),
        [
            Desired("toggl.focus-1", 1),
            Desired("E", 2, "restored"),
        ],
    ),
    "a blank name that was deleted, and the new one belongs to another": (
        [rename(2, "E", "D"), restore(1, " "), rename(1, " ", "E")],
        set(),
        [
            Desired("toggl.focus-1", 1, "absent", ("E", "toggl.focus-1")),
            Desired("E", 2),
        ],
    ),
    "a create of a name that another one gets back": (
        [rename(1, "E", "D"), create("e", 7)],
        set(),
        [Desired("toggl.focus-7", 7, "absent", ("e",)), Desired("E", 1)],
    ),
    "a create of a name that another one has now": (
        [rename(1, "D", "E"), create("D", 7), create("F", 8)],
        set(),
        [
            Desired("F", 8, "absent"),
            Desired("toggl.focus-7", 7, "absent", ("D",)),
            Desired("D", 1),
        ],
    ),
    "a create whose id is not known, of a name that another one gets back": (
        [rename(1, "E", "D"), create("E")],
        set(),
        [Desired("E", state="absent"), Desired("E", 1, former_names=("D",))],
    ),
    "a create whose id is not known, of a name that another one gets back by a restore": (
        [delete(1, "E"), create(" E")],
        set(),
        [Desired(" E", state="absent"), Desired("E", 1, "restored", ("E",))],
    ),
}


@pytest.mark.parametrize("case", ENTRIES)
def test_entries_say_where_each_client_was(case: str) -> None:
    steps, shared_names, expected = ENTRIES[case]
    assert list(undo(steps, shared_names)) == expected


def test_a_create_without_an_id_gets_a_warning() -> None:
    assert list(undo_warnings([])) == []
    first, second = undo_warnings([], ["E", "F\n"])
    assert first.startswith('The id of the new client "E" is not known')
    assert '"F\\n"' in second


LOST: dict[str, tuple[list[Step], list[str]]] = {
    "a blank name, and one with a line break, behind a create": (
        [create("D", 7), rename(1, " ", "E"), rename(2, "F", "G"), rename(3, "I\nJ", "H")],
        ['The client 1 had the name " "', 'The client 3 had the name "I\\nJ"'],
    ),
    "a blank name that the client has again, or has kept": (
        [rename(1, " ", "E"), rename(1, "E", " "), delete(2, " ")],
        [],
    ),
    "a name that nobody has seen": ([restore(1, None), rename(1, None, "E")], []),
}


@pytest.mark.parametrize("case", LOST)
def test_a_name_that_no_list_can_give_back_gets_a_warning(case: str) -> None:
    steps, expected = LOST[case]
    warnings = list(undo_warnings(steps))
    assert [text[: len(part)] for text, part in zip(warnings, expected, strict=True)] == expected


# what the list does, on each service


@dataclass(frozen=True)
class Case:
    """``forgets``: the service tells no id of a new client; ``counts``: on which services such a
    run, and its way back, is possible."""

    existing: list[Client]
    wanted: list[Desired]
    purge: bool = False
    forgets: bool = False
    counts: Sequence[str] = ("none", "active", "all")
    hidden: Sequence[bool] = (False, True)


CASES = {
    "a create without an id, over a name that was freed": Case(
        [active(1, "E")],
        [Desired("D", 1), Desired("E")],
        forgets=True,
        counts=("none", "active"),
    ),
    "a create without an id, over a name that a purge freed": Case(
        [active(1, "E")], [Desired("e")], purge=True, forgets=True, counts=("none", "active")
    ),
    "a create without an id, over a name that goes back to a client that ends deleted": Case(
        [deleted(1, "E")],
        [Desired("D", 1, "restored"), Desired("E")],
        forgets=True,
        counts=("none", "active"),
        hidden=(False,),
    ),
    "a create without an id": Case([active(1, "D")], [Desired("E")], forgets=True),
    "a deleted client restored under a new name, since its own is taken": Case(
        [active(1, "Old"), deleted(9, "Old")],
        [Desired("New", 9, "restored")],
        counts=("none",),
        hidden=(True,),
    ),
    "a rename, and a create of the name it freed": Case(
        [active(1, "E")], [Desired("D", 1), Desired("E")]
    ),
    "a rename, and a create of that name in another case": Case(
        [active(1, "E")], [Desired("D", 1), Desired("e")]
    ),
    "a restore with a rename, and a create of the name it freed": Case(
        [deleted(1, "E")], [Desired("D", 1, "restored"), Desired("E")], hidden=(False,)
    ),
    "a purged client with a blank name": Case([active(1, " "), active(2, "A")], [], purge=True),
    "two purged clients with blank names": Case(
        [active(1, " "), active(2, "")], [], purge=True, counts=("none",), hidden=(False,)
    ),
    "a name that wandered round": Case(
        [active(1, "A"), active(2, "B"), active(3, "C")],
        [Desired("B", 1), Desired("C", 2), Desired("A", 3)],
    ),
    "names that changed hands between deleted and active clients": Case(
        [active(1, "A"), deleted(2, "B")],
        [Desired("B", 1), Desired("A", 2, "restored")],
        hidden=(False,),
    ),
    "one of two that had a name, deleted": Case(
        [active(1, "A"), active(2, "A")], [Desired(id=1, state="absent")], counts=("none",)
    ),
}


def run_of(case: Case, service: Service) -> tuple[list[Step], frozenset[str]]:
    first = plan(service.shown(), case.wanted, Rules(case.purge, (), None, 100))
    run = carried_out(service, first.steps, random.Random(1))
    assert run.refused == []
    return reported(run, case.forgets), first.shared_names


def reported(run: Run, forgets: bool) -> list[Step]:
    """The steps, with what the service said of them."""
    if not forgets:
        return run.done
    return [unidentified(step) if step.kind == "create" else step for step in run.done]


def unidentified(step: Step) -> Step:
    return step._replace(after=step.after._replace(id=NOT_YET))


def is_undone(before: dict[int, tuple[str, bool]], after: dict[int, tuple[str, bool]]) -> bool:
    """Every name and deletion state is back, and what is new is deleted. A blank name may have
    become another one: no list can give it."""
    olds = all(
        after[id_][1] == gone and (after[id_][0] == name or name == "")
        for id_, (name, gone) in before.items()
    )
    return olds and all(gone for id_, (_, gone) in after.items() if id_ not in before)


POSSIBLE = [
    pytest.param(name, manners, id=f"{name} [{manners}]")
    for name, case in CASES.items()
    for manners in MANNERS
    if manners.counts in case.counts and manners.hides in case.hidden
]


@pytest.mark.parametrize(("name", "manners"), POSSIBLE)
def test_undo_on_each_service(name: str, manners: Manners) -> None:
    """The undo list is no list that is refused, the service refuses nothing of it, and it brings
    back what was; applied again, it finds nothing to do."""
    case = CASES[name]
    service = Service(manners, case.existing)
    before = service.state()
    back = undo(*run_of(case, service))
    assert carried_out(service, plan(service.shown(), back).steps, random.Random(2)).refused == []
    assert is_undone(before, service.state())
    assert plan(service.shown(), back).steps == ()


def test_a_create_without_an_id_cannot_be_taken_back_where_deleted_names_count() -> None:
    """Nothing is lost: the service refuses, once the name that is to go back is a deleted one's.
    The warning about the missing id has said to look first."""
    case = CASES["a create without an id, over a name that was freed"]
    service = Service(Manners("all"), case.existing)
    back = undo(*run_of(case, service))
    run = carried_out(service, plan(service.shown(), back).steps, random.Random(2))
    assert [refused.bearer for refused in run.refused] == [1001]
    assert service.state() == {1: ("D", False), 1001: ("E", True)}


def applied(service: Service, wanted: Sequence[Desired], chance: random.Random) -> list[Refused]:
    """What the service refuses of a list. Clients that it hides are restored first, and the rest
    is planned again, since only then their names are known."""
    with ends_within(5):
        planned = plan(service.shown(), wanted)
    first = planned.steps[: first_part(planned.steps)]
    run = carried_out(service, first, chance)
    hidden = {step.id for step in first if step.restores_hidden and step.id is not None}
    with ends_within(5):
        rest = plan(service.shown(), by_their_ids(planned.entries, run.done), returned=hidden)
    return [*run.refused, *carried_out(service, rest.steps, chance).refused]


@given(
    cases(),
    st.sampled_from(MANNERS),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 6),
    st.integers(0),
)
def test_undo_brings_back_every_name_and_deletion_state(
    drawn: tuple[list[Client], list[Desired]],
    manners: Manners,
    purge: bool,
    forgets: bool,
    most: int | None,
    seed: int,
) -> None:
    """Wherever the run was broken off, whatever was refused on the way, in whatever order.

    The service itself can refuse it in two cases alone: a client was created, nobody knows its id,
    the name goes back to another one, and the names of deleted clients count; or it hides a client
    that comes back first, since only then its name is known, and that name is in somebody's way.
    """
    existing, wanted = drawn
    chance = random.Random(seed)
    service = Service(manners, existing)
    assume(service.is_possible())
    try:
        with ends_within(5):
            first = plan(service.shown(), wanted, Rules(purge, (), None, 100))
    except PlanRefused:
        assume(False)
        raise
    if forgets:  # the name that such a client comes back with decides on the creates in the run
        assume(all(step.kind != "restore" or step.name is not None for step in first.steps))
    before = service.state()
    run = carried_out(service, first.steps, chance, most)
    back = undo(reported(run, forgets), first.shared_names)
    refused = applied(service, back, chance)
    if forgets and manners.counts == "all" and refused:
        new = service.state().keys() - before.keys()
        assert all(one.bearer in new for one in refused)
        return
    if manners.hides and refused:
        assert any(step.kind == "delete" for step in run.done)
        return
    assert refused == []
    assert is_undone(before, service.state())
    assert plan(service.shown(), back).steps == ()
