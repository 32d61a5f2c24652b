# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of the order of every plan, on each service that there may be."""

from __future__ import annotations

import random

from hypothesis import assume, given
from hypothesis import strategies as st
from support.drawn import Case, cases, planned
from support.services import MANNERS, Manners, Refused, Service, carried_out

from ansible_collections.toggl.focus.plugins.module_utils._model import Plan, Rules

SHOWN = [manners for manners in MANNERS if not manners.hides]
"""What a service hides, no order can know."""


def is_forced(refused: Refused, made: Plan) -> bool:
    """Whether no order can help: a client has the name that no step of the plan touches."""
    return refused.bearer not in {step.id for step in made.steps}


@given(cases(), st.sampled_from(SHOWN), st.booleans(), st.integers(0))
def test_no_step_is_refused_unless_what_is_desired_is(
    case: Case, manners: Manners, purge: bool, seed: int
) -> None:
    """A plan ends. Its steps, in any order that keeps what they need, are such that a service
    which refuses taken names refuses none, unless a name is had by a client that nothing shall
    happen to, or what is desired as a whole breaks the service's rule."""
    existing, wanted = case
    service = Service(manners, existing)
    assume(service.is_possible())
    made = planned(service.shown(), wanted, Rules(purge, (), None, 100))
    desired = Service(Manners(), existing)
    assert carried_out(desired, made.steps, random.Random(seed)).refused == []
    desired.manners = manners
    assume(desired.is_possible())
    refused = carried_out(service, made.steps, random.Random(seed)).refused
    assert all(is_forced(one, made) for one in refused)
