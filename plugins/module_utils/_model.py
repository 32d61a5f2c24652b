# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the collection as values: clients, desired clients, steps, plans. No I/O.

Values are named tuples in all rooms: every task defines them, and a data class takes six times as
long.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from ._errors import PlanRefused, Problem
from ._redact import forms_of, is_affected
from ._text import is_listable, name_key, quoted

State = Literal["present", "absent", "restored"]

Kind = Literal["create", "rename", "update", "delete", "restore"]

Action = Literal["created", "renamed", "updated", "restored", "deleted", "none"]

ACTIONS: dict[Kind, Action] = {
    "create": "created",
    "rename": "renamed",
    "update": "updated",
    "restore": "restored",
    "delete": "deleted",
}
"""What is done by a step of each kind, in the order of messages."""


def counts_of(summary: Mapping[str, int], is_planned: bool = True) -> str:
    """Return the numbers: ``create 1, rename 1, delete 2``; empty if nothing is done."""
    numbers = Counter(summary)
    numbers["deleted"] += numbers["purged"]
    return ", ".join(
        f"{kind if is_planned else action} {numbers[action]}"
        for kind, action in ACTIONS.items()
        if numbers[action]
    )


class Attribute(NamedTuple):
    """What an entry may declare of a client beside its name.

    ``pattern`` is what a value has to match, ``rule`` says that to users, ``none`` is what an entry
    gives for a client that has no value of its own, and ``shared`` makes values that count as one
    equal: ``str.upper`` where case does not matter, ``str`` where it does.
    """

    pattern: str
    rule: str
    none: str
    shared: Callable[[str], str]

    def parse(self, given: object) -> str:
        """Return what a user gives, as it is compared.

        :raises ValueError: it is no value; says what to give
        """
        text = given if isinstance(given, str) else ""
        value = self.none if text.strip().lower() == self.none else self.normal(text)
        if value is None:
            raise ValueError(f"give {self.rule}, or {self.none} for none of its own.")
        return value

    def normal(self, value: str) -> str | None:
        """Return what is equal for two values that count as one; ``None`` if it is no value."""
        bare = value.strip()
        is_value = re.fullmatch(self.pattern, bare) and bare.lower() != self.none
        return self.shared(bare) if is_value else None


ATTRIBUTES = {
    "currency": Attribute(
        "[A-Za-z]{3}", "three letters of ISO 4217, such as EUR", "workspace", str.upper
    ),
}
"""The service's own names. PUT resets each of them that it does not send."""

_ZERO_DATE = "0001-01-01"
"""Of the time that Go writes where none is set."""

Status = Literal["planned", "done", "failed", "unclear", "pending"]
"""What became of a step: ``planned`` in check mode, and where the plan is refused."""


Changes = Mapping[str, "tuple[str | None, str | None]"]
"""Attributes with what they were, as far as that is known, and are; ``None``: none of its own."""

NOT_YET = 0
"""The id of a client that is yet to be created. Those below it are of clients that only a list
mentions: no service gives them, and nobody is shown them."""


def shown_id(client_id: int) -> str:
    """Return a client's id, as sentences show it."""
    return str(client_id) if client_id > NOT_YET else "?"


def with_id(name: str, client_id: int) -> str:
    """Return a client's name, as it is shown, with its id."""
    return f"{name} (id {client_id})" if client_id > NOT_YET else name


def temporary_name(client_id: int) -> str:
    """Return a name for a client that has to free its own, or that will be deleted."""
    return f"toggl.focus-{client_id}"


