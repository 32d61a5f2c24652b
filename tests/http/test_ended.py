# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that the task's timeout ends: what it sends after that, how long it takes, what it says."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Entry, Fault
from simulator.server import Simulator
from support.ending import TaskTimeoutError, ended_by
from support.running import clients, rows
from support.workspace import on
from urllib3.util import connection

from ansible_collections.toggl.focus.plugins.module_utils._task import run

SIX = [{"name": f"Client {number}", "state": "absent"} for number in range(1, 7)]
LATENCY = 0.4


def ended(service: Simulator, after: float, of: str = "GET", **given: Any) -> dict[str, Any]:
    """The result of six deletions, ended ``after`` seconds from the first answer to ``of``."""
    service.add_many(6)

    def begin(entry: Entry) -> None:
        if entry.method == of:
            service.observers.remove(begin)
            signal.setitimer(signal.ITIMER_REAL, after)

    with ended_by(TaskTimeoutError(), after=60):
        service.observers.append(begin)
        return clients(service, clients=SIX, **given)


def test_what_waits_for_its_turn_when_the_run_ends_is_not_sent(service: Simulator) -> None:
    """With little quota left, one request is sent at a time, and the others wait for its answer."""
    service.reset(latency=LATENCY, quota_limit=8)
    result = ended(service, after=LATENCY / 2, of="DELETE", concurrency=4)
    assert (len(rows(result, "done")), len(rows(result, "pending"))) == (2, 4)
    time.sleep(3 * LATENCY)
    assert len(service.log) == result["requests"] == 3


@pytest.mark.parametrize(("longest", "api_timeout"), [(15, 0.8), (0.8, 15)])
def test_what_is_unanswered_when_the_time_is_over_is_unclear(
    service: Simulator, monkeypatch: Any, journal: Path, longest: float, api_timeout: float
) -> None:
    """It has 15 seconds, or one ``api_timeout`` if that is shorter. The journal says the same."""
    monkeypatch.setattr(run, "LONGEST_END", longest, raising=False)
    service.reset(script=[Fault(on("DELETE"), delay=8)])
    result = ended(service, after=0.4, concurrency=1, api_timeout=api_timeout, journal=str(journal))
    listed = service.log[0]
    assert time.monotonic() - listed.at < 0.4 + 0.8 + 1.5  # for a busy machine; an answer takes 8
    assert [row["name"] for row in rows(result, "unclear")] == ["Client 1"]
    assert len(rows(result, "pending")) == 5
    recorded = [json.loads(line) for line in journal.read_text().splitlines()]
    assert next(line["status"] for line in recorded if line["event"] == "after") == "unclear"
    last = {line["after"]["name"]: line.get("status") for line in recorded}
    assert last.pop("Client 1") == "unclear"
    assert set(last.values()) <= {"pending"}


@pytest.mark.parametrize("api_timeout", [0.5, 15])
def test_a_connection_that_is_made_after_the_end_sends_nothing(
    service: Simulator, monkeypatch: pytest.MonkeyPatch, api_timeout: float
) -> None:
    """Whether the run waits for it or not. The first deletion is late: the second needs its own."""
    create, made = connection.create_connection, []

    def slow(*given: Any, **more: Any) -> socket.socket:
        if made:
            time.sleep(2)
        made.append(given)
        return create(*given, **more)

    monkeypatch.setattr(connection, "create_connection", slow)
    service.reset(script=[Fault(on("DELETE"), when="after", delay=0.4)])
    result = ended(service, after=1, concurrency=2, api_timeout=api_timeout)
    assert len(rows(result, "pending", "unclear")) == 1
    time.sleep(2.5)
    assert len(made) == 2
    assert len(service.writes) == 5
