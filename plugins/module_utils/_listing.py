# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``focus_client_info`` gives back: the clients that fit, and as a list that applies again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption
from ansible_collections.toggl.focus.plugins.module_utils._lookup import by_id
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime
from ansible_collections.toggl.focus.plugins.module_utils._task import Options, Result, result_of
from ansible_collections.toggl.focus.plugins.module_utils._text import forms, name_key

_DELETED = {"exclude": (False,), "include": (False, True), "only": (True,)}


def list_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client_info``: it writes nothing, with or without check mode."""
    return result_of(options, runtime, lambda api: _listed(api, options))


def _listed(api: FocusApi, options: Options) -> Result:
    """The return values of the module.

    :raises BadOption: a filter cannot be used; before any request
    """
    _check_filters(options)
    clients: list[Client] = []
    bearers: Counter[str] = Counter()
    whole = options["id"] is None
    for client in _candidates(api, options):
        if not client.deleted:
            bearers[name_key(client.name)] += 1
        if _fits(client, options):
            clients.append(client)
        if len(clients) == options["limit"]:
            whole = False
            break
    unique = {key for key, count in bearers.items() if count == 1} if whole else set()
    return {
        "changed": False,
        "clients": [dict(client.fields) for client in clients],
        "desired": [_as_desired(client, unique).as_options() for client in clients],
    }


def _check_filters(options: Options) -> None:
    for option in ("id", "limit"):
        if options[option] is not None and options[option] < 1:
            raise BadOption(option, f"{options[option]} is below 1")
    if options["name"] is not None and not name_key(options["name"]):
        raise BadOption("name", "it is empty or blank; give a name or leave it out")


def _candidates(api: FocusApi, options: Options) -> Iterator[Client]:
    if options["id"] is not None:
        yield from by_id(api, options["id"])
        return
    seen: set[int] = set()
    for form in forms(options["name"].strip()) if options["name"] is not None else (None,):
        for page in api.pages(form, options["order_by"]):
            yield from (client for client in page if client.id not in seen)
            seen.update(client.id for client in page)


def _fits(client: Client, options: Options) -> bool:
    if client.deleted not in _DELETED[options["deleted"]]:
        return False
    if options["name"] is not None and name_key(client.name) != name_key(options["name"]):
        return False
    part = options["name_contains"]
    return part is None or name_key(part).casefold() in name_key(client.name).casefold()


def _as_desired(client: Client, unique: Collection[str]) -> Desired:
    """The entry that finds nothing to do for the client; ``unique`` names need no id."""
    name = client.name.strip() or None
    if client.deleted:
        return Desired(name, client.id, "absent")
    if name is None or name_key(name) not in unique:
        return Desired(name, client.id)
    return Desired(name)
