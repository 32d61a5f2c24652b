# SPDX-License-Identifier: GPL-3.0-or-later
"""An internal error loses no report: whatever is raised where, the result has all other steps."""

from __future__ import annotations

import copy
import itertools
import json
import threading
import time
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.running import assert_undone, client, clients, info, rows
from support.workspace import fill, on, state

from ansible_collections.toggl.focus.plugins.module_utils import _reconcile
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal

SECRET = "a text that only the exception holds"
FIVE = [f"Client {number}" for number in range(5)]
STATUSES = ("done", "failed", "unclear", "pending")


class Strange(Exception):
    pass


def breaks(
    monkeypatch: Any, owner: Any, name: str, about: str = "", kind: Any = Strange, first: int = 1
) -> None:
    """Let a function raise, from its ``first`` call on that is ``about`` a client."""
    function, calls = getattr(owner, name), itertools.count(1)

    def raises(*given: Any, **more: Any) -> Any:
        if about in repr(given[1:]) and next(calls) >= first:
            raise kind(SECRET)
        return function(*given, **more)

    monkeypatch.setattr(owner, name, raises)


def assert_all_are_told_of(service: Simulator, result: dict[str, Any], done: int) -> None:
    told = {status: {step["name"] for step in rows(result, status)} for status in STATUSES}
    assert sorted(name for names in told.values() for name in names) == FIVE
    unclear = told["failed"] | told["unclear"]
    assert told["done"] <= set(service.names()) <= told["done"] | unclear
    assert (result["failed"], result["changed"], len(told["done"])) == (True, bool(done), done)
    assert len(result["undo"]) == len(told["done"] | unclear)
    assert "Traceback" not in result["msg"]
    assert SECRET not in json.dumps(result)


RAISING = [(Journal, "before", "apply.py"), (FocusApi, "create", "creates.py")]


@pytest.mark.parametrize(("owner", "method", "file"), RAISING)
@pytest.mark.parametrize("kind", [Strange, KeyError, RecursionError, MemoryError, UnicodeError])
def test_a_step_that_raises_is_unclear_and_the_others_are_reported(
    service: Simulator, monkeypatch: Any, owner: Any, method: str, file: str, kind: Any
) -> None:
    """The message has the type of the exception and the last file that it passed; not its text."""
    breaks(monkeypatch, owner, method, "Client 2", kind)
    result = clients(service, clients=FIVE)
    assert_all_are_told_of(service, result, done=4)
    (unclear,) = rows(result, "unclear")
    assert unclear["name"] == "Client 2"
    assert f"({kind.__name__} in module_utils/_apply/{file}, line " in unclear["error"]
    assert "It may have been done" in unclear["error"]


def test_after_the_write_it_is_done(service: Simulator, monkeypatch: Any, journal: Path) -> None:
    """The write is known to be done; a journal that cannot be written fails the task."""
    breaks(monkeypatch, Journal, "after", "Client 2")
    result = clients(service, clients=FIVE, journal=str(journal))
    assert_all_are_told_of(service, result, done=5)
    assert "Strange" in result["msg"]


def test_no_thread_to_be_had_is_no_lost_report(service: Simulator, monkeypatch: Any) -> None:
    breaks(monkeypatch, futures.ThreadPoolExecutor, "submit", kind=RuntimeError, first=3)
    result = clients(service, clients=FIVE)
    assert_all_are_told_of(service, result, done=2)
    assert len(rows(result, "pending")) == 3


def test_while_reading_it_says_nothing_was_written(service: Simulator, monkeypatch: Any) -> None:
    breaks(monkeypatch, FocusApi, "list_clients")
    for result in (client(service, name="A"), clients(service, clients=FIVE), info(service)):
        assert (result["failed"], result["changed"]) == (True, False)
        assert "(Strange in module_utils/" in result["msg"]
        assert result["msg"].endswith("Nothing had been written.")
        assert SECRET not in result["msg"]


def test_after_the_steps_it_says_how_many_were_done(service: Simulator, monkeypatch: Any) -> None:
    """Where the report itself cannot be made."""
    breaks(monkeypatch, _reconcile, "clients_result")
    result = clients(service, clients=FIVE)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "5 of 5 changes are known to be done" in result["msg"]


@pytest.mark.parametrize("levels", [40, 400, 900, 5000])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_deeply_nested_field_loses_nothing(service: Simulator, method: str, levels: int) -> None:
    """A create is settled by a look; a list like that is none. Results can be copied."""
    field = b'"deep": ' + b"[" * levels + b"]" * levels + b', "name":'
    odd = Fault(on(method), when="after", edit=lambda body: body.replace(b'"name":', field))
    fill(service, "Acme", script=[odd] * 6)
    result = clients(service, clients=FIVE, api_retries=1)
    copy.deepcopy(result)
    said, made = ("not JSON that can be read", []) if method == "GET" else ("Created 5.", FIVE)
    assert said in result["msg"]
    assert (service.names(), len(service.writes)) == (["Acme", *made], len(made))


def test_a_lone_surrogate_from_the_service_loses_no_report(service: Simulator) -> None:
    """It is shown as the sign for that; its client can be deleted by its id and brought back."""

    def halved(body: bytes) -> bytes:
        escaped = json.dumps(json.loads(body)).encode()
        return escaped.replace(b"Acme", b"Ac\\ud83dme").replace(b"Globex", b"Glo\\uDE00bex")

    fill(service, "Acme, Globex, \U0001f680", script=[Fault(on("GET"), edit=halved)] * 20)
    listed, before = info(service), state(service)
    shown = [found["name"] for found in listed["clients"]]
    assert shown == ["Ac\ufffdme", "Glo\ufffdbex", "\U0001f680"]
    result = clients(service, clients="New; absent 1001")
    assert not result.get("failed"), result["msg"]
    assert service.names() == ["Globex", "New", "\U0001f680"]
    json.dumps([listed, result], ensure_ascii=False).encode()
    assert_undone(service, result, before)


def test_runs_leave_no_thread_behind(service: Simulator) -> None:
    clients(service, clients=[])
    before = threading.active_count()
    clients(service, clients=FIVE)
    client(service, name="Client 0")
    ends = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before
