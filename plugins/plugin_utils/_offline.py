# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan from values alone: no service, no credentials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._apply.outcome import predicted
from ..module_utils._errors import BadOption, FocusError, PlanRefused
from ..module_utils._model import ATTRIBUTES, NOT_YET, Client, Desired, Rules
from ..module_utils._plan.contradictions import look_alikes
from ..module_utils._plan.plan import plan
from ..module_utils._reconcile import desired_clients
from ..module_utils._results.clients import clients_result
from ..module_utils._results.common import Report, Result
from ..module_utils._task.arguments import CLIENTS
from ..module_utils._task.entries import OF_THE_SERVICE, described, whole_number
from ..module_utils._task.options import check_texts, rules
from ..module_utils._text import SERVICE_URL
from . import _role_variables

Fields = Mapping[str, Any]

_LONG_AGO = "2000-01-01T00:00:00Z"
"""When a client was deleted that a list only mentions."""

_OPTIONS: dict[str, Any] = {
    **{guard: CLIENTS[guard] for guard in Rules._fields},
    "workspace_id": {"type": "int", "default": 0},
    "api_url": {"type": "str", "default": SERVICE_URL},
    "variables": {"type": "list", "elements": "str", "default": []},
}
"""Beside the two lists, what a result depends on. None of it is taken from the environment."""

_SHOWN_BY_THE_SERVICE = OF_THE_SERVICE | {"active", "toggl_user_id"}
"""Fields of a client that no entry has."""

_WITH_IDS = ("plan", "possible_renames", "results", "undo")
"""Keys of a result whose rows have ids of clients."""

_SHARED = frozenset({"id", "name", *ATTRIBUTES})
"""Fields that do not tell whether a client was read or an entry written."""


def clients_plan(desired: object, existing: object, **options: Any) -> Result:
    """Return what ``focus_clients`` would in check mode, also where something is wrong with a list.

    :arg desired: as its option ``clients``
    :arg existing: clients as ``focus_client_info`` returns them, or the entries of another list
    :arg options: some of ``_OPTIONS``, as a user gives them. With a ``workspace_id``, no existing
        client means an empty workspace
    :raises FocusError: ``existing`` is no list
    """
    if not isinstance(existing, list):
        raise FocusError(f"existing is {described(existing)}, not a list.")
    try:
        result = _planned(desired, existing, _validated(options))
    except FocusError as error:
        result = {"failed": True, "changed": False, "msg": str(error), "warnings": []}
    typos = _role_variables.warnings(options.get("variables") or ())
    result["warnings"] = [*typos, *result["warnings"]]
    for row in chain.from_iterable(result.get(key, ()) for key in _WITH_IDS):
        if (row.get("id") or NOT_YET) < NOT_YET:
            del row["id"]
    return result


def _validated(given: Mapping[str, object]) -> dict[str, Any]:
    """:raises FocusError: a value is of the wrong type"""
    check_texts("protected", given.get("protected"))
    known = {option: value for option, value in given.items() if value is not None}
    validated = ArgumentSpecValidator(_OPTIONS).validate(known)
    if validated.error_messages:
        raise FocusError(f"toggl.focus.clients_plan: {validated.errors.msg}")
    return dict(validated.validated_parameters)


def _planned(desired: object, existing: Sequence[object], options: Mapping[str, Any]) -> Result:
    guards, workspace_id = rules(options), options["workspace_id"]
    wanted = desired_clients(desired)
    are_read = _are_read(existing, workspace_id)
    there = [*(map(_as_read, count(1), existing) if are_read else _as_listed(existing, wanted))]
    # An entry of a list has no id, but a plan is one of clients that have: so they get ids that no
    # service gives, ascending in the list's order.
    clients = [Client.of({**of, "id": of["id"] or at - len(there)}) for at, of in enumerate(there)]
    made = plan(clients, wanted, guards, workspace_id, options["api_url"])
    refusal = PlanRefused(made.forbidden, [of.name for of in wanted]) if made.forbidden else None
    if not are_read:  # the module has the clients themselves to say it of
        made = made._replace(warnings=(*look_alikes(wanted), *made.warnings))
    outcomes = predicted(made.steps, made.forbidden)
    return clients_result(Report(made, outcomes, workspace_id, refusal))


def _are_read(existing: Sequence[object], workspace_id: int) -> bool:
    """Return whether they are clients of a workspace, and not the entries of another list."""
    fields = [set(client) if isinstance(client, Mapping) else set() for client in existing]
    if any(not _SHOWN_BY_THE_SERVICE.isdisjoint(shown) for shown in fields):
        return True
    return bool(workspace_id) and all("id" in shown and shown <= _SHARED for shown in fields)


def _as_read(number: int, given: object) -> Fields:
    """Return the fields of a client, which must be enough to know it by.

    :arg number: from 1, of the client in the list
    :raises BadOption: they are not
    """
    fields = given if isinstance(given, Mapping) else {}
    client_id, name = whole_number(fields.get("id")), fields.get("name")
    is_id = client_id is not None or fields.get("id") is None
    is_name = isinstance(name, str) or (name is None and client_id is not None)
    if not is_id or not is_name:
        reason = "give each as focus_client_info returns it, with its id and its name"
        raise BadOption("existing", f"client {number} in it is none; {reason}")
    return {**fields, "id": client_id, "name": name or ""}


def _as_listed(existing: Iterable[object], wanted: Iterable[Desired]) -> Iterator[Fields]:
    """Yield the fields of the clients of a workspace that is as the existing entries declare it.

    What these cannot say, the wanted ones are taken at their word for: the clients that they know
    by ids, and the deleted ones that they restore.
    """
    listed = [entry for entry in desired_clients(existing) if entry.state != "absent"]
    ids, names = {entry.id for entry in listed}, {entry.key for entry in listed}
    yield from map(_as_declared, listed)
    for entry in wanted:
        is_listed = entry.key in names if entry.id is None else entry.id in ids
        deleted_at = _LONG_AGO if entry.state == "restored" else None
        is_assumed = deleted_at or (entry.state == "present" and entry.id is not None)
        if is_assumed and not is_listed:
            yield {**_as_declared(entry), "deleted_at": deleted_at}


def _as_declared(entry: Desired) -> dict[str, Any]:
    return {"id": entry.id, "name": entry.name or "", **entry.attributes}
