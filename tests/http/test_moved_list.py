# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else changes the workspace while its list is read: nothing is doubled, nothing is lost.

The page size is 20, so that a few clients make several pages.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.wire import Call
from support.running import client, clients, info, sent

SMALL_PAGES = Switches(per_page_cap=20)
COUNT = 50
"""Clients, on three pages."""

Change = Callable[[Simulator], None]


def deletes_one_of_page_1(service: Simulator) -> None:
    """Client 21 is on page 1 now, which was read."""
    service.workspace.delete(1005)


def deletes_another_one(service: Simulator) -> None:
    service.workspace.delete(min(c.id for c in service.clients() if not c.deleted_at))


def turns_the_order(service: Simulator) -> None:
    service.workspace.switches = replace(service.workspace.switches, list_order="newest")


def has_larger_pages(service: Simulator) -> None:
    service.workspace.switches = replace(service.workspace.switches, per_page_cap=50)


def creates_one_in_front(service: Simulator) -> None:
    """With the newest first, the last one of each page is on the next one, too."""
    service.workspace.create("By somebody else")


def between_pages(
    service: Simulator, change: Change, times: int = 1, switches: Switches = SMALL_PAGES
) -> None:
    """Let ``change`` happen before a second page is answered, ``times`` times."""
    service.reset(switches)
    for number in range(1, COUNT + 1):
        service.add(f"Client {number:03}")
    left = [change] * times

    def before(call: Call) -> Fault | None:
        if left and call.query.get("page") == "2" and "name" not in call.query:
            left.pop()(service)
        return None

    service.chaos = before


def wanted(count: int = COUNT) -> list[dict[str, Any]]:
    return [{"name": f"Client {number:03}"} for number in range(1, count + 1)]


def doubles(service: Simulator) -> list[str]:
    return [name for name, count in Counter(service.names()).items() if count > 1]


MOVES: dict[str, tuple[Change, Switches]] = {
    "a deletion": (deletes_one_of_page_1, replace(SMALL_PAGES, list_shows_deleted=False)),
    "another order": (turns_the_order, SMALL_PAGES),
    "larger pages": (has_larger_pages, SMALL_PAGES),
    "a creation": (creates_one_in_front, replace(SMALL_PAGES, list_order="newest")),
}


@pytest.mark.parametrize("name_filter", ["equals", "contains", "ignored"])
@pytest.mark.parametrize("move", MOVES)
def test_a_list_that_moved_once_doubles_nobody(
    service: Simulator, move: str, name_filter: str
) -> None:
    """It is read again; however the filter by name compares."""
    change, switches = MOVES[move]
    between_pages(service, change, switches=replace(switches, name_filter=name_filter))
    result = clients(service, clients=[*wanted(), {"name": "New"}])
    assert not result.get("failed"), result["msg"]
    assert doubles(service) == []
    assert {entry["name"] for entry in [*wanted(), {"name": "New"}]} <= set(service.names())


@pytest.mark.parametrize("new", [1, 10], ids=["fewer names than pages", "more names than pages"])
def test_a_client_that_a_deletion_hides_is_not_created_again(service: Simulator, new: int) -> None:
    """Client 21 is on no page that was read. A look for its name finds it, or page 1 once more."""
    change, switches = MOVES["a deletion"]
    between_pages(service, change, switches=switches)
    entries = [entry for entry in wanted() if entry["name"] != "Client 005"]
    entries += [{"name": f"New {number}"} for number in range(new)]
    result = clients(service, clients=entries)
    assert result["summary"]["created"] == new
    assert doubles(service) == []


def test_a_list_that_always_moves_is_an_error(service: Simulator) -> None:
    """It is read three times; nothing is written, and the message has the reason."""
    between_pages(service, deletes_another_one, 20, replace(SMALL_PAGES, list_shows_deleted=False))
    result = clients(service, clients=[*wanted(), {"name": "New"}])
    assert (result["failed"], result["changed"]) == (True, False)
    assert "changed while it was read" in result["msg"]
    assert service.writes == []


RUNS: dict[str, Callable[[Simulator], dict[str, Any]]] = {
    "focus_clients": lambda service: clients(service, clients=[{"name": "Acme"}]),
    "focus_client": lambda service: client(service, name="Acme"),
    "focus_client, absent": lambda service: client(service, name="Acme", state="absent"),
    "focus_client_info": info,
}


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("run", RUNS)
def test_a_client_twice_on_one_page_means_that_the_list_changed(
    service: Simulator, run: str, times: int
) -> None:
    """It is read again, at most twice, as where a client is on two pages."""
    service.add("Acme")
    twice = Fault(
        match=lambda method, _: method == "GET", when="after", edit=with_the_first_client_twice
    )
    service.script = [twice] * times
    result = RUNS[run](service)
    assert bool(result.get("failed")) == (times == 3), result["msg"]
    assert sent(service).count("GET") == min(times + 1, 3)
    if times == 3:
        assert "page 1 shows client 1001 a second time" in result["msg"]
        assert service.writes == []


def with_the_first_client_twice(body: bytes) -> bytes:
    envelope = json.loads(body)
    return json.dumps({**envelope, "data": [*envelope["data"], envelope["data"][0]]}).encode()


