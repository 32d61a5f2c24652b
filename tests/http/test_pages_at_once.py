# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that the entries predict are read concurrently; no request more than that is risked."""

from __future__ import annotations

import time

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import clients

LATENCY = 0.05  # seconds


def named(count: int) -> list[str]:
    return [f"Client {number}" for number in range(1, count + 1)]


def pages_asked(service: Simulator) -> list[int]:
    return [int(entry.query.get("page", "1")) for entry in service.log if entry.method == "GET"]


@pytest.mark.parametrize("concurrency", [1, 4, 16])
@pytest.mark.parametrize("count", [0, 99, 100, 101, 350, 1000])
def test_where_nothing_is_to_be_done_the_list_costs_its_pages(
    service: Simulator, count: int, concurrency: int
) -> None:
    """And one more where the last page is exactly full, since only a page behind it shows that."""
    service.add_many(count)
    result = clients(service, clients=named(count), concurrency=concurrency)
    assert (result["changed"], result["requests"]) == (False, count // 100 + 1)
    assert sorted(pages_asked(service)) == list(range(1, count // 100 + 2))


def test_ten_pages_take_the_time_of_four(service: Simulator) -> None:
    """The first one says that there are more. Then nine are read, four at once."""
    service.reset(latency=LATENCY)
    service.add_many(950)
    times = {}
    for concurrency in (1, 4):
        begun = time.monotonic()
        clients(service, clients=named(950), concurrency=concurrency)
        times[concurrency] = time.monotonic() - begun
    assert times[4] < 0.75 * times[1], times


@pytest.mark.parametrize("there", [100, 150, 300, 420])
@pytest.mark.parametrize("concurrency", [2, 4, 8])
def test_what_is_risked_is_less_than_is_in_flight_at_once(
    service: Simulator, there: int, concurrency: int
) -> None:
    """The workspace has fewer clients than the list names, as after a run that broke off."""
    service.add_many(there)
    result = clients(service, True, clients=named(1000), concurrency=concurrency)
    assert result["summary"]["created"] == 1000 - there
    pages = there // 100 + 1
    boundaries = pages - 1  # each is checked, since names are given
    assert pages <= result["requests"] - boundaries <= pages + concurrency - 1


@pytest.mark.parametrize(("left", "risks"), [(39, False), (200, True)])
def test_with_little_quota_no_page_is_risked(service: Simulator, left: int, risks: bool) -> None:
    """Below ten times the pages, they are read one by one."""
    service.reset(quota_limit=left + 1)
    service.add_many(150)
    clients(service, True, clients=named(1000 if risks else 350), concurrency=4, allow_partial=True)
    assert (max(pages_asked(service)) > 2) == risks


@pytest.mark.parametrize("count", [99, 100, 150, 950])
def test_no_page_is_risked_where_the_service_does_not_say_what_is_left(
    service: Simulator, count: int
) -> None:
    """That may be the common case, and what is left may be little."""
    service.reset(Switches(quota_headers=False))
    service.add_many(count)
    clients(service, True, clients=named(1000), concurrency=4)
    pages = count // 100 + 1
    assert pages_asked(service)[:pages] == list(range(1, pages + 1))
    assert max(pages_asked(service)) == pages


def test_a_page_behind_the_last_one_means_that_the_list_moved(service: Simulator) -> None:
    """The second page is short for a moment, and the third one, in flight by then, is not empty."""
    service.reset(Switches(per_page_cap=20))
    service.add_many(60)
    left = [Fault(status=200, body=b'{"data": [], "page": 2, "per_page": 20}')]
    service.chaos = lambda call: left.pop() if left and call.query.get("page") == "2" else None
    result = clients(service, clients=named(60))
    assert (result.get("failed"), result["changed"]) == (None, False)
    assert len(service.names()) == 60


def test_an_error_of_a_page_that_is_not_there_is_no_error(service: Simulator) -> None:
    """Nobody says what the service answers to a page behind the last one."""
    service.add_many(150)
    behind = Fault(status=404)
    service.chaos = lambda call: behind if call.query.get("page", "1") not in "12" else None
    result = clients(service, True, clients=named(1000))
    assert result["summary"]["created"] == 850
