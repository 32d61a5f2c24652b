# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what ``focus_client`` returns. Check mode and a run share it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._errors import FocusError, listed
from .._model import ACTIONS, Client, Plan, Planned, Step
from .._plan.plan import action_of
from .._text import quoted, shown
from .diff import headers
from .message import errors_of
from .undo import undo_list, undo_warnings


def client_result(
    plan: Plan,
    outcomes: Sequence[Outcome],
    workspace_id: int,
    refusal: FocusError | None = None,
) -> dict[str, Any]:
    """Return the result of a plan with one entry: what was done, what failed, what is pending.

    :arg refusal: why nothing was written, if the plan was refused
    """
    entry = plan.entries[0]
    succeeded = [outcome.step for outcome in outcomes if outcome.succeeded]
    errors = errors_of(outcomes)
    result: dict[str, Any] = {
        "changed": refusal is None and any(outcome.changed for outcome in outcomes),
        "msg": _message(entry, outcomes, errors, refusal),
        "action": action_of(succeeded if refusal is None else ()),
        "client": _client(entry, succeeded if refusal is None else ()),
        "diff": _diff(entry, succeeded, workspace_id),
        "undo": [] if refusal else undo_list(plan, outcomes),
        "warnings": [*plan.warnings, *undo_warnings(outcomes)],
    }
    if errors or refusal:
        result["failed"] = True
    return result


def _message(
    entry: Planned,
    outcomes: Sequence[Outcome],
    errors: Sequence[Outcome],
    refusal: FocusError | None,
) -> str:
    if refusal is not None:
        return f"{refusal} Nothing was written."
    return _failure(outcomes, errors[0]) if errors else _done(entry, outcomes)


def _client(entry: Planned, done: Sequence[Step]) -> Mapping[str, Any] | None:
    """Return the client as read, with what the service accepted applied to it."""
    last = done[-1].after if done else entry.client
    return None if last is None else last.fields


def _done(entry: Planned, outcomes: Sequence[Outcome]) -> str:
    """``Created "Acme" (id 1001).``"""
    if not outcomes:
        return f"Nothing to do: {_as_declared(entry)}."
    is_planned = outcomes[0].status == "planned"
    steps = [outcome.step for outcome in outcomes]
    first, *more = [
        _in_words(step, is_planned, "it" if number else _named(step.old_name or step.name, step.id))
        for number, step in enumerate(steps)
    ]
    words = " and ".join([f"would {first}" if is_planned else first, *more])
    return f"{words[0].upper()}{words[1:]}."


def _in_words(step: Step, is_planned: bool, client: str) -> str:
    name = f" to {quoted(step.name)}" if step.kind == "rename" else ""
    return f"{step.kind if is_planned else ACTIONS[step.kind]} {client}{name}"


def _as_declared(entry: Planned) -> str:
    wanted = entry.desired
    if wanted.state != "absent":
        return f"{_named(wanted.name, wanted.id, entry.client)} is as declared"
    if wanted.id is not None:  # another client may have the name
        return f"there is no active client with the id {wanted.id}"
    return f"there is no active client {quoted(wanted.name)}"


def _named(name: str | None, client_id: int | None, client: Client | None = None) -> str:
    if client is not None:
        name, client_id = client.shown_name, client.id
    if name is None:
        return f"the client {client_id}"
    return quoted(name) if client_id is None else f"{quoted(name)} (id {client_id})"


def _diff(entry: Planned, steps: Iterable[Step], workspace_id: int) -> dict[str, Any]:
    """Before and after as entries of the user's own list."""
    before = _side_before(entry)
    after = dict(before)
    for step in steps:
        after["state"] = "absent" if step.kind == "delete" else "present"
        if entry.desired.name is not None and step.name is not None:
            after["name"] = step.name
    sides = {"before": _readable(before), "after": _readable(after)}
    return {**headers(workspace_id), **sides}


def _readable(side: Mapping[str, Any]) -> dict[str, Any]:
    """People read the diff; what a machine needs is in other keys."""
    name = side.get("name")
    return dict(side) if name is None else {**side, "name": shown(name, len(name))}


def _side_before(entry: Planned) -> dict[str, Any]:
    if entry.client is not None:
        state = "absent" if entry.client.deleted else "present"
        known = {"id": entry.client.id, "name": entry.client.shown_name, "state": state}
        return {key: value for key, value in known.items() if value is not None}
    if entry.desired.id is not None:
        return {"id": entry.desired.id, "state": "absent"}
    return {"name": entry.desired.name, "state": "absent"}


def _failure(outcomes: Sequence[Outcome], failed: Outcome) -> str:
    """The reason, and with more than one step how far the run got."""
    from .failure import error_text  # most runs have no errors

    if len(outcomes) == 1:
        return error_text(failed)
    steps = [f"the {o.step.kind} {_STATUS_WORDS[o.status]}" for o in outcomes]
    return f"{error_text(failed)} {listed(steps).capitalize()}."


_STATUS_WORDS = {
    "done": "was done",
    "failed": "failed",
    "unclear": "may have been done",
    "pending": "was not tried",
}
