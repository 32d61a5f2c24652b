# SPDX-License-Identifier: GPL-3.0-or-later
"""The outcome of a step, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .._errors import FocusError, Problem
from .._model import Client, Status, Step


class Outcome(NamedTuple):
    """The outcome of a step.

    ``step`` is as it was executed: a create with the client that the service answered, a restore
    with the one that was read after it. ``unclear``: it may have been executed, and a read did not
    settle it. ``pending`` with an ``error``: it was refused without being processed, so another run
    will do it. ``done`` with an ``error``: it was executed, but something about it is wrong.
    ``left`` are clients that a create has left in the workspace and that are not what was wanted.
    """

    step: Step
    status: Status
    error: FocusError | None = None
    left: tuple[Client, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Return whether it is done or, in check mode, would be."""
        return self.status in ("done", "planned")

    @property
    def failed(self) -> bool:
        """Return whether the step was tried and is not known to be done."""
        return self.status in ("failed", "unclear")

    @property
    def is_final(self) -> bool:
        """Return whether the step must not be tried again in this run: also a create that is done,
        but of which no client is known."""
        return self.failed or (self.status == "done" and self.step.id is None)

    @property
    def touched(self) -> tuple[Step, ...]:
        """Return the steps that were executed, or may have been: what there is to undo."""
        others = tuple(self.step._replace(after=client) for client in self.left)
        return (self.step, *others) if self.status in ("done", "unclear", "planned") else others


def predicted(steps: Sequence[Step], forbidden: Iterable[Problem] = ()) -> tuple[Outcome, ...]:
    """Return the outcomes where no step is tried: in check mode, and of a plan that is refused.

    :arg forbidden: why guards refuse it; a step says so if the problem is one of its own
    """
    reasons: dict[int | None, FocusError] = {
        entry: FocusError(problem.sentence)
        for problem in forbidden
        if problem.of_step
        for entry in problem.entries
    }
    return tuple(Outcome(step, "planned", reasons.get(step.entry)) for step in steps)


def divided(steps: Sequence[Step], outcomes: Sequence[Outcome]) -> tuple[list[Step], list[Step]]:
    """Return which of a plan's steps are done, and which are left; the last ones may not have been
    tried yet, and so have no outcomes."""
    done = [outcome.step for outcome in outcomes if outcome.status == "done"]
    left = [outcome.step for outcome in outcomes if outcome.status != "done"]
    return done, [*left, *steps[len(outcomes) :]]


def kept_before(rest: Sequence[Step], outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes that stay when the ``rest`` of a plan is written: of all that was tried,
    but not of a step that is in the rest and is not tried again."""
    again = {step.what for step in rest}
    tried = (outcome for outcome in outcomes if outcome.status != "pending")
    return [outcome for outcome in tried if not outcome.is_final or outcome.step.what not in again]
