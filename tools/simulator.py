# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops the simulated service as a process: for demonstration, benchmarks and molecule.

``simulator.py start FOLDER [OPTION...]`` leaves it running, with its address in ``FOLDER/url`` and
its process id in ``FOLDER/pid``; ``simulator.py stop FOLDER`` ends it. ``simulator.py serve`` is
for people: it prints what their own playbooks need to find it, and ends with Ctrl-C.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "toggl_sk_0123456789abcdef0123456789abcdef"
WORKSPACE = 4711
SECONDS_TO_START = 30


def spawn(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """The process of the simulator, once it answers. It does not hear the terminal's Ctrl-C."""
    url_file = folder / "url"
    url_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "simulator", "--port", "0", "--url-file", str(url_file)]
    with (folder / "simulator.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + SECONDS_TO_START
    while not (url_file.exists() and url_file.read_text().strip()):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise SystemExit(f"The simulator did not start. Its output is in {log.name}.")
        time.sleep(0.05)
    return process


@contextlib.contextmanager
def running(*options: str) -> Iterator[str]:
    """The address of a simulator that ends with the block, whatever happens in it."""
    with tempfile.TemporaryDirectory() as name:
        process = spawn(Path(name), *options)
        try:
            yield (Path(name) / "url").read_text().strip()
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def back_door(url: str, action: str, body: object = None) -> dict[str, Any]:
    """``state``: what the simulator holds and has seen; ``reset``: start with other clients."""
    parts = urlsplit(url)
    request = urllib.request.Request(
        f"{parts.scheme}://{parts.netloc}/_simulator/{action}",
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


def start(folder: Path, *options: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stop(folder)
    process = spawn(folder, *options)
    (folder / "pid").write_text(str(process.pid))


def stop(folder: Path) -> None:
    """Ends the process if it still answers; otherwise its id may be another process's by now."""
    pid_file, url_file = folder / "pid", folder / "url"
    if not pid_file.exists():
        return
    with contextlib.suppress(OSError):
        back_door(url_file.read_text().strip(), "state")
        os.kill(int(pid_file.read_text()), signal.SIGTERM)
    pid_file.unlink()


def serve(*options: str) -> None:
    """:arg options: of ``python -m simulator``"""
    with running(*(options or ("--client", "Acme", "--client", "Globex"))) as url:
        for name, value in environment(url).items():
            if name.startswith("TOGGL_"):
                print(f"export {name}={value}")
        print("It answers until Ctrl-C is pressed.", file=sys.stderr, flush=True)
        sys.stdout.flush()
        # A shell starts what runs in its background with Ctrl-C ignored.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


def main(action: str, *arguments: str) -> None:
    if action == "serve":
        serve(*arguments)
    else:
        {"start": start, "stop": stop}[action](Path(arguments[0]), *arguments[1:])


if __name__ == "__main__":
    main(*sys.argv[1:])
