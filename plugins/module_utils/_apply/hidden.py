# SPDX-License-Identifier: GPL-3.0-or-later
"""After the restore of hidden clients: whether they are known now, so that the rest of the plan can
be planned again, and what becomes of the rest otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import FocusError
from .._model import Plan
from .._text import quoted
from .outcome import Outcome


def check_shown(outcomes: Sequence[Outcome]) -> None:
    """:raises FocusError: the restores have not shown what there is"""
    for outcome in outcomes:
        if outcome.error is not None and outcome.error.stops_all:
            raise outcome.error
        may_be_back = outcome.status in ("done", "unclear")
        if may_be_back and outcome.step.restores_hidden:
            raise FocusError(
                f"The client {outcome.step.after.id} could not be read after its restore, so its "
                "name is not known, and nothing else was written. Run it again."
            )


def without_rest(
    planned: Plan, outcomes: Sequence[Outcome], reason: FocusError
) -> tuple[Outcome, ...]:
    """Return the outcomes of all steps where the rest is not tried: the restores say why."""

    def told(outcome: Outcome) -> Outcome:
        client = outcome.step.after
        if outcome.step.kind != "restore" or outcome.status != "done" or outcome.error is not None:
            return outcome
        if client.hidden:  # its name is not known
            return outcome._replace(error=reason)
        error = FocusError(
            f"The client {client.id} was restored and is called {quoted(client.name)}; nothing was "
            f"written after that. {reason}"
        )
        return outcome._replace(error=error)

    rest = (Outcome(step, "pending") for step in planned.steps[len(outcomes) :])
    return (*map(told, outcomes), *rest)
