# SPDX-License-Identifier: GPL-3.0-or-later
"""Work in a thread beside the main thread, which a signal can interrupt.

Ansible ends a task with an exception that a signal handler raises anywhere in the main thread. So
the main thread only waits, and the run is done in a thread beside it, which is never interrupted in
the middle of a line. It notices the end where it can act on it: before a request and while it
sleeps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Work that is done in a thread of its own.

    :arg work: raises nothing
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._done = threading.Event()
        self._results: list[Result] = []

    def result(self) -> Result:
        """Do the work, and wait for it. A signal may interrupt that anywhere."""
        threading.Thread(target=self._run, name="toggl.focus run", daemon=True).start()
        self._done.wait()
        return self._results[0]

    def settled(self, seconds: float) -> Result | None:
        """The result if it comes within ``seconds``, whatever signals arrive until then."""
        ends = time.monotonic() + seconds
        while not self._done.is_set() and time.monotonic() < ends:
            with suppress(BaseException):
                self._done.wait(ends - time.monotonic())
        return self._results[0] if self._results else None

    def _run(self) -> None:
        self._results.append(self._work())
        self._done.set()
