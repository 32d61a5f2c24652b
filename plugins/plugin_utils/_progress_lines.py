# SPDX-License-Identifier: GPL-3.0-or-later
"""A line every few seconds on a run that takes long; plain text, for terminals and log files."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from ..module_utils._progress import Progress, Snapshot

PREFIX = "toggl.focus: "
INTERVAL = 5.0  # seconds; a shorter run shows no line
TICK = 0.5  # seconds between two checks whether a line is due


class ProgressLines:
    """A context manager: inside, ``show`` gets a line every ``INTERVAL`` seconds."""

    def __init__(self, progress: Progress, show: Callable[[str], None]) -> None:
        self._progress = progress
        self._show = show
        self._started = self._due = 0.0

    def __enter__(self) -> ProgressLines:
        self._started = time.monotonic()
        self._due = self._started + INTERVAL
        _ticker().watch(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _ticker().forget(self)

    def tick(self, now: float) -> None:
        """Show how far the run is, if a line is due.

        :arg now: on the monotonic clock
        """
        if now >= self._due:
            self._due = now + INTERVAL
            self._show(line(self._progress.snapshot(now), now - self._started, datetime.now()))


class _Ticker(threading.Thread):
    """One for all tasks of a process: starting a thread costs as much as a quick task's plan."""

    def __init__(self) -> None:
        super().__init__(name="progress", daemon=True)
        self._lock = threading.Lock()
        self._watched: list[ProgressLines] = []

    def watch(self, lines: ProgressLines) -> None:
        with self._lock:
            self._watched.append(lines)

    def forget(self, lines: ProgressLines) -> None:
        """Stop watching: none of them is shown after this."""
        with self._lock:
            self._watched.remove(lines)

    def run(self) -> None:
        while True:
            time.sleep(TICK)
            with self._lock:
                for lines in self._watched:
                    lines.tick(time.monotonic())


@functools.cache
def _ticker() -> _Ticker:
    ticker = _Ticker()
    ticker.start()
    return ticker


def line(at: Snapshot, elapsed: float, now: datetime) -> str:
    """The line for a run that has taken ``elapsed`` seconds so far.

    :arg now: the time of day, for the estimated end
    """
    parts = [_work(at)]
    if at.quota is not None:
        parts.append(f"quota left {at.quota}")
    if at.waits is not None:
        reopens = now + timedelta(seconds=at.waits)
        parts.append(f"waiting for the quota until {reopens:%H:%M:%S}")
    elif at.total and at.done:
        left = elapsed / at.done * (at.total - at.done - at.failed)
        parts.append(f"ends about {now + timedelta(seconds=left):%H:%M:%S}")
    return f"{PREFIX}{', '.join(parts)}"


def _work(at: Snapshot) -> str:
    if at.holder is not None:
        return f"waiting for another run on this workspace ({at.holder})"
    if at.total is None:
        return f"{at.read} clients read"
    failed = f", {at.failed} failed" if at.failed else ""
    return f"{at.done} of {at.total} changes done{failed}"
