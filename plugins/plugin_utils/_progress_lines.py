# SPDX-License-Identifier: GPL-3.0-or-later
"""A line every few seconds on a run that takes long; plain text, for terminals and log files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ..module_utils._progress import Progress, Snapshot

PREFIX = "toggl.focus: "
INTERVAL = 5.0  # seconds; a shorter run shows no line


class ProgressLines:
    """Shows a line every ``INTERVAL`` seconds, if ``tick`` is called often enough."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._started = time.monotonic()
        self._due = self._started + INTERVAL

    def tick(self, progress: Progress) -> None:
        """Show how far the run is, if a line is due."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + INTERVAL
            self._show(line(progress.so_far, self._started, now, datetime.now()))


def line(at: Snapshot, started: float, now: float, time_of_day: datetime) -> str:
    """Return the line for a run at a moment.

    :arg started: on the monotonic clock, as ``now`` is
    """
    parts = [_work(at)]
    if at.quota is not None:
        parts.append(f"quota left {at.quota}")
    if at.wakes is not None:
        reopens = time_of_day + timedelta(seconds=max(0.0, at.wakes - now))
        parts.append(f"waiting for the quota until {reopens:%H:%M:%S}")
    elif at.total and at.done:
        left = (now - started) / at.done * (at.total - at.done - at.failed)
        parts.append(f"ends about {time_of_day + timedelta(seconds=left):%H:%M:%S}")
    return f"{PREFIX}{', '.join(parts)}"


def _work(at: Snapshot) -> str:
    if at.holder is not None:
        return f"waiting for another run on this workspace ({at.holder})"
    if at.total is None:
        return f"{at.read} clients read"
    failed = f", {at.failed} failed" if at.failed else ""
    return f"{at.done} of {at.total} changes done{failed}"
