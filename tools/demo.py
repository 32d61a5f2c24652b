# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs docs/demo/demo.yml twice against the simulator; the second run must change nothing."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tools import simulator

ROOT = Path(__file__).resolve().parent.parent
PLAYBOOK = ROOT / "docs" / "demo" / "demo.yml"
WORKSPACE = {"clients": ["Globex", "Initech", "Hooli", "Acme"], "deleted": ["Umbrella"]}


def environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        **simulator.environment(url),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    }


def run_playbook(url: str) -> int:
    """How many tasks changed something."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--diff", str(PLAYBOOK)]
    output = []
    with subprocess.Popen(
        command, env=environment(url), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            output.append(line)
            print(line, end="", flush=True)
    if process.returncode:
        raise SystemExit(f"The playbook failed with status {process.returncode}.")
    return int(re.findall(r"changed=(\d+)", "".join(output))[-1])


def title(text: str) -> None:
    print(f"\n=== {text} {'=' * (90 - len(text))}", flush=True)


def demonstrate(url: str) -> None:
    simulator.back_door(url, "reset", WORKSPACE)
    title("The first run: what differs is changed")
    run_playbook(url)
    first = simulator.back_door(url, "state")["requests"]
    title("The second run: nothing differs any more")
    changed = run_playbook(url)
    total = simulator.back_door(url, "state")["requests"]
    if changed:
        raise SystemExit(f"The second run changed {changed} things. It must change nothing.")
    print(f"{total} requests were sent: {first} by the first run, {total - first} by the second.")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with simulator.running() as url:
            demonstrate(url)
    except KeyboardInterrupt:
        raise SystemExit("Stopped.") from None


if __name__ == "__main__":
    main()
