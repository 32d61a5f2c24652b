# SPDX-License-Identifier: GPL-3.0-or-later
"""Access, quota, faults, the log and the server itself."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import requests
from simulator.records import Fault, Refused
from simulator.server import Simulator
from simulator.switches import Switches
from support.workspace import on

from tools.simulator import back_door, running, spawn, start, stop


def test_the_life_of_a_client(simulator: Simulator, call: Any) -> None:
    created = call.create("Acme").json()
    one = f"/{created['id']}"
    assert call("GET", one).json() == created
    assert call.rename(created["id"], "Acme Ltd").content == b""
    assert call.delete(created["id"]).status_code == 204
    assert simulator.names() == []
    assert call("GET", one).json()["deleted_at"] is not None
    assert call.restore(created["id"]).status_code == 204
    assert simulator.names() == ["Acme Ltd"]
    assert call.create("Next").json()["id"] == created["id"] + 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/9"), ("PUT", "/9"), ("DELETE", "/9"), ("PATCH", "/9/restore")],
)
def test_unknown_client(call: Any, method: str, path: str) -> None:
    answer = call(method, path, json={"name": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"{}", b'"x"', b"\xff", b"[" * 100_000),
        *(b'{"name": 1}', b'{"name": ""}', b'{"name": " "}', b'{"name": "\\ud800"}'),
    ],
)
def test_invalid_bodies(simulator: Simulator, call: Any, body: bytes) -> None:
    client = simulator.add("Acme")
    assert call("POST", data=body).status_code == 400
    assert call("PUT", f"/{client.id}", data=body).status_code == 400
    assert simulator.names() == ["Acme"]


def test_other_fields_are_ignored(simulator: Simulator, call: Any) -> None:
    client = simulator.add("Acme")
    call("PUT", f"/{client.id}", json={"name": "New", "active": False, "id": 5})
    assert [(c.id, c.name, c.active) for c in simulator.clients()] == [(client.id, "New", True)]


def test_other_methods(call: Any) -> None:
    answer = call("PATCH", "/1001", json={"name": "x"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "DELETE, GET, PUT")


@pytest.mark.parametrize("value", [None, "Bearer toggl_sk_wrong", "Bearer", "Basic ????", "x"])
def test_access(simulator: Simulator, call: Any, value: str | None) -> None:
    """By a key or a password, to its own workspace, with a type of content. What is refused for its
    key takes nothing from the quota."""
    simulator.reset(quota_limit=3)
    refused = call("GET", headers={"Authorization": value})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_session")
    login = (simulator.username, simulator.password)
    assert call("GET", auth=(login[0], "wrong")).status_code == 401
    assert call("GET", headers={"Content-Type": None}).status_code == 400
    answer = call.session.get(f"{simulator.url}/workspaces/1/clients", timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert call("GET", auth=login).status_code == 200


@pytest.mark.parametrize("clock", [0.0, 3600.0, -3600.0])
def test_the_clock_of_the_service(simulator: Simulator, call: Any, clock: float) -> None:
    """``Date`` and ``created_at`` are by one clock, which need not be this machine's."""
    simulator.reset(clock=clock)
    answer = call.create("Acme")
    date = parsedate_to_datetime(answer.headers["Date"])
    created = datetime.fromisoformat(answer.json()["created_at"].replace("Z", "+00:00"))
    assert abs((date - datetime.now(timezone.utc)).total_seconds() - clock) < 5
    assert timedelta(0) <= created - date.replace(microsecond=0) < timedelta(seconds=5)


def test_other_people(simulator: Simulator, call: Any) -> None:
    """They act by the service's rules, and what they do is not in the history of the runs."""
    simulator.reset(Switches(duplicates="refused_active"))
    call.create("Acme")
    with simulator.workspace.somebody_else() as workspace:
        other = workspace.create("Globex")
        workspace.rename(other.id, "Hooli")
        workspace.delete(1001)
        workspace.restore(1001)
        with pytest.raises(Refused):
            workspace.create("Acme")
    assert simulator.names() == ["Acme", "Hooli"]
    assert [(write.kind, write.id) for write in simulator.workspace.history] == [("create", 1001)]


def test_quota(simulator: Simulator, call: Any) -> None:
    simulator.reset(quota_limit=2, quota_window=0.3)
    left = [call("GET").headers["X-Toggl-Quota-Remaining"] for _ in range(2)]
    refused = call.create("Acme")
    assert left == ["1", "0"]
    assert (refused.status_code, refused.headers["X-Toggl-Quota-Resets-In"]) == (402, "1")
    assert simulator.names() == []
    time.sleep(0.3)
    assert call.create("Acme").status_code == 201


