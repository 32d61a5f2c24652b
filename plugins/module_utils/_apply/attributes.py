# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the service has kept the attributes that a run has set."""

from __future__ import annotations

from collections.abc import Mapping

from .._api.clients import FocusApi
from .._errors import FocusError
from .._model import Client, Status, Step
from .errors import not_kept, probably_not_kept
from .outcome import Outcome


def lacking(client: Client, step: Step) -> list[tuple[str, str | None]]:
    """Return the attributes that a step sets and that a client does not have, as they were sent."""
    has = client.declared
    return [(of, sent) for of, sent in step.after.set_to.items() if has.get(of) != sent]


def has_moved(client: Client, step: Step) -> bool:
    """Return whether a client that lacks what a step sets may have been changed by it: it has other
    values than before, or one was cleared, in place of which the service may show any."""
    return _clears(step) or step.before is None or step.before.declared != client.declared


def look_at_attributes(api: FocusApi, outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return other outcomes of the steps that have set, or cleared, what the service did not keep.

    One read of one client shows that for all. It is one that was cleared, if there is one: where
    there was a value to clear, the service keeps values, but it may show the workspace's instead.

    :arg outcomes: by the positions of their steps
    """
    set_ = {
        at: outcome
        for at, outcome in sorted(outcomes.items())
        if outcome.status == "done" and outcome.error is None  # the first error wins
        if outcome.step.changes and outcome.step.id is not None
    }
    if not set_:
        return {}
    step = min((outcome.step for outcome in set_.values()), key=lambda step: not _clears(step))
    try:
        client = api.find(step.after.id, lambda now: now is not None and not lacking(now, step))
    except FocusError:  # the writes were answered; the next run will see
        return {}
    if client is None or not lacking(client, step):
        return {}
    return {
        at: _not_kept(outcome, step, client)
        for at, outcome in set_.items()
        if _clears(outcome.step) == _clears(step)
    }


def _clears(step: Step) -> bool:
    return None in step.after.set_to.values()


def _not_kept(outcome: Outcome, looked: Step, client: Client) -> Outcome:
    """Return the outcome of a step where the service does not show what the step ``looked`` at
    has set."""
    step, is_update = outcome.step, outcome.step.kind == "update"
    is_read = step is looked
    is_changed = is_read and (step.before is None or step.before.declared != client.declared)
    # What was read may be old, so an update that is not to be seen may have been done.
    status: Status = "unclear" if is_update and not is_changed else "done"
    if not is_read:
        return outcome._replace(status=status, error=probably_not_kept(client))
    of, sent = lacking(client, step)[0]
    return outcome._replace(status=status, error=not_kept(of, sent, client))
