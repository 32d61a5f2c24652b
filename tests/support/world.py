# SPDX-License-Identifier: GPL-3.0-or-later
"""A workspace as a value on which steps are carried out; it takes any name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Step

NAMES = ["Acme", "acme", "Globex", "Mu\u0308ller", "M\u00fcller", " Initech", "Hooli\u00a0", "X"]


class World:
    """Clients by id."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._clients = {client.id: client for client in clients}

    @property
    def clients(self) -> list[Client]:
        return list(self._clients.values())

    def state(self) -> dict[int, tuple[str, bool]]:
        return {client.id: (client.name, client.deleted) for client in self.clients}

    def carry_out(self, step: Step) -> Step:
        """Carries a step out; gives it back with its id. New ids are none that a list may name."""
        if step.kind == "create":
            new = max(self._clients, default=0) + 100
            self._put(new, step.after.name, None)
            return step._replace(after=step.after._replace(id=new))
        client = self._clients[step.id or 0]
        if step.kind == "rename":
            assert not client.deleted, "a deleted client is not renamed"
            self._put(client.id, step.after.name, None)
        elif step.kind == "delete":
            assert not client.deleted, "a deleted client is not deleted again"
            self._put(client.id, client.name, "2026-01-01T00:00:00Z")
        else:
            assert client.deleted, "an active client is not restored"
            self._put(client.id, client.name, None)
        return step

    def _put(self, client_id: int, name: str, deleted_at: str | None) -> None:
        fields = {"id": client_id, "name": name, "deleted_at": deleted_at}
        self._clients[client_id] = Client(client_id, name, deleted_at, fields)


def clients() -> st.SearchStrategy[list[Client]]:
    """Workspaces with deleted, duplicate and oddly written names."""
    drawn = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=7)
    return drawn.map(_numbered)


def desired() -> st.SearchStrategy[list[Desired]]:
    names = st.sampled_from(NAMES).map(str.strip)
    entry = st.builds(
        Desired,
        name=st.none() | names,
        id=st.none() | st.integers(1, 8),
        state=st.sampled_from(["present", "present", "absent", "restored"]),
        former_names=st.lists(names, max_size=2).map(tuple),
        restore_deleted=st.booleans(),
    )
    sound = entry.filter(lambda wanted: wanted.name is not None or wanted.id is not None)
    return st.lists(sound, max_size=5)


def entries() -> st.SearchStrategy[dict[str, Any]]:
    """Entries of a list as a task gives them, which the module may refuse."""
    return st.fixed_dictionaries(
        {
            "name": st.none() | st.sampled_from(NAMES),
            "id": st.none() | st.integers(1001, 1006),
            "state": st.sampled_from(["present", "present", "absent", "restored"]),
            "former_names": st.lists(st.sampled_from(NAMES), max_size=2),
            "restore_deleted": st.booleans(),
        }
    )


def names_with_deletion() -> st.SearchStrategy[list[tuple[str, bool]]]:
    """What a service has: names, and whether each client is deleted."""
    return st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=6)


def _numbered(drawn: list[tuple[str, bool]]) -> list[Client]:
    world = World([])
    for number, (name, gone) in enumerate(drawn, 1):
        world._put(number, name, "2026-01-01T00:00:00Z" if gone else None)
    return world.clients
