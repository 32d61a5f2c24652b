# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the simulated service remembers."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from simulator.quota import Quota
from simulator.records import Entry, Fault, Refused
from simulator.switches import Switches
from simulator.wire import Call
from simulator.workspace import Workspace

WORKSPACE_ID = 4711
QUOTA_WINDOW = 3600.0


class Credentials(NamedTuple):
    """Who may come in."""

    token: str = "toggl_sk_0123456789abcdef0123456789abcdef"
    username: str = "ada@example.com"
    password: str = "correct-horse-battery"

    @property
    def login(self) -> dict[str, str]:
        return {"username": self.username, "password": self.password}

    def accept(self, authorization: str) -> bool:
        """Whether an Authorization header is one of the two right ones."""
        pair = f"{self.username}:{self.password}".encode()
        kind, _, value = authorization.partition(" ")
        if kind.lower() == "basic":
            return value.strip() == base64.b64encode(pair).decode()
        return kind.lower() == "bearer" and value.strip() == self.token


class Service:
    """Workspaces, rules, credentials, quota, planned faults and the log. ``in_flight`` counts the
    requests whose work is not yet done."""

    def __init__(self, workspace_ids: Sequence[int]) -> None:
        self.credentials = Credentials()
        self.workspace_ids, self.workspace_id = workspace_ids, workspace_ids[0]
        self.observers: list[Callable[[Entry], None]] = []
        self.chaos: Callable[[Call], Fault | None] | None = None
        self.epoch = 0
        self.in_flight = 0

    def reset(
        self,
        switches: Switches | None = None,
        *,
        quota_limit: int | None = None,
        quota_window: float = QUOTA_WINDOW,
        latency: float = 0.0,
        lag: int = 0,
        clock: float = 0.0,
        script: Iterable[Fault] = (),
    ) -> None:
        """Forget everything and start again under these rules. ``lag``: how many reads show what
        was before a write. ``clock``: seconds that the service's is ahead of this machine's."""
        self.forget()
        self.switches = switches or Switches()
        self.quota = Quota(quota_limit, quota_window)
        self.latency = latency
        self.script[:] = script
        self.clock = timedelta(seconds=clock)
        self.workspaces = {
            i: Workspace(i, self.switches, self.now, lag) for i in self.workspace_ids
        }

    def now(self) -> datetime:
        """The time by the service's clock."""
        return datetime.now(timezone.utc) + self.clock

    def forget(self) -> None:
        """Faults, log and requests in flight; what is in the workspaces stays."""
        self.epoch += 1
        self.chaos = None
        self.script: list[Fault] = []
        self.log: list[Entry] = []

    def workspace_for(self, workspace_id: int) -> Workspace:
        """Return the workspace, if it is one of the user's."""
        found = self.workspaces.get(workspace_id)
        if found is None:
            raise Refused(403, "forbidden", "this workspace is none of yours")
        return found

    def fault_for(self, call: Call) -> Fault | None:
        """The first planned fault that is meant for this request, else what chaos has in store."""
        for fault in self.script:
            if fault.match is None or fault.match(call.method, call.path):
                self.script.remove(fault)
                return fault
        return self.chaos(call) if self.chaos is not None else None

    def record(self, entry: Entry) -> None:
        self.log.append(entry)
        for observer in self.observers:
            observer(entry)
