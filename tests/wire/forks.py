# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has loaded the modules once, and is copied for each run of one.

It shares nothing with the tests: what it has loaded is the collection that ``PYTHONPATH`` has.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import signal
import sys
from pathlib import Path

COLLECTION = "ansible_collections.toggl.focus"
ENDED = "ended with "


def main() -> None:
    """Load all that a run loads, also late; run a module for each line of the input, and say in a
    line of its own how it ended."""
    tree = Path(os.environ["PYTHONPATH"])
    for path in (tree / COLLECTION.replace(".", "/") / "plugins").glob("module*/**/*.py"):
        importlib.import_module(".".join(path.relative_to(tree).with_suffix("").parts))
    gc.freeze()  # else each copy takes apart at its end what it has not touched
    while line := sys.stdin.readline():
        sys.stdout.flush()
        child = os.fork()
        if not child:
            return run(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(f"\n{ENDED}{os.waitstatus_to_exitcode(status)}", flush=True)


def run(module: str, given: str, environment: dict[str, str], seconds: int) -> None:
    """The process ends as one that was started for the module alone, or is ended in time."""
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()))
    signal.alarm(seconds)
    sys.modules[f"{COLLECTION}.plugins.modules.{module}"].main()


if __name__ == "__main__":
    main()
