# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client_info``: the clients that match, also as a list that can be applied again."""

from __future__ import annotations

from collections import Counter
from functools import partial

from ._api.clients import FocusApi
from ._api.listing import Listing, retry_if_changed
from ._errors import BadOption
from ._model import Client, Desired
from ._read import by_id
from ._task.run import Options, Result, Runtime, Work, run
from ._text import counted, name_key, unicode_forms


def list_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client_info``: it writes nothing, with or without check mode."""

    def prepare() -> Work:
        if options["name"] is not None and not name_key(options["name"]):
            raise BadOption("name", "it is empty or blank; give a name or leave it out")
        return partial(_result, options)

    return run(prepare, FocusApi, options, runtime)


def _result(options: Options, api: FocusApi) -> Result:
    read, whole = _read(api, options)
    clients = [client for client in read if _fits(client, options)][: options["limit"]]
    counts = Counter(client.key for client in read if not client.deleted)
    shared = {key for key, count in counts.items() if count > 1 or not whole}
    desired = [Desired.of(client, shared).as_options() for client in clients]
    api.access.check_unmasked(desired)
    return {
        "changed": False,
        "msg": f"Found {counted(len(clients), 'client')}.",
        "clients": [dict(client.read) for client in clients],
        "desired": desired,
    }


def _read(api: FocusApi, options: Options) -> tuple[list[Client], bool]:
    """Clients that include all that match, and whether they include all clients of those names."""
    if options["id"] is not None:
        return by_id(api, options["id"]), False
    limit = options["limit"]

    def enough(so_far: Listing) -> bool:
        return limit is not None and sum(_fits(c, options) for c in so_far.clients) >= limit

    names = (None,) if options["name"] is None else unicode_forms(options["name"].strip())
    requests = (partial(api.list_clients, name, options["order_by"], enough) for name in names)
    listings = [retry_if_changed(request) for request in requests]
    clients = {client.id: client for listing in listings for client in listing.clients}
    return list(clients.values()), not any(map(enough, listings))


def _fits(client: Client, options: Options) -> bool:
    name, part = options["name"], options["name_contains"]
    return (
        options["deleted"] in ("include", "only" if client.deleted else "exclude")
        and (name is None or client.key == name_key(name))
        and (part is None or name_key(part).casefold() in client.key.casefold())
    )
