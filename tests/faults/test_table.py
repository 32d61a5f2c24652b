# SPDX-License-Identifier: GPL-3.0-or-later
"""The table "When things fail", a case for each row and each kind of write: what the task says,
what is in the workspace afterwards, which requests were sent, how long was waited.

What an answer to the list does, and the shortest form of each row, is in tests/http/test_answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.service import Credentials
from simulator.switches import Switches
from simulator.wire import Call
from support.running import client, clients, sent

from ansible_collections.toggl.focus.plugins.module_utils._progress import Halt
from faults import reports
from faults.conftest import Secured
from faults.network import Door, hanging_up

TRACK_TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Kind:
    """A kind of write: its method, what asks for it, and the active clients after it.

    ``looks``: the requests before it. Before a name is given, the whole list is read.
    """

    method: str
    given: dict[str, Any]
    after: list[str]
    looks: tuple[str, ...] = ("GET",)


WRITES = {
    "create": Kind("POST", {"name": "New"}, ["Acme", "New"], ("GET",)),
    "rename": Kind("PUT", {"id": 1001, "name": "Acme Ltd"}, ["Acme Ltd"], ("GET", "GET")),
    "delete": Kind("DELETE", {"id": 1001, "state": "absent"}, []),
    "restore": Kind(
        "PATCH", {"id": 1002, "state": "restored"}, ["Acme", "Umbrella"], ("GET", "GET")
    ),
}
BEFORE = ["Acme"]

LOOKED = ("GET", "GET", "POST", "GET", "GET")
"""After a create that was not carried out. A look that finds nothing is made again: a read just
after a write may show what was before it. So may the first of the last looks, whether the name is
there once."""


def seed(service: Simulator) -> None:
    service.add("Acme")
    service.add("Umbrella", deleted=True)


def writes(method: str, path: str) -> bool:
    return method != "GET"


@pytest.fixture
def sleeps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the collection has slept; it does not really."""
    slept: list[float] = []

    def sleep(_halt: Halt, seconds: float) -> bool:
        slept.append(seconds)
        return True

    monkeypatch.setattr(Halt, "sleep", sleep)
    return slept


every_write = pytest.mark.parametrize("write", WRITES)


def broken(
    service: Simulator, write: str, *script: Fault, switches: Switches | None = None, **given: Any
) -> dict[str, Any]:
    """The result of a write whose requests meet the faults of ``script``."""
    service.reset(switches, script=list(script))
    seed(service)
    return client(service, **WRITES[write].given, **given)


def assert_done(service: Simulator, write: str, result: dict[str, Any]) -> None:
    assert (result["changed"], result.get("failed")) == (True, None), result
    assert service.names() == WRITES[write].after


def assert_not_done(service: Simulator, result: dict[str, Any]) -> None:
    assert (result["failed"], result["changed"]) == (True, False)
    assert service.names() == BEFORE


def error(words: str) -> bytes:
    return json.dumps({"error": "refused", "error_description": words, "trace_id": "t-7"}).encode()


# not connected: it was not sent, so it is sent again


@dataclass
class Closing:
    """Ends the connection after the last of the looks and lets the next ones go astray."""

    door: Door
    times: int
    looks: int

    def __call__(self, call: Call) -> Fault | None:
        self.looks -= call.method == "GET"
        if self.looks or self.door.refused:
            return None
        self.door.refuse(self.times)
        return Fault(headers={"Connection": "close"})


@every_write
def test_a_connection_that_is_refused(service: Simulator, write: str, sleeps: list[float]) -> None:
    kind = WRITES[write]
    seed(service)
    with Door() as door:
        service.chaos = Closing(door, 2, len(kind.looks))
        result = client(service, **kind.given)
    assert result["changed"] is True, result
    assert service.names() == kind.after
    assert sent(service) == [*kind.looks, kind.method]
    assert (result["requests"], len(sleeps)) == (len(kind.looks) + 3, 2)


@every_write
def test_a_handshake_that_breaks(secured: Secured, write: str, sleeps: list[float]) -> None:
    kind, service = WRITES[write], secured.service
    seed(service)
    with hanging_up() as address, Door(address) as door:
        service.chaos = Closing(door, 2, len(kind.looks))
        result = client(service, ca_path=secured.certificate.ca_path, **kind.given)
    assert result["changed"] is True, result
    assert service.names() == kind.after
    assert sent(service) == [*kind.looks, kind.method]
    assert (result["requests"], len(sleeps)) == (len(kind.looks) + 3, 2)