class Client(NamedTuple):
    """A client as the service returned it, or as a step leaves it.

    ``read`` has all that was read, also fields that the service adds in the future. A client is
    deleted if ``deleted_at`` is set; no decision is based on ``active``. Of a ``hidden`` client,
    which the service does not show, little is known until it is restored and read: its ``name`` is
    empty, or the one in the journal. ``set_to`` has the attributes that steps have set since it was
    read, ``None`` for one that was cleared.
    """

    id: int
    name: str
    deleted_at: str | None
    read: Mapping[str, Any]
    hidden: bool = False
    set_to: Mapping[str, str | None] = MappingProxyType({})

    @classmethod
    def new(cls, name: str, workspace_id: int) -> Client:
        """Return a client that is yet to be created."""
        return cls(NOT_YET, name, None, {"name": name, "workspace_id": workspace_id})

    @classmethod
    def not_shown(cls, id_: int, workspace_id: int, name: str = "", at: str = "") -> Client:
        """Return a client that is deleted and that the service hides.

        :arg name: and when it was deleted, as far as that is known
        """
        fields = _known(id=id_, name=name, workspace_id=workspace_id, deleted_at=at)
        return cls(id_, name, at, fields, hidden=True)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Client:
        """Return the client with these fields, which have its ``id`` and ``name``."""
        return cls(fields["id"], fields["name"], _time_set(fields.get("deleted_at")), fields)

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def shown_name(self) -> str | None:
        """The name, ``None`` while it is not known."""
        return None if self.hidden and not self.name else self.name

    @property
    def key(self) -> str:
        """Equal for two clients whose names count as one."""
        return name_key(self.name)

    @property
    def label(self) -> str:
        """The client as sentences name it."""
        name = self.shown_name
        return f"the client {self.id}" if name is None else with_id(quoted(name), self.id)

    @property
    def attributes(self) -> dict[str, str]:
        """What it has of ``ATTRIBUTES``, as it was read or set."""
        now = {**{of: self.read.get(of) for of in ATTRIBUTES}, **self.set_to}
        return {of: value for of, value in now.items() if isinstance(value, str) and value.strip()}

    @property
    def declared(self) -> dict[str, str]:
        """Its attributes, as an entry declares them."""
        normal = {of: ATTRIBUTES[of].normal(value) for of, value in self.attributes.items()}
        return _known(**normal)

    @property
    def body(self) -> dict[str, str | None]:
        """What POST and PUT send: also what they do not mean to change, since PUT resets it."""
        return {"name": self.name, **self.attributes, **self.set_to}

    @property
    def is_renamed(self) -> bool:
        return self.key != name_key(self.read.get("name") or "")

    @property
    def fields(self) -> Mapping[str, Any]:
        """What was read, with what steps have changed since. A field that only the service knows
        after a write is left out, never guessed."""
        was_deleted = self.hidden or _time_set(self.read.get("deleted_at")) is not None
        is_moved = self.deleted != was_deleted
        is_changed = is_moved or self.is_renamed or self.set_to
        unknown = {"updated_at", *self.set_to} if is_changed else set()
        changed: dict[str, Any] = {"name": self.name} if self.is_renamed else {}
        if is_moved:
            unknown |= {"active", "deleted_at"}
            changed |= {} if self.deleted else {"deleted_at": None}
        known = {key: value for key, value in self.read.items() if key not in unknown}
        return {**known, **changed, **_known(**self.set_to)}

    def renamed(self, name: str) -> Client:
        return self._replace(name=name)

    def having(self, attributes: Mapping[str, str]) -> Client:
        """Return the client with these attributes, as an entry gives them."""
        if not attributes:
            return self
        own = {of: None if v == ATTRIBUTES[of].none else v for of, v in attributes.items()}
        has = self.declared
        new = {of: value for of, value in own.items() if self.hidden or value != has.get(of)}
        return self._replace(set_to={**self.set_to, **new}) if new else self

    def as_read(self, now: Client) -> Client:
        """Return the client as steps leave it that was read again before them."""
        return self._replace(name=self.name if self.is_renamed else now.name, read=now.read)

    def removed(self) -> Client:
        return self._replace(deleted_at="")

    def restored(self) -> Client:
        return self._replace(deleted_at=None) if self.deleted else self


def _time_set(given: object) -> str | None:
    at = str(given or "").strip()
    return at if at and not at.startswith(_ZERO_DATE) else None


def _known(**fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value}


class Desired(NamedTuple):
    """One entry of the user's list; its names are trimmed, ``None`` where not given."""

    name: str | None = None
    id: int | None = None
    state: State = "present"
    former_names: tuple[str, ...] = ()
    restore_deleted: bool = False
    attributes: Mapping[str, str] = MappingProxyType({})

    @classmethod
    def of(cls, client: Client, shared_names: Collection[str]) -> Desired:
        """Return the entry that finds nothing to do for the client.

        :arg shared_names: the keys of the names that may stand for several clients, so that an id
            is needed
        """
        name = client.name.strip() if is_listable(client.name) else None
        if client.deleted:
            return cls(name, client.id, "absent")
        needs_id = name is None or name_key(name) in shared_names
        return cls(name, client.id if needs_id else None, attributes=client.declared)

    @property
    def key(self) -> str:
        """Equal for two entries whose names count as one; empty without a name."""
        return name_key(self.name or "")

    @property
    def is_exact(self) -> bool:
        """Whether it is about its own client alone, whoever else has the name: an entry of an undo
        list that has the id, and former names as well."""
        return self.id is not None and self.name is not None and bool(self.former_names)

    def as_options(self) -> dict[str, Any]:
        """Return the options as a user writes them, without defaults."""
        state = None if self.state == "present" else self.state
        given = {**self._asdict(), "state": state, "former_names": list(self.former_names)}
        del given["attributes"]
        return {**{option: value for option, value in given.items() if value}, **self.attributes}


