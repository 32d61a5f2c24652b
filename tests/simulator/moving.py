# SPDX-License-Identifier: GPL-3.0-or-later
"""A list that moves while it is read: by somebody else's hand, or by the service's own."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from itertools import count

from simulator.listing import ListQuery, Page, page_of
from simulator.records import Body, Client, Fault, Refused
from simulator.switches import Switches
from simulator.wire import Call
from simulator.workspace import Workspace

Answering = Callable[[Call], "Fault | None"]
"""What ``Service.chaos`` is."""

Paging = Callable[[list[Client], ListQuery, Switches], Page]


def somebody_else(change: Callable[[], object], at: int, also: Answering) -> Answering:
    """Return a ``Service.chaos`` that makes a change right before the ``at``-th request for a page
    of the whole list; ``also`` may break the same requests."""
    pages = count(1)

    def answer(call: Call) -> Fault | None:
        is_page = call.path.endswith("/clients") and "name" not in call.query
        if call.method == "GET" and is_page and next(pages) == at:
            change()
        return also(call)

    return answer


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
            if kind == "rename":
                workspace.rename(client.id, name)
            elif kind == "currency":
                workspace.update(client.id, Body(name=client.name, currency="JPY"))
            else:
                {"delete": workspace.delete, "restore": workspace.restore}[kind](client.id)
            return client.id
    return None


def whole(clients: list[Client], query: ListQuery, switches: Switches) -> list[Client]:
    """All that a list shows, of at most a hundred."""
    all_of = query._replace(page=1, per_page=100)
    large = replace(switches, per_page_cap=100, largest_per_page=100)
    return page_of(clients, all_of, large).clients


def unstable(seed: int) -> Paging:
    """Each page is cut from a list in another order."""
    turns = random.Random(seed)

    def page(clients: list[Client], query: ListQuery, switches: Switches) -> Page:
        size = min(query.per_page or switches.default_per_page, switches.per_page_cap)
        mixed = whole(clients, query, switches)
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
