# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the collection as values: clients, desired clients, steps, plans. No I/O.

Values are named tuples in all rooms: every task defines them, and a data class takes six times as
long.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple, get_args

from ._errors import NamesMasked, Problem
from ._redact import forms_of, is_affected
from ._text import is_listable, name_key

State = Literal["present", "absent", "restored"]

Kind = Literal["create", "rename", "delete", "restore"]

KINDS: tuple[Kind, ...] = get_args(Kind)

Action = Literal["created", "renamed", "deleted", "restored", "none"]

_ZERO_DATE = "0001-01-01"
"""Of the time that Go writes where none is set."""

Status = Literal["planned", "done", "failed", "unclear", "pending"]
"""What became of a step: ``planned`` in check mode, and where the plan is refused."""


class Client(NamedTuple):
    """A client as the service returned it.

    ``fields`` has all that was read, also fields that the service adds in the future. A client is
    deleted if ``deleted_at`` is set; no decision is based on ``active``.
    """

    id: int
    name: str
    deleted_at: str | None
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Client:
        """Return the client with these fields, which have its ``id`` and ``name``."""
        at = str(fields.get("deleted_at") or "").strip()
        is_set = bool(at) and not at.startswith(_ZERO_DATE)
        return cls(fields["id"], fields["name"], at if is_set else None, fields)

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None


class Desired(NamedTuple):
    """One entry of the user's list; its names are trimmed, ``None`` where not given."""

    name: str | None = None
    id: int | None = None
    state: State = "present"
    former_names: tuple[str, ...] = ()
    restore_deleted: bool = False

    @classmethod
    def of(cls, client: Client, unique: Collection[str]) -> Desired:
        """The entry that finds nothing to do for the client.

        :arg unique: the keys of the names that stand for one client, so that no id is needed
        """
        name = client.name.strip() if is_listable(client.name) else None
        if client.deleted:
            return cls(name, client.id, "absent")
        if name is None or name_key(name) not in unique:
            return cls(name, client.id)
        return cls(name)

    def as_options(self) -> dict[str, Any]:
        """The options as a user writes them, without defaults."""
        options: dict[str, Any] = {}
        if self.name is not None:
            options["name"] = self.name
        if self.id is not None:
            options["id"] = self.id
        if self.state != "present":
            options["state"] = self.state
        if self.former_names:
            options["former_names"] = list(self.former_names)
        if self.restore_deleted:
            options["restore_deleted"] = True
        return options


class Step(NamedTuple):
    """One write.

    ``entry`` is the position of the desired client that it is for, ``None`` for a purge. ``id`` is
    ``None`` only for a create. ``name`` is the client's name after the step, ``before`` the name
    before it; each is ``None`` if not known, as with a deleted client that the service hides.
    ``needs`` are the positions, in the plan, of the steps that must have succeeded first.
    """

    kind: Kind
    entry: int | None
    id: int | None = None
    name: str | None = None
    before: str | None = None
    needs: tuple[int, ...] = ()

    @property
    def client_id(self) -> int:
        """Of a step that changes a client. A create has none before it is done."""
        if self.id is None:
            raise ValueError(self)
        return self.id

    @property
    def new_name(self) -> str:
        """Of a create or a rename."""
        if self.name is None:
            raise ValueError(self)
        return self.name

    @property
    def old_name(self) -> str:
        """Of a rename or a delete; blank if it is not known."""
        return self.before or ""

    @property
    def is_unseen(self) -> bool:
        """Whether it restores a client that the service hides, so that its name is not known."""
        return self.kind == "restore" and self.name is None


class Planned(NamedTuple):
    """What the plan does for one entry: the client that it stands for, and the steps' positions."""

    desired: Desired
    client: Client | None
    action: Action
    steps: tuple[int, ...] = ()


