# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the service has kept the attributes that a run has set."""

from __future__ import annotations

from collections.abc import Mapping

from .._api.clients import FocusApi
from .._errors import FocusError
from .._model import ATTRIBUTES, Client, Status, Step
from .errors import not_kept, probably_not_kept
from .outcome import Outcome


def lacking(client: Client, step: Step) -> list[str]:
    """Return the attributes that a client does not have as a step sets them."""
    has = client.declared
    return [of for of, sent in step.after.set_to.items() if has.get(of) != sent]


def has_moved(client: Client, step: Step) -> bool:
    """Return whether a client that lacks what a step sets may have been changed by it: it has other
    values than before, or one was cleared, in place of which the service may show any."""
    return None in step.after.set_to.values() or not _is_as_before(client, step)


def _is_as_before(client: Client, step: Step) -> bool:
    """Return whether a client has the attributes that it had before a step."""
    return step.before is not None and step.before.declared == client.declared


def look_at_attributes(api: FocusApi, outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return other outcomes of the steps that have set, or cleared, what the service did not keep.

    :arg outcomes: by the positions of their steps
    """
    looked: dict[int, Outcome] = {}
    for of in ATTRIBUTES:
        set_ = {
            at: outcome
            for at, outcome in sorted(outcomes.items())
            if outcome.status == "done" and outcome.error is None  # the first error wins
            if of in outcome.step.changes and outcome.step.id is not None
        }
        looked = {**_looked_at(api, of, set_), **looked} if set_ else looked
    return looked


def _looked_at(api: FocusApi, of: str, set_: Mapping[int, Outcome]) -> dict[int, Outcome]:
    """Return the same for one attribute: one read of one client shows that for all.

    It is one that was cleared, if there is one: where there was a value to clear, the service keeps
    values, but it may show the workspace's instead.
    """
    cleared = {at: of_one for at, of_one in set_.items() if of_one.step.after.set_to[of] is None}
    alike = cleared or set_
    step = next(iter(alike.values())).step

    def keeps(now: Client | None) -> bool:
        return now is not None and of not in lacking(now, step)

    try:
        client = api.find(step.after.id, keeps)
    except FocusError:  # the writes were answered; the next run will see
        return {}
    if client is None or keeps(client):
        return {}
    return {at: _not_kept(outcome, of, client) for at, outcome in alike.items()}


def _not_kept(outcome: Outcome, of: str, read: Client) -> Outcome:
    """Return the outcome of a step where its client, or another one, was ``read`` and does not have
    what was set."""
    step, is_update = outcome.step, outcome.step.kind == "update"
    is_read = step.after.id == read.id
    is_changed = is_read and not _is_as_before(read, step)
    # What was read may be old, so an update that is not to be seen may have been done.
    status: Status = "unclear" if is_update and not is_changed else "done"
    error = not_kept(of, step.after.set_to[of], read) if is_read else probably_not_kept(read)
    return outcome._replace(status=status, error=error)
