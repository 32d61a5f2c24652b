# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what ``focus_clients`` returns: every step, and the entries that
something is done for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from .._apply.outcome import Outcome
from .._errors import FocusError
from .._model import ACTIONS, Desired, Plan, PlannedEntry, counts_of, summarize_action
from .._plan.digest import row_of
from .._plan.plan import renamed_by_id
from .._text import grouped
from .common import are_planned, common_result, error_text
from .diff import clients_diff

Result = dict[str, Any]

_COUNTS = (*ACTIONS.values(), "purged", "unchanged", "unmanaged", "failed", "pending")


def clients_result(
    plan: Plan,
    outcomes: Sequence[Outcome],
    workspace_id: int,
    refusal: FocusError | None = None,
    report_all: bool = False,
    is_reviewed: bool = False,
) -> Result:
    """Return the result of a plan.

    :arg outcomes: of its steps, in the plan's order
    :arg refusal: why nothing was written, if the plan was refused
    :arg report_all: whether the entries that nothing is done for are in it, as all are where the
        plan is refused, and unmanaged clients
    :arg is_reviewed: whether no other plan may be applied
    """
    plan = plan._replace(warnings=(*plan.warnings, *renamed_by_id(plan)))
    by_entry = grouped((outcome.step.entry, outcome) for outcome in outcomes)
    entries = [(entry, by_entry.get(at, ())) for at, entry in enumerate(plan.entries)]
    purges = ([purge] for purge in by_entry.get(None, ()))
    counts = Counter(map(_counted_as, chain((own for _entry, own in entries), purges)))
    counts["unmanaged"] = len(plan.unmanaged)
    summary = {count: counts[count] for count in _COUNTS}
    done = _done(summary, are_planned(outcomes))
    unchanged = "already applied" if is_reviewed else _as_declared(len(entries))
    result: Result = {
        **common_result(plan, outcomes, refusal, done, unchanged, is_reviewed=is_reviewed),
        "plan": [
            {**row_of(outcome.step), "status": outcome.status, **_error([outcome])}
            for outcome in outcomes
        ],
        "plan_digest": plan.digest,
        "results": [
            _entry_result(number, entry, own, refusal)
            for number, (entry, own) in enumerate(entries, 1)
            if report_all or (own and refusal is None)
        ],
        "summary": summary,
        "diff": clients_diff(plan, [o.step for o in outcomes if o.succeeded], workspace_id),
    }
    if plan.possible_renames:
        result["possible_renames"] = list(plan.possible_renames)
    if report_all:
        result["unmanaged"] = _unmanaged(plan)
    if refusal is not None:
        result["refused"] = True
    return result


def _entry_result(
    number: int, entry: PlannedEntry, own: Sequence[Outcome], refusal: FocusError | None
) -> Result:
    """Return what was done for one entry of the user's list.

    :arg number: from 1, as messages count
    :arg own: the outcomes of its steps
    """
    done = [outcome.step for outcome in own if outcome.succeeded]
    client = own[-1].step.after if own else entry.client
    return {
        "entry": number,
        "name": entry.desired.name or (client and client.shown_name),
        "id": (client.id or None) if client else entry.desired.id,
        "action": summarize_action(done),
        "changed": bool(done) and refusal is None,
        **_error(own),
    }


def _error(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return the first error, if there is one. What is pending was refused without being tried."""
    tried = (outcome for outcome in outcomes if outcome.error and outcome.status != "pending")
    first = next(tried, None)
    return {} if first is None else {"error": error_text(first)}


def _counted_as(outcomes: Sequence[Outcome]) -> str:
    """Return what the summary counts the steps of an entry as, or one of the purge."""
    if any(outcome.failed for outcome in outcomes):
        return "failed"
    if any(outcome.status == "pending" for outcome in outcomes):
        return "pending"
    steps = [outcome.step for outcome in outcomes]
    if not steps:
        return "unchanged"
    return "purged" if steps[0].entry is None else summarize_action(steps)


def _done(summary: Mapping[str, int], is_planned: bool) -> str:
    """Return what the steps do: ``create 1, rename 1, delete 2 (1 by purge); 497 unchanged``."""
    purged, unchanged = summary["purged"], summary["unchanged"]
    by_purge = f" ({purged} by purge)" if purged else ""
    others = f"; {unchanged} unchanged" if unchanged else ""
    return f"{counts_of(summary, is_planned)}{by_purge}{others}"


def _as_declared(entries: int) -> str:
    if entries == 0:
        return "the list has no entries"
    return f"{f'all {entries} entries are' if entries > 1 else 'the entry is'} as declared"


def _unmanaged(plan: Plan) -> list[Mapping[str, Any]]:
    """Return entries that could be pasted into the list, sorted by name."""
    clients = sorted(plan.unmanaged, key=lambda client: (client.name, client.id))
    return [Desired.of(client, plan.shared_names).as_options() for client in clients]
