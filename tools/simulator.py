# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops the simulated service as a process of its own: for benchmarks and molecule.

``simulator.py start FOLDER [OPTION...]`` leaves it running, with its address in ``FOLDER/url`` and
its process id in ``FOLDER/pid``; ``simulator.py stop FOLDER`` ends it. The options are those of
``tests/simulator/__main__.py``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "toggl_sk_0123456789abcdef0123456789abcdef"
WORKSPACE = 4711


class Running(NamedTuple):
    url: str
    process: subprocess.Popen[str]
    exported: dict[str, str]
    """What it prints for playbooks."""


def spawn(*options: str, log: IO[bytes] | None = None) -> Running:
    """Return once it answers. It does not hear the terminal's Ctrl-C.

    :raises SystemExit: it did not start
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(3)]
    exported = dict(re.findall("export (.*?)=(.*)", "".join(lines)))
    if not exported:
        raise SystemExit(f"The simulator did not start{f', see {log.name}' if log else ''}.")
    return Running(exported["TOGGL_FOCUS_API_URL"], process, exported)


@contextlib.contextmanager
def running(*options: str) -> Iterator[Running]:
    """The simulator ends with the block, whatever happens in it."""
    found = spawn(*options)
    try:
        yield found
    finally:
        found.process.terminate()
        found.process.wait(10)


def back_door(url: str, action: str, body: object = None) -> dict[str, Any]:
    """``state``: what the simulator holds and has seen; ``reset``: start with other clients."""
    request = urllib.request.Request(
        f"{url.removesuffix('/api')}/_simulator/{action}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def environment(url: str) -> dict[str, str]:
    """What the modules need to work on the simulator."""
    loopback = urlsplit(url).hostname or ""
    return {
        "TOGGL_FOCUS_API_URL": url,
        "TOGGL_FOCUS_API_TOKEN": TOKEN,
        "TOGGL_FOCUS_WORKSPACE_ID": str(WORKSPACE),
        "NO_PROXY": loopback,
        "no_proxy": loopback,
    }


def start(name: str, *options: str) -> None:
    stop(name)
    folder = Path(name)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "simulator.log").open("wb") as log:
        url, process, _ = spawn(*options, log=log)
    (folder / "url").write_text(url)
    (folder / "pid").write_text(str(process.pid))


def stop(name: str) -> None:
    """End the process if it still answers; otherwise its id may be another process's by now."""
    pid = Path(name, "pid")
    with contextlib.suppress(OSError):
        back_door(Path(name, "url").read_text(), "state")
        os.kill(int(pid.read_text()), signal.SIGTERM)
    pid.unlink(missing_ok=True)


if __name__ == "__main__":
    {"start": start, "stop": stop}[sys.argv[1]](*sys.argv[2:])
