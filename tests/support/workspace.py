# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients of the simulated workspace, put there and looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from simulator.server import Simulator
from simulator.switches import Switches

HIDES = Switches(list_shows_deleted=False, get_shows_deleted=False)
"""A service that shows no deleted client."""


def fill(
    service: Simulator, names: str | int, switches: Switches | None = None, **conditions: Any
) -> Simulator:
    """The service anew with these clients, from the id 1001 on: ``Acme, Globex, (Deleted)``, or so
    many: Client 1, Client 2 ..."""
    service.reset(switches, **conditions)
    if isinstance(names, int):
        names = ", ".join(f"Client {number}" for number in range(1, names + 1))
    for name in names.split(", ") if names else ():
        service.add(name.strip("()"), deleted=name.startswith("("))
    return service


def on(*methods: str, path: str = "") -> Callable[[str, str], bool]:
    """What a ``Fault`` matches: a request of one of these methods to a path that ends so."""
    return lambda method, where: method in methods and where.endswith(path)


def with_fields(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[bytes], bytes]:
    """How a ``Fault`` edits an answer: ``change`` gives fields that take the place of its own."""

    def edit(body: bytes) -> bytes:
        fields = json.loads(body)
        return json.dumps({**fields, **change(fields)}).encode()

    return edit


State = dict[int, tuple[str, bool]]


def state(service: Simulator) -> State:
    """The name of each client, and whether it is deleted."""
    return {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}
