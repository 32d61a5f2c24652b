# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients of one workspace, and what the service lets happen to them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Literal

from simulator.listing import ListQuery, Page, page_of
from simulator.records import Client, Refused, Write
from simulator.switches import Switches

FIRST_ID = 1001
USER_ID = 9001


Kind = Literal["create", "rename", "delete", "restore"]


@dataclass(frozen=True)
class Snapshot:
    clients: dict[int, Client]
    next_id: int


class Workspace:
    """All clients of a workspace, deleted ones included.

    ``paging`` cuts the list into pages.
    """

    def __init__(self, workspace_id: int, switches: Switches) -> None:
        self.workspace_id = workspace_id
        self.switches = switches
        self._clients: dict[int, Client] = {}
        self._next_id = FIRST_ID
        self._before: dict[int, Client] | None = None
        self.history: list[Write] = []
        self.paging: Callable[[list[Client], ListQuery, Switches], Page] = page_of
        self._lock = threading.RLock()

    def clients(self) -> list[Client]:
        with self._lock:
            return list(self._clients.values())

    def find(self, client_id: int) -> Client | None:
        with self._lock:
            return self._clients.get(client_id)

    def add(self, name: str, deleted: bool = False) -> Client:
        """Put a client there without asking any rule."""
        with self._lock:
            client = self._insert(name, user_id=None)
            client = self._mark_deleted(client) if deleted else client
            self._before = None
            return client

    def put(self, client: Client) -> None:
        """Put a client there as it is, in place of the one with its id, without asking any rule."""
        with self._lock:
            self._store(client)
            self._before = None

    def snapshot(self) -> Snapshot:
        """All that is here, to come back to with ``rewind``."""
        with self._lock:
            return Snapshot(dict(self._clients), self._next_id)

    def rewind(self, snapshot: Snapshot) -> None:
        """Be again as at the snapshot, with an empty history."""
        with self._lock:
            self._clients = dict(snapshot.clients)
            self._next_id = snapshot.next_id
            self._before = None
            self.history = []

    def page(self, query: ListQuery) -> Page:
        return self.paging(list(self._seen().values()), query, self.switches)

    def get(self, client_id: int) -> Client:
        client = self._seen().get(client_id)
        if client is None:
            raise _unknown()
        if client.deleted_at and not self.switches.get_shows_deleted:
            raise _unknown()
        return client

    def create(self, name: str) -> Client:
        with self._lock:
            name = self._valid_name(name)
            self._refuse_duplicate(name, self._rivals())
            return self._committed("create", self._insert(name, user_id=USER_ID))

    def rename(self, client_id: int, name: str) -> None:
        with self._lock:
            client = self._existing(client_id)
            if client.deleted_at and self.switches.put_deleted == 404:
                raise _unknown()
            name = self._valid_name(name)
            self._refuse_duplicate(name, [c for c in self._rivals() if c.id != client_id])
            self._committed("rename", self._store(replace(client, name=name, updated_at=_now())))

    def delete(self, client_id: int) -> None:
        with self._lock:
            client = self._existing(client_id)
            if client.deleted_at:
                _answer_idle(self.switches.delete_deleted, "client is already deleted")
            else:
                self._committed("delete", self._mark_deleted(client))

    def restore(self, client_id: int) -> None:
        with self._lock:
            client = self._existing(client_id)
            if not client.deleted_at:
                _answer_idle(self.switches.restore_active, "client is not deleted")
                return
            self._refuse_duplicate(client.name, self._active())
            restored = self._store(replace(client, deleted_at=None, updated_at=_now()))
            self._committed("restore", restored)

    def _seen(self) -> dict[int, Client]:
        """What a read shows: where reads lag, the first after a write shows what was before it."""
        with self._lock:
            before, self._before = self._before, None
            lags = before is not None and self.switches.read_after_write == "old"
            return dict(before if before is not None and lags else self._clients)

    def _committed(self, kind: Kind, client: Client) -> Client:
        self.history.append(Write(kind, client.id, client.name))
        return client

    def _existing(self, client_id: int) -> Client:
        client = self._clients.get(client_id)
        if client is None:
            raise _unknown()
        return client

    def _active(self) -> list[Client]:
        return [client for client in self._clients.values() if not client.deleted_at]

    def _rivals(self) -> list[Client]:
        """The clients whose names a new name must not repeat."""
        if self.switches.duplicates == "refused_all":
            return list(self._clients.values())
        return self._active()

    def _refuse_duplicate(self, name: str, rivals: list[Client]) -> None:
        if self.switches.duplicates == "allowed":
            return
        any_case = self.switches.duplicates == "refused_any_case"
        if any(_same(name, rival.name, any_case) for rival in rivals):
            raise Refused(400, "already_exists", "a client with this name already exists")

    def _valid_name(self, name: str) -> str:
        if self.switches.names_trimmed:
            name = name.strip()
        if not name:
            raise _invalid_name("required")
        if len(name) > self.switches.longest_name:
            raise _invalid_name("max")
        return name

    def _insert(self, name: str, user_id: int | None) -> Client:
        client_id = self._next_id
        self._next_id += 1
        created = Client(client_id, name, self.workspace_id, True, _now(), None, None, user_id)
        return self._store(created)

    def _mark_deleted(self, client: Client) -> Client:
        now = _now()
        return self._store(replace(client, deleted_at=now, updated_at=now))

    def _store(self, client: Client) -> Client:
        stored = replace(client, active=self._shown_active(client))
        self._before = dict(self._clients)
        self._clients[client.id] = stored
        return stored

    def _shown_active(self, client: Client) -> bool:
        if self.switches.active_field == "false_when_deleted":
            return client.deleted_at is None
        if self.switches.active_field == "sometimes_false":
            return client.id % 2 == 1
        return True


def _same(one: str, other: str, any_case: bool) -> bool:
    return one.casefold() == other.casefold() if any_case else one == other


def _answer_idle(status: int, description: str) -> None:
    """What the service says where there is nothing left to do."""
    if status == 404:
        raise _unknown()
    if status == 400:
        raise Refused(400, "validation", description)


def _invalid_name(tag: str) -> Refused:
    return Refused(400, "validation", f"Field validation for 'Name' failed on the '{tag}' tag")


def _unknown() -> Refused:
    return Refused(404, "not_found", "client does not exist")


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
