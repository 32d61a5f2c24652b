# SPDX-License-Identifier: GPL-3.0-or-later
"""A line every few seconds on a run that takes long; plain text, for terminals and log files."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress, Snapshot

INTERVAL = 5.0  # seconds; a shorter run says nothing


class ProgressLines:
    """A context manager: inside, ``show`` gets a line every ``INTERVAL`` seconds."""

    def __init__(self, progress: Progress, show: Callable[[str], None]) -> None:
        self._progress = progress
        self._show = show
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> ProgressLines:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._over.wait(INTERVAL):
            now = time.monotonic()
            self._show(line(self._progress.snapshot(now), now - started, datetime.now()))


def line(at: Snapshot, elapsed: float, now: datetime) -> str:
    """What a run of ``elapsed`` seconds says of itself.

    :arg now: the time of day, which the estimated end is given in
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
    return f"toggl.focus: {', '.join(parts)}"


def _work(at: Snapshot) -> str:
    if at.total is None:
        return f"{at.read} clients read"
    failed = f", {at.failed} failed" if at.failed else ""
    return f"{at.done} of {at.total} changes done{failed}"
