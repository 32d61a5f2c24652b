# SPDX-License-Identifier: GPL-3.0-or-later
"""An internal error loses no report: whatever is raised where, the result has all other steps."""

from __future__ import annotations

import copy
import json
import pickle
import threading
import time
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.running import client, clients, info, rows
from support.workspace import fill, on

from ansible_collections.toggl.focus.plugins.module_utils import _reconcile
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._apply.creates import Creates
from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal

SECRET = "a text that only the exception holds"
FIVE = [f"Client {number}" for number in range(5)]


class Strange(Exception):
    pass


def raising(function: Callable[..., Any], error: BaseException, about: str = "") -> Any:
    """The function, which raises where ``about`` is concerned."""

    def wrapped(*given: Any, **more: Any) -> Any:
        if about in repr(given[1:]):
            raise error
        return function(*given, **more)

    return wrapped


def assert_all_are_told_of(service: Simulator, result: dict[str, Any], done: int) -> None:
    told = {status: {step["name"] for step in rows(result, status)} for status in STATUSES}
    assert sorted(name for names in told.values() for name in names) == FIVE
    unclear = told["failed"] | told["unclear"]
    assert told["done"] <= set(service.names()) <= told["done"] | unclear
    assert (result["failed"], result["changed"], len(told["done"])) == (True, bool(done), done)
    assert len(result["undo"]) == len(told["done"] | unclear)
    assert "Traceback" not in result["msg"]
    assert SECRET not in json.dumps(result)


STATUSES = ("done", "failed", "unclear", "pending")

# in a step

PLACES: dict[str, tuple[type, str, str]] = {
    "before the journal": (Journal, "before", "apply.py"),
    "the request": (FocusApi, "create", "creates.py"),
}
"""What raises, and the last file of the collection that it passes through."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", [Strange, KeyError, RecursionError, MemoryError, UnicodeError])
def test_a_step_that_raises_is_unclear_and_the_others_are_reported(
    service: Simulator, monkeypatch: pytest.MonkeyPatch, place: str, kind: type[Exception]
) -> None:
    """The message says what type of exception it was, and where; nothing of its text."""
    owner, method, file = PLACES[place]
    monkeypatch.setattr(owner, method, raising(getattr(owner, method), kind(SECRET), "Client 2"))
    result = clients(service, clients=FIVE)
    assert_all_are_told_of(service, result, done=4)
    (unclear,) = rows(result, "unclear")
    assert unclear["name"] == "Client 2"
    assert f"({kind.__name__} in module_utils/_apply/{file}, line " in unclear["error"]
    assert "It may have been done" in unclear["error"]


def test_after_the_write_it_is_done_and_the_task_fails(
    service: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The write is known to be done; a journal that cannot be written fails the task."""
    strange = raising(Journal.after, Strange(SECRET), "Client 2")
    monkeypatch.setattr(Journal, "after", strange)
    result = clients(service, clients=FIVE, journal=str(tmp_path / "journal.jsonl"))
    assert_all_are_told_of(service, result, done=5)
    assert "Strange" in result["msg"]


