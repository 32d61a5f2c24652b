# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody foresaw costs no report: whatever is raised where, the result has all other steps."""

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

from ansible_collections.toggl.focus.plugins.module_utils import _reconcile
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._apply.creates import Creates
from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal

SECRET = "a text that only the exception holds"
FIVE = [{"name": f"Client {number}"} for number in range(5)]


class Strange(Exception):
    pass


def raising_for(name: str, function: Callable[..., Any], error: BaseException) -> Any:
    """The function, which raises where ``name`` is concerned."""

    def wrapped(self: object, *given: Any) -> Any:
        if name in repr(given):
            raise error
        return function(self, *given)

    return wrapped


def assert_all_are_told_of(service: Simulator, result: dict[str, Any]) -> None:
    told = ("done", "failed", "unclear", "pending")
    assert rows(result, *told) == result["plan"]
    assert sorted(step["name"] for step in result["plan"]) == [entry["name"] for entry in FIVE]
    assert result["failed"] is True
    done = {step["name"] for step in rows(result, "done")}
    unclear = {step["name"] for step in rows(result, "failed", "unclear")}
    assert done <= set(service.names()) <= done | unclear
    assert result["changed"] is bool(done)
    assert len(result["undo"]) == len(done | unclear)
    assert "Traceback" not in result["msg"]
    assert SECRET not in json.dumps(result)


# in a step

KINDS = (Strange, KeyError, RecursionError, MemoryError, UnicodeError)
PLACES: dict[str, tuple[type, str, str]] = {
    "before the journal": (Journal, "before", "apply.py"),
    "the request": (FocusApi, "create", "creates.py"),
}
"""What raises, and the last file of the collection that it passes through."""


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_raises_is_unclear_and_the_others_are_reported(
    service: Simulator, monkeypatch: pytest.MonkeyPatch, place: str, kind: type[Exception]
) -> None:
    """The message says what type of exception it was, and where; nothing of its text."""
    owner, method, file = PLACES[place]
    error = kind(SECRET)
    monkeypatch.setattr(owner, method, raising_for("Client 2", getattr(owner, method), error))
    result = clients(service, clients=FIVE)
    assert_all_are_told_of(service, result)
    (unclear,) = rows(result, "failed", "unclear")
    assert (unclear["name"], unclear["status"]) == ("Client 2", "unclear")
    reported = unclear["error"]
    assert f"({kind.__name__} in module_utils/_apply/{file}, line " in reported
    assert "It may have been done" in reported
    assert len(rows(result, "done")) == 4


