# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``focus_clients`` gives back: every entry and every step, done, failed or pending."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError
from ansible_collections.toggl.focus.plugins.module_utils._model import Plan, Planned, Step
from ansible_collections.toggl.focus.plugins.module_utils._outcome import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._plan import action_of
from ansible_collections.toggl.focus.plugins.module_utils._results import client_after
from ansible_collections.toggl.focus.plugins.module_utils._text import quoted, shown
from ansible_collections.toggl.focus.plugins.module_utils._undo import undo

MOST_REASONS = 5
"""Reasons in the message; all of them are in ``failures``."""

_COUNTS = (
    "created",
    "renamed",
    "deleted",
    "restored",
    "purged",
    "unchanged",
    "failed",
    "pending",
)


def clients_result(
    plan: Plan,
    outcomes: Sequence[Outcome],
    workspace_id: int,
    refusal: FocusError | None = None,
) -> dict[str, Any]:
    """The result of a plan and of what became of its steps, in the plan's order.

    :arg refusal: why nothing was written, if that is so
    """
    done = [outcome for outcome in outcomes if outcome.status == "done"]
    touched = [step for outcome in outcomes for step in outcome.touched]
    entries = [_Entry(planned, outcomes, workspace_id) for planned in plan.entries]
    result: dict[str, Any] = {
        "changed": bool(done),
        "plan": [_step(step) for step in plan.steps],
        "plan_digest": plan.digest,
        "results": [entry.result() for entry in entries],
        "purged": [_named(outcome.step) for outcome in done if _is_purge(outcome)],
        "summary": _summary(entries, outcomes),
        "applied": [_step(outcome.step) for outcome in done],
        "failures": [
            {**_step(outcome.step), "error": _error(outcome)}
            for outcome in outcomes
            if outcome.failed
        ],
        "pending": [_step(outcome.step) for outcome in outcomes if outcome.status == "pending"],
        "undo": [entry.as_options() for entry in undo(touched, plan.shared_names)],
        "diff": _diff(plan, outcomes),
        "warnings": list(plan.warnings),
    }
    errors = [outcome for outcome in outcomes if outcome.error is not None]
    if refusal is not None:
        result.update(failed=True, msg=str(refusal))
    elif errors:
        result.update(failed=True, msg=_message(outcomes, errors))
    return result


class _Entry:
    """One entry of the user's list with the outcomes of its steps."""

    def __init__(self, planned: Planned, outcomes: Sequence[Outcome], workspace_id: int) -> None:
        self._planned = planned
        self._outcomes = [outcomes[position] for position in planned.steps]
        self._done = [outcome for outcome in self._outcomes if outcome.status == "done"]
        self._workspace_id = workspace_id

    @property
    def counted_as(self) -> str:
        if not self._outcomes:
            return "unchanged"
        return _worst(self._outcomes) or self._planned.action

    def result(self) -> dict[str, Any]:
        client = client_after(self._planned, self._done, self._workspace_id)
        known = client or {}
        wanted = self._planned.desired
        result = {
            "name": wanted.name if wanted.name is not None else known.get("name"),
            "id": wanted.id if wanted.id is not None else known.get("id"),
            "action": action_of(outcome.step for outcome in self._done),
            "changed": bool(self._done),
        }
        wrong = next((o for o in self._outcomes if o.error and o.status != "pending"), None)
        if wrong is not None:
            return {**result, "error": _error(wrong)}
        if any(outcome.status == "pending" for outcome in self._outcomes):
            return {**result, "client": client, "pending": True}
        return {**result, "client": client}


def _worst(outcomes: Iterable[Outcome]) -> str | None:
    outcomes = list(outcomes)
    if any(outcome.failed for outcome in outcomes):
        return "failed"
    return "pending" if any(outcome.status == "pending" for outcome in outcomes) else None


def _is_purge(outcome: Outcome) -> bool:
    return outcome.step.entry is None


def _summary(entries: Sequence[_Entry], outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = Counter(entry.counted_as for entry in entries)
    counts.update(_worst([outcome]) or "purged" for outcome in outcomes if _is_purge(outcome))
    return {count: counts[count] for count in _COUNTS}


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {"step": step.kind, "id": step.id, "name": step.name}
    if step.kind == "rename":
        told["from"] = step.before
    if step.entry is None:
        told["purge"] = True
    return {key: value for key, value in told.items() if value is not None}


def _named(step: Step) -> dict[str, Any]:
    return {"id": step.id, "name": step.name}


def _error(outcome: Outcome) -> str:
    if outcome.status == "unclear":
        return f"{outcome.error} It may have been done: look before you run it again."
    return str(outcome.error)


def _message(outcomes: Sequence[Outcome], errors: Sequence[Outcome]) -> str:
    """What went wrong and why, then the numbers of all."""
    reasons = list({_kind(outcome): _reason(outcome) for outcome in errors}.values())
    more = len(reasons) - MOST_REASONS
    told = " ".join(reasons[:MOST_REASONS]) + (f" And {more} more." if more > 0 else "")
    counts = Counter(outcome.status for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    return (
        f"{told} Of {len(outcomes)} changes, {counts['done']} were done, {failed} failed "
        f"and {counts['pending']} are pending; another run does the rest."
    )


def _kind(outcome: Outcome) -> object:
    """What concerns every request is said once."""
    error = outcome.error
    return type(error) if error is not None and error.stops_all else _reason(outcome)


def _reason(failed: Outcome) -> str:
    if failed.error is not None and failed.error.stops_all:
        return _error(failed)
    name = failed.step.name
    label = quoted(name) if name is not None else f"id {failed.step.id}"
    return f"{label}: {_error(failed)}"


def _diff(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, str]:
    """The list of active clients before and after, as YAML, sorted by name."""
    after = Counter(plan.active)
    unseen: Counter[int] = Counter()
    for step, outcome in zip(plan.steps, outcomes, strict=True):
        if outcome.status != "done":
            continue
        if step.kind in ("rename", "delete") and step.before is not None:
            after[step.before] -= 1
        if step.kind == "rename" and step.before is None:
            unseen[step.id or 0] -= 1
        if step.kind != "delete" and step.name is not None:
            after[step.name] += 1
        if step.kind == "restore" and step.name is None:
            unseen[step.id or 0] += 1
    ids = "".join(f"- id: {client_id}\n" for client_id in sorted(+unseen))
    return {"before": _as_yaml(plan.active), "after": _as_yaml(after.elements()) + ids}


def _as_yaml(names: Iterable[str]) -> str:
    return "".join(f"- name: {_yaml_text(name)}\n" for name in sorted(names))


_PLAIN = re.compile(r"[A-Za-z\u00c0-\u024f][\w .&+/()-]*(?<! )")
_OTHER_THAN_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""YAML takes these for something else, unless they are quoted."""


def _yaml_text(name: str) -> str:
    """The name as a user would write it in YAML; what could not be seen is escaped."""
    if _PLAIN.fullmatch(name) and name.lower() not in _OTHER_THAN_TEXT:
        return name
    text = json.dumps(name, ensure_ascii=False)
    return shown(text, longest=len(text))
