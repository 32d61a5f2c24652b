# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what ``focus_clients`` returns: every step, and the entries that
something is done for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._errors import FocusError
from .._model import Desired, Plan, Planned
from .._plan.digest import row_of
from .._plan.plan import action_of, renamed_by_id
from .._text import name_key
from .diff import clients_diff
from .message import errors_of, message_of
from .undo import undo_list, undo_warnings

Result = dict[str, Any]

_COUNTS = (
    "created",
    "renamed",
    "deleted",
    "restored",
    "purged",
    "unchanged",
    "unmanaged",
    "failed",
    "pending",
)


def clients_result(
    plan: Plan,
    outcomes: Sequence[Outcome],
    workspace_id: int,
    refusal: FocusError | None = None,
    report_all: bool = False,
) -> Result:
    """The result of a plan.

    :arg outcomes: of its steps, in the plan's order
    :arg refusal: why nothing was written, if the plan was refused
    :arg report_all: whether the entries that nothing is done for are in it, and unmanaged clients
    """
    succeeded = [outcome.step for outcome in outcomes if outcome.succeeded]
    entries = [_Entry(number, entry, outcomes) for number, entry in enumerate(plan.entries, 1)]
    summary = _summary(plan, entries, outcomes)
    result: Result = {
        "changed": refusal is None and any(outcome.changed for outcome in outcomes),
        "msg": message_of(summary, outcomes, refusal),
        "plan": [_row(outcome) for outcome in outcomes],
        "plan_digest": plan.digest,
        "results": [e.result(refusal) for e in entries if report_all or e.outcomes],
        "summary": summary,
        "undo": [] if refusal else undo_list(plan, outcomes),
        "diff": clients_diff(plan, succeeded, workspace_id),
        "warnings": [*plan.warnings, *renamed_by_id(plan), *undo_warnings(outcomes)],
    }
    if report_all:
        result["unmanaged"] = _unmanaged(plan)
    if refusal is not None:
        result["refused"] = True
    if refusal is not None or errors_of(outcomes):
        result["failed"] = True
    return result


class _Entry:
    """One entry of the user's list with the outcomes of its steps.

    :arg number: from 1, as messages count
    """

    def __init__(self, number: int, entry: Planned, outcomes: Sequence[Outcome]) -> None:
        self._number = number
        self._entry = entry
        self.outcomes = [outcomes[position] for position in entry.steps]

    @property
    def counted_as(self) -> str:
        if not self.outcomes:
            return "unchanged"
        return _counted_as(self.outcomes) or self._entry.action

    def result(self, refusal: FocusError | None) -> Result:
        succeeded = [outcome.step for outcome in self.outcomes if outcome.succeeded]
        row = {
            "entry": self._number,
            "name": self._name(),
            "id": self._id(),
            "action": action_of(succeeded),
            "changed": bool(succeeded) and refusal is None,
        }
        wrong = next((o for o in self.outcomes if o.error and o.status != "pending"), None)
        return row if wrong is None else {**row, "error": _error_text(wrong)}

    def _name(self) -> str | None:
        """The name that the entry gives, or else the client's, which a restore may have shown."""
        client = self._entry.client
        shown = (outcome.step.name for outcome in self.outcomes)
        names = (self._entry.desired.name, client.shown_name if client else None, *shown)
        return next((name for name in names if name is not None), None)

    def _id(self) -> int | None:
        known = (outcome.step.id for outcome in self.outcomes if outcome.step.id is not None)
        client = self._entry.client
        return next(known, client.id if client else self._entry.desired.id)


def _counted_as(outcomes: Sequence[Outcome]) -> str | None:
    """What the summary counts an entry as that did not succeed."""
    if any(outcome.failed for outcome in outcomes):
        return "failed"
    return "pending" if any(outcome.status == "pending" for outcome in outcomes) else None


def _summary(plan: Plan, entries: Sequence[_Entry], outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = Counter(entry.counted_as for entry in entries)
    purges = [outcome for outcome in outcomes if outcome.step.entry is None]
    counts.update(_counted_as([outcome]) or "purged" for outcome in purges)
    counts["unmanaged"] = len(plan.unmanaged)
    return {count: counts[count] for count in _COUNTS}


def _row(outcome: Outcome) -> Result:
    row = {**row_of(outcome.step), "status": outcome.status}
    if outcome.error is not None and outcome.status != "pending":
        row["error"] = _error_text(outcome)
    return row


def _error_text(outcome: Outcome) -> str:
    from .failure import error_text  # most runs have no errors

    return error_text(outcome)


def _unmanaged(plan: Plan) -> list[Mapping[str, Any]]:
    """Entries that could be pasted into the list, sorted by name."""
    counts = Counter(name_key(client.name) for client in plan.active)
    unique = {key for key, count in counts.items() if count == 1}
    clients = sorted(plan.unmanaged, key=lambda client: (client.name, client.id))
    return [Desired.of(client, unique).as_options() for client in clients]