def test_in_the_last_look_only_what_it_is_for_stays_open(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is lost, the look after it finds the client; the last look fails strangely."""
    by_name, looks = Creates._by_name, []

    def fails_at_last(self: Creates, name: str) -> Any:
        looks.append(name)
        if len(looks) > 1:
            raise Strange(SECRET)
        return by_name(self, name)

    monkeypatch.setattr(Creates, "_by_name", fails_at_last)
    service.reset(script=[Fault(on("POST"), drop="after")])
    result = clients(service, clients=FIVE, concurrency=1)
    assert_all_are_told_of(service, result, done=5)
    assert "could not be checked" in result["msg"]


def test_no_thread_to_be_had_is_no_lost_report(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Poor(futures.ThreadPoolExecutor):
        begun = 0

        def submit(self, *given: Any, **more: Any) -> Any:
            Poor.begun += 1
            if Poor.begun > 2:
                raise RuntimeError("can't start new thread")
            return super().submit(*given, **more)

    monkeypatch.setattr(futures, "ThreadPoolExecutor", Poor)
    result = clients(service, clients=FIVE)
    assert_all_are_told_of(service, result, done=2)
    assert len(rows(result, "pending")) == 3


# around the steps


def test_while_reading_it_is_an_error_that_says_nothing_was_written(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FocusApi, "list_clients", raising(print, Strange(SECRET)))
    for result in (client(service, name="A"), clients(service, clients=FIVE), info(service)):
        assert (result["failed"], result["changed"]) == (True, False)
        assert "(Strange in module_utils/" in result["msg"]
        assert result["msg"].endswith("Nothing had been written.")
        assert SECRET not in result["msg"]


def test_after_the_steps_it_still_says_how_many_were_done(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the report itself cannot be made."""
    monkeypatch.setattr(_reconcile, "clients_result", raising(print, Strange(SECRET)))
    result = clients(service, clients=FIVE)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "5 of 5 changes are known to be done" in result["msg"]


# answers that nothing could pass on


@pytest.mark.parametrize("levels", [40, 400, 900, 5000])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_field_that_is_nested_deeply_loses_no_report(
    service: Simulator, method: str, levels: int
) -> None:
    """An answer to a create is settled by a look; a list like that is no list. Results can be
    copied, pickled and printed."""
    field = b'"deep": ' + b"[" * levels + b"]" * levels + b', "name":'
    odd = Fault(on(method), when="after", edit=lambda body: body.replace(b'"name":', field))
    fill(service, "Acme", script=[odd] * 6)
    result = clients(service, clients=FIVE, api_retries=1)
    copy.deepcopy(result)
    pickle.dumps(result)
    json.dumps(result)
    if method == "GET":
        assert result["failed"] is True
        assert "not JSON that can be read" in result["msg"]
        assert service.writes == []
    else:
        assert not result.get("failed"), result["msg"]
        assert service.names() == ["Acme", *FIVE]
        assert len(service.writes) == 5


def test_the_words_of_a_refusal_may_be_nested_deeply(service: Simulator) -> None:
    deep = b'{"error": ' + b"[" * 900 + b"]" * 900 + b"}"
    service.reset(script=[Fault(on("POST"), status=400, body=deep)])
    result = clients(service, clients=FIVE, concurrency=1)
    assert_all_are_told_of(service, {**result, "undo": FIVE}, done=4)


def test_a_lone_surrogate_from_the_service_loses_no_report(service: Simulator) -> None:
    """JSON can spell one; nothing can print, send or store it. It is shown as the sign for that,
    and the client can be deleted by its id, and brought back."""

    def halved(body: bytes) -> bytes:
        return body.replace(b"Acme", b"Ac\\ud83dme").replace(b"Globex", b"Glo\\uDE00bex")

    fill(service, "Acme, Globex", script=[Fault(on("GET"), when="after", edit=halved)] * 20)
    listed = info(service)
    assert [found["name"] for found in listed["clients"]] == ["Ac\ufffdme", "Glo\ufffdbex"]
    result = clients(service, clients="New; absent 1001")
    assert not result.get("failed"), result["msg"]
    assert service.names() == ["Globex", "New"]
    json.dumps([listed, result], ensure_ascii=False).encode()
    undone = clients(service, clients=result["undo"])
    assert not undone.get("failed"), undone["msg"]
    assert service.names() == ["Acme", "Globex"]


def test_whole_characters_stay_as_they_are(service: Simulator) -> None:
    """Also where the service spells them as pairs."""
    pair = Fault(edit=lambda body: json.dumps(json.loads(body)).encode(), when="after")
    fill(service, "Rocket \U0001f680", script=[pair])
    assert info(service)["clients"][0]["name"] == "Rocket \U0001f680"


def test_runs_leave_no_thread_behind(service: Simulator) -> None:
    clients(service, clients=[])
    before = threading.active_count()
    clients(service, clients=FIVE)
    client(service, name="Client 0")
    ends = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before
