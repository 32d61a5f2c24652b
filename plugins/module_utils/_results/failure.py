# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a run failed, in words. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .._api.errors import QuotaExceeded
from .._apply.errors import NotChecked
from .._apply.outcome import Outcome
from .._errors import listed
from .._model import Step
from .._text import quoted

MOST_REASONS = 5
"""Reasons in the message; the steps have all of them."""


def error_text(outcome: Outcome) -> str:
    """What went wrong with a step, and what to do if it may have been carried out."""
    if outcome.status == "unclear" and not isinstance(outcome.error, NotChecked):
        return f"{outcome.error} It may have been done: look before you run it again."
    return str(outcome.error)


def failure_of(outcomes: Sequence[Outcome], errors: Sequence[Outcome]) -> str:
    """What went wrong and why, then the numbers of all, then whether another run helps."""
    numbers = _numbers(Counter(outcome.status for outcome in outcomes), len(outcomes))
    each = _reasons(errors)
    more = len(each) - MOST_REASONS
    why = " ".join(each[:MOST_REASONS]) + (f" And {more} more." if more > 0 else "")
    return " ".join(filter(None, (why, numbers, _next_run(outcomes, errors))))


def _reasons(errors: Sequence[Outcome]) -> list[str]:
    """Each reason once: what affects every request, and the same answer for several clients."""
    reasons: dict[object, str] = {}
    labels: dict[object, dict[str, None]] = {}
    for outcome in errors:
        error, reason = outcome.error, error_text(outcome)
        if error is not None and error.stops_all:  # it is one, whatever the step
            reasons.setdefault((type(error), getattr(error, "status", None)), reason)
        else:
            reasons[reason] = reason
            labels.setdefault(reason, {})[_label(outcome.step)] = None
    return [
        f"{listed(list(labels[key]))}: {reason}" if key in labels else reason
        for key, reason in reasons.items()
    ]


def _label(step: Step) -> str:
    return f"id {step.id}" if step.name is None else quoted(step.name)


def _numbers(counts: Counter[str], total: int) -> str:
    """How far the run got; for a single change, the reason already says it."""
    if total == 1:
        return ""
    parts = [f"{counts['done'] or 'none'} {'were' if counts['done'] > 1 else 'was'} done"]
    failed = counts["failed"] + counts["unclear"]
    if failed:
        parts.append(f"{failed} failed")
    if counts["pending"]:
        parts.append(f"{counts['pending']} {'are' if counts['pending'] > 1 else 'is'} pending")
    return f"Of {total} changes, {listed(parts)}."


def _next_run(outcomes: Sequence[Outcome], errors: Sequence[Outcome]) -> str:
    """What another run will do, which is not what was refused: that would be refused again."""
    if len(outcomes) == 1 or any(outcome.status == "unclear" for outcome in outcomes):
        return ""
    if all(outcome.error is not None and outcome.error.may_pass for outcome in errors):
        return "Another run does the rest."
    waits = [o for o in errors if o.status == "pending" and isinstance(o.error, QuotaExceeded)]
    return "Another run does what is pending." if waits else ""
