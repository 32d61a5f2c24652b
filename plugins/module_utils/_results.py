# SPDX-License-Identifier: GPL-3.0-or-later
"""From plans and outcomes to what the user gets back. Check mode and a run share every line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Plan,
    Planned,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._outcome import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._plan import action_of
from ansible_collections.toggl.focus.plugins.module_utils._undo import undo

_UNKNOWN_AFTER_WRITE = {
    "create": (),
    "rename": ("updated_at",),
    "delete": ("updated_at", "deleted_at", "active"),
    "restore": ("updated_at", "active"),
}
"""Fields that only the server knows after a write: they are left out, never guessed."""


def client_result(plan: Plan, outcomes: Sequence[Outcome], workspace_id: int) -> dict[str, Any]:
    """The result of a plan with one entry: what was done, what failed, what is pending."""
    planned = plan.entries[0]
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    touched = [step for outcome in outcomes for step in outcome.touched]
    result: dict[str, Any] = {
        "changed": bool(done),
        "action": action_of(outcome.step for outcome in done),
        "client": client_after(planned, done, workspace_id),
        "diff": _diff(
            planned, [plan.steps[at] for at in range(len(outcomes)) if outcomes[at] in done]
        ),
        "undo": [entry.as_options() for entry in undo(touched, plan.shared_names)],
        "warnings": list(plan.warnings),
    }
    error = next((outcome.error for outcome in outcomes if outcome.error is not None), None)
    if error is not None:
        result.update(failed=True, msg=_failure(planned, outcomes, str(error)))
    return result


def client_after(
    planned: Planned, done: Iterable[Outcome], workspace_id: int
) -> Mapping[str, Any] | None:
    """The client as read, with what the service accepted applied to it."""
    fields = planned.client.fields if planned.client else None
    for outcome in done:
        step = outcome.step
        known = fields if fields is not None else _first_known(step, workspace_id)
        left_out = _UNKNOWN_AFTER_WRITE[step.kind]
        changed = {key: value for key, value in known.items() if key not in left_out}
        if step.kind == "rename":
            changed["name"] = step.name
        if step.kind == "restore":
            changed["deleted_at"] = None
        fields = {**changed, **(outcome.fields or {})}
    return fields


def _first_known(step: Step, workspace_id: int) -> dict[str, Any]:
    known = {"id": step.id, "name": step.name, "workspace_id": workspace_id}
    return {key: value for key, value in known.items() if value is not None}


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
