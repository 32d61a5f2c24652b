# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs docs/demo/demo.yml twice against the simulator; the second run must change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from simulator.server import Simulator

from tools.simulator import ROOT, environment

PLAYBOOK = ROOT / "docs" / "demo" / "demo.yml"
CLIENTS, DELETED = ("Globex", "Initech", "Hooli", "Acme"), "Umbrella"


def run_playbook(service: Simulator, title: str) -> int:
    """Return how many requests were sent."""
    print(f"\n=== {title} {'=' * (90 - len(title))}", flush=True)
    service.log.clear()
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "--diff", str(PLAYBOOK)]
    own = {**environment(service.url), "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}
    status = subprocess.run(command, env={**os.environ, **own}).returncode
    if status:
        raise SystemExit(f"The playbook failed with status {status}.")
    return len(service.log)


def main() -> None:
    with Simulator() as service:
        for name in CLIENTS:
            service.add(name)
        service.add(DELETED, deleted=True)
        first = run_playbook(service, "The first run: what differs is changed")
        second = run_playbook(service, "The second run: nothing differs any more")
        written = len(service.writes)
    if written:
        raise SystemExit(f"The second run changed {written} things. It must change nothing.")
    print(f"{first + second} requests were sent: {first} by the first run, {second} by the second.")


if __name__ == "__main__":
    main()
