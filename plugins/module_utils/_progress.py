# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run is: recorded by its threads, read by what shows it; what ends it; and work in the
background, for which another thread waits as long as it wants.

Ansible ends a task with an exception that a signal handler raises anywhere in the main thread. So
the main thread only waits, and the run is done in the background, where it is never interrupted in
the middle of a line. It notices the end where it can act on it: before a request and while it
sleeps. A request is sent in the background too, so that nothing has to wait for its answer.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Generic, NamedTuple, TypeVar

Result = TypeVar("Result")

TICK = 0.1
"""Seconds that the main thread waits at a time. The kernel may give a signal to any thread of the
process; Python's handler then runs when the main thread wakes, and the signal does not wake it."""

CONSISTENT_AFTER = 3.0
"""Seconds in which the service may still answer with old data."""


class Snapshot(NamedTuple):
    """A run at one moment.

    ``total`` steps, of which ``done`` and ``failed``; ``None`` until they are planned. ``read``
    clients so far. ``quota`` requests left, if known. The run sleeps until the quota reopens if it
    ``wakes`` then, on the monotonic clock. ``holder`` of the workspace's lock, if the run waits for
    it.
    """

    total: int | None = None
    done: int = 0
    failed: int = 0
    read: int = 0
    quota: int | None = None
    wakes: float | None = None
    holder: str | None = None


class Progress:
    """Collects what the threads of a run report, as one value: ``so_far``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.so_far = Snapshot()

    def set(self, **values: Any) -> None:
        """Record parts of a ``Snapshot`` as they are now."""
        with self._lock:
            self.so_far = self.so_far._replace(**values)

    def add(self, **numbers: int) -> None:
        """Record how much has come to parts of a ``Snapshot``."""
        with self._lock:
            sums = {part: getattr(self.so_far, part) + more for part, more in numbers.items()}
            self.so_far = self.so_far._replace(**sums)


class Halt:
    """Ends a run: its threads sleep here, and wake as soon as it is ended.

    ``by`` is what ended the run, ``None`` as long as it goes on. ``let_go`` gives back what the run
    holds, for a run that was ended and will write nothing. ``is_abandoned``: answers to requests in
    flight are not waited for any longer.
    """

    let_go: Callable[[], None] = staticmethod(lambda: None)

    def __init__(self) -> None:
        self._ended = threading.Event()
        self.by: str | None = None
        self.is_abandoned = False

    def now(self, by: str) -> None:
        self.by = self.by or by
        self._ended.set()

    def sleep(self, seconds: float) -> bool:
        """Sleep; whether the run goes on. False as soon as it has been ended."""
        return not self._ended.wait(seconds)

    def wait_for_consistency(self) -> None:
        """Sleep until the service shows what was just written."""
        self.sleep(CONSISTENT_AFTER)


class Background(Generic[Result]):
    """Work that is done in a thread of its own. It is not waited for when the process ends.

    :arg work: raises nothing
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._done: SimpleQueue[None] = SimpleQueue()
        self._results: list[Result] = []

    def begin(self) -> None:
        try:
            thread = _idle.pop()
        except IndexError:
            thread = _Thread()
        thread.work.put(self._work_now)

    def _work_now(self) -> None:
        self._results.append(self._work())
        self._done.put(None)

    def result_within(self, seconds: float, ignored: type[BaseException] = Empty) -> Result | None:
        """Return the result if it comes within ``seconds``.

        :arg ignored: ``BaseException``: no signal that arrives until then interrupts that
        """
        ends = time.monotonic() + seconds
        while not self._results and time.monotonic() < ends:
            with suppress(Empty, ignored):
                self._done.get(timeout=max(0.0, ends - time.monotonic()))
        return self._results[0] if self._results else None


class _Thread(threading.Thread):
    """Kept for the next request, and for the next item of a loop: to start a thread takes longer
    than to plan for one client."""

    def __init__(self) -> None:
        super().__init__(name="toggl.focus", daemon=True)
        self.work: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        while True:
            self.work.get()()
            _idle.append(self)


_idle: list[_Thread] = []
os.register_at_fork(after_in_child=_idle.clear)  # a fork has none of them
