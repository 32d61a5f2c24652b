# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run remembers between two calls: what it asked and heard, what it made, what it spent.

No credentials are in it, and no name of a client that the run did not make.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
PREFIX = "focus-live-"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, without what concerns clients of others.

    ``path`` is below the list of clients: ``""``, ``"/17"``, ``"/17/restore"``. ``name`` is the one
    in the request's body. ``content`` is ``None`` where the answer has no body.
    """

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    name: str | None
    status: int
    content: Any
    quota_headers: bool
    day: str

    @property
    def request(self) -> tuple[str, str, tuple[tuple[str, str], ...], str | None]:
        return (self.method, self.path, self.parameters, self.name)

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Made:
    """A client that the run made; ``active`` says that it is still to be removed."""

    name: str
    active: bool


@dataclass(frozen=True)
class Window:
    """Requests sent in the window that ends then (seconds of the epoch), and how many the service
    said are left in it."""

    ends: float = 0.0
    spent: int = 0
    remaining: int | None = None


def new_prefix() -> str:
    return PREFIX + secrets.token_hex(4)


@dataclass
class Store:
    """One run on one workspace. ``broken``: it cannot go on, only be cleaned up."""

    workspace_id: int
    api_url: str
    prefix: str = field(default_factory=new_prefix)
    thorough: bool = False
    exchanges: list[Exchange] = field(default_factory=list)
    plays: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: dict[int, Made] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    """Names that were sent to be created, and that no answer has shown yet."""
    window: Window = field(default_factory=Window)
    under_way: bool = False
    """Whether a write was sent whose answer is not here yet."""
    broken: bool = False
    path: Path | None = None

    @property
    def to_remove(self) -> list[int]:
        return sorted(client_id for client_id, made in self.made.items() if made.active)

    @property
    def is_clean(self) -> bool:
        return not self.to_remove and not self.unsure

    def save(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(self._as_json()))
        draft.replace(self.path)

    def renew(self) -> None:
        """Begin another run in the same window of the quota."""
        self.prefix = new_prefix()
        self.exchanges, self.plays, self.made, self.unsure = [], {}, {}, []
        self.under_way, self.broken = False, False
        self.save()

    def _as_json(self) -> dict[str, Any]:
        kept = {"version": VERSION, **asdict(self)}
        del kept["path"]
        return kept


def load(path: Path, workspace_id: int, api_url: str) -> Store:
    """The run that was left there, or a new one.

    :raises ValueError: what is there is of another address or version
    """
    if not path.exists():
        return Store(workspace_id, api_url, path=path)
    kept = json.loads(path.read_text())
    if kept.pop("version", None) != VERSION:
        raise ValueError("it was written by another version of this tool")
    if (kept["workspace_id"], kept["api_url"]) != (workspace_id, api_url):
        raise ValueError(f"it belongs to {kept['api_url']}")
    kept["exchanges"] = [_exchange(fields) for fields in kept["exchanges"]]
    kept["made"] = {int(key): Made(**fields) for key, fields in kept["made"].items()}
    kept["window"] = Window(**kept["window"])
    store = Store(**kept, path=path)
    store.broken = store.broken or store.under_way
    return store


def _exchange(fields: dict[str, Any]) -> Exchange:
    parameters = tuple((key, value) for key, value in fields.pop("parameters"))
    return Exchange(parameters=parameters, **fields)
