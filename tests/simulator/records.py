# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that the other rooms hand to each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, Field, StrictStr

from simulator.wire import Call


@dataclass(frozen=True)
class Client:
    """A client as the service keeps it; times are RFC 3339, UTC."""

    id: int
    name: str
    workspace_id: int
    active: bool
    created_at: str
    updated_at: str | None
    deleted_at: str | None
    toggl_user_id: int | None
    currency: str | None = None


class Body(BaseModel):
    """What a create or an update asks for."""

    # Where a length is asked for, no lone surrogate is taken, which no answer could carry.
    name: StrictStr = Field(min_length=0)
    currency: Any = None


@dataclass(frozen=True)
class Entry(Call):
    """One request and the status it was answered with; 0 where the connection was dropped. ``at``
    is on the monotonic clock; ``took`` seconds passed until the answer was ready."""

    status: int
    took: float = field(compare=False)
    at: float = field(default_factory=time.monotonic, compare=False)


Kind = Literal["create", "rename", "update", "delete", "restore"]


@dataclass(frozen=True)
class Write:
    """A write that changed something: what really happened, whatever was answered."""

    kind: Kind
    id: int
    name: str
    at: float = field(default_factory=time.monotonic, compare=False, repr=False)


Moment = Literal["before", "after"]


@dataclass(frozen=True)
class Fault:
    """A canned answer, given once, instead of the service's own.

    `match` chooses the request by method and whole path ("/api/workspaces/…"); without it, any.
    `when="after"` lets the service do its work first, so that a write is committed.
    `status=None` keeps the service's own status, which needs `when="after"`.
    `body=None` is an empty body, or the service's own where its status is kept too.
    `drop` ends the connection without an answer, before or after the work, or "during": the
    work is done and half the answer sent.
    `reset` drops it with a reset, not with an orderly end; `garbled` sends bytes first that are
    neither HTTP nor TLS.
    `lag` seconds pass before the work, `delay` seconds between the work and the answer.
    `edit` changes the body of the service's own answer.
    `before` is sent as it is, in front of the answer.
    """

    match: Callable[[str, str], bool] | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    when: Moment = "before"
    drop: Moment | Literal["during"] | None = None
    reset: bool = False
    garbled: bool = False
    lag: float = 0.0
    delay: float = 0.0
    edit: Callable[[bytes], bytes] | None = None
    before: bytes = b""

    @property
    def commits(self) -> bool:
        """Whether the service does its work all the same."""
        if self.drop is not None:
            return self.drop != "before"
        return self.when == "after" or (self.status is None and self.body is None)


@dataclass(eq=False)
class Refused(Exception):
    """The service says no."""

    status: int
    error: str
    description: str
