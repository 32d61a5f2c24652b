# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs docs/demo/demo.yml twice against the simulator; the second run must change nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from simulator.server import Simulator

from tools.simulator import ROOT, environment

PLAYBOOK = ROOT / "docs" / "demo" / "demo.yml"
CLIENTS, DELETED = ("Globex", "Initech", "Hooli", "Acme"), "Umbrella"


def run_playbook(url: str) -> int:
    """Return how many tasks changed something."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--diff", str(PLAYBOOK)]
    own = {
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    }
    output = []
    with subprocess.Popen(
        command,
        env={**os.environ, **environment(url), **own},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit(f"The playbook failed with status {process.returncode}.")
    return int(re.findall(r"changed=(\d+)", "".join(output))[-1])


def title(text: str) -> None:
    print(f"\n=== {text} {'=' * (90 - len(text))}", flush=True)


def main() -> None:
    with Simulator() as service:
        for name in CLIENTS:
            service.add(name)
        service.add(DELETED, deleted=True)
        title("The first run: what differs is changed")
        run_playbook(service.url)
        first = len(service.log)
        title("The second run: nothing differs any more")
        changed = run_playbook(service.url)
    second = len(service.log) - first
    if changed:
        raise SystemExit(f"The second run changed {changed} things. It must change nothing.")
    print(f"{first + second} requests were sent: {first} by the first run, {second} by the second.")


if __name__ == "__main__":
    main()
