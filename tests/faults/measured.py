# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the list once in a process of its own, and tells what that took."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.toggl.focus.plugins.module_utils._api import clients
from ansible_collections.toggl.focus.plugins.module_utils._info import list_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime


class Spent(NamedTuple):
    failed: bool
    msg: str
    requests: int
    seconds: float
    mebibytes: float


def peak() -> float:
    """MiB of memory at most so far; what getrusage says would include the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(given: dict[str, Any], most_pages: int | None) -> Spent:
    """:arg most_pages: in place of ``MOST_PAGES``; the process must end after this"""
    if most_pages:
        clients.MOST_PAGES = most_pages  # type: ignore[attr-defined]
    before, started = peak(), time.monotonic()
    result = list_clients(given, False, Runtime())
    seconds, mebibytes = time.monotonic() - started, peak() - before
    failed, msg = bool(result.get("failed")), result.get("msg", "")
    return Spent(failed, msg, result["requests"], seconds, mebibytes)
