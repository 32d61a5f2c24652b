# SPDX-License-Identifier: GPL-3.0-or-later
"""The table "When things fail", a case for each row and each kind of write: what the task says,
what is in the workspace afterwards, which requests were sent, how long was waited. What an answer
to the list does is in tests/http/test_answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, NamedTuple

import pytest
from simulator.records import Fault, Moment
from simulator.server import Simulator
from simulator.service import Credentials
from simulator.switches import Switches
from simulator.wire import Call
from simulator.workspace import Workspace
from support.running import MODULES, clients, rows, run_entry, sent, without_sleep
from support.workspace import fill, on

from faults.network import Door, error, hanging_up

TRACK_TOKEN = "0123456789abcdef0123456789abcdef"
NO_QUOTA = Switches(quota_headers=False)
"""The service itself says nothing of the quota: the fault alone does."""


class Kind(NamedTuple):
    """A kind of write: what asks for it, the active clients after it, and the reads before it:
    before a name is given, the whole list is read."""

    method: str
    path: str
    entry: str
    after: list[str]
    looks: list[str]


PATH = "/workspaces/4711/clients"
WRITES = {
    "create": Kind("POST", PATH, "New", ["Acme", "New"], ["GET"]),
    "rename": Kind("PUT", f"{PATH}/1001", "1001 Acme Ltd", ["Acme Ltd"], ["GET"] * 2),
    "delete": Kind("DELETE", f"{PATH}/1001", "absent 1001", [], ["GET"]),
    "restore": Kind(
        "PATCH", f"{PATH}/1002/restore", "restored 1002", ["Acme", "Umbrella"], ["GET"] * 2
    ),
}
THERE = "Acme, (Umbrella)"
every_write = pytest.mark.parametrize("write", WRITES)


sleeps = pytest.fixture(without_sleep)


def broken(
    service: Simulator, write: str, *script: Fault, switches: Switches = NO_QUOTA, **given: Any
) -> dict[str, Any]:
    """The result of a write whose requests meet the faults of ``script``."""
    fill(service, THERE, switches, script=script)
    return run_entry(MODULES[0], service, WRITES[write].entry, **given)


def assert_done(service: Simulator, write: str, result: dict[str, Any]) -> None:
    assert (result["changed"], result.get("failed")) == (True, None), result
    assert service.names() == WRITES[write].after


def assert_not_done(service: Simulator, result: dict[str, Any]) -> None:
    assert (result["failed"], result["changed"]) == (True, False)
    assert service.names() == ["Acme"]


# the rows


class Row(NamedTuple):
    """What a write meets. ``said``: the error; without one, the write is done. ``create`` and
    ``others``: the requests after the first try of a create, and of the other writes, ``again``
    being the write itself; ``None`` if the row does not concern it. ``waits``: the seconds until
    the second try, at least and at most."""

    faults: tuple[Fault, ...]
    create: str | None
    others: str | None
    said: str = ""
    options: Mapping[str, Any] = {}
    waits: Sequence[float] = (0.0, 0.001)

    def then(self, write: str) -> str | None:
        return self.create if write == "create" else self.others


LOOKED_FOR = "GET GET again GET GET"
"""A look that finds nothing is made again: a read just after a write may show what was before it.
So may the first of the last looks, whether the name is there once."""


def on_write(status: int | None = None, **fault: Any) -> Fault:
    return Fault(on("POST", "PUT", "DELETE", "PATCH"), status=status, **fault)


def faulty(name: str, faults: Mapping[str, Fault], *row: Any) -> dict[str, Row]:
    return {f"{name}-{fault}": Row((faults[fault],), *row) for fault in faults}


LOST = {
    "reset": on_write(reset=True, drop="before"),
    "dropped": on_write(drop="before"),
    **{str(status): on_write(status) for status in (500, 502, 503, 504)},
    "500_with_words": on_write(500, body=error("boom")),
    "502_of_a_proxy": on_write(502, body=b"<html>Bad Gateway</html>"),
}
LOST_AFTER = {
    "cut_off": on_write(drop="during"),
    **{
        name: replace(fault, drop="after" if fault.drop else None, when="after")
        for name, fault in LOST.items()
    },
}


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


RETRY_AFTER: dict[str, tuple[str | None, float, float]] = {
    "nothing": (None, 0.0, 0.001),
    "seconds": ("7", 7, 7),
    "zero_seconds": ("0", 0, 0),
    "more_seconds_than_anybody_waits": ("9999", 120, 120),
    "a_date_that_is_over": (in_seconds(-30), 0, 0),
    "a_date_that_is_far": (in_seconds(9999), 120, 120),
    "nonsense": ("soon", 0.0, 0.001),
    "a_negative_number": ("-5", 0.0, 0.001),
}
"""What it says, and the seconds that are waited, at least and at most."""


def later(status: int, says: str | None) -> tuple[Fault, ...]:
    return (on_write(status, headers={} if says is None else {"Retry-After": says}),)


RESETS = {"X-Toggl-Quota-Resets-In": "31"}
NOTHING_LEFT = {"X-Toggl-Quota-Remaining": "0", **RESETS}
USED_UP = {
    "headers": on_write(402, headers=NOTHING_LEFT),
    "headers_and_words": on_write(402, headers=NOTHING_LEFT, body=error("try later")),
    "the_time_alone": on_write(402, headers=RESETS),
}

REFUSED = 'The service refused {{where}}: {} "refused: no good" (trace id t-7)'
PLAN = 'another subscription plan for {where}: 402 "refused: a plan" (trace id t-7)'
REDIRECTED = "with a redirect ({}), which is not followed"
AT_ONCE = {
    "402_by_words": (402, "hourly quota exceeded", "the service does not say when it resets"),
    "402_for_a_feature": (402, "a plan", PLAN),
    "401": (401, "who?", "API key is whole"),
    "403": (403, "no", "The service forbids {where}"),
    **{str(status): (status, "no good", REFUSED.format(status)) for status in (400, 404, 409, 422)},
    **{f"redirect_{s}": (s, "", REDIRECTED.format(s)) for s in (301, 302, 303, 307, 308)},
}
"""Status, words of the answer, and what is said of them."""


def refused(case: str) -> Fault:
    status, words, _ = AT_ONCE[case]
    return on_write(status, body=error(words), headers={"Location": "/api/elsewhere"})


def junk(**fault: Any) -> dict[str, Fault]:
    answers = {
        "not_JSON": (200, b"<p>Welcome"),
        "cut-off_JSON": (200, b'{"id": 10'),
        "accepted": (202, error("something")),
    }
    return {name: on_write(status, body=body, **fault) for name, (status, body) in answers.items()}


SHAPES = ("[]", "7", '"New"', "null", '{"data": 7}', '{"id": "7"}', '{"id": -1}')
OTHER_SHAPES = {text: on_write(201, body=text.encode(), when="after") for text in SHAPES}

ROWS: dict[str, Row] = {
    # A create is looked for, all others are sent again.
    **faulty("lost_before_the_work", LOST, LOOKED_FOR, "again"),
    **faulty("lost_after_the_work", LOST_AFTER, "GET GET", "again"),
    # A look finds that it was not done.
    **{
        f"lost_and_then_{case}": Row(
            (LOST["dropped"], refused(case)),
            "GET GET again GET GET GET",
            "again GET GET",
            "no good",
        )
        for case in ("400", "404", "422")
    },
    # The service says when to send again; a create is looked for, unless it was not processed.
    **{
        f"retry_after-{status}-{name}": Row(later(status, says), create, "again", waits=waits)
        for status, create in ((429, "again"), (503, LOOKED_FOR))
        for name, (says, *waits) in RETRY_AFTER.items()
    },
    "429_without_end": Row(
        later(429, None) * 9,
        "again again again",
        "again again again",
        "The service refused {where}: 429.",
        {"api_retries": 3},
    ),
    **faulty(
        "the_quota_waited_for", USED_UP, "again", "again", "", {"quota_wait": 32}, (31.5, 32.5)
    ),
    **faulty("the_quota_not_waited_for", USED_UP, "", "", "resets in 31 sec", {"quota_wait": 30}),
    **{f"at_once-{case}": Row((refused(case),), "", "", AT_ONCE[case][2]) for case in AT_ONCE},
    # A look settles it.
    **faulty("junk_after_the_work", junk(when="after"), "GET GET", "GET"),
    **faulty("another_shape", OTHER_SHAPES, "GET GET", None),
    **faulty(
        "junk_instead_of_the_work", junk(), None, "GET GET", "unexpected status, expected 204"
    ),
}


CASES = {
    f"{name}-{write}": (row, write)
    for name, row in ROWS.items()
    for write in WRITES
    if row.then(write) is not None
}
# After a 404 to its second try a client is gone, whoever deleted it.
del CASES["lost_and_then_404-delete"]


@pytest.mark.parametrize(("row", "write"), CASES.values(), ids=CASES)
def test_a_failure(service: Simulator, row: Row, write: str, sleeps: list[float]) -> None:
    kind = WRITES[write]
    result = broken(service, write, *row.faults, **row.options)
    then = row.then(write) or ""
    if row.said:
        assert_not_done(service, result)
        assert then or result["undo"] == []
        assert row.said.format(where=f"{kind.method} {kind.path}") in result["msg"]
    else:
        assert_done(service, write, result)
        assert len(service.workspace.history) == 1
    assert sent(service) == [*kind.looks, *f"again {then}".replace("again", kind.method).split()]
    assert len(sleeps) == then.count("again") + then.count("GET GET")
    assert "again" not in then or row.waits[0] <= sleeps[0] <= row.waits[1]


# not connected: it was not sent, so it is sent again


@every_write
@pytest.mark.parametrize("ends", ["refused", "in the handshake"])
@pytest.mark.parametrize("times", [2, 99])
def test_a_connection_that_is_not_made(
    secured: Simulator, write: str, ends: str, times: int, sleeps: list[float]
) -> None:
    """The connection ends after the last of the looks, and the next ones go astray."""
    kind, service = WRITES[write], fill(secured, THERE)

    def close(call: Call) -> Fault | None:
        if len(service.log) < len(kind.looks) - 1 or door.refused:
            return None
        door.refuse(times)
        return Fault(headers={"Connection": "close"})

    with hanging_up() as address, Door(address if ends == "in the handshake" else None) as door:
        service.chaos = close
        given = {"ca_path": service.ca_path, "api_retries": 2}
        result = run_entry(MODULES[0], service, kind.entry, **given)
    if times == 2:
        assert_done(service, write, result)
        assert sent(service) == [*kind.looks, kind.method]
    else:
        assert_not_done(service, result)
        assert "No connection to 127.0.0.1" in result["msg"]
        assert sent(service) == kind.looks
    assert (result["requests"], len(sleeps)) == (len(kind.looks) + 3, 2)


# beside the rows


@every_write
def test_a_write_nobody_can_settle(service: Simulator, write: str, sleeps: list[float]) -> None:
    """It is done, its answer is lost, and from then on nothing comes through: it is said that it
    may have been done, and the undo holds in both cases."""
    lost_for_good = [Fault(lambda method, path: bool(service.writes), drop="before")] * 99
    result = broken(service, write, on_write(drop="after"), *lost_for_good, api_retries=1)
    assert (result["failed"], result["changed"], result["action"]) == (True, False, "none")
    create = 'Whether "New" was created once, under this name, could not be checked'
    assert (create if write == "create" else "It may have been done: look") in result["msg"]
    assert service.names() == WRITES[write].after
    service.forget()
    clients(service, clients=result["undo"], max_deletion_percent=100)
    assert service.names() == ["Acme"]


@pytest.mark.parametrize("answer", [404, 400, 204])
@pytest.mark.parametrize("write", ["delete", "restore"])
def test_a_repeated_write_that_was_done_before(
    service: Simulator, write: str, answer: int, sleeps: list[float]
) -> None:
    """A 404 to a repeated DELETE is success at once; another refusal is settled by a look."""
    kind = WRITES[write]
    switches = Switches(delete_deleted=answer, restore_active=answer)
    result = broken(service, write, on_write(drop="after"), switches=switches)
    assert_done(service, write, result)
    settled = answer == 204 or (write, answer) == ("delete", 404)
    assert sent(service) == [*kind.looks, kind.method, kind.method, *([] if settled else ["GET"])]


@every_write
def test_a_track_token_is_recognised(
    service: Simulator, write: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "credentials", Credentials(TRACK_TOKEN))
    result = broken(service, write, on_write(401))
    assert "has the form of a Toggl Track token" in result["msg"]
    assert TRACK_TOKEN not in str(result)
    assert sent(service) == [*WRITES[write].looks, WRITES[write].method]


@pytest.mark.parametrize("case", AT_ONCE)
def test_what_fails_for_all_stops_all(service: Simulator, case: str) -> None:
    """A refusal of one entry leaves the others alone; what concerns every request ends the run."""
    service.reset(NO_QUOTA, script=[refused(case)])
    result = clients(service, clients=["New 0", "New 1", "New 2"], concurrency=1)
    assert result["failed"] is True
    stops = case in ("401", "402_by_words", "402_for_a_feature", "403") or "redirect" in case
    assert sent(service) == ["GET", "POST"] if stops else ["GET", "POST", "POST", "POST"]
    assert len(rows(result, "done")) == (0 if stops else 2)
    assert len(rows(result, "pending")) == (0 if not stops else 3 if case == "402_by_words" else 2)


def test_a_create_that_shows_nowhere_is_not_done(service: Simulator) -> None:
    """Somebody in between answers 201 for the service. A look at the end finds no client."""
    service.reset(script=[on_write(201, body=b"{}")])
    result = clients(service, clients=["New"])
    assert (service.names(), rows(result, "done"), result["failed"]) == ([], [], True)


# adopted is what was not there before


class Meanwhile(NamedTuple):
    """What somebody else does right before the create of New beside Acme, or before the look for
    it, and whether the answer is lost before or after the create is executed; then the ids that are
    reported as created, and the active clients."""

    does: Callable[[Workspace], object]
    method: str
    lost: Moment
    ids: list[int]
    names: list[str]
    switches: Mapping[str, Any] = {}


def renames(workspace: Workspace) -> None:
    workspace.rename(1001, "New")


LONGER = ["Acme", "New", "New York"]
MEANWHILE = {
    "there_before": Meanwhile(renames, "POST", "after", [1002], ["New"] * 2),
    "there_before_the_second_try": Meanwhile(renames, "POST", "before", [1002], ["New"] * 2),
    "there_before_alone": Meanwhile(
        renames, "POST", "before", [], ["New"], {"duplicates": "refused_active"}
    ),
    "deleted_again": Meanwhile(lambda w: w.delete(1002), "GET", "after", [1003], LONGER[:2]),
    "made_by_another_run": Meanwhile(
        lambda w: w.create("New"), "POST", "before", [1002], LONGER[:2]
    ),
    **{
        f"a_longer_name-{finds}": Meanwhile(
            lambda w: w.create("New York"), "GET", "before", [1003], LONGER, {"name_filter": finds}
        )
        for finds in ("contains", "begins", "fuzzy", "ignored")
    },
}


@pytest.mark.parametrize("meanwhile", MEANWHILE.values(), ids=MEANWHILE)
def test_what_is_adopted(service: Simulator, meanwhile: Meanwhile) -> None:
    """A client that is new to this run, active and of the very name. No other one is this run's,
    and its undo does not delete it."""
    at_create = meanwhile.method == "POST"

    def match(method: str, _: str) -> bool:
        is_due = method == meanwhile.method and (at_create or bool(service.writes))
        if is_due:
            meanwhile.does(service.workspace)
        return is_due

    lost = Fault(match if at_create else on("POST"), drop=meanwhile.lost)
    script = [lost] if at_create else [Fault(match), lost]
    fill(service, "Acme", Switches(**meanwhile.switches), script=script)
    result = clients(service, clients=["New"])
    assert [step["id"] for step in rows(result, "done")] == meanwhile.ids
    assert service.names() == meanwhile.names
    clients(service, clients=result["undo"], max_deletion_percent=100)
    left = {found.id for found in service.clients() if not found.deleted_at}
    assert 1001 in left and left.isdisjoint(meanwhile.ids)
