# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of every plan, over arbitrary workspaces and lists."""

from __future__ import annotations

import random

from hypothesis import assume, given
from hypothesis import strategies as st
from support.world import World, clients, desired

from ansible_collections.toggl.focus.plugins.module_utils._guards import Rules
from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Client,
    Desired,
    Plan,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan import DEFAULT_RULES, plan
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._undo import undo


def planned(existing: list[Client], wanted: list[Desired], rules: Rules = DEFAULT_RULES) -> Plan:
    try:
        return plan(existing, wanted, rules)
    except PlanRefused:
        assume(False)
        raise


@given(clients(), desired())
def test_a_second_plan_is_empty(existing: list[Client], wanted: list[Desired]) -> None:
    world = World(existing)
    for step in planned(existing, wanted).steps:
        if step.id is None or step.id in world.state():
            world.carry_out(step)
        else:
            assume(False)
    assert plan(world.clients, wanted).steps == ()


@given(clients(), desired(), st.integers(0))
def test_undo_brings_back_every_name_and_deletion_state(
    existing: list[Client], wanted: list[Desired], broken_off: int
) -> None:
    first = planned(existing, wanted)
    world = World(existing)
    assume(all(step.id is None or step.id in world.state() for step in first.steps))
    before = world.state()
    steps = first.steps[: broken_off % (len(first.steps) + 1)]
    done = [world.carry_out(step) for step in steps]
    back = plan(world.clients, undo(done, first.shared_names))
    for step in back.steps:
        world.carry_out(step)
    after = world.state()
    assert {id_: keyed(state) for id_, state in before.items()} == {
        id_: keyed(after[id_]) for id_ in before
    }
    assert all(after[id_][1] for id_ in after.keys() - before.keys())


def keyed(state: tuple[str, bool]) -> tuple[str, bool]:
    """Names are the same if their keys are: a plan never touches a mere way of writing."""
    return name_key(state[0]), state[1]


def unshared_steps(existing: list[Client], wanted: list[Desired]) -> tuple[Step, ...]:
    """The steps of a plan after which no two active clients share a name.

    Left out are entries that may accept a name borne by another client on purpose.
    """
    assume(not any(entry.id and entry.former_names for entry in wanted))
    steps = planned(existing, wanted).steps
    world = World(existing)
    assume(all(step.id is None or step.id in world.state() for step in steps))
    for step in steps:
        world.carry_out(step)
    names = [name_key(client.name) for client in world.clients if not client.deleted]
    assume(len(set(names)) == len(names))
    return steps


@given(clients(unique=True), desired(), st.integers())
def test_no_step_needs_a_name_that_is_taken(
    existing: list[Client], wanted: list[Desired], seed: int
) -> None:
    """In any order that keeps the needs: such steps may be carried out side by side."""
    steps = unshared_steps(existing, wanted)
    strict, chance, done = World(existing, strict=True), random.Random(seed), set[int]()
    while len(done) < len(steps):
        ready = [at for at, step in enumerate(steps) if at not in done and done >= {*step.needs}]
        chosen = chance.choice(ready)
        strict.carry_out(steps[chosen])
        done.add(chosen)


@given(clients(), desired(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_does_not_matter(
    existing: list[Client], wanted: list[Desired], chance: random.Random
) -> None:
    def effects(existing: list[Client], wanted: list[Desired]) -> object:
        try:
            made = plan(existing, wanted)
        except PlanRefused as refused:
            return sorted({type(problem).__name__ for problem in refused.problems})
        changes = [(step.kind, step.id or 0, step.name, step.before) for step in made.steps]
        return sorted(changes, key=str), sorted(made.warnings), made.digest

    other_existing, other_wanted = existing.copy(), wanted.copy()
    chance.shuffle(other_existing)
    chance.shuffle(other_wanted)
    assert effects(existing, wanted) == effects(other_existing, other_wanted)


@given(clients(), desired(), desired())
def test_different_effects_have_different_digests(
    existing: list[Client], wanted: list[Desired], other: list[Desired]
) -> None:
    first, second = planned(existing, wanted), planned(existing, other)

    def effect(made: Plan) -> list[str]:
        return sorted(str((s.kind, s.id, s.name, s.before)) for s in made.steps)

    assert (first.digest == second.digest) == (effect(first) == effect(second))


@given(clients(), desired())
def test_after_a_purge_only_what_the_list_stands_for_is_active(
    existing: list[Client], wanted: list[Desired]
) -> None:
    rules = Rules(purge=True, max_deletion_percent=100)
    made = planned(existing, wanted, rules)
    world = World(existing)
    assume(all(step.id is None or step.id in world.state() for step in made.steps))
    for step in made.steps:
        world.carry_out(step)
    alive = [entry for entry in wanted if entry.state != "absent"]
    active = {id_ for id_, (_, gone) in world.state().items() if not gone}
    assert len(active) == len(alive)
    assert plan(world.clients, wanted, rules).steps == ()


@given(clients(), desired(), st.integers(0, 3), st.integers(0, 100))
def test_guards_hold(
    existing: list[Client], wanted: list[Desired], most: int, percent: int
) -> None:
    """No plan deletes more than it may, nor touches what is protected."""
    rules = Rules(True, ("a*",), most, percent)
    try:
        steps = plan(existing, wanted, rules).steps
    except PlanRefused:
        return
    victims = [step for step in steps if step.kind == "delete"]
    purged = [step for step in victims if step.entry is None]
    active = sum(not client.deleted for client in existing)
    assert len(victims) <= most
    assert len(purged) * 100 <= active * percent or len(purged) == 1 < active
    touched = [step.before or "" for step in steps if step.kind in ("delete", "rename")]
    assert not any(name.strip().lower().startswith("a") for name in touched)


@given(clients(), desired())
def test_nothing_is_deleted_that_no_entry_names(
    existing: list[Client], wanted: list[Desired]
) -> None:
    for step in planned(existing, wanted).steps:
        if step.kind == "delete":
            assert wanted[step.entry].state == "absent"
