# SPDX-License-Identifier: GPL-3.0-or-later
"""What both modules that write return alike: what undoes a run, and the line that says what it did,
or why it failed. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from .._apply.outcome import Outcome
from .._errors import FocusError, listed
from .._model import Plan, Step
from .._plan.undo import undo, undo_warnings
from .._text import at_most, grouped, quoted

Result = dict[str, Any]

MOST_REASONS = 5  # in the message; the steps have all of them


class Report(NamedTuple):
    """A plan, and what became of it.

    ``outcomes`` are those of its steps, in its order. ``refusal`` is why nothing was written, if
    the plan was refused. If it ``is_reviewed``, no other plan may be applied.
    """

    plan: Plan
    outcomes: Sequence[Outcome]
    workspace_id: int
    refusal: FocusError | None = None
    is_reviewed: bool = False

    @property
    def is_planned(self) -> bool:
        """Whether no step was tried: in check mode, and of a plan that is refused."""
        return any(outcome.status == "planned" for outcome in self.outcomes)

    @property
    def errors(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.error is not None]


def common_result(report: Report, done: str, as_declared: str, is_list: bool = True) -> Result:
    """Return the part of a result that does not depend on how many clients the task has.

    :arg done: what the steps do, as a sentence that begins with the verb
    :arg as_declared: what is as it should be where there are no steps
    :arg is_list: whether the task may have several clients, so that one that fails is named
    """
    plan, outcomes, refusal, errors = report.plan, report.outcomes, report.refusal, report.errors
    entries, warnings = undo_of(plan, outcomes)
    if refusal is not None:
        msg = f"{refusal} Nothing was written.{f' The plan would {done}.' if outcomes else ''}"
    elif errors:
        msg = _failure(report, is_list)
    elif not outcomes:
        msg = f"Nothing to do: {as_declared}."
    else:
        msg = f"Would {done}." if report.is_planned else f"{done[0].upper()}{done[1:]}."
    result = {
        "changed": refusal is None and any(of.succeeded or of.left for of in outcomes),
        "msg": msg,
        "undo": [] if refusal else entries,
        "warnings": [*plan.warnings, *warnings],
    }
    return {**result, "failed": True} if refusal is not None or errors else result


def undo_of(plan: Plan, outcomes: Sequence[Outcome]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a list for ``focus_clients``, which takes back what was done, or may have been, and a
    warning for each client that it has only the name of, or does not have the name of."""
    touched = [step for outcome in outcomes for step in outcome.touched]
    tried = (outcome.step for outcome in outcomes if outcome.status in ("done", "unclear"))
    entries = [entry.as_options() for entry in undo(touched, plan.shared_names)]
    unknown = [step.after.name for step in tried if step.id is None]
    return entries, list(undo_warnings(touched, unknown))


def error_text(outcome: Outcome) -> str:
    """Return what went wrong with a step, and what to do if it may have been executed."""
    if outcome.status == "unclear":
        return f"{outcome.error} It may have been done: look before you run it again."
    return str(outcome.error)


def _failure(report: Report, is_list: bool) -> str:
    """Return what went wrong and why, then the numbers of all, then whether another run helps."""
    parts = at_most(_reasons(report.errors, is_list), MOST_REASONS, "And {} more.")
    if len(report.outcomes) > 1:  # the reason of a single change says it all
        counts = Counter("failed" if of.failed else of.status for of in report.outcomes)
        numbers = ", ".join(f"{counts[of]} {of}" for of in ("done", "failed", "pending"))
        parts.append(f"Of {len(report.outcomes)} changes: {numbers}.")
        parts += _next_run(report)
    return " ".join(parts)


def _reasons(errors: Sequence[Outcome], is_list: bool) -> list[str]:
    """Return each reason once: first what affects every request, then the same answer for several
    clients."""
    for_all = [outcome for outcome in errors if outcome.error and outcome.error.stops_all]
    own = (outcome for outcome in errors if not (outcome.error and outcome.error.stops_all))
    same = grouped((error_text(outcome), _label(outcome.step)) for outcome in own)
    labels = {text: listed([*dict.fromkeys(names)]) for text, names in same.items()}
    each = (f"{labels[text]}: {text}" if is_list else text for text in labels)
    return [*map(error_text, for_all[:1]), *each]


def _label(step: Step) -> str:
    return f"id {step.id}" if step.name is None else quoted(step.name)


def _next_run(report: Report) -> list[str]:
    """Return what another run will do, which is not what was refused: it would be refused again.
    What is left of a plan that was reviewed is another plan, which nobody has reviewed."""
    if any(outcome.status == "unclear" for outcome in report.outcomes):
        return []
    passing = [outcome for outcome in report.errors if outcome.error and outcome.error.may_pass]
    is_all = len(passing) == len(report.errors)
    if not is_all and not any(outcome.status == "pending" for outcome in passing):
        return []
    rest = "the rest" if is_all else "what is pending"
    if report.is_reviewed and any(outcome.succeeded for outcome in report.outcomes):
        return [f"Run toggl.focus.plan again for {rest}, which is another plan now."]
    return [f"Another run does {rest}."]