def test_canned_answers(simulator: Simulator, call: Any) -> None:
    """In place of the work, or after it."""
    headers = {"Retry-After": "3", "Content-Type": "text/html"}
    bad_gateway = Fault(status=502, headers=headers, body=b"<html>")
    simulator.reset(script=[Fault(on("POST"), 503), bad_gateway])
    first = call("GET")
    assert (first.status_code, first.content, first.headers["Retry-After"]) == (502, b"<html>", "3")
    assert first.headers["Content-Type"] == "text/html"
    assert (call.create("Acme").status_code, simulator.names()) == (503, [])
    assert (call.create("Acme").status_code, simulator.names()) == (201, ["Acme"])

    simulator.reset(script=[Fault(status=500, when="after"), Fault(body=b'{"i', when="after")])
    assert call.create("One").status_code == 500
    cut_off = call.create("Two")
    assert (cut_off.status_code, cut_off.content) == (201, b'{"i')
    assert simulator.names() == ["One", "Two"]
    for wrong in ({"when": "never"}, {"drop": "often"}, {"body": b"x"}):
        with pytest.raises(ValueError):
            Fault(**wrong)


@pytest.mark.parametrize(
    ("drop", "names"), [("before", []), ("after", ["Acme"]), ("during", ["Acme"])]
)
def test_lost_connections(simulator: Simulator, call: Any, drop: str, names: list[str]) -> None:
    simulator.reset(script=[Fault(on("POST"), drop=drop)])
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        call.create("Acme")
    assert simulator.names() == names
    assert [(entry.method, entry.status) for entry in simulator.log] == [("POST", 0)]
    assert call("GET").status_code == 200


def test_a_late_answer(simulator: Simulator, call: Any) -> None:
    simulator.reset(script=[Fault(on("POST"), delay=0.2)])
    with pytest.raises(requests.ReadTimeout):
        call.session.post(call.base, json={"name": "Acme"}, timeout=0.05)
    assert simulator.names() == ["Acme"]


def test_a_late_write_does_not_reach_the_next_test(simulator: Simulator, call: Any) -> None:
    simulator.reset(latency=0.1)
    with pytest.raises(requests.ReadTimeout):
        call.session.post(call.base, json={"name": "Acme"}, timeout=0.03)
    simulator.reset()
    time.sleep(0.15)
    assert (simulator.clients(), simulator.log) == ([], [])


def test_log(simulator: Simulator, call: Any) -> None:
    call("GET", params={"page": 1, "more": ["a", "b"]}, headers={"User-Agent": "me/1"})
    call.create("Zoë")
    first, second = simulator.log
    assert (first.method, first.path) == ("GET", "/api/workspaces/4711/clients")
    assert (first.query, first.headers["user-agent"]) == ({"page": "1", "more": "a,b"}, "me/1")
    assert first.headers["content-type"] == "application/json"
    assert (second.status, second.body) == (201, b'{"name": "Zo\\u00eb"}')
    assert simulator.writes == [second]


def test_control_from_another_process(simulator: Simulator, call: Any) -> None:
    control = simulator.url.replace("/api", "/_simulator")
    script = [{"method": "POST", "status": 503, "body": "<html>"}]
    more = {"switches": {"empty_data": "null"}, "quota_limit": 1, "script": script}
    wanted = {"clients": ["a"], "deleted": ["b"], **more}
    assert requests.post(f"{control}/reset", json=wanted, timeout=5).status_code == 200
    assert call.create("c").content == b"<html>"
    state = requests.get(f"{control}/state", timeout=5).json()
    assert (state["requests"], state["writes"]) == (1, 1)
    assert [client["name"] for client in state["clients"]] == ["a", "b"]
    assert simulator.switches == Switches(empty_data="null")
    refused = requests.post(f"{control}/reset", json={"switches": {"x": 1}}, timeout=5)
    assert refused.status_code == 400


def test_it_starts_and_stops_fast() -> None:
    began = time.perf_counter()
    with Simulator(latency=30) as simulator, pytest.raises(requests.ReadTimeout):
        requests.get(simulator.url, timeout=0.05)
    assert time.perf_counter() - began < 1
    with pytest.raises(requests.ConnectionError):
        requests.get(simulator.url, timeout=5)


def test_requests_are_fast(simulator: Simulator, call: Any) -> None:
    # Nagle's algorithm would cost 40 ms each.
    began = time.perf_counter()
    for _ in range(20):
        call("GET")
    assert (time.perf_counter() - began) / 20 < 0.02


# as a process

SECONDS = 10


def test_it_runs_as_a_process_of_its_own() -> None:
    with running("--workspace-id", "7", "--client", "Acme") as (url, process):
        login = {"auth": ("ada@example.com", "correct-horse-battery"), "timeout": SECONDS}
        as_json = {"Content-Type": "application/json"}
        answer = requests.get(f"{url}/workspaces/7/clients", headers=as_json, **login)
        (logged,) = back_door(url, "state")["log"]
    assert process.returncode == 0
    assert [client["name"] for client in answer.json()["data"]] == ["Acme"]
    assert (logged["method"], logged["status"]) == ("GET", 200)
    with pytest.raises(SystemExit, match="The simulator did not start"):
        spawn("--no-such-option")


def test_it_is_left_running_until_it_is_stopped(tmp_path: Path) -> None:
    for _again in range(2):
        start(str(tmp_path / "here"), "--client", "Acme")
        url = (tmp_path / "here" / "url").read_text()
        assert [client["name"] for client in back_door(url, "state")["clients"]] == ["Acme"]
    stop(str(tmp_path / "here"))
    with pytest.raises(URLError):
        for _try in range(SECONDS * 50):
            back_door(url, "state")
            time.sleep(0.02)
