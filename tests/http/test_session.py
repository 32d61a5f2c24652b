# SPDX-License-Identifier: GPL-3.0-or-later
"""The session, called without a module around it: what it sends, and what it notes of answers."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.running import options

from ansible_collections.toggl.focus.plugins.module_utils._api.answers import date_of
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi, opened
from ansible_collections.toggl.focus.plugins.module_utils._progress import Halt, Progress
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENTS
from ansible_collections.toggl.focus.plugins.module_utils._task.options import access


def api_of(service: Simulator, halt: Halt | None = None, **given: object) -> FocusApi:
    return opened(access(options(CLIENTS, service, **given)), None, Progress(), halt or Halt())


# what is written


@pytest.mark.parametrize("currency", [None, "EUR"])
def test_a_put_and_a_post_send_the_currency_that_they_are_given(
    service: Simulator, currency: str | None
) -> None:
    """A service that has no such field is sent none."""
    api = api_of(service)
    api.update(service.add("Acme").id, "Acme Ltd", currency)
    api.create("Globex", currency)
    sent = [json.loads(entry.body) for entry in service.writes]
    more = {} if currency is None else {"currency": currency}
    assert sent == [{"name": "Acme Ltd", **more}, {"name": "Globex", **more}]


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
    assert api.first_date is None
    api.list_clients()
    first = api.first_date
    assert first is not None
    assert abs(datetime.now(timezone.utc) - first) < timedelta(seconds=5)
    time.sleep(1.1)
    api.list_clients()
    assert api.first_date == first
