# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator beyond its description, which tests/contract compares it with, and beyond what
``make live`` finds, which test_live.py compares it with: old reads, and what ends with a test."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from simulator.server import Simulator
from simulator.switches import ANSWERS, QUESTIONS, Switches


@pytest.fixture
def call(service: Simulator) -> Any:
    """Send a request about the clients of the simulated workspace."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {service.token}"
    session.headers["Content-Type"] = "application/json"
    base = f"{service.url}/workspaces/{service.workspace_id}/clients"

    def send(method: str, path: str = "", timeout: float = 5, **fields: Any) -> requests.Response:
        return session.request(method, base + path, json=fields or None, timeout=timeout)

    return send


def names(call: Any) -> list[str]:
    return [client["name"] for client in call("GET").json()["data"]]


def test_every_switch_has_a_test() -> None:
    """test_live.py finds each answer to an open question, and the largest page; test_creates.py
    meets the names that are changed, and test_refusals.py each form of a 402."""
    others = {"largest_per_page", "names_changed", "quota_refusal", "read_after_write"}
    assert ANSWERS.keys() == {*QUESTIONS, *others}


def test_read_after_write(service: Simulator, call: Any) -> None:
    """The first read after a write shows what was before it, whichever read it is."""
    service.reset(Switches(read_after_write="old"))
    call("POST", name="One")
    assert [names(call), names(call)] == [[], ["One"]]
    call("PUT", "/1001", name="Two")
    assert [call("GET", "/1001").json()["name"] for _ in range(2)] == ["One", "Two"]


def test_reads_that_lag_for_several_reads(service: Simulator, call: Any) -> None:
    """They show what was before the first write that they lag behind."""
    service.reset(lag=2)
    call("POST", name="One")
    assert names(call) == []
    call("POST", name="Two")
    assert [names(call) for _ in range(3)] == [[], ["One"], ["One", "Two"]]


def test_a_late_write_does_not_reach_the_next_test(service: Simulator, call: Any) -> None:
    service.reset(latency=0.1)
    with pytest.raises(requests.ReadTimeout):
        call("POST", name="Acme", timeout=0.03)
    service.reset()
    time.sleep(0.15)
    assert (service.clients(), service.log) == ([], [])
