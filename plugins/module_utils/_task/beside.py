# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a thread beside the main thread, which a signal can interrupt.

Ansible ends a task with an exception that a signal handler raises anywhere in the main thread. So
the main thread only waits, and the run is done in a thread beside it, which is never interrupted in
the middle of a line. It notices the end where it can act on it: before a request and while it
sleeps.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Work that is done in a thread of its own.

    :arg work: raises nothing
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._done: SimpleQueue[None] = SimpleQueue()
        self._results: list[Result] = []

    def result(self) -> Result:
        """Do the work, and wait for it. A signal may interrupt that anywhere."""
        thread = _idle.pop() if _idle else _Thread()
        thread.work.put(self._work_in)
        self._done.get()
        return self._results[0]

    def settled(self, seconds: float) -> Result | None:
        """The result if it comes within ``seconds``, whatever signals arrive until then."""
        ends = time.monotonic() + seconds
        while not self._results and time.monotonic() < ends:
            with suppress(BaseException):
                self._done.get(timeout=ends - time.monotonic())
        return self._results[0] if self._results else None

    def _work_in(self, thread: _Thread) -> None:
        self._results.append(self._work())
        _idle.append(thread)
        self._done.put(None)


class _Thread(threading.Thread):
    """Kept for the next item of a loop: a new one takes a quarter of a quick task's time."""

    def __init__(self) -> None:
        super().__init__(name="toggl.focus run", daemon=True)
        self.work: SimpleQueue[Callable[[_Thread], None]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        while True:
            self.work.get()(self)


_idle: list[_Thread] = []
"""Threads without work."""
os.register_at_fork(after_in_child=_idle.clear)  # a fork has none of them
