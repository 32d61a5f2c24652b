# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator beyond its description, which tests/contract compares it with, and beyond what
``make live`` finds, which test_live.py compares it with: the quota, old reads, and the process."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import requests
from simulator.server import Simulator
from simulator.switches import ANSWERS, QUESTIONS, Switches

from tools.simulator import back_door, spawn, start, stop


class Caller:
    """Requests to the clients of the simulated workspace."""

    def __init__(self, service: Simulator) -> None:
        self.base = f"{service.url}/workspaces/{service.workspace_id}/clients"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {service.token}"
        self.session.headers["Content-Type"] = "application/json"

    def __call__(self, method: str, path: str = "", **options: Any) -> requests.Response:
        return self.session.request(method, self.base + path, timeout=5, **options)

    def create(self, name: str, **fields: Any) -> requests.Response:
        return self("POST", json={"name": name, **fields})

    def names(self, **params: Any) -> list[str]:
        return [client["name"] for client in self("GET", params=params).json()["data"]]


@pytest.fixture
def call(service: Simulator) -> Caller:
    return Caller(service)


def test_every_switch_has_a_test() -> None:
    """``test_live.py`` finds each answer to an open question, and the largest page; test_creates.py
    meets the names that are changed."""
    others = {"largest_per_page", "names_changed", "quota_refusal", "read_after_write"}
    assert ANSWERS.keys() == {*QUESTIONS, *others}


REFUSALS = {
    "json": ('"error": "quota_exceeded"', True, None),
    "headers": ("", True, None),
    "text": ("Your quota will reset in 3600 seconds.", False, None),
    "retry_after": ("", False, "3600"),
    "nothing": ("", False, None),
}
"""Words of the body, headers of the quota, and Retry-After."""


@pytest.mark.parametrize("form", ANSWERS["quota_refusal"])
def test_quota_refusal(service: Simulator, call: Any, form: str) -> None:
    words, headers, retry_after = REFUSALS[form]
    service.reset(Switches(quota_refusal=form), quota_limit=0)
    answer = call("GET")
    assert answer.status_code == 402
    assert words in answer.text and bool(answer.text) is bool(words)
    quota = {f"X-Toggl-Quota-{of}" in answer.headers for of in ("Remaining", "Resets-In")}
    assert quota == {headers}
    assert answer.headers.get("Retry-After") == retry_after


def test_read_after_write(service: Simulator, call: Any) -> None:
    """The first read after a write shows what was before it, whichever read it is."""
    service.reset(Switches(read_after_write="old"))
    call.create("One")
    assert [call.names(), call.names()] == [[], ["One"]]
    call("PUT", "/1001", json={"name": "Two"})
    assert [call("GET", "/1001").json()["name"] for _ in range(2)] == ["One", "Two"]


def test_reads_that_lag_for_several_reads(service: Simulator, call: Any) -> None:
    """They show what was before the first write that they lag behind."""
    service.reset(lag=2)
    call.create("One")
    assert call.names() == []
    call.create("Two")
    assert [call.names() for _ in range(3)] == [[], ["One"], ["One", "Two"]]


def test_a_late_write_does_not_reach_the_next_test(service: Simulator, call: Any) -> None:
    service.reset(latency=0.1)
    with pytest.raises(requests.ReadTimeout):
        call.session.post(call.base, json={"name": "Acme"}, timeout=0.03)
    service.reset()
    time.sleep(0.15)
    assert (service.clients(), service.log) == ([], [])


def test_its_process_is_left_running_until_it_is_stopped(tmp_path: Path) -> None:
    for _again in range(2):
        start(str(tmp_path / "here"), "--client", "Acme")
        url = (tmp_path / "here" / "url").read_text()
        assert [client["name"] for client in back_door(url, "state")["clients"]] == ["Acme"]
    stop(str(tmp_path / "here"))
    with pytest.raises(URLError):
        for _try in range(500):
            back_door(url, "state")
            time.sleep(0.02)
    with pytest.raises(SystemExit, match="The simulator did not start"):
        spawn("--no-such-option")
