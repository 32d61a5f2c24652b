# SPDX-License-Identifier: GPL-3.0-or-later
"""The session, called without a module around it: what it sends, and what it notes of answers."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from simulator.gate import Gate
from simulator.records import Fault
from simulator.server import Simulator
from simulator.wire import Answer, Call, Scope
from support.running import clients, options, rows

from ansible_collections.toggl.focus.plugins.module_utils._api.answers import date_of
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._api.errors import QuotaExceeded, Request
from ansible_collections.toggl.focus.plugins.module_utils._progress import Halt, Progress
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENTS
from ansible_collections.toggl.focus.plugins.module_utils._task.options import access


def api_of(service: Simulator, halt: Halt | None = None, **given: object) -> FocusApi:
    return FocusApi(access(options(CLIENTS, service, **given)), None, Progress(), halt or Halt())


# what is written


def test_a_put_and_a_post_send_the_currency_that_they_are_given(service: Simulator) -> None:
    """Without one, none is sent: see test_between_runs."""
    api = api_of(service)
    client_id = service.add("Acme").id
    api.list_clients()
    api.update(client_id, "Acme Ltd", "EUR")
    api.create("Globex", "EUR")
    sent = [json.loads(entry.body) for entry in service.writes]
    assert sent == [{"name": name, "currency": "EUR"} for name in ("Acme Ltd", "Globex")]


# connections


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_after_a_lost_connection_each_request_has_a_new_one(
    service: Simulator, state: str, concurrency: int
) -> None:
    """A proxy or firewall in between may reset each connection that is used again."""
    used: Counter[int] = Counter()

    def reset_when_reused(call: Call) -> Fault | None:
        used[call.peer] += 1
        return Fault(drop="before", reset=True) if used[call.peer] > 1 else None

    service.chaos = reset_when_reused
    if state == "absent":
        service.add_many(10)
    wanted = [{"name": f"Client {number}", "state": state} for number in range(1, 11)]
    result = clients(service, clients=wanted, concurrency=concurrency)
    assert not result.get("failed"), result["msg"]
    assert len(service.names()) == (10 if state == "present" else 0)
    lost = sum(entry.status == 0 for entry in service.log)
    assert 1 <= lost <= concurrency
    looks = 4 if state == "present" else 0
    assert result["requests"] <= 11 + (1 + looks) * lost


# the quota


def test_a_402_without_a_word_after_nothing_was_left_is_about_the_quota(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service says what is left, and not until when. One request is tried; none after that."""
    own = Gate._own_answer

    async def without_a_time(gate: Gate, scope: Scope, call: Call) -> Answer:
        answer = await own(gate, scope, call)
        answer.headers.pop("X-Toggl-Quota-Resets-In", None)
        return answer if answer.status != 402 else Answer(402, {}, b"")

    monkeypatch.setattr(Gate, "_own_answer", without_a_time)
    service.reset(quota_limit=3)
    wanted = [f"Client {number}" for number in range(8)]
    result = clients(service, clients=wanted, concurrency=4, allow_partial=True)
    assert "The quota of requests is used up" in result["msg"]
    assert [entry.status for entry in service.log] == [200, 201, 201, 402]
    assert (len(rows(result, "done")), len(rows(result, "pending"))) == (2, 6)


def test_a_window_that_reopens_while_it_is_asked_breaks_nothing(service: Simulator) -> None:
    """Whether it is closed, and until when, is one value."""
    session = api_of(service, quota_wait=3600).session
    ends, interval = time.monotonic() + 0.7, sys.getswitchinterval()

    def open_and_close() -> None:
        while time.monotonic() < ends:
            session.window._close(math.inf, is_guess=True)
            session.window.closed(math.inf)

    sys.setswitchinterval(1e-6)
    other = threading.Thread(target=open_and_close)
    other.start()
    try:
        while time.monotonic() < ends:
            with suppress(QuotaExceeded):
                session._check_quota(Request("GET", "/"))
    finally:
        sys.setswitchinterval(interval)
        other.join()


# the service's clock


NOON = datetime(2026, 8, 1, 12, 0, tzinfo=timezone.utc)

DATES: dict[str | None, datetime | None] = {
    "Sat, 01 Aug 2026 12:00:00 GMT": NOON,
    "Sat, 01 Aug 2026 12:00:00 -0000": NOON,
    "Saturday, 01-Aug-26 12:00:00 GMT": NOON,
    "Sat Aug  1 12:00:00 2026": NOON,
    "Sat, 01 Aug 2026 14:00:00 +0200": NOON,
    "Sat, 32 Aug 2026 12:00:00 GMT": None,
    "Sat, 01 Aug 99999999999999 12:00:00 GMT": None,
    "2026-08-01T12:00:00Z": None,
    "soon": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize("header", DATES)
def test_a_date_is_read_as_http_writes_it(header: str | None) -> None:
    assert date_of(header) == DATES[header]


def test_the_first_date_is_that_of_the_first_good_answer(service: Simulator) -> None:
    """It is the service's own time before anything is written; an error may be from a gateway."""
    service.script = [Fault(status=502)]
    api = api_of(service)
    assert api.session.first_date is None
    api.list_clients()
    first = api.session.first_date
    assert first is not None
    assert abs(datetime.now(timezone.utc) - first) < timedelta(seconds=5)
    time.sleep(1.1)
    api.list_clients()
    assert api.session.first_date == first