def test_after_the_write_it_is_done_and_the_task_fails(
    service: Simulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The write is known to be done; a journal that cannot be written fails the task."""
    strange = raising_for("Client 2", Journal.after, Strange(SECRET))
    monkeypatch.setattr(Journal, "after", strange)
    result = clients(service, clients=FIVE, journal=str(tmp_path / "journal.jsonl"))
    assert_all_are_told_of(service, result)
    assert len(rows(result, "done")) == 5
    assert "Strange" in result["msg"]


def test_in_the_last_look_only_what_it_is_for_stays_open(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer is lost, the look after it finds the client; the last look fails strangely."""
    looks: list[str] = []

    def fails_at_last(self: Creates, name: str) -> Any:
        looks.append(name)
        if len(looks) > 1:
            raise Strange(SECRET)
        return by_name(self, name)

    by_name = Creates._by_name
    monkeypatch.setattr(Creates, "_by_name", fails_at_last)
    lost = Fault(match=lambda method, _: method == "POST", drop="after")
    service.reset(script=[lost])
    result = clients(service, clients=FIVE, concurrency=1)
    assert_all_are_told_of(service, result)
    assert "could not be checked" in result["msg"]
    assert len(rows(result, "done")) == 5


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
    assert_all_are_told_of(service, result)
    assert (len(rows(result, "done")), len(rows(result, "pending"))) == (2, 3)


# around the steps


def test_while_reading_it_is_an_error_that_says_nothing_was_written(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(*_: object, **_also: object) -> None:
        raise Strange(SECRET)

    monkeypatch.setattr(FocusApi, "list_clients", strange)
    for result in (client(service, name="A"), clients(service, clients=FIVE), info(service)):
        assert (result["failed"], result["changed"]) == (True, False)
        assert "(Strange in module_utils/" in result["msg"]
        assert result["msg"].endswith("Nothing had been written.")
        assert SECRET not in result["msg"]


def test_after_the_steps_it_still_says_how_many_were_done(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the report itself cannot be made."""

    def strange(*_: object, **__: object) -> None:
        raise Strange(SECRET)

    monkeypatch.setattr(_reconcile, "clients_result", strange)
    result = clients(service, clients=FIVE)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "5 of 5 changes are known to be done" in result["msg"]


# answers that nothing could pass on


def nested(levels: int) -> Callable[[bytes], bytes]:
    """An edit of the service's own answer: each client gets a field so deep."""

    def edit(body: bytes) -> bytes:
        deep = b"[" * levels + b"]" * levels
        return body.replace(b'"name":', b'"deep": ' + deep + b', "name":')

    return edit


@pytest.mark.parametrize("levels", [40, 400, 900, 5000])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_field_that_is_nested_deeply_loses_no_report(
    service: Simulator, method: str, levels: int
) -> None:
    """An answer to a create is settled by a look; a list like that is no list. Results can be
    copied, pickled and printed."""
    odd = Fault(match=lambda sent, _: sent == method, when="after", edit=nested(levels))
    service.reset(script=[odd] * 6)
    service.add("Acme")
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
        assert service.names() == ["Acme", *(entry["name"] for entry in FIVE)]
        assert len(service.writes) == 5


def test_the_words_of_a_refusal_may_be_nested_deeply(service: Simulator) -> None:
    deep = b'{"error": ' + b"[" * 900 + b"]" * 900 + b"}"
    service.reset(script=[Fault(match=lambda sent, _: sent == "POST", status=400, body=deep)])
    result = clients(service, clients=FIVE, concurrency=1)
    assert [step["name"] for step in rows(result, "failed", "unclear")] == ["Client 0"]
    assert len(rows(result, "done")) == 4


def test_half_a_character_from_the_service_loses_no_report(service: Simulator) -> None:
    """JSON can spell half of a pair alone; nothing can print, send or store it. It is shown as the
    sign for that, and the client can be deleted by its id, and brought back."""

    def halved(body: bytes) -> bytes:
        return body.replace(b"Acme", b"Ac\\ud83dme").replace(b"Globex", b"Glo\\uDE00bex")

    everywhere = Fault(match=lambda sent, _: sent == "GET", when="after", edit=halved)
    service.reset(script=[everywhere] * 20)
    service.add("Acme")
    service.add("Globex")
    listed = info(service)
    assert [found["name"] for found in listed["clients"]] == ["Ac\ufffdme", "Glo\ufffdbex"]
    result = clients(service, clients=[{"name": "New"}, {"id": 1001, "state": "absent"}])
    assert not result.get("failed"), result["msg"]
    assert service.names() == ["Globex", "New"]
    json.dumps([listed, result], ensure_ascii=False).encode()
    back = clients(service, clients=result["undo"])
    assert not back.get("failed"), back["msg"]
    assert service.names() == ["Acme", "Globex"]


def test_whole_characters_stay_as_they_are(service: Simulator) -> None:
    """Also where the service spells them as pairs."""
    service.add("Rocket \U0001f680")
    pair = Fault(edit=lambda body: json.dumps(json.loads(body)).encode(), when="after")
    service.script.append(pair)
    assert info(service)["clients"][0]["name"] == "Rocket \U0001f680"


def test_runs_leave_no_thread_behind_but_one(service: Simulator) -> None:
    """The one beside the main thread waits for the next run."""
    clients(service, clients=[])
    before = threading.active_count()
    clients(service, clients=FIVE)
    client(service, name="Client 0")
    ends = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before
