# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back from a run, as the modules return it. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._model import Plan

# Most runs change nothing; what only the others need is imported where it is used.


def undo_list(plan: Plan, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """A list for ``focus_clients``, which takes back what was done, or may have been."""
    touched = [step for outcome in outcomes for step in outcome.touched]
    if not touched:
        return []
    from .._plan.undo import undo

    return [back.as_options() for back in undo(touched, plan.shared_names)]


def undo_warnings(outcomes: Sequence[Outcome]) -> list[str]:
    """One for each client that the list has only the name of, or does not have the name of."""
    touched = [step for outcome in outcomes for step in outcome.touched]
    if not touched:
        return []
    from .._plan.undo import names_lost, unsure

    unknown = [outcome.step.after.name for outcome in outcomes if outcome.without_id]
    return [*unsure(unknown), *names_lost(touched)]
