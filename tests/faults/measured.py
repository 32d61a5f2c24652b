# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the list once for each line of stdin, options as JSON, and tells what that took.

Each in a process of its own, which is a fork: what all of them import is loaded once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._api import clients, session
from ansible_collections.toggl.focus.plugins.module_utils._info import list_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime

LONGEST = 60  # seconds, for one of them


def peak() -> float:
    """MiB of memory at most so far; what getrusage says would include the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(given: dict[str, Any]) -> dict[str, Any]:
    most_pages = given.pop("most_pages")
    if most_pages:
        clients.MOST_PAGES = most_pages  # type: ignore[attr-defined]
    before, started = peak(), time.monotonic()
    result = list_clients(given, False, Runtime())
    said = {"msg": result.get("msg", ""), "failed": bool(result.get("failed"))}
    spent = {"seconds": time.monotonic() - started, "mebibytes": peak() - before}
    return {**said, **spent, "requests": result["requests"]}


if __name__ == "__main__":
    session._FIRST_PAUSE = 0.001
    for line in sys.stdin:
        if os.fork() == 0:
            signal.alarm(LONGEST)
            print(json.dumps(measured(json.loads(line))), flush=True)
            os._exit(0)
        _, status = os.wait()
        if status:
            print(f"ended with {status}", flush=True)
