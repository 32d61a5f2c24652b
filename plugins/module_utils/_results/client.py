# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan and its outcomes to what ``focus_client`` returns. Check mode and a run share it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._apply.outcome import Outcome
from .._errors import FocusError, listed
from .._model import ACTIONS, Client, Plan, Planned, with_id
from .._plan.plan import action_of
from .._text import name_key, quoted, shown
from .common import as_sentence, common_result, errors_of
from .diff import headers


def client_result(
    plan: Plan,
    outcomes: Sequence[Outcome],
    workspace_id: int,
    refusal: FocusError | None = None,
) -> dict[str, Any]:
    """Return the result of a plan with one entry: what was done, what failed, what is pending.

    :arg refusal: why nothing was written, if the plan was refused
    """
    (entry,) = plan.entries
    succeeded = [outcome.step for outcome in outcomes if outcome.succeeded]
    last = succeeded[-1].after if succeeded else entry.client
    client = last if refusal is None else entry.client
    return {
        **common_result(plan, outcomes, refusal),
        "msg": _message(entry, outcomes, refusal),
        "action": action_of(succeeded if refusal is None else ()),
        "client": None if client is None else client.fields,
        "diff": {
            **headers(workspace_id),
            "before": _side(entry, entry.client),
            "after": _side(entry, last),
        },
    }


def _message(entry: Planned, outcomes: Sequence[Outcome], refusal: FocusError | None) -> str:
    if refusal is not None:
        return f"{refusal} Nothing was written."
    if not outcomes:
        return f"Nothing to do: {_as_declared(entry)}."
    errors = errors_of(outcomes)
    return _failure(outcomes, errors[0]) if errors else _done(outcomes)


def _done(outcomes: Sequence[Outcome]) -> str:
    """``Created "Acme" (id 1001).``"""
    is_planned = outcomes[0].status == "planned"
    done: list[str] = []
    for step in (outcome.step for outcome in outcomes):
        verb = step.kind if is_planned else ACTIONS[step.kind]
        client = "it" if done else _named(step.old_name or step.name, step.after.id)
        name = f" to {quoted(step.name)}" if step.kind == "rename" else ""
        done.append(f"{verb} {client}{name}")
    return as_sentence(" and ".join(done), is_planned)


def _as_declared(entry: Planned) -> str:
    wanted, client = entry.desired, entry.client
    if client is not None and wanted.state != "absent":
        return f"{_named(client.shown_name, client.id)} is as declared"
    # Another client may have the name.
    which = quoted(wanted.name) if wanted.id is None else f"with the id {wanted.id}"
    return f"there is no active client {which}"


def _named(name: str | None, client_id: int) -> str:
    return f"the client {client_id}" if name is None else with_id(quoted(name), client_id)


def _side(entry: Planned, client: Client | None) -> dict[str, Any]:
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
    }
    return {key: value for key, value in side.items() if value is not None}


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
