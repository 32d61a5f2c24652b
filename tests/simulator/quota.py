# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests the service still answers in its window."""

from __future__ import annotations

import math
import time

# Where no limit is set the headers still have to say something.
PLENTY = 1_000_000


class Quota:
    """A window opens with its first request and reopens when its time is over."""

    def __init__(self, limit: int | None, window: float) -> None:
        self.limit = PLENTY if limit is None else limit
        self.window = window
        self._used = 0
        self._ends = 0.0

    def take(self) -> bool:
        """Count one request; false if the quota is used up."""
        self._turn()
        if self._used >= self.limit:
            return False
        self._used += 1
        return True

    def headers(self) -> dict[str, str]:
        self._turn()
        left = max(0, math.ceil(self._ends - time.monotonic()))
        return {
            "X-Toggl-Quota-Remaining": str(self.limit - self._used),
            "X-Toggl-Quota-Resets-In": str(left),
        }

    def _turn(self) -> None:
        now = time.monotonic()
        if now >= self._ends:
            self._used = 0
            self._ends = now + self.window
