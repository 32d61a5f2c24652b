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


@pytest.mark.parametrize("value", [None, "Bearer toggl_sk_wrong", "Bearer", "Basic ????", "x"])
def test_access(service: Simulator, call: Any, value: str | None) -> None:
    """By a key or a password, with a type of content; a wrong key takes nothing from the quota."""
    service.reset(quota_limit=3)
    refused = call("GET", headers={"Authorization": value})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_session")
    login = (service.username, service.password)
    assert call("GET", auth=(login[0], "wrong")).status_code == 401
    assert call("GET", headers={"Content-Type": None}).status_code == 400
    answer = call.session.get(f"{service.url}/workspaces/1/clients", timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    assert call("GET", auth=login).status_code == 200


@pytest.mark.parametrize("clock", [0.0, 3600.0, -3600.0])
def test_the_clock_of_the_service(service: Simulator, call: Any, clock: float) -> None:
    """``Date`` and ``created_at`` are by one clock, which need not be this machine's."""
    service.reset(clock=clock)
    answer = call.create("Acme")
    date = parsedate_to_datetime(answer.headers["Date"])
    created = datetime.fromisoformat(answer.json()["created_at"].replace("Z", "+00:00"))
    assert abs((date - datetime.now(timezone.utc)).total_seconds() - clock) < 5
    assert timedelta(0) <= created - date.replace(microsecond=0) < timedelta(seconds=5)


def test_other_people(service: Simulator, call: Any) -> None:
    """They act by the service's rules, and what they do is not in the history of the runs."""
    service.reset(Switches(duplicates="refused_active"))
    call.create("Acme")
    with service.workspace.somebody_else() as workspace:
        other = workspace.create("Globex")
        workspace.rename(other.id, "Hooli")
        workspace.delete(1001)
        workspace.restore(1001)
        with pytest.raises(Refused):
            workspace.create("Acme")
    assert service.names() == ["Acme", "Hooli"]
    assert [(write.kind, write.id) for write in service.workspace.history] == [("create", 1001)]


def test_canned_answers(service: Simulator, call: Any) -> None:
    """In place of the work, or after it."""
    headers = {"Retry-After": "3", "Content-Type": "text/html"}
    bad_gateway = Fault(status=502, headers=headers, body=b"<html>")
    service.reset(script=[Fault(on("POST"), 503), bad_gateway])
    first = call("GET")
    assert (first.status_code, first.content, first.headers["Retry-After"]) == (502, b"<html>", "3")
    assert first.headers["Content-Type"] == "text/html"
    assert (call.create("Acme").status_code, service.names()) == (503, [])
    assert (call.create("Acme").status_code, service.names()) == (201, ["Acme"])
    service.reset(script=[Fault(status=500, when="after"), Fault(body=b'{"i', when="after")])
    assert call.create("One").status_code == 500
    cut_off = call.create("Two")
    assert (cut_off.status_code, cut_off.content) == (201, b'{"i')
    assert service.names() == ["One", "Two"]


def test_a_late_write_does_not_reach_the_next_test(service: Simulator, call: Any) -> None:
    service.reset(latency=0.1)
    with pytest.raises(requests.ReadTimeout):
        call.session.post(call.base, json={"name": "Acme"}, timeout=0.03)
    service.reset()
    time.sleep(0.15)
    assert (service.clients(), service.log) == ([], [])


def test_control_from_another_process(service: Simulator, call: Any) -> None:
    control = service.url.replace("/api", "/_simulator")
    script = [{"method": "POST", "status": 503, "body": "<html>"}]
    more = {"switches": {"empty_data": "null"}, "quota_limit": 1, "script": script}
    wanted = {"clients": ["a"], "deleted": ["b"], **more}
    assert requests.post(f"{control}/reset", json=wanted, timeout=5).status_code == 200
    assert call.create("c").content == b"<html>"
    state = requests.get(f"{control}/state", timeout=5).json()
    assert (state["requests"], state["writes"]) == (1, 1)
    assert [client["name"] for client in state["clients"]] == ["a", "b"]
    assert service.switches == Switches(empty_data="null")
    refused = requests.post(f"{control}/reset", json={"switches": {"x": 1}}, timeout=5)
    assert refused.status_code == 400


# as a process

SECONDS = 10


def test_it_runs_as_a_process_of_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    """Or says which options it has, or that one is none of them."""
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
    with pytest.raises(SystemExit, match="0"):
        spawn("--help")
    stdout, stderr = capfd.readouterr()
    assert "unrecognized arguments: --no-such-option" in stderr
    assert stdout.startswith("usage: ") and "--client NAME" in stdout


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