def test_one_that_moves_twice_is_read_a_third_time(service: Simulator) -> None:
    between_pages(service, deletes_another_one, 2, replace(SMALL_PAGES, list_shows_deleted=False))
    result = clients(service, clients=[{"name": "New"}, {"name": "Newer"}])
    assert result["summary"]["created"] == 2


def test_check_mode_checks_the_list_as_a_run_does(service: Simulator) -> None:
    """Its plan is the one of the run, so it looks as well."""
    change, switches = MOVES["a deletion"]
    between_pages(service, change, switches=switches)
    entries = [entry for entry in wanted() if entry["name"] != "Client 005"]
    result = clients(service, check_mode=True, clients=[*entries, {"name": "New"}])
    assert [step["name"] for step in result["plan"]] == ["New"]
    assert service.writes == []


def test_a_single_client_that_a_deletion_hides_is_found(service: Simulator) -> None:
    """Also where the filter by name is ignored, so that the look itself may have missed it."""
    change, switches = MOVES["a deletion"]
    between_pages(service, change, switches=replace(switches, name_filter="ignored"))
    result = client(service, name="Client 021")
    assert result["action"] == "none"
    assert service.writes == []


FORMER = {"name": "New", "former_names": ["Client 021"]}


@pytest.mark.parametrize("alone", [True, False], ids=["focus_client", "focus_clients"])
def test_a_client_of_a_former_name_that_a_deletion_hides_is_renamed(
    service: Simulator, alone: bool
) -> None:
    """It is on no page that was read. Without it, a second one would be created."""
    change, switches = MOVES["a deletion"]
    between_pages(service, change, switches=replace(switches, name_filter="equals"))
    if alone:
        assert client(service, **FORMER)["action"] == "renamed"
    else:
        assert clients(service, clients=[FORMER])["summary"]["renamed"] == 1
    assert "Client 021" not in service.names() and service.names().count("New") == 1


def test_the_info_module_reads_a_moved_list_again(service: Simulator) -> None:
    between_pages(service, turns_the_order)
    assert len(info(service)["clients"]) == COUNT
    assert sent(service) == ["GET"] * (2 + 3)


@pytest.mark.parametrize(
    ("entries", "more"),
    [
        (wanted(), 0),
        ([{"name": "Client 001", "state": "absent"}], 0),
        ([{"name": "New"}], 1),
        ([{"name": "New"}, {"name": "Newer"}], 2),
        ([{"name": f"New {n}"} for n in range(9)], 2),
        ([{"name": "New", "former_names": ["Client 001"]}], 1),
        ([{"name": "Gone", "state": "restored"}], 1),
    ],
    ids=["nothing", "deletion", "create", "two creates", "nine creates", "rename", "restore"],
)
def test_what_the_check_costs(service: Simulator, entries: list[Any], more: int) -> None:
    """Where names are given and the list has three pages, the fewer of: a look for each name, one
    for each page boundary. Nothing where nothing or deletions alone are to be written."""
    service.reset(SMALL_PAGES)
    for entry in wanted(COUNT - 1):
        service.add(entry["name"])
    service.add("Gone", deleted=True)
    entries = [*wanted(COUNT - 1), *entries] if entries == wanted() else entries
    entries = wanted(COUNT - 1) if len(entries) > COUNT else entries
    result = clients(service, clients=entries)
    assert result["requests"] == len(service.log) == 3 + more + len(service.writes)


@pytest.mark.parametrize(("left", "fits"), [(2, False), (3, True)])
def test_the_quota_is_judged_with_the_check(service: Simulator, left: int, fits: bool) -> None:
    """Two creates with a list of two pages: three requests are needed behind the list."""
    service.reset(SMALL_PAGES, quota_limit=2 + left)
    service.add_many(25)
    result = clients(service, clients=[{"name": "New"}, {"name": "Newer"}])
    assert bool(result.get("failed")) is not fits
    assert len(service.writes) == (2 if fits else 0)
    assert len(service.log) == (5 if fits else 2)


def test_the_quota_is_judged_again_where_the_check_took_more(service: Simulator) -> None:
    """The filter is ignored, so that two looks tell nothing and the pages are read once more."""
    service.reset(replace(SMALL_PAGES, name_filter="ignored"), quota_limit=5 + 8)
    service.add_many(85)
    deleted = [{"id": 1001 + number, "state": "absent"} for number in range(4)]
    result = clients(service, clients=[{"name": "New"}, {"name": "Newer"}, *deleted])
    assert (result["failed"], service.writes) == (True, [])
    assert [step["status"] for step in result["plan"]] == ["planned"] * 6


@pytest.mark.parametrize("allow_partial", [True, False])
@pytest.mark.parametrize("says", [True, False], ids=["headers", "no headers"])
def test_a_quota_that_ends_in_the_check_leaves_the_plan(
    service: Simulator, says: bool, allow_partial: bool
) -> None:
    """It is known by then, and returned with all that belongs to it."""
    service.reset(replace(SMALL_PAGES, quota_headers=says), quota_limit=2)
    service.add_many(25)
    options = {"clients": [{"name": "New"}], "allow_partial": allow_partial}
    result = clients(service, **options)
    assert (result["failed"], result["changed"], service.writes) == (True, False, [])
    assert [(step["name"], step["status"]) for step in result["plan"]] == [("New", "planned")]
    assert result["summary"]["created"] == 1 and "quota" in result["msg"]
