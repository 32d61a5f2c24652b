# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clients must be read for what is desired, with the fewest requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import NotFound
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired
from ansible_collections.toggl.focus.plugins.module_utils._text import forms, name_key

if TYPE_CHECKING:
    from ansible_collections.toggl.focus.plugins.module_utils._journal import Deletion


def of_one(api: FocusApi, wanted: Desired, deletions: Mapping[str, Deletion]) -> list[Client]:
    """The clients that one entry may stand for: one request where it exists.

    :arg deletions: what the journal says of deleted clients, which the service may hide
    """
    if wanted.id is not None:
        return by_id(api, wanted.id)
    name = wanted.name or ""
    found = _by_name(api, name, enough=wanted.state != "absent")
    if wanted.state == "present" and not _has_active(found, name):
        for former in wanted.former_names:
            found += _by_name(api, former)
    return found + _from_journal(api, [wanted], found, deletions)


def of_all(
    api: FocusApi, desired: Sequence[Desired], deletions: Mapping[str, Deletion], concurrency: int
) -> list[Client]:
    """All clients of the workspace, and those that entries name by ids which the list hides."""
    clients = api.list_clients()
    shown = {client.id for client in clients}
    hidden = [wanted.id for wanted in desired if wanted.id is not None and wanted.id not in shown]
    if hidden:
        clients += _by_ids(api, hidden, concurrency)
    return clients + _from_journal(api, desired, clients, deletions)


def by_id(api: FocusApi, client_id: int) -> list[Client]:
    """The client with the id, if the service shows it."""
    try:
        return [api.get(client_id)]
    except NotFound:
        return []


def _by_ids(api: FocusApi, ids: Sequence[int], concurrency: int) -> list[Client]:
    from concurrent.futures import ThreadPoolExecutor  # most runs need none

    with ThreadPoolExecutor(concurrency) as pool:
        found = pool.map(lambda client_id: by_id(api, client_id), ids)
        return [client for clients in found for client in clients]


def _by_name(api: FocusApi, name: str, enough: bool = False) -> list[Client]:
    """What the service lists for a name, and for its other Unicode form where it has one.

    :arg enough: whether the first active client of the name ends the search. To delete or
        rename, all of them must be known, so that one of two is never taken for the only one.
    """
    found: list[Client] = []
    for form in forms(name):
        for page in api.pages(form):
            found += page
            if enough and _has_active(page, name):
                return found
    return found


def _has_active(clients: Iterable[Client], name: str) -> bool:
    wanted = name_key(name)
    return any(not client.deleted and name_key(client.name) == wanted for client in clients)


def _from_journal(
    api: FocusApi,
    desired: Sequence[Desired],
    read: Sequence[Client],
    deletions: Mapping[str, Deletion],
) -> list[Client]:
    """The deleted clients that entries want restored by name and that the list hides."""
    if not deletions:
        return []
    shown = {name_key(client.name) for client in read}
    found: list[Client] = []
    for wanted in desired:
        key = name_key(wanted.name or "")
        if wanted.state != "restored" or wanted.id is not None or key in shown:
            continue
        if key in deletions:
            deletion = deletions[key]
            found += by_id(api, deletion.id) or [_as_deleted(deletion, api.workspace_id)]
    return found


def _as_deleted(deletion: Deletion, workspace_id: int) -> Client:
    """A client that the service does not show, as the journal remembers it."""
    fields = {
        "id": deletion.id,
        "name": deletion.name,
        "workspace_id": workspace_id,
        "deleted_at": deletion.at,
    }
    return Client(deletion.id, deletion.name, deletion.at, fields)
