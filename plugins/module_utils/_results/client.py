# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what ``focus_client`` returns. Check mode and a run share it."""

from __future__ import annotations

from typing import Any

from .._model import ACTIONS, ATTRIBUTES, Client, PlannedEntry, summarize_action
from .._plan.digest import row_of
from .._text import name_key, quoted, shown
from .common import Report, Result, common_result
from .diff import headers
from .render import attributes_text


def client_result(report: Report) -> Result:
    """Return the result of a plan with one entry: what was done, what failed, what is pending."""
    (entry,) = report.plan.entries
    succeeded = [outcome.step for outcome in report.outcomes if outcome.succeeded]
    last = succeeded[-1].after if succeeded else entry.client
    done, client = (succeeded, last) if report.refusal is None else ([], entry.client)
    sides = {"before": _side(entry, entry.client), "after": _side(entry, last)}
    return {
        **common_result(report, _done(report), _as_declared(entry), is_list=False),
        "action": summarize_action(done),
        "client": None if client is None else client.fields,
        "diff": {**headers(report.workspace_id), **sides},
    }


def _done(report: Report) -> str:
    """Return what the steps do: ``created "Acme" (id 1001)``."""
    done: list[str] = []
    for step in (outcome.step for outcome in report.outcomes):
        verb = step.kind if report.is_planned else ACTIONS[step.kind]
        client = "it" if done else ((step.old_name and step.before) or step.after).label
        name = f" to {quoted(step.name)}" if step.kind == "rename" else ""
        attributes = attributes_text(row_of(step))
        done.append(f"{verb} {client}{name}{attributes and f', {attributes}'}")
    return " and ".join(done)


def _as_declared(entry: PlannedEntry) -> str:
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