class Plan(NamedTuple):
    """The ordered steps from what is to what is desired, computed without any I/O.

    ``active`` are the active clients before it, ``unmanaged`` those that no entry stands for and
    that stay. ``forbidden`` is why guards refuse it: nothing of it may be written then. ``digest``
    identifies what the plan does, whatever the order of the steps. ``shared_names`` are names of
    active clients that another client has too: undoing to them needs more than the name (see
    ``_plan.undo``).
    """

    entries: tuple[Planned, ...]
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    shared_names: frozenset[str] = frozenset()
    active: tuple[Client, ...] = ()
    unmanaged: tuple[Client, ...] = ()
    forbidden: tuple[Problem, ...] = ()
    digest: str = ""

    @property
    def names_relied_on(self) -> frozenset[str]:
        """The names that no other client may have: those that the plan gives to clients, and the
        former ones of the clients that it creates."""
        last = [self.steps[entry.steps[-1]] for entry in self.entries if entry.steps]
        given = (step.name for step in last if step.kind != "delete" and step.name)
        created = (entry.desired for entry in self.entries if entry.action == "created")
        return frozenset([*given, *(name for wanted in created for name in wanted.former_names)])

    @property
    def ids_by_name(self) -> Mapping[str, Collection[int]]:
        """The active clients of each name after it, by its key; without new clients, and without
        restored ones that nobody has seen and that keep their names."""
        names: dict[int, str | None] = {client.id: client.name for client in self.active}
        for step in self.steps:
            if step.kind != "create":
                names[step.client_id] = None if step.kind == "delete" else step.name
        ids: dict[str, list[int]] = defaultdict(list)
        for client_id, name in names.items():
            if name is not None:
                ids[name_key(name)].append(client_id)
        return ids

    @property
    def agreed(self) -> dict[int, frozenset[str]]:
        """The keys of the former names that entries give of clients that nobody has seen, by id."""
        return {
            entry.desired.id: frozenset(map(name_key, entry.desired.former_names))
            for entry in self.entries
            if entry.client is None and entry.desired.id is not None
        }

    @property
    def ids(self) -> frozenset[int]:
        """The ids of the clients that it changes, including those that the service hides."""
        return frozenset(step.id for step in self.steps if step.id is not None)

    @property
    def requests(self) -> int:
        """How many it takes to carry the plan out, if nothing fails: the writes, and a look for
        each name that only a restore brings to light."""
        return len(self.steps) + sum(step.is_unseen for step in self.steps)


class Deletion(NamedTuple):
    """That a client was deleted; ``at`` is RFC 3339."""

    id: int
    name: str
    at: str


class Rules(NamedTuple):
    """What a plan may do. ``protected`` are globs, for which case does not matter.

    ``max_deletions`` limits all deletions; ``max_deletion_percent`` only those of the purge, as a
    part of the clients that are active before it.
    """

    purge: bool = False
    protected: tuple[str, ...] = ()
    max_deletions: int | None = None
    max_deletion_percent: int = 30


class Access(NamedTuple):
    """How to reach the service. Times in seconds; ``repr`` shows no secret."""

    workspace_id: int
    api_url: str
    api_token: str | None = None
    username: str | None = None
    password: str | None = None
    timeout: float = 30.0
    retries: int = 4
    quota_wait: int = 0
    verify: bool | str = True
    connections: int = 1

    def __repr__(self) -> str:
        return f"Access({self.workspace_id}, {self.api_url!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be in no output, in every form in which it could be repeated, including the
        login as it is in the header."""
        if self.api_token:
            return forms_of(self.api_token)
        login = f"{self.username}:{self.password}".encode()
        return forms_of(self.password or "", base64.b64encode(login).decode())

    def check_unmasked(self, listed: object) -> None:
        """Check that a list that is returned holds no secret, which would be masked in it.

        :raises NamesMasked: it does
        """
        if is_affected(listed, self.secrets):
            raise NamesMasked(is_key=self.api_token is not None)


DEFAULT_RULES = Rules()