@every_write
def test_a_connection_that_is_refused_for_good(
    service: Simulator, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    seed(service)
    with Door() as door:
        service.chaos = Closing(door, 99, len(kind.looks))
        result = client(service, api_retries=2, **kind.given)
    assert (result["failed"], result["changed"]) == (True, False)
    assert "No connection to 127.0.0.1" in result["msg"]
    assert service.names() == BEFORE
    assert (sent(service), result["requests"]) == ([*kind.looks], len(kind.looks) + 3)


# lost, or failed: a create is looked for, all others are sent again

LOST: dict[str, Fault] = {
    "reset": Fault(match=writes, reset=True, drop="before"),
    "dropped": Fault(match=writes, drop="before"),
    **{str(status): Fault(match=writes, status=status) for status in (500, 502, 503, 504)},
    "500 with words": Fault(match=writes, status=500, body=error("boom")),
    "502 of a proxy": Fault(match=writes, status=502, body=b"<html>Bad Gateway</html>"),
}


def after_the_work(fault: Fault) -> Fault:
    given = {**vars(fault), "drop": "after" if fault.drop else None, "when": "after"}
    return Fault(**given)


@every_write
@pytest.mark.parametrize("lost", LOST)
def test_lost_before_the_work(
    service: Simulator, lost: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    result = broken(service, write, LOST[lost])
    assert_done(service, write, result)
    again = LOOKED if write == "create" else [kind.method]
    assert sent(service) == [*kind.looks, kind.method, *again]
    assert len(sleeps) == (3 if write == "create" else 1)


@every_write
@pytest.mark.parametrize("lost", [*LOST, "cut off"])
def test_lost_after_the_work(
    service: Simulator, lost: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    cut_off = Fault(match=writes, drop="during")
    fault = cut_off if lost == "cut off" else after_the_work(LOST[lost])
    result = broken(service, write, fault)
    assert_done(service, write, result)
    again = ["GET", "GET"] if write == "create" else [kind.method]
    assert sent(service) == [*kind.looks, kind.method, *again]
    assert len(service.workspace.history) == 1


@every_write
def test_a_write_that_nobody_can_settle(
    service: Simulator, write: str, sleeps: list[float]
) -> None:
    """It is done, its answer is lost, and from then on nothing comes through: it is said that it
    may have been done, and the undo holds in both cases."""
    lost_for_good = [Fault(lambda method, path: bool(service.writes), drop="before")] * 99
    lost = Fault(match=writes, drop="after")
    result = broken(service, write, lost, *lost_for_good, api_retries=1)
    assert (result["failed"], result["changed"], result["action"]) == (True, False, "none")
    create = 'Whether the client "New" was created once, and under this name, could not be checked'
    assert (create if write == "create" else "It may have been done: look") in result["msg"]
    assert service.names() == WRITES[write].after
    service.forget()
    clients(service, clients=result["undo"], max_deletion_percent=100)
    assert service.names() == BEFORE


# what a second try is answered


@pytest.mark.parametrize("answer", [404, 400, 204])
@pytest.mark.parametrize("write", ["delete", "restore"])
def test_a_repeated_write_that_was_done_before(
    service: Simulator, write: str, answer: int, sleeps: list[float]
) -> None:
    """A 404 to a repeated DELETE is success at once; another refusal is settled by a look."""
    kind = WRITES[write]
    switches = Switches(delete_deleted=answer, restore_active=answer)
    result = broken(service, write, Fault(match=writes, drop="after"), switches=switches)
    assert_done(service, write, result)
    settled = answer == 204 or (write, answer) == ("delete", 404)
    assert sent(service) == [*kind.looks, kind.method, kind.method, *([] if settled else ["GET"])]


@pytest.mark.parametrize(
    ("write", "status"),
    [
        (write, status)
        for write in WRITES
        for status in (400, 404, 422)
        if (write, status) != ("delete", 404)  # then it is gone, whoever deleted it
    ],
)
def test_a_refusal_after_a_lost_answer_that_did_nothing(
    service: Simulator, write: str, status: int, sleeps: list[float]
) -> None:
    """A look finds that it was not done, so it is an error and nothing is reported as done."""
    refusal = Fault(match=writes, status=status, body=error("no good"))
    result = broken(service, write, Fault(match=writes, drop="before"), refusal)
    assert_not_done(service, result)
    assert "no good" in result["msg"]


# 429: not processed, sent again when the service says


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


WAITS: dict[str, tuple[Callable[[], str | None], float, float]] = {
    "nothing": (lambda: None, 0.0, 0.001),
    "seconds": (lambda: "7", 7, 7),
    "zero seconds": (lambda: "0", 0, 0),
    "more seconds than anybody waits": (lambda: "9999", 120, 120),
    "a date": (lambda: in_seconds(30), 25, 30),
    "a date that is over": (lambda: in_seconds(-30), 0, 0),
    "nonsense": (lambda: "soon", 0.0, 0.001),
    "a negative number": (lambda: "-5", 0.0, 0.001),
}
"""What ``Retry-After`` says, and the seconds that are waited, at least and at most."""


@every_write
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("says", WAITS)
def test_retry_after(
    service: Simulator, says: str, status: int, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    header, least, most = WAITS[says]
    text = header()
    headers = {} if text is None else {"Retry-After": text}
    result = broken(service, write, Fault(match=writes, status=status, headers=headers))
    assert_done(service, write, result)
    looked_for = (write, status) == ("create", 503)
    assert len(sleeps) == (3 if looked_for else 1)
    assert least <= sleeps[0] <= most
    again = LOOKED if looked_for else [kind.method]
    assert sent(service) == [*kind.looks, kind.method, *again]


@every_write
def test_429_without_end(service: Simulator, write: str, sleeps: list[float]) -> None:
    kind = WRITES[write]
    result = broken(service, write, *[Fault(match=writes, status=429)] * 9, api_retries=3)
    assert_not_done(service, result)
    assert sent(service) == [*kind.looks, *[kind.method] * 4]


# 402: the quota, or a feature

QUOTA = {"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "61"}
NO_QUOTA = Switches(quota_headers=False)
"""The service itself says nothing of it: the fault alone does."""

USED_UP: dict[str, Fault] = {
    "headers": Fault(match=writes, status=402, headers=QUOTA),
    "headers and words": Fault(match=writes, status=402, headers=QUOTA, body=error("try later")),
    "the time alone": Fault(match=writes, status=402, headers={"X-Toggl-Quota-Resets-In": "61"}),
}


@every_write
@pytest.mark.parametrize("by", USED_UP)
def test_the_quota_is_waited_for(
    service: Simulator, by: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    result = broken(service, write, USED_UP[by], switches=NO_QUOTA, quota_wait=62)
    assert_done(service, write, result)
    assert sent(service) == [*kind.looks, kind.method, kind.method]
    assert [round(seconds) for seconds in sleeps] == [62]


@every_write
@pytest.mark.parametrize("by", USED_UP)
def test_the_quota_is_not_waited_for(
    service: Simulator, by: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    result = broken(service, write, USED_UP[by], switches=NO_QUOTA, quota_wait=60)
    assert_not_done(service, result)
    assert "it resets in 61 seconds" in result["msg"]
    assert (sent(service), sleeps) == ([*kind.looks, kind.method], [])


# what fails at once

AT_ONCE: dict[str, tuple[Fault, str]] = {
    "402 by words": (
        Fault(match=writes, status=402, body=error("hourly quota exceeded")),
        "the service does not say when it resets",
    ),
    "402 for a feature": (
        Fault(match=writes, status=402, body=error("not on this plan")),
        'another subscription plan for {where}: 402 "refused: not on this plan" (trace id t-7)',
    ),
    "401": (Fault(match=writes, status=401, body=error("who?")), "API key is whole"),
    "403": (Fault(match=writes, status=403, body=error("no")), "The service forbids {where}"),
    **{
        str(status): (
            Fault(match=writes, status=status, body=error("no good")),
            f'The service refused {{where}}: {status} "refused: no good" (trace id t-7)',
        )
        for status in (400, 404, 409, 422)
    },
    **{
        f"redirect {status}": (
            Fault(match=writes, status=status, headers={"Location": "/api/elsewhere"}),
            f"with a redirect ({status}), which is not followed",
        )
        for status in (301, 302, 303, 307, 308)
    },
}
PATHS = {
    "create": "POST /workspaces/4711/clients",
    "rename": "PUT /workspaces/4711/clients/1001",
    "delete": "DELETE /workspaces/4711/clients/1001",
    "restore": "PATCH /workspaces/4711/clients/1002/restore",
}


@every_write
@pytest.mark.parametrize("case", AT_ONCE)
def test_what_fails_at_once(service: Simulator, case: str, write: str, sleeps: list[float]) -> None:
    kind = WRITES[write]
    fault, said = AT_ONCE[case]
    result = broken(service, write, fault, switches=NO_QUOTA)
    assert_not_done(service, result)
    assert result["undo"] == []
    assert said.format(where=PATHS[write]) in result["msg"]
    assert (sent(service), sleeps) == ([*kind.looks, kind.method], [])


@pytest.fixture
def track(service: Simulator) -> Iterator[Simulator]:
    """A service that takes a token of the form that Toggl Track gives out, until it does not."""
    usual, service.credentials = service.credentials, Credentials(TRACK_TOKEN)
    yield service
    service.credentials = usual


@every_write
def test_a_track_token_is_recognised(track: Simulator, write: str) -> None:
    result = broken(track, write, Fault(match=writes, status=401))
    assert "has the form of a Toggl Track token" in result["msg"]
    assert TRACK_TOKEN not in str(result)
    assert sent(track) == [*WRITES[write].looks, WRITES[write].method]


STOPS_ALL = ("401", "402 by words", "402 for a feature", "403")


@pytest.mark.parametrize("case", AT_ONCE)
def test_what_fails_for_all_stops_all(service: Simulator, case: str) -> None:
    """A refusal of one entry leaves the others alone; what concerns every request ends the run."""
    wanted = [{"name": f"New {number}"} for number in range(3)]
    service.reset(NO_QUOTA, script=[AT_ONCE[case][0]])
    result = clients(service, clients=wanted, concurrency=1)
    assert result["failed"] is True
    stops = case in STOPS_ALL or case.startswith("redirect")
    assert sent(service) == ["GET", "POST"] if stops else ["GET", "POST", "POST", "POST"]
    assert len(reports.done(result)) == (0 if stops else 2)
    assert len(reports.pending(result)) == (0 if not stops else 3 if case == "402 by words" else 2)


# not JSON, wrong shape

JUNK = {"not JSON": b"<p>Welcome", "cut-off JSON": b'{"id": 10'}


@every_write
@pytest.mark.parametrize("junk", JUNK)
def test_junk_after_the_work_is_settled_by_a_look(
    service: Simulator, junk: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    fault = Fault(match=writes, status=200, body=JUNK[junk], when="after")
    result = broken(service, write, fault)
    assert_done(service, write, result)
    looks = ["GET", "GET"] if write == "create" else ["GET"]
    assert sent(service) == [*kind.looks, kind.method, *looks]


@pytest.mark.parametrize("write", ["rename", "delete", "restore"])
@pytest.mark.parametrize("junk", JUNK)
def test_junk_instead_of_the_work_is_an_error(
    service: Simulator, junk: str, write: str, sleeps: list[float]
) -> None:
    kind = WRITES[write]
    result = broken(service, write, Fault(match=writes, status=200, body=JUNK[junk]))
    assert_not_done(service, result)
    assert sent(service) == [*kind.looks, kind.method, "GET", "GET"]


WRONG_SHAPES = (b"[]", b"7", b'"New"', b"null", b'{"data": 7}', b'{"id": "7"}', b'{"id": -1}')


@pytest.mark.parametrize("shape", WRONG_SHAPES)
def test_a_create_is_answered_in_another_shape(
    service: Simulator, shape: bytes, sleeps: list[float]
) -> None:
    """It is done, so a look finds it, and it is not sent again."""
    service.reset(script=[Fault(match=writes, status=201, body=shape, when="after")])
    result = client(service, name="New")
    assert (result["action"], result["client"]["id"]) == ("created", 1001)
    assert sent(service).count("POST") == 1
    assert service.names() == ["New"]


# among clients that were not there before

MODULES: dict[str, Callable[..., dict[str, Any]]] = {
    "focus_client": lambda service, name: client(service, name=name),
    "focus_clients": lambda service, name: clients(service, clients=[{"name": name}]),
}


def new_id(result: dict[str, Any]) -> int:
    created: int = result["undo"][0]["id"]
    return created


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("module", MODULES)
def test_a_deleted_client_of_the_name_is_never_adopted(
    service: Simulator, module: str, when: str, hidden: bool
) -> None:
    switches = Switches(list_shows_deleted=not hidden)
    service.reset(switches, script=[Fault(match=writes, drop=when)])
    service.add("New", deleted=True)
    result = MODULES[module](service, "New")
    assert result.get("failed") is None, result
    assert new_id(result) == 1002
    assert service.names() == ["New"]
    assert sent(service).count("POST") == (2 if when == "before" else 1)


def renamed_meanwhile(service: Simulator, when: str) -> Fault:
    """Somebody else gives Acme the name that is being created, and the answer gets lost."""

    def match(method: str, _: str) -> bool:
        if method == "POST" and service.names() == ["Acme"]:
            service.workspace.rename(1001, "New")
            return True
        return False

    return Fault(match=match, drop=when)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_client_that_was_there_before_is_never_adopted(service: Simulator, when: str) -> None:
    """It is not this run's client: this run's undo must not delete it."""
    service.reset(script=[renamed_meanwhile(service, when)])
    service.add("Acme")
    result = clients(service, clients=[{"name": "New"}])
    assert new_id(result) == 1002
    assert sent(service).count("POST") == (2 if when == "before" else 1)
    clients(service, clients=result["undo"], max_deletion_percent=100)
    assert [found.id for found in service.clients() if not found.deleted_at] == [1001]


def on_the_look(service: Simulator, happens: Callable[[], object]) -> Fault:
    """The answer to the create is lost; before it is looked for, somebody does something."""

    def look(method: str, _: str) -> bool:
        if method == "GET" and service.writes and not done:
            done.append(happens())
        return False

    done: list[object] = []
    return Fault(match=look)


def test_a_client_that_was_deleted_again_is_never_adopted(service: Simulator) -> None:
    """Somebody else deletes the new client before the look: it is not there, so it is created."""
    deleted = on_the_look(service, lambda: service.workspace.delete(1001))
    service.reset(script=[deleted, Fault(match=writes, drop="after")])
    result = clients(service, clients=[{"name": "New"}])
    assert [step["id"] for step in reports.done(result)] == [1002]
    assert service.names() == ["New"]


@pytest.mark.parametrize("name_filter", ["contains", "begins", "fuzzy", "ignored"])
def test_a_client_of_a_longer_name_is_never_adopted(service: Simulator, name_filter: str) -> None:
    """Somebody else creates it before the look, and the service's filter lets it through."""
    made = on_the_look(service, lambda: service.workspace.create("New York"))
    service.reset(
        Switches(name_filter=name_filter), script=[made, Fault(match=writes, drop="before")]
    )
    result = clients(service, clients=[{"name": "New"}])
    assert [step["id"] for step in reports.done(result)] == [1002]
    assert service.names() == ["New", "New York"]


def test_where_names_are_unique_the_other_client_keeps_the_name(service: Simulator) -> None:
    switches = Switches(duplicates="refused_active")
    service.reset(switches, script=[renamed_meanwhile(service, "before")])
    service.add("Acme")
    result = clients(service, clients=[{"name": "New"}])
    assert (result["failed"], reports.done(result), result["undo"]) == (True, [], [])
    assert service.names() == ["New"]


def test_the_oldest_of_several_new_ones_is_adopted(service: Simulator) -> None:
    """And the others are named: the run ends with a look that each such name is there once."""

    def made_meanwhile(method: str, _: str) -> bool:
        if method == "POST" and not service.clients():
            service.workspace.create("New")
            return True
        return False

    service.reset(script=[Fault(match=made_meanwhile, drop="after")])
    result = clients(service, clients=[{"name": "New"}])
    assert [step["id"] for step in reports.done(result)] == [1001]
    assert "with the ids 1001, 1002" in result["msg"]
