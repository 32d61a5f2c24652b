# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what the modules that write return. Check mode and a run share
it. ``focus_clients`` returns every step, and the entries that something is done for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._model import ACTIONS, ATTRIBUTES, Client, Desired, PlannedEntry, counts_of, summarize_action
from .._plan.digest import row_of
from .._plan.plan import renamed_by_id
from .._text import grouped, name_key, quoted, shown
from .common import Report, Result, common_result, error_text
from .render import attributes_text, clients_diff, headers

_COUNTS = (*ACTIONS.values(), "purged", "unchanged", "unmanaged", "failed", "pending")


def clients_result(report: Report, report_all: bool = False) -> Result:
    """Return the result of a plan.

    :arg report_all: whether the entries that nothing is done for are in it, as all are where the
        plan is refused, and unmanaged clients
    """
    plan, outcomes, is_refused = report.plan, report.outcomes, report.refusal is not None
    warnings = (*plan.warnings, *renamed_by_id(plan))
    report = report._replace(plan=plan._replace(warnings=warnings))
    by_entry = grouped((outcome.step.entry, outcome) for outcome in outcomes)
    entries = [(entry, by_entry.get(at, ())) for at, entry in enumerate(plan.entries)]
    counted = [*(own for _entry, own in entries), *([of] for of in by_entry.get(None, ()))]
    counts = Counter(map(_counted_as, counted))
    summary = {of: counts[of] for of in _COUNTS} | {"unmanaged": len(plan.unmanaged)}
    unchanged = "already applied" if report.is_reviewed else _as_declared(len(entries))
    result = {
        **common_result(report, _done(summary, report.is_planned), unchanged),
        "plan": [{**row_of(of.step), "status": of.status, **_error([of])} for of in outcomes],
        "plan_digest": plan.digest,
        "results": [
            {"entry": number, **_entry_result(entry, own, is_refused)}
            for number, (entry, own) in enumerate(entries, 1)
            if report_all or (own and not is_refused)
        ],
        "summary": summary,
        "diff": clients_diff(plan, [o.step for o in outcomes if o.succeeded], report.workspace_id),
    }
    if plan.possible_renames:
        result["possible_renames"] = list(plan.possible_renames)
    if report_all:  # entries that could be pasted into the list
        clients = sorted(plan.unmanaged, key=lambda client: (client.name, client.id))
        unmanaged = (Desired.of(client, plan.shared_names) for client in clients)
        result["unmanaged"] = [entry.as_options() for entry in unmanaged]
    if is_refused:
        result["refused"] = True
    return result


def _entry_result(entry: PlannedEntry, own: Sequence[Outcome], is_refused: bool) -> Result:
    """Return what was done for one entry of the user's list.

    :arg own: the outcomes of its steps
    """
    done = [outcome.step for outcome in own if outcome.succeeded]
    client = own[-1].step.after if own else entry.client
    return {
        "name": entry.desired.name or (client and client.shown_name),
        "id": (client.id or None) if client else entry.desired.id,
        "action": summarize_action(done),
        "changed": bool(done) and not is_refused,
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
    if not outcomes:
        return "unchanged"
    is_purge = outcomes[0].step.entry is None
    return "purged" if is_purge else summarize_action(outcome.step for outcome in outcomes)


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


# one client


def client_result(report: Report) -> Result:
    """Return the result of a plan with one entry: what was done, what failed, what is pending."""
    (entry,) = report.plan.entries
    succeeded = [outcome.step for outcome in report.outcomes if outcome.succeeded]
    last = succeeded[-1].after if succeeded else entry.client
    done, client = (succeeded, last) if report.refusal is None else ([], entry.client)
    sides = {"before": _side(entry, entry.client), "after": _side(entry, last)}
    return {
        **common_result(report, _one_done(report), _one_as_declared(entry), is_list=False),
        "action": summarize_action(done),
        "client": None if client is None else client.fields,
        "diff": {**headers(report.workspace_id), **sides},
    }


def _one_done(report: Report) -> str:
    """Return what the steps do: ``created "Acme" (id 1001)``."""
    done: list[str] = []
    for step in (outcome.step for outcome in report.outcomes):
        verb = step.kind if report.is_planned else ACTIONS[step.kind]
        client = "it" if done else ((step.old_name and step.before) or step.after).label
        name = f" to {quoted(step.name)}" if step.kind == "rename" else ""
        attributes = attributes_text(row_of(step))
        done.append(f"{verb} {client}{name}{attributes and f', {attributes}'}")
    return " and ".join(done)


def _one_as_declared(entry: PlannedEntry) -> str:
    wanted, client = entry.desired, entry.client
    if client is not None and wanted.state != "absent":
        return f"{client.label} is as declared"
    # Another client may have the name.
    which = quoted(wanted.name) if wanted.id is None else f"with the id {wanted.id}"
    return f"there is no active client {which}"


def _side(entry: PlannedEntry, client: Client | None) -> dict[str, Any]:
    """Return a client, before or after, as an entry of the user's own list: people read the diff;
    what a machine needs is in other keys. It holds no more than check mode knows, so names are as
    they are compared: only a run sees how a client that was hidden is written."""
    wanted, first = entry.desired, entry.client
    client_id = wanted.id if first is None else first.id
    named = first if wanted.name is None else client
    name = wanted.name if client_id is None else named and named.shown_name
    key = None if name is None else name_key(name)
    is_active = client is not None and not client.deleted
    side = {
        "id": client_id,
        "name": None if key is None else shown(key, len(key)),
        "state": "present" if is_active else "absent",
        **{of: _attribute(entry, client, of) for of in wanted.attributes},
    }
    return {key: value for key, value in side.items() if value is not None}


def _attribute(entry: PlannedEntry, client: Client | None, of: str) -> str | None:
    """Return an attribute that the entry gives, ``None`` while it is not known. A new client has
    what was sent, whatever the service shows in its place."""
    if client is None or client.deleted or (client.hidden and of not in client.set_to):
        return None
    if entry.client is None:
        return entry.desired.attributes[of]
    return client.declared.get(of, ATTRIBUTES[of].none)
