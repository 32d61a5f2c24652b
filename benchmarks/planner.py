# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner alone, on a workspace and a list far larger than any, each case in a process of its
own: ``python -m benchmarks.planner CASE COUNT``."""

from __future__ import annotations

import gc
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MANY = 100_000
SECONDS, MEBIBYTES = 2.0, 250
"""What a plan of so many may take."""
CASES: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "nothing to do": lambda n, count: {"name": f"Client {n}"},
    "all renamed": lambda n, count: {"name": f"New {n}", "former_names": (f"Client {n}",)},
    "one ring of renames": lambda n, count: {"name": f"Client {n % count + 1}", "id": n},
    "all purged, all created": lambda n, count: {"name": f"Other {n}"},
}
"""What each entry says."""


class Cost(NamedTuple):
    """``seconds`` of one processor, so that what else runs hardly counts; ``mebibytes`` of the
    process at its peak, with Python and the clients and entries themselves."""

    steps: int
    seconds: float
    mebibytes: float

    @property
    def holds(self) -> bool:
        return self.seconds <= SECONDS and self.mebibytes <= MEBIBYTES


Costs = dict[str, Cost]
"""By case."""


def cost(case: str, count: int = MANY) -> Cost:
    """What the plan of ``count`` clients and as many entries costs."""
    ran = subprocess.run(
        [sys.executable, "-m", __name__, case, str(count)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / ".ansible" / "tree")},
        capture_output=True,
        text=True,
        check=True,
    )
    return Cost(*json.loads(ran.stdout))


def _measured(case: str, count: int) -> Cost:
    from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Rules
    from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan

    numbers = range(1, count + 1)
    there = [
        Client(n, f"Client {n}", None, {"id": n, "name": f"Client {n}", "workspace_id": 1})
        for n in numbers
    ]
    wanted = [Desired(**CASES[case](n, count)) for n in numbers]
    rules = Rules(purge=True, max_deletion_percent=100)
    started = time.process_time()
    gc.disable()  # as a run does
    made = plan(there, wanted, rules)
    seconds = time.process_time() - started
    return Cost(len(made.steps), round(seconds, 3), round(_peak(), 1))


def _peak() -> float:
    """The most that this program has held, in MiB. On Linux ``ru_maxrss`` is no less than what the
    process held that has started it."""
    status = Path("/proc/self/status")
    if status.exists():
        (kibibytes,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(kibibytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1], int(sys.argv[2]))))
