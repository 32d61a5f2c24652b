# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan from values alone: no service, no credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..module_utils._apply.outcome import predicted
from ..module_utils._errors import BadOption, FocusError, PlanRefused
from ..module_utils._model import Client, Desired, Rules
from ..module_utils._plan.plan import plan
from ..module_utils._reconcile import desired_clients
from ..module_utils._results.clients import clients_result
from ..module_utils._task.arguments import CLIENTS, SERVICE_URL
from ..module_utils._task.options import check_is_list, check_is_unsplit, rules
from ..module_utils._text import name_key
from ._plain import plain

Result = dict[str, Any]

_FIRST_MADE_UP = -(10**18) + 1
"""An entry of a list has no id, but a plan is one of clients that have. So the clients of a list
get ids that no service gives and that are in no text by chance, ascending in the list's order."""

_MADE_UP = r"-9{10}\d{8}"
_BESIDE_A_NAME = re.compile(rf" \(id {_MADE_UP}\)|, ids? {_MADE_UP}(?:, {_MADE_UP})*")
_ANYWHERE = re.compile(_MADE_UP)


def planned(
    desired: object,
    existing: Iterable[object],
    guards: Mapping[str, object],
    workspace_id: int = 0,
    api_url: str = SERVICE_URL,
) -> Result:
    """What ``focus_clients`` would return in check mode, also where something is wrong with a list.

    :arg desired: as its option ``clients``
    :arg existing: clients as ``focus_client_info`` returns them, or the entries of another list
    :arg guards: options of ``focus_clients``, as a user gives them
    :arg workspace_id: is part of the digest; with it, no existing client means an empty workspace
    :arg api_url: is part of the digest
    """
    listed = plain(desired)
    try:
        check_is_list(listed)
        result = _planned(
            listed, plain(existing), _rules(plain(guards)), workspace_id, str(api_url)
        )
    except FocusError as error:
        result = {"failed": True, "changed": False, "msg": str(error)}
    cleaned: Result = _without_made_up_ids(result)
    return cleaned


def _rules(guards: Mapping[str, object]) -> Rules:
    """:raises BadOption: a value is of the wrong type, or out of its range"""
    check_is_unsplit("protected", guards.get("protected"))
    options = {}
    for name, value in guards.items():
        spec = {name: CLIENTS["argument_spec"][name]}
        validated = ArgumentSpecValidator(spec).validate({name: value})
        if validated.error_messages:
            raise BadOption(name, validated.errors.msg.rstrip("."))
        options.update(validated.validated_parameters)
    return rules(options)


def _planned(
    desired: Any, existing: Iterable[object], rules: Rules, workspace_id: int, api_url: str
) -> Result:
    wanted = desired_clients(desired)
    known = list(existing)
    is_read = bool(workspace_id) if not known else all(map(_is_read, known))
    clients = list(map(_as_read, known)) if is_read else _as_listed(known, wanted)
    made = plan(clients, wanted, rules, workspace_id, api_url)
    names = [entry.name for entry in wanted]
    refusal = PlanRefused(made.forbidden, names) if made.forbidden else None
    return clients_result(made, predicted(made.steps), workspace_id, refusal)


def _is_read(client: object) -> bool:
    return isinstance(client, Mapping) and "deleted_at" in client


def _as_read(client: Any) -> Client:
    return Client(client["id"], client["name"], client["deleted_at"], client)


def _as_listed(existing: Iterable[object], wanted: Iterable[Desired]) -> list[Client]:
    clients = _of_entries(desired_clients(existing))
    return clients + _assumed(clients, wanted)


def _of_entries(entries: Iterable[Desired]) -> list[Client]:
    """The active clients of a workspace that is as the entries declare it."""
    active = [entry for entry in entries if entry.state != "absent"]
    return [
        _client(entry.id if entry.id is not None else _FIRST_MADE_UP + number, entry.name or "")
        for number, entry in enumerate(active)
    ]


def _assumed(clients: Sequence[Client], wanted: Iterable[Desired]) -> list[Client]:
    """What a list cannot say, so that the entries are taken at their word: the clients that they
    know by ids, and the deleted ones that they restore."""
    ids = {client.id for client in clients}
    names = {name_key(client.name) for client in clients}
    assumed = []
    for number, entry in enumerate(wanted, len(clients)):
        if entry.id is not None and entry.id not in ids and entry.state != "absent":
            assumed.append(_client(entry.id, entry.name or "", entry.state == "restored"))
        elif (
            entry.id is None
            and entry.state == "restored"
            and name_key(entry.name or "") not in names
        ):
            assumed.append(_client(_FIRST_MADE_UP + number, entry.name or "", is_deleted=True))
    return assumed


def _client(client_id: int, name: str, is_deleted: bool = False) -> Client:
    deleted_at = "" if is_deleted else None
    return Client(client_id, name, deleted_at, {"id": client_id, "name": name})


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
