# SPDX-License-Identifier: GPL-3.0-or-later
"""Ctrl-C, in a process of a module's own: nothing is written after it, the journal is whole."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from simulator.server import Simulator

from faults.test_kill import seed, victim


def test_ctrl_c_ends_a_wait_for_the_quota_and_settles_the_journal(
    service: Simulator, tmp_path: Path
) -> None:
    """The quota is used up by four writes, and reopens when the process is long gone."""
    service.reset(quota_limit=5, quota_window=6)
    seed(service)
    journal = tmp_path / "journal.jsonl"
    with victim(service, journal, concurrency=2, quota_wait=60) as process:
        ends = time.monotonic() + 20
        while len(service.log) < 5 and time.monotonic() < ends:
            time.sleep(0.02)
        time.sleep(0.5)  # for both steps to wait
        process.send_signal(signal.SIGINT)
        assert process.wait(5) != 0
    written = len(service.workspace.history)
    time.sleep(6.5)
    assert len(service.workspace.history) == written == 4
    noted = [json.loads(line) for line in journal.read_text().splitlines()]
    before = {line["number"] for line in noted if line["event"] == "before"}
    last = {line["number"]: line["status"] for line in noted if line["event"] == "after"}
    assert before <= set(last)
    assert sorted(last.values()) == ["done"] * 4 + ["pending"] * 2
