# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once on machines of their own, which do not take turns.

The API has no lock and no condition on a write. Where the service refuses a second client of a
name, nothing is duplicated. Where it allows one, two runs that both see no client of a name and
both create it leave two: that cannot be prevented. What can be is that it stays unseen, or grows.
Runs that do take turns are in the histories of the campaign, and in ``test_turns.py``.
"""

from __future__ import annotations

import fcntl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from simulator.wire import Call
from support.running import client, clients, rows


@pytest.fixture(autouse=True)
def two_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has the lock at once."""
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)


def both_create(service: Simulator) -> list[dict[str, Any]]:
    """The second run reads, writes and ends while the first write of the first is in flight."""
    in_flight, over = threading.Event(), threading.Event()

    def hold_back(call: Call) -> Fault | None:
        if call.method == "GET" or in_flight.is_set():
            return None
        in_flight.set()
        return Fault(until=over.is_set)

    service.chaos = hold_back
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(clients, service, clients=["New"])
        assert in_flight.wait(5)
        second = pool.submit(clients, service, clients=["New"])
        second.add_done_callback(lambda _: over.set())
        return [first.result(), second.result()]


@pytest.mark.parametrize("duplicates", QUESTIONS["duplicates"])
def test_both_create_one_name(service: Simulator, duplicates: str) -> None:
    """The service decides whether there are two; if it refuses, the run that comes second says so,
    with nothing done."""
    service.reset(Switches(duplicates=duplicates))
    first, second = both_create(service)
    assert not second.get("failed"), second["msg"]
    is_allowed = duplicates == "allowed"
    assert service.names() == ["New"] * (1 + is_allowed)
    if not is_allowed:
        assert "already exists" in first["msg"] and rows(first, "done") == []


def test_the_next_runs_name_both_ids_and_write_nothing(service: Simulator) -> None:
    both_create(service)
    service.forget()
    for result in (
        clients(service, clients=["New"]),
        clients(service, clients=["New"], purge=True),
        client(service, name="New", state="absent"),
        clients(service, clients=[{"name": "Newer", "former_names": ["New"]}]),
    ):
        assert result["failed"] is True
        assert "1001" in result["msg"] and "1002" in result["msg"]
    assert service.writes == []


def test_each_of_the_two_runs_can_be_taken_back(service: Simulator) -> None:
    for result in both_create(service):
        back = clients(service, clients=result["undo"], max_deletion_percent=100)
        assert not back.get("failed"), back["msg"]
    assert service.names() == []
