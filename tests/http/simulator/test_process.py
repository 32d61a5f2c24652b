# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests
import simulator

SECONDS = 10


def test_process(tmp_path: Path) -> None:
    url_file, log_file = tmp_path / "url", tmp_path / "log"
    options = f"--url-file {url_file} --log-file {log_file} --clients 3 --quota 30"
    command = [sys.executable, "-m", "simulator", *options.split(), "--set", "name_filter=ignored"]
    tests = str(Path(simulator.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": tests}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = wait_for(url_file)
            clients = f"{url}/workspaces/4711/clients?name=none"
            answer = requests.get(
                clients,
                auth=("ada@example.com", "correct-horse-battery"),
                headers={"Content-Type": "application/json"},
                timeout=SECONDS,
            )
            logged = json.loads(log_file.read_text(encoding="utf-8"))
        finally:
            process.send_signal(signal.SIGTERM)
            printed, _ = process.communicate(timeout=SECONDS)
    assert (printed.strip(), process.returncode) == (url, 0)
    assert len(answer.json()["data"]) == 3
    assert answer.headers["X-Toggl-Quota-Remaining"] == "29"
    assert (logged["method"], logged["query"], logged["status"]) == ("GET", {"name": "none"}, 200)


def wait_for(file: Path) -> str:
    end = time.monotonic() + SECONDS
    while not file.exists():
        assert time.monotonic() < end, f"{file} was not written"
        time.sleep(0.02)
    return file.read_text(encoding="utf-8")
