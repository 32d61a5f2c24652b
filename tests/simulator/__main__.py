# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process: it prints what playbooks need, and answers until it is ended."""

from __future__ import annotations

import argparse
import signal
import threading

from simulator.server import Simulator
from simulator.service import WORKSPACE_ID


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add = parser.add_argument
    add("--workspace-id", type=int, default=WORKSPACE_ID)
    add("--client", action="append", default=[], metavar="NAME", help="start with this client")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Simulator(workspace_ids=[options.workspace_id]) as simulator:
        for name in options.client:
            simulator.add(name)
        print(f"export TOGGL_FOCUS_API_URL={simulator.url}")
        print(f"export TOGGL_FOCUS_API_TOKEN={simulator.token}")
        print(f"export TOGGL_FOCUS_WORKSPACE_ID={simulator.workspace_id}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
