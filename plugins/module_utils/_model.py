# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of the collection as values: clients, desired clients, steps, plans. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

State = Literal["present", "absent", "restored"]
Kind = Literal["create", "rename", "delete", "restore"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Action = Literal["created", "renamed", "deleted", "restored", "none"]


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the service gave it.

    ``fields`` holds all that was read, also fields nobody knew of when this was written
    (facts.md: "can appear any day"). Only ``deleted_at`` says deleted; ``active`` is shown and
    never decided on.
    """

    id: int
    name: str
    deleted_at: str | None
    fields: Mapping[str, Any]

    @property
    def deleted(self) -> bool:
        return self.deleted_at is not None


@dataclass(frozen=True, slots=True)
class Desired:
    """One entry of the user's list; its names are trimmed, ``None`` where not given."""

    name: str | None = None
    id: int | None = None
    state: State = "present"
    former_names: tuple[str, ...] = ()
    restore_deleted: bool = False

    def as_options(self) -> dict[str, Any]:
        """As a user writes it, without what is the default."""
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


@dataclass(frozen=True, slots=True)
class Step:
    """One write.

    ``entry`` is the position of the desired client it serves, ``None`` for a purge. ``id`` is
    ``None`` for a create alone. ``name`` is the name the client bears afterwards, ``before`` the
    one it bore; each is ``None`` where nobody knows it, as with a deleted client that the service
    hides. ``needs`` are the positions, in the plan, of the steps that must have succeeded first.
    """

    kind: Kind
    entry: int | None
    id: int | None = None
    name: str | None = None
    before: str | None = None
    needs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan does for one entry: the client it found, and the steps' positions."""

    desired: Desired
    client: Client | None
    action: Action
    steps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The ordered steps from what is to what is desired, computed without any I/O.

    ``active`` are the names of the active clients before it. ``digest`` stands for what the plan
    does, in whatever order. ``shared_names`` are names of active clients that another client
    bears too: the way back to them has to say so (see ``_undo``).
    """

    entries: tuple[Planned, ...]
    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    shared_names: frozenset[str] = frozenset()
    active: tuple[str, ...] = ()
    digest: str = ""

    @property
    def changed(self) -> bool:
        return bool(self.steps)
