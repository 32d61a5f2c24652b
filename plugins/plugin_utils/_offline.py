# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan from values alone: no service, no credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._apply.outcome import predicted
from ..module_utils._errors import BadOption, FocusError, PlanRefused
from ..module_utils._model import Client, Desired
from ..module_utils._plan.contradictions import look_alikes
from ..module_utils._plan.plan import plan
from ..module_utils._reconcile import desired_clients
from ..module_utils._results.clients import clients_result
from ..module_utils._task.arguments import CLIENTS
from ..module_utils._task.entries import described
from ..module_utils._task.options import check_is_list, check_patterns, rules
from ..module_utils._text import SERVICE_URL, name_key
from ._plain import plain

Result = dict[str, Any]

_FIRST_MADE_UP = -(10**18) + 1
"""An entry of a list has no id, but a plan is one of clients that have. So the clients of a list
get ids that no service gives and that are in no text by chance, ascending in the list's order."""

_LONG_AGO = "2000-01-01T00:00:00Z"
"""When a client was deleted that a list only mentions."""

_MADE_UP = r"-9{10}\d{8}"
_BESIDE_A_NAME = re.compile(rf" \(id {_MADE_UP}\)|, ids? {_MADE_UP}(?:, {_MADE_UP})*")
_ANYWHERE = re.compile(_MADE_UP)


_OPTIONS: dict[str, Any] = {
    **{
        guard: CLIENTS["argument_spec"][guard]
        for guard in ("purge", "protected", "max_deletions", "max_deletion_percent")
    },
    "workspace_id": {"type": "int", "default": 0},
    "api_url": {"type": "str", "default": SERVICE_URL},
}
"""Beside the two lists, what a plan depends on. None of it is taken from the environment."""

_SHOWN_BY_THE_SERVICE = frozenset(
    {"workspace_id", "active", "created_at", "updated_at", "deleted_at", "toggl_user_id"}
)
"""Fields of a client that no entry has."""

_SHARED = frozenset({"id", "name", "currency"})
"""Fields of a client that an entry may have too."""


def planned(desired: object, existing: object, options: Mapping[str, object]) -> Result:
    """What ``focus_clients`` would return in check mode, also where something is wrong with a list.

    :arg desired: as its option ``clients``
    :arg existing: clients as ``focus_client_info`` returns them, or the entries of another list
    :arg options: some of ``_OPTIONS``, as a user gives them. With a ``workspace_id``, no existing
        client means an empty workspace
    :raises AnsibleFilterError: ``existing`` is no list
    """
    listed = plain(desired)
    try:
        check_is_list(listed)
        result = _planned(listed, plain(existing), _validated(plain(options)))
    except FocusError as error:
        result = {"failed": True, "changed": False, "msg": str(error)}
    cleaned: Result = _without_made_up_ids(result)
    return cleaned


def _validated(given: Mapping[str, object]) -> dict[str, Any]:
    """:raises FocusError: a value is of the wrong type"""
    check_patterns(given.get("protected"))
    known = {option: value for option, value in given.items() if value is not None}
    validated = ArgumentSpecValidator(_OPTIONS).validate(known)
    if validated.error_messages:
        raise FocusError(f"toggl.focus.clients_plan: {validated.errors.msg}")
    options: dict[str, Any] = validated.validated_parameters
    return options


def _planned(desired: Any, existing: object, options: Mapping[str, Any]) -> Result:
    guards, workspace_id = rules(options), options["workspace_id"]
    wanted = desired_clients(desired)
    if not isinstance(existing, list):
        raise AnsibleFilterError(
            f"toggl.focus.clients_plan takes a list of existing clients, not {described(existing)}."
        )
    are_read = _are_read(existing, workspace_id)
    clients = list(map(_as_read, count(), existing)) if are_read else _as_listed(existing, wanted)
    made = plan(clients, wanted, guards, workspace_id, options["api_url"])
    names = [entry.name for entry in wanted]
    refusal = PlanRefused(made.forbidden, names) if made.forbidden else None
    if not are_read:  # the module has the clients themselves to say it of
        made = made._replace(warnings=(*look_alikes(wanted), *made.warnings))
    return clients_result(made, predicted(made.steps, made.forbidden), workspace_id, refusal)


def _are_read(existing: Sequence[object], workspace_id: int) -> bool:
    """Whether they are clients of a workspace, and not the entries of another list."""
    fields = [set(client) if isinstance(client, Mapping) else set() for client in existing]
    if any(not _SHOWN_BY_THE_SERVICE.isdisjoint(shown) for shown in fields):
        return True
    return bool(workspace_id) and all("id" in shown and shown <= _SHARED for shown in fields)


def _as_read(number: int, given: object) -> Client:
    """The client with the fields that are shown, which must be enough to know it by.

    :raises BadOption: they are not
    """
    fields = given if isinstance(given, Mapping) else {}
    client_id, name = fields.get("id"), fields.get("name")
    is_id = client_id is None or (str(client_id).isdecimal() and int(client_id) > 0)
    is_name = isinstance(name, str) or (name is None and client_id is not None)
    if not is_id or not is_name:
        reason = "give each as focus_client_info returns it, with its id and its name"
        raise BadOption("existing", f"client {number + 1} in it is none; {reason}")
    known_id = _FIRST_MADE_UP + number if client_id is None else int(client_id)
    return Client.of({**fields, "id": known_id, "name": name or ""})


def _as_listed(existing: Iterable[object], wanted: Iterable[Desired]) -> list[Client]:
    """The clients of a workspace that is as the existing entries declare it.

    What these cannot say, the wanted ones are taken at their word for: the clients that they know
    by ids, and the deleted ones that they restore.
    """
    clients: list[Client] = []
    for entry in desired_clients(existing):
        if entry.state != "absent":
            clients.append(_of_entry(entry, len(clients)))
    ids = {client.id for client in clients}
    names = {name_key(client.name) for client in clients}
    for entry in wanted:
        is_restored = entry.state == "restored"
        if entry.id is not None:
            is_assumed = entry.state != "absent" and entry.id not in ids
        else:
            is_assumed = is_restored and name_key(entry.name or "") not in names
        if is_assumed:
            clients.append(_of_entry(entry, len(clients), _LONG_AGO if is_restored else None))
    return clients


def _of_entry(entry: Desired, number: int, deleted_at: str | None = None) -> Client:
    client_id = _FIRST_MADE_UP + number if entry.id is None else entry.id
    return Client.of({"id": client_id, "name": entry.name or "", "deleted_at": deleted_at})


def _without_made_up_ids(value: Any) -> Any:
    """The same without them, in texts and as values."""
    if isinstance(value, str):
        return _ANYWHERE.sub("?", _BESIDE_A_NAME.sub("", value))
    if isinstance(value, Mapping):
        return {
            key: _without_made_up_ids(item)
            for key, item in value.items()
            if not (key == "id" and isinstance(item, int) and item < 0)
        }
    if isinstance(value, list):
        return [_without_made_up_ids(item) for item in value]
    return value
