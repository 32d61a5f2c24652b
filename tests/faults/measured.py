# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that reads the list once and tells what it took: options as JSON on stdin."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ansible_collections.toggl.focus.plugins.module_utils._api import clients, session
from ansible_collections.toggl.focus.plugins.module_utils._info import list_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime


def peak() -> float:
    """MiB of memory at most so far; what getrusage says would include the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    given = json.load(sys.stdin)
    session._FIRST_PAUSE = 0.001
    clients.MOST_PAGES = given.pop("most_pages") or clients.MOST_PAGES
    before, started = peak(), time.monotonic()
    result = list_clients(given, False, Runtime())
    said = {"msg": result.get("msg", ""), "failed": bool(result.get("failed"))}
    spent = {"seconds": time.monotonic() - started, "mebibytes": peak() - before}
    print(json.dumps({**said, **spent, "requests": result["requests"]}))
