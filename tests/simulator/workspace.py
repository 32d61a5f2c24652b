# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients of one workspace, and what the service lets happen to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from simulator.listing import ListQuery, Page, page_of
from simulator.records import Body, Client, Kind, Refused, Write
from simulator.switches import Switches

FIRST_ID = 1001
USER_ID = 9001

Clients = dict[int, Client]


@dataclass
class _Hidden:
    """What was there before a write that reads do not show yet."""

    before: Clients
    reads_left: int


class Workspace:
    """All clients of a workspace, deleted ones included. ``paging`` cuts the list into pages."""

    def __init__(
        self, workspace_id: int, switches: Switches, now: Callable[[], datetime], lag: int
    ) -> None:
        self.workspace_id = workspace_id
        self.switches = switches
        self.lag = 1 if switches.read_after_write == "old" else lag
        self._clock = now
        self._clients: Clients = {}
        self._next_id = FIRST_ID
        self._hidden: list[_Hidden] = []
        self.history: list[Write] = []
        self.paging: Callable[[list[Client], ListQuery, Switches], Page] = page_of
        self._lock = threading.RLock()

    def clients(self) -> list[Client]:
        with self._lock:
            return list(self._clients.values())

    def find(self, client_id: int) -> Client | None:
        with self._lock:
            return self._clients.get(client_id)

    def add(self, name: str, deleted: bool = False, currency: str | None = None) -> Client:
        """Put a client there without asking any rule."""
        with self._lock:
            client = self._insert(name, None, currency)
            client = self._mark_deleted(client) if deleted else client
            self._hidden = []
            return client

    @contextmanager
    def somebody_else(self) -> Iterator[Workspace]:
        """What is done here is not in ``history``: other people do it, by the same rules."""
        with self._lock:
            history, self.history = self.history, []
            try:
                yield self
            finally:
                self.history = history

    def rewind(self, clients: Iterable[Client]) -> None:
        """Have these clients again, and an empty history."""
        with self._lock:
            self._clients = {client.id: client for client in clients}
            self._next_id = max(self._clients, default=FIRST_ID - 1) + 1
            self._hidden = []
            self.history = []

    def page(self, query: ListQuery) -> Page:
        return self.paging(list(self._seen().values()), query, self.switches)

    def get(self, client_id: int) -> Client:
        client = self._seen().get(client_id)
        if client is None or (client.deleted_at and not self.switches.get_shows_deleted):
            raise _unknown()
        return client

    def create(self, name: str, currency: str | None = None) -> Client:
        with self._lock:
            name = self._kept_name(name, list(self._clients.values()))
            self._refuse_duplicate(name, self._rivals())
            return self._committed("create", self._insert(name, USER_ID, currency))

    def rename(self, client_id: int, name: str) -> None:
        """Change the name alone, whatever an update does to the currency."""
        client = self.find(client_id)
        self.update(client_id, Body(name=name, currency=client.currency if client else None))

    def update(self, client_id: int, wanted: Body) -> None:
        with self._lock:
            client = self._existing(client_id)
            if client.deleted_at and self.switches.put_deleted == 404:
                raise _unknown()
            others = [other for other in self._clients.values() if other.id != client_id]
            name = self._kept_name(wanted.name, others)
            self._refuse_duplicate(name, [c for c in self._rivals() if c.id != client_id])
            says_nothing = "currency" not in wanted.model_fields_set
            keeps = self.switches.currency == "keeps" and says_nothing
            currency = client.currency if keeps else wanted.currency
            changed = replace(client, name=name, currency=currency, updated_at=self._now())
            stored = self._store(changed)
            if (name, currency) != (client.name, client.currency):
                self._committed("update" if name == client.name else "rename", stored)

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
            restored = self._store(replace(client, deleted_at=None, updated_at=self._now()))
            self._committed("restore", restored)

    def _seen(self) -> Clients:
        """What a read shows: what was before the first write that it lags behind."""
        with self._lock:
            self._hidden = [hidden for hidden in self._hidden if hidden.reads_left]
            for hidden in self._hidden:
                hidden.reads_left -= 1
            return dict(self._hidden[0].before if self._hidden else self._clients)

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
        fold = str.casefold if self.switches.duplicates == "refused_any_case" else str
        if fold(name) in {fold(rival.name) for rival in rivals}:
            raise Refused(400, "already_exists", "a client with this name already exists")

    def _kept_name(self, name: str, others: list[Client]) -> str:
        """What the service makes of a name."""
        longest = self.switches.longest_name
        if self.switches.names_trimmed:
            name = name.strip()
        if not name:
            raise _invalid_name("required")
        if len(name) > longest and self.switches.names_changed != "cut":
            raise _invalid_name("max")
        if self.switches.names_changed == "numbered":
            taken = {other.name for other in others}
            while name in taken:
                name += " 1"
        return CHANGES[self.switches.names_changed](name, longest)

    def _now(self) -> str:
        return self._clock().isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _insert(self, name: str, user_id: int | None, currency: str | None) -> Client:
        client_id = self._next_id
        self._next_id += 1
        now = self._now()
        return self._store(
            Client(client_id, name, self.workspace_id, True, now, None, None, user_id, currency)
        )

    def _mark_deleted(self, client: Client) -> Client:
        now = self._now()
        return self._store(replace(client, deleted_at=now, updated_at=now))

    def _store(self, client: Client) -> Client:
        shown = {"true": True, "sometimes_false": client.id % 2 == 1}
        is_there = client.deleted_at is None
        stored = replace(client, active=shown.get(self.switches.active_field, is_there))
        if self.lag:
            self._hidden.append(_Hidden(dict(self._clients), self.lag))
        self._clients[client.id] = stored
        return stored


CHANGES: dict[str, Callable[[str, int], str]] = {
    "no": lambda name, _: name,
    "numbered": lambda name, _: name,
    "lower": lambda name, _: name.lower(),
    "cut": lambda name, longest: name[:longest],
    "escaped": lambda name, _: name.replace("&", "&amp;"),
    "folded": lambda name, _: " ".join(name.split()),
}
"""What becomes of a name that no other client has, by the switch ``names_changed``."""


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
