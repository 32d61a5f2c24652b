# SPDX-License-Identifier: GPL-3.0-or-later
"""From plans and outcomes to what the user gets back. Check mode and a run share every line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._apply import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Client,
    Desired,
    Plan,
    Planned,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan import action_of
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._undo import undo

_UNKNOWN_AFTER_WRITE = {
    "create": (),
    "rename": ("updated_at",),
    "delete": ("updated_at", "deleted_at", "active"),
    "restore": ("updated_at", "active"),
}
"""Fields that only the server knows after a write: they are left out, never guessed."""


def spent(api: FocusApi | None) -> dict[str, Any]:
    """The return keys ``requests`` and ``quota``; the latter is absent if nobody told it."""
    if api is None:
        return {"requests": 0}
    if api.quota is None:
        return {"requests": api.requests}
    quota = {"remaining": api.quota.remaining, "resets_in": api.quota.resets_in}
    return {"requests": api.requests, "quota": quota}


def predicted(plan: Plan) -> tuple[Outcome, ...]:
    """The outcomes as they will be if every step succeeds."""
    return tuple(Outcome(step, "done") for step in plan.steps)


def client_result(plan: Plan, outcomes: Sequence[Outcome], workspace_id: int) -> dict[str, Any]:
    """The result of a plan with one entry: what was done, what failed, what is pending."""
    planned = plan.entries[0]
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    touched = [outcome.step for outcome in outcomes if outcome.status in ("done", "unclear")]
    result: dict[str, Any] = {
        "changed": bool(done),
        "action": action_of(outcome.step for outcome in done),
        "client": client_after(planned, done, workspace_id),
        "diff": _diff(
            planned, [plan.steps[at] for at in range(len(outcomes)) if outcomes[at] in done]
        ),
        "undo": [as_options(entry) for entry in undo(touched, plan.shared_names)],
        "warnings": list(plan.warnings),
    }
    error = next((outcome.error for outcome in outcomes if outcome.error is not None), None)
    if error is not None:
        result.update(failed=True, msg=_failure(planned, outcomes, str(error)))
    return result


def as_options(entry: Desired) -> dict[str, Any]:
    """An entry as a user writes it, without what is the default."""
    options: dict[str, Any] = {}
    if entry.name is not None:
        options["name"] = entry.name
    if entry.id is not None:
        options["id"] = entry.id
    if entry.state != "present":
        options["state"] = entry.state
    if entry.former_names:
        options["former_names"] = list(entry.former_names)
    if entry.restore_deleted:
        options["restore_deleted"] = True
    return options


def as_desired(clients: Iterable[Client], unique: Collection[str]) -> list[Desired]:
    """The list that finds nothing to do for ``clients``.

    :arg unique: keys of the names that one active client alone bears; others come with their id
    """
    return [_as_desired(client, unique) for client in clients]


def _as_desired(client: Client, unique: Collection[str]) -> Desired:
    name = client.name.strip() or None
    if client.deleted:
        return Desired(name, client.id, "absent")
    if name is None or name_key(name) not in unique:
        return Desired(name, client.id)
    return Desired(name)


def client_after(
    planned: Planned, done: Iterable[Outcome], workspace_id: int
) -> dict[str, Any] | None:
    fields = dict(planned.client.fields) if planned.client else None
    for outcome in done:
        step = outcome.step
        known = fields if fields is not None else _first_known(step, workspace_id)
        left_out = _UNKNOWN_AFTER_WRITE[step.kind]
        fields = {key: value for key, value in known.items() if key not in left_out}
        if step.kind == "rename":
            fields["name"] = step.name
        if step.kind == "restore":
            fields["deleted_at"] = None
        fields.update(outcome.fields or {})
    return fields


def _first_known(step: Step, workspace_id: int) -> dict[str, Any]:
    known = {"id": step.id, "name": step.name, "workspace_id": workspace_id}
    return {key: value for key, value in known.items() if value is not None}


def _done_as_planned(plan: Plan, outcomes: Sequence[Outcome]) -> list[Step]:
    """The steps that succeeded, as check mode knows them: without what only the run finds out."""
    pairs = zip(plan.steps, outcomes, strict=True)
    return [step for step, outcome in pairs if outcome.status == "done"]


def _diff(planned: Planned, steps: Iterable[Step]) -> dict[str, Any]:
    """Before and after as entries of the user's own list."""
    before = _side_before(planned)
    after = dict(before)
    for step in steps:
        after["state"] = "absent" if step.kind == "delete" else "present"
        if step.kind in ("create", "rename"):
            after["name"] = step.name
    return {"before": before, "after": after}


def _side_before(planned: Planned) -> dict[str, Any]:
    if planned.client is not None:
        state = "absent" if planned.client.deleted else "present"
        return {"id": planned.client.id, "name": planned.client.name, "state": state}
    if planned.desired.id is not None:
        return {"id": planned.desired.id, "state": "absent"}
    return {"name": planned.desired.name, "state": "absent"}


def _failure(planned: Planned, outcomes: Sequence[Outcome], reason: str) -> str:
    """The reason, and with more than one step or an unclear one, how far the run came."""
    counts = Counter(outcome.status for outcome in outcomes)
    so_far = []
    for outcome in outcomes:
        if outcome.status == "done":
            so_far.append(f"{outcome.step.kind}: done")
        elif len(outcomes) > 1 or outcome.status == "unclear":
            so_far.append(f"{outcome.step.kind}: {_STATUS_WORDS[outcome.status]}")
    if len(outcomes) == 1 and not counts["unclear"]:
        return reason
    return f"{reason} Of the client's steps: {', '.join(so_far)}."


_STATUS_WORDS = {
    "failed": "failed",
    "unclear": "may have been done, look before you run it again",
    "pending": "not tried",
}