class Step(NamedTuple):
    """One write: the client ``before`` and ``after`` it; ``before`` is ``None`` for a create.

    ``entry`` is the position of the desired client that it is for, ``None`` for a purge. ``needs``
    are the positions, in the plan, of the steps that must have succeeded first.
    """

    kind: Kind
    entry: int | None
    before: Client | None
    after: Client
    needs: tuple[int, ...] = ()

    @property
    def id(self) -> int | None:
        """``None`` for a create until the service has answered it."""
        return None if self.after.id == NOT_YET else self.after.id

    @property
    def what(self) -> int | str:
        """The client that it is about: its id, or the name of one that is created."""
        return self.id or self.after.key

    @property
    def name(self) -> str | None:
        """The client's name after the step, ``None`` while it is not known."""
        return self.after.shown_name

    @property
    def old_name(self) -> str | None:
        """The client's name before the step, ``None`` while it is not known."""
        return None if self.before is None else self.before.shown_name

    @property
    def moves_name(self) -> bool:
        """Whether a name is taken or left."""
        return self.kind != "update"

    @property
    def changes(self) -> Changes:
        return changes(self.before, self.after)

    @property
    def restores_hidden(self) -> bool:
        """Whether only this restore shows what the client is."""
        return self.kind == "restore" and self.after.hidden


def changes(before: Client | None, after: Client) -> Changes:
    """Return the attributes that steps have set in between."""
    if not after.set_to:
        return {}
    earlier, old = ({}, {}) if before is None else (before.set_to, before.attributes)
    return {of: (old.get(of), new) for of, new in after.set_to.items() if of not in earlier}


def ends(steps: Iterable[Step]) -> dict[int, tuple[Client | None, Client]]:
    """Return each client before the steps and after them, by its id."""
    found: dict[int, tuple[Client | None, Client]] = {}
    for step in steps:
        if step.id is None:
            continue
        before, _after = found.get(step.id, (step.before, step.after))
        if before is not None and before.shown_name is None and step.old_name is not None:
            before = before._replace(name=step.old_name)  # known only after the restore
        found[step.id] = before, step.after
    return found


def summarize_action(steps: Iterable[Step]) -> Action:
    """Return the action that an entry's steps are together; a rename that only helps does not count
    beside the others."""
    kinds = {step.kind for step in steps}
    return next((action for kind, action in reversed(ACTIONS.items()) if kind in kinds), "none")


class PlannedEntry(NamedTuple):
    """An entry, the client that it stands for (``None``: there is none yet), and what it does to
    that, whatever other entries do."""

    desired: Desired
    client: Client | None
    steps: tuple[Step, ...] = ()

    @property
    def moves_name(self) -> bool:
        """Whether the client takes or leaves a name."""
        return any(step.moves_name for step in self.steps)


class Plan(NamedTuple):
    """The ordered steps from what is to what is desired, computed without any I/O.

    ``active`` are the active clients before it, ``unmanaged`` those that no entry stands for and
    that stay. ``possible_renames`` are the deletions and creates that a warning asks about.
    ``forbidden`` is why guards refuse it: nothing of it may be written then. ``digest`` identifies
    what the plan does, whatever the order of the steps. ``shared_names`` are names of active
    clients that another client has too: undoing to them needs more than the name (see
    ``_plan.undo``).
    """

    entries: tuple[PlannedEntry, ...]
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    possible_renames: tuple[Mapping[str, Any], ...] = ()
    shared_names: frozenset[str] = frozenset()
    active: tuple[Client, ...] = ()
    unmanaged: tuple[Client, ...] = ()
    forbidden: tuple[Problem, ...] = ()
    digest: str = ""

    @property
    def names_relied_on(self) -> frozenset[str]:
        """The names that no other client may have: those that the plan gives to clients, and the
        former ones of the clients that it creates."""
        moved = [entry for entry in self.entries if entry.moves_name]
        last = (entry.steps[-1].after for entry in moved)
        given = (client.name for client in last if client.name and not client.deleted)
        former = (entry.desired.former_names for entry in moved if entry.client is None)
        return frozenset(chain(given, *former))

    @property
    def requests(self) -> int:
        """How many it takes to execute the plan, if nothing fails: the writes, a read of each
        hidden client after its restore, and for each attribute that was set, one of a client."""
        attributes = {of for step in self.steps for of in step.changes}
        return sum(1 + step.restores_hidden for step in self.steps) + len(attributes)


class Origin(NamedTuple):
    """What a run is part of: the ``play``, whose tasks share it, and the run that it ``undoes``."""

    play: str | None = None
    undoes: str | None = None


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
    def authorization(self) -> str:
        """The header that all requests have."""
        if self.api_token:
            return f"Bearer {self.api_token}"
        login = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(login).decode()}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be in no output, in every form in which it could be repeated, including the
        login as it is in the header."""
        return forms_of(self.api_token or self.password or "", self.authorization.partition(" ")[2])

    def check_unmasked(self, listed: object) -> None:
        """Check that a list that is returned holds no secret, which would be masked in it. Which
        names have it is not said, since that would show a part of the secret.

        :raises PlanRefused: it does
        """
        if is_affected(listed, self.secrets):
            sentence = (
                "The password or API key is a part of what undo or desired would say, such as a "
                "client's name. Applied with it masked, such a list would change other names. Use "
                "a new API key (api_token) in its place."
            )
            raise PlanRefused([Problem((), sentence)], ())


DEFAULT_RULES = Rules()
