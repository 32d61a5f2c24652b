# SPDX-License-Identifier: GPL-3.0-or-later
"""A list that moves while it is read: by somebody else's hand, or by the service's own."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace

from simulator.listing import ListQuery, Page, page_of
from simulator.records import Body, Client, Fault, Refused
from simulator.switches import Switches
from simulator.wire import Call
from simulator.workspace import Workspace

Answering = Callable[[Call], "Fault | None"]
"""What ``Service.chaos`` is."""

Paging = Callable[[list[Client], ListQuery, Switches], Page]


class SomebodyElse:
    """Changes the workspace once, right before the ``at``-th request for a page of the whole list,
    as ``Service.chaos``; ``also`` may break the same requests."""

    def __init__(self, change: Callable[[], object], at: int, also: Answering) -> None:
        self._change = change
        self._left = at
        self._also = also

    def __call__(self, call: Call) -> Fault | None:
        if _is_page(call):
            self._left -= 1
            if self._left == 0:
                self._change()
        return self._also(call)


def _is_page(call: Call) -> bool:
    return call.method == "GET" and call.path.endswith("/clients") and "name" not in call.query


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


def whole(
    clients: list[Client], switches: Switches, query: ListQuery | None = None
) -> list[Client]:
    """All that a list shows, of at most a hundred."""
    all_of = replace(query or ListQuery(), page=1, per_page=100)
    large = replace(switches, per_page_cap=100, largest_per_page=100)
    return page_of(clients, all_of, large).clients


def unstable(seed: int) -> Paging:
    """Each page is cut from a list in another order."""
    turns = random.Random(seed)

    def page(clients: list[Client], query: ListQuery, switches: Switches) -> Page:
        size = min(query.per_page or switches.default_per_page, switches.per_page_cap)
        mixed = whole(clients, switches, query)
        turns.shuffle(mixed)
        start = (query.page - 1) * size
        return Page(mixed[start : start + size], query.page, size)

    return page


def growing(clients: list[Client], query: ListQuery, switches: Switches) -> Page:
    """Every page but the first is twice as large, counted from the beginning."""
    if query.page == 1:
        return page_of(clients, query, switches)
    larger = replace(switches, per_page_cap=min(100, 2 * switches.per_page_cap))
    return page_of(clients, query, larger)
