# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a plan, in two parts if it restores hidden clients: their names are known only then, and
the rest is planned again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import closing

from .._api.clients import FocusApi
from .._errors import FocusError
from .._journal import Journal
from .._model import Origin, Plan
from .._progress import Progress
from .apply import Writer
from .errors import rest_not_planned, still_hidden
from .outcome import Outcome


def execute(
    api: FocusApi,
    planned: Plan,
    known: Collection[int],
    at_first: int,
    plan_again: Callable[[Sequence[Outcome]], tuple[Plan, Plan]],
    path: str | None,
    origin: Origin,
    progress: Progress,
    concurrency: int,
) -> tuple[Plan, tuple[Outcome, ...]]:
    """Execute the plan; return it as it was executed, and an outcome for each of its steps.

    :arg known: ids of all clients that are not new
    :arg at_first: how many steps come before the rest is planned again, 0 where it is not
    :arg plan_again: returns the plan of what is left to do, and that of the whole run; raises why
        the rest cannot be executed
    :arg path: the journal's, if there is one
    """
    progress.set(total=len(planned.steps))
    with closing(Journal(path, api.workspace_id, planned.shared_names, origin)) as journal:
        writer = Writer(api, known, journal, progress, concurrency)
        outcomes = writer.write(planned.steps[: at_first or None])
        if not at_first:
            return planned, outcomes
        try:
            _check_shown(outcomes)
            rest, whole = plan_again(outcomes)
        except FocusError as reason:
            return planned, _without_rest(planned, outcomes, reason)
        done = (outcome for outcome in outcomes if outcome.status == "done")
        return whole, (*done, *writer.write(rest.steps, outcomes))


def _check_shown(outcomes: Sequence[Outcome]) -> None:
    """:raises FocusError: the restores have not shown what there is"""
    for outcome in outcomes:
        if outcome.error is not None and outcome.error.stops_all:
            raise outcome.error
        may_be_back = outcome.status in ("done", "unclear")
        if may_be_back and outcome.step.restores_hidden:
            raise still_hidden(outcome.step.after.id)


def _without_rest(
    planned: Plan, outcomes: Sequence[Outcome], reason: FocusError
) -> tuple[Outcome, ...]:
    """Return the outcomes of all steps where the rest is not tried: the restores say why."""

    def told(outcome: Outcome) -> Outcome:
        if outcome.step.kind != "restore" or outcome.status != "done" or outcome.error is not None:
            return outcome
        return outcome._replace(error=rest_not_planned(outcome.step.after, reason))

    rest = (Outcome(step, "pending") for step in planned.steps[len(outcomes) :])
    return (*map(told, outcomes), *rest)
