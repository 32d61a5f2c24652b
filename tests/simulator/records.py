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
    """A canned answer, given once, instead of the service's own."""

    match: Callable[[str, str], bool] | None = None  # by method and whole path; without it, any
    status: int | None = None  # without one, the service's own, which it has after its work alone
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None  # without one, the service's own where its status is kept too
    when: Moment = "before"  # "after": the service does its work first
    drop: Moment | Literal["during"] | None = None  # "during": half the answer is sent
    reset: bool = False  # in place of an orderly end of what is dropped
    garbled: bool = False  # bytes that are neither HTTP nor TLS come before the end
    lag: float = 0.0  # seconds before the work
    delay: float = 0.0  # seconds between the work and the answer
    edit: Callable[[bytes], bytes] | None = None  # of the body of the service's own answer
    before: bytes = b""  # is sent as it is, in front of the answer

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
