# SPDX-License-Identifier: GPL-3.0-or-later
"""The list: its pages are read concurrently where that is safe, and again where they changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.wire import Call
from support.running import MODULES, client, clients, info, rows, run_entry, sent, told
from support.workspace import fill, on, with_fields


def named(count: int) -> list[str]:
    return [f"Client {number}" for number in range(1, count + 1)]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_of_ten_pages_several_are_in_flight(service: Simulator, concurrency: int) -> None:
    """The first one says that there are more."""
    fill(service, 950, latency=0.05)
    in_flight: list[int] = []
    service.observers.append(lambda _: in_flight.append(service.in_flight))
    clients(service, clients=named(950), concurrency=concurrency)
    assert in_flight[0] == 1
    assert min(concurrency, 2) <= max(in_flight) <= concurrency


@pytest.mark.parametrize("there", [100, 150, 300, 420])
@pytest.mark.parametrize("concurrency", [2, 4, 8])
def test_less_is_risked_than_is_in_flight(service: Simulator, there: int, concurrency: int) -> None:
    """The workspace has fewer clients than the list names, as after a run that broke off."""
    service.add_many(there)
    result = clients(service, True, clients=named(1000), concurrency=concurrency)
    assert result["summary"]["created"] == 1000 - there
    pages = there // 100 + 1
    boundaries = pages - 1  # each is checked, since names are given
    assert pages <= result["requests"] - boundaries <= pages + concurrency - 1


RISKS = [
    *((150, {"quota_limit": 40}, False), (150, {"quota_limit": 201}, True)),
    *((at, {"switches": Switches(quota_headers=False)}, False) for at in (99, 100, 150, 950)),
]


@pytest.mark.parametrize(("there", "rules", "risks"), RISKS)
def test_no_page_is_risked_with_little_quota_or_where_nobody_says_what_is_left(
    service: Simulator, there: int, rules: Any, risks: bool
) -> None:
    """Little is less than ten times the pages that the list of 350 names lets expect."""
    fill(service, there, **rules)
    clients(service, True, clients=named(350), concurrency=4, allow_partial=True)
    asked = [int(entry.query.get("page", "1")) for entry in service.log if entry.method == "GET"]
    pages = there // 100 + 1
    assert (max(asked) > pages) == risks
    assert asked[:pages] == list(range(1, pages + 1)) or risks


def test_a_page_behind_the_last_one_means_that_the_list_moved(service: Simulator) -> None:
    """The second page is short for a moment, and the third one, in flight by then, is not empty."""
    fill(service, 60, Switches(per_page_cap=20))
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


SMALL_PAGES = Switches(per_page_cap=20)
HIDES_DELETED = Switches(per_page_cap=20, list_shows_deleted=False)
WANTED = [f"Client {number:03}" for number in range(1, 51)]
"""They are on three pages."""

Change = Callable[[Simulator], object]


def deletes_one_of_page_1(service: Simulator) -> None:
    """Client 21 is on page 1 now, which was read."""
    service.workspace.delete(1005)


def switches_to(**switches: Any) -> Change:
    def change(service: Simulator) -> None:
        service.workspace.switches = replace(service.workspace.switches, **switches)

    return change


def between_pages(
    service: Simulator, change: Change, switches: Switches = SMALL_PAGES, times: int = 1
) -> Simulator:
    """Let ``change`` happen before a second page is answered, ``times`` times."""
    fill(service, ", ".join(WANTED), switches)
    left = [change] * times

    def before(call: Call) -> Fault | None:
        if left and call.query.get("page") == "2" and "name" not in call.query:
            left.pop()(service)
        return None

    service.chaos = before
    return service


MOVES: dict[str, tuple[Change, Switches]] = {
    "a deletion": (deletes_one_of_page_1, HIDES_DELETED),
    "another order": (switches_to(list_order="newest"), SMALL_PAGES),
    "larger pages": (switches_to(per_page_cap=50), SMALL_PAGES),
    "a creation in front, so that the last one of each page is on the next one, too": (
        lambda service: service.workspace.create("By somebody else"),
        replace(SMALL_PAGES, list_order="newest"),
    ),
}


@pytest.mark.parametrize("name_filter", ["equals", "contains", "ignored"])
@pytest.mark.parametrize("move", MOVES)
def test_a_list_that_moved_duplicates_none(service: Simulator, move: str, name_filter: str) -> None:
    """It is read again; however the filter by name compares."""
    change, switches = MOVES[move]
    between_pages(service, change, replace(switches, name_filter=name_filter))
    result = clients(service, clients=[*WANTED, "New"])
    assert not result.get("failed"), result["msg"]
    assert len(service.names()) == len(set(service.names()))
    assert {*WANTED, "New"} <= set(service.names())


@pytest.mark.parametrize(("times", "fits"), [(2, True), (20, False)])
def test_a_list_that_always_moves_is_an_error(service: Simulator, times: int, fits: bool) -> None:
    """It is read three times; nothing is written, and the message has the reason."""
    others = iter(range(1001, 1030))
    between_pages(service, lambda _: service.workspace.delete(next(others)), HIDES_DELETED, times)
    result = clients(service, clients=["New", "Newer"])
    assert (len(service.writes), result["changed"]) == ((2, True) if fits else (0, False))
    assert fits or result["failed"] and "changed while it was read" in result["msg"]


RUNS: dict[str, Callable[[Simulator], dict[str, Any]]] = {
    **{module: partial(run_entry, module, wanted="Acme") for module in MODULES},
    "focus_client, absent": partial(client, name="Acme", state="absent"),
    "focus_client_info": info,
}


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("run", RUNS)
def test_a_client_twice_on_one_page_is_a_change(service: Simulator, run: str, times: int) -> None:
    """It is read again, at most twice, as where a client is on two pages."""
    twice = with_fields(lambda page: {"data": [*page["data"], page["data"][0]]})
    service.add("Acme")
    service.script = [Fault(on("GET"), when="after", edit=twice)] * times
    result = RUNS[run](service)
    assert bool(result.get("failed")) == (times == 3), result["msg"]
    assert sent(service).count("GET") == min(times + 1, 3)
    if times == 3:
        assert "page 1 shows client 1001 a second time" in result["msg"]
        assert service.writes == []


@pytest.mark.parametrize("wanted", ["Client 021", "New (was Client 021)"])
@pytest.mark.parametrize("name_filter", ["equals", "ignored"])
def test_a_client_that_a_deletion_hides_is_found_by_a_look(
    service: Simulator, name_filter: str, wanted: str, module: str
) -> None:
    """It is on no page that was read, and where the filter is ignored, the look may miss it too."""
    between_pages(service, deletes_one_of_page_1, replace(HIDES_DELETED, name_filter=name_filter))
    run_entry(module, service, wanted)
    renamed = wanted != "Client 021"
    assert [entry.method for entry in service.writes] == ["PUT"] * renamed
    names = service.names()
    assert (names.count("Client 021"), names.count("New")) == (not renamed, renamed)


def test_the_info_module_reads_a_moved_list_again(service: Simulator) -> None:
    between_pages(service, switches_to(list_order="newest"))
    assert len(info(service)["clients"]) == len(WANTED)
    assert sent(service) == ["GET"] * (2 + 3)


def test_the_quota_is_compared_again_where_the_check_took_more(service: Simulator) -> None:
    """The filter is ignored, so that two looks tell nothing and the pages are read once more."""
    fill(service, 85, replace(SMALL_PAGES, name_filter="ignored"), quota_limit=5 + 8)
    wanted = "New; Newer; absent 1001; absent 1002; absent 1003; absent 1004"
    result = clients(service, clients=wanted)
    assert (result["failed"], service.writes) == (True, [])
    assert len(rows(result, "planned")) == 6


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize("says", [True, False], ids=["headers", "no headers"])
def test_a_quota_that_ends_leaves_the_plan(service: Simulator, says: bool, partial: bool) -> None:
    """It is known by then, and returned with all that belongs to it."""
    fill(service, 25, replace(SMALL_PAGES, quota_headers=says), quota_limit=2)
    result = clients(service, clients=["New"], allow_partial=partial)
    assert (result["failed"], result["changed"], service.writes) == (True, False, [])
    assert told(result) == "create New: planned"
    assert result["summary"]["created"] == 1 and "quota" in result["msg"]
