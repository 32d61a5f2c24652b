# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody else does, and what a list shows of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from simulator.listing import ListQuery, page_of
from simulator.records import Body, Client, Refused
from simulator.switches import Switches
from simulator.workspace import Workspace


def act(
    workspace: Workspace, kind: str, pick: int, name: str, among: Collection[int]
) -> int | None:
    """What somebody else does, by the service's rules: ``create`` of a client of this name, or to
    the ``pick``-th client ``among`` these that it can be done to: ``delete``, ``rename``,
    ``restore``, or another ``currency``. Gives the client's id, if it was done."""
    with suppress(Refused), workspace.somebody_else():
        if kind == "create":
            return workspace.create(name).id
        known = [client for client in workspace.clients() if client.id in among]
        fitting = [client for client in known if bool(client.deleted_at) == (kind == "restore")]
        if fitting:
            client = fitting[pick % len(fitting)]
            changes: dict[str, Callable[[], None]] = {
                "rename": lambda: workspace.rename(client.id, name),
                "delete": lambda: workspace.delete(client.id),
                "restore": lambda: workspace.restore(client.id),
                "currency": lambda: workspace.update(
                    client.id, Body(name=client.name, currency="JPY")
                ),
            }
            changes[kind]()
            return client.id
    return None


def whole(clients: list[Client], switches: Switches) -> list[Client]:
    """All that a list shows, of at most a hundred."""
    large = replace(switches, per_page_cap=100, largest_per_page=100)
    return page_of(clients, ListQuery(per_page=100), large).clients
