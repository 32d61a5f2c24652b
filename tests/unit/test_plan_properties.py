# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of every plan, over arbitrary workspaces and lists; of undo, see ``test_undo``."""

from __future__ import annotations

import random
import re

from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.drawn import Case, cases, clients, desired, planned
from support.services import MANNERS, Manners, Refused, Service, executed
from support.steps import active, deleted

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Plan, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key


@given(clients(), desired(), st.booleans())
def test_a_second_plan_is_empty(existing: list[Client], wanted: list[Desired], purge: bool) -> None:
    """After a purge, only what the list stands for is active."""
    rules = Rules(purge=purge, max_deletion_percent=100)
    made = planned(existing, wanted, rules)
    service = Service(Manners(), existing)
    assume(all(step.id is None or step.id in service.held for step in made.steps))
    for step in made.steps:
        service.execute(step)
    there = service.shown()
    assert plan(there, wanted, rules).steps == ()
    alive = sum(entry.state != "absent" for entry in wanted)
    active = sum(not client.deleted for client in there)
    assert active >= alive
    assert active == alive or not purge or any("is left alone" in of for of in made.warnings)


@given(clients(), desired(), st.randoms(use_true_random=False))
@example(  # clients that pass one name on: each has it only for a while
    [active(1, "Acme"), deleted(2, "Acme"), *(active(id_, "Acme") for id_ in (3, 4, 5))],
    [
        Desired("acme", 6, "restored"),
        Desired("Globex", 2, "restored"),
        Desired(None, 1),
    ],
    random.Random(2),
)
def test_the_order_of_the_lists_does_not_matter(
    existing: list[Client], wanted: list[Desired], chance: random.Random
) -> None:
    def effects(existing: list[Client], wanted: list[Desired]) -> object:
        try:
            made = plan(existing, wanted)
        except PlanRefused as refused:
            return sorted({name_key(problem.sentence) for problem in refused.problems})
        changes = [(step.kind, step.id or 0, step.name, step.old_name) for step in made.steps]
        told = sorted(re.sub(r"entry \d+", "entry", warning) for warning in made.warnings)
        return sorted(changes, key=str), told, made.digest

    other_existing, other_wanted = existing.copy(), wanted.copy()
    chance.shuffle(other_existing)
    chance.shuffle(other_wanted)
    assert effects(existing, wanted) == effects(other_existing, other_wanted)


@given(clients(), desired(), st.booleans(), st.integers(0, 3), st.integers(0, 100))
def test_guards_hold(
    existing: list[Client], wanted: list[Desired], purge: bool, most: int, percent: int
) -> None:
    """No plan deletes more than it may, or what nobody names, nor touches what is protected."""
    made = planned(existing, wanted, Rules(purge, ("a*",), most, percent))
    steps = () if made.forbidden else made.steps
    victims = [step for step in steps if step.kind == "delete"]
    named = [wanted[step.entry] for step in victims if step.entry is not None]
    purged = len(victims) - len(named)
    active = sum(not client.deleted for client in existing)
    assert all(entry.state == "absent" for entry in named)
    assert purge or not purged
    assert len(victims) <= most
    assert purged * 100 <= active * percent or purged == 1
    assert len(victims) < active or percent == 100 or not purged
    touched = [step.old_name or "" for step in steps if step.kind in ("delete", "rename")]
    assert not any(name.strip().lower().startswith("a") for name in touched)


SHOWN = [manners for manners in MANNERS if not manners.hides]
"""What a service hides, no order can know."""


def is_forced(refused: Refused, made: Plan) -> bool:
    """Whether no order can help: a client has the name that no step of the plan takes from it."""
    return refused.bearer not in {step.id for step in made.steps if step.kind != "update"}


@given(cases(), st.sampled_from(SHOWN), st.booleans(), st.integers(0))
def test_no_step_is_refused_unless_what_is_desired_is(
    case: Case, manners: Manners, purge: bool, seed: int
) -> None:
    """In any order that keeps what steps need, a service refuses none, unless a client that nothing
    happens to has the name, or what is desired as a whole breaks the service's rule."""
    existing, wanted = case
    service = Service(manners, existing)
    assume(service.is_possible())
    made = planned(service.shown(), wanted, Rules(purge, (), None, 100))
    desired = Service(Manners(), existing)
    assert executed(desired, made.steps, random.Random(seed)).refused == []
    desired.manners = manners
    assume(desired.is_possible())
    refused = executed(service, made.steps, random.Random(seed)).refused
    assert all(is_forced(one, made) for one in refused)
