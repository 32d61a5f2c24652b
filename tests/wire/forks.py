# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has loaded the modules once, and is copied for each run of one. The collection
that it has loaded is the one that ``PYTHONPATH`` has."""

from __future__ import annotations

import importlib
import io
import os
import sys
from pathlib import Path

from support.forks import serve

COLLECTION = "ansible_collections.toggl.focus"


def load() -> None:
    """Load all that a run loads, also late."""
    tree = Path(os.environ["PYTHONPATH"])
    for path in (tree / COLLECTION.replace(".", "/") / "plugins").glob("module*/**/*.py"):
        importlib.import_module(".".join(path.relative_to(tree).with_suffix("").parts))


def run(module: str, given: str) -> None:
    """The process ends as one that was started for the module alone."""
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()))
    sys.modules[f"{COLLECTION}.plugins.modules.{module}"].main()


if __name__ == "__main__":
    load()
    serve(run)
