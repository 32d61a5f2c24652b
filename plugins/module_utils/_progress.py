# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run is: recorded by its threads, read by what shows it; and what ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple


class Snapshot(NamedTuple):
    """A run at one moment.

    ``total`` steps, of which ``done`` and ``failed``; ``None`` until they are planned. ``read``
    clients so far. ``quota`` requests left, if known. ``waits`` seconds from now until the quota
    reopens, if the run sleeps until then. ``holder`` of the workspace's lock, if the run waits for
    it.
    """

    total: int | None = None
    done: int = 0
    failed: int = 0
    read: int = 0
    quota: int | None = None
    waits: float | None = None
    holder: str | None = None


class Progress:
    """Collects what the threads of a run report, and returns it as one value."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total: int | None = None
        self._done = self._failed = self._read = 0
        self._quota: int | None = None
        self._wakes: float | None = None
        self._holder: str | None = None

    def listed(self, clients: int) -> None:
        with self._lock:
            self._read += clients

    def planned(self, steps: int) -> None:
        with self._lock:
            self._total = steps

    def noted(self, done: bool) -> None:
        """Record that a step has ended."""
        with self._lock:
            self._done += done
            self._failed += not done

    def quota_left(self, quota: int | None) -> None:
        """Record how many requests an answer says are left. This also ends a wait for them."""
        with self._lock:
            self._quota = quota
            self._wakes = None

    def sleeps(self, until: float) -> None:
        """:arg until: on the monotonic clock"""
        with self._lock:
            self._wakes = until

    def waits_for(self, holder: str | None) -> None:
        """Record who holds the workspace's lock; ``None`` when the run has it."""
        with self._lock:
            self._holder = holder

    def snapshot(self, now: float) -> Snapshot:
        """:arg now: on the monotonic clock"""
        with self._lock:
            waits = None if self._wakes is None else max(0.0, self._wakes - now)
            return Snapshot(
                self._total,
                self._done,
                self._failed,
                self._read,
                self._quota,
                waits,
                self._holder,
            )


class Halt:
    """Ends a run: its threads sleep here, and wake as soon as it is ended.

    ``by`` is what ended the run, ``None`` as long as it goes on. ``let_go`` gives back what the run
    holds, for a run that was ended and will write nothing.
    """

    let_go: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self) -> None:
        self._ended = threading.Event()
        self.by: str | None = None

    def now(self, by: str) -> None:
        self.by = self.by or by
        self._ended.set()

    def sleep(self, seconds: float) -> bool:
        """Sleep; whether the run goes on. False as soon as it has been ended."""
        return not self._ended.wait(seconds)
