# SPDX-License-Identifier: GPL-3.0-or-later
"""What both modules that write return alike. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._errors import FocusError
from .._model import Plan

# Most runs change nothing; what only the others need is imported where it is used.


def common_result(
    plan: Plan, outcomes: Sequence[Outcome], refusal: FocusError | None
) -> dict[str, Any]:
    """Return the part of a result that does not depend on how many clients the task has.

    :arg refusal: why nothing was written, if the plan was refused
    """
    undo, warnings = undo_of(plan, outcomes)
    result = {
        "changed": refusal is None and any(outcome.changed for outcome in outcomes),
        "undo": [] if refusal else undo,
        "warnings": [*plan.warnings, *warnings],
    }
    has_failed = refusal is not None or any(outcome.error for outcome in outcomes)
    return {**result, "failed": True} if has_failed else result


def undo_of(plan: Plan, outcomes: Sequence[Outcome]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a list for ``focus_clients``, which takes back what was done, or may have been, and a
    warning for each client that it has only the name of, or does not have the name of."""
    touched = [step for outcome in outcomes for step in outcome.touched]
    if not touched:
        return [], []
    from .._plan.undo import undo, undo_warnings

    entries = [entry.as_options() for entry in undo(touched, plan.shared_names)]
    unknown = [outcome.step.after.name for outcome in outcomes if outcome.without_id]
    return entries, list(undo_warnings(touched, unknown))
