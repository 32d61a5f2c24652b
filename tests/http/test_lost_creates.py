# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates whose answer got lost or gives no id: found, adopted, checked to be there once."""

from __future__ import annotations

import json

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.wire import Call
from support.running import client, clients, run_entry
from support.workspace import fill, on

LOST_AFTER = Fault(on("POST"), drop="after")
LOST_BEFORE = Fault(on("POST"), drop="before")


@pytest.mark.parametrize("create_body", ["client", "id", "nothing"])
@pytest.mark.parametrize("reads", ["new", "old"])
def test_a_name_that_is_there_twice_is_said_with_its_ids(
    service: Simulator, reads: str, create_body: str
) -> None:
    """The first request is executed after the second; where reads are old, a look is repeated."""

    def late(method: str, _: str) -> bool:
        if method == "POST" and any(entry.method == "POST" for entry in service.log):
            service.workspace.create("New")
            return True
        return False

    switches = Switches(create_body=create_body, read_after_write=reads)
    service.reset(switches, script=[LOST_BEFORE, Fault(match=late)])
    result = client(service, name="New")
    assert "lists several new ones of that name, with the ids 1001, 1002" in result["msg"]
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "created")


def test_which_of_several_clients_a_create_without_an_id_made_is_open(service: Simulator) -> None:
    """A list that lacked a client is no reason to take it for the new one, and to delete it."""
    empty = Fault(edit=lambda _: b'{"data": [], "page": 1, "per_page": 100}')
    fill(service, "New", Switches(create_body="nothing"), script=[empty])
    result = client(service, name="New")
    several = "lists several new ones of that name, with the ids 1001, 1002"
    assert several in result["msg"]
    assert (result["failed"], result["undo"]) == (True, [{"name": "New", "state": "absent"}])


@pytest.mark.parametrize("create_body", ["nothing", "client"])
def test_a_create_without_an_id_is_taken_back_by_its_name_with_a_warning(
    service: Simulator, create_body: str, module: str
) -> None:
    """Where the looks for the client fail. A check cannot know that."""

    def looks(method: str, _: str) -> bool:
        return method == "GET" and any(entry.method == "POST" for entry in service.log)

    service.reset(Switches(create_body=create_body), script=[Fault(looks, 500)] * 2)
    assert "warnings" not in run_entry(module, service, "E", check_mode=True)
    result = run_entry(module, service, "E", api_retries=0)
    by_name = "is not known, so the undo list finds it by its name"
    warned = [by_name in warning for warning in result.get("warnings", [])]
    assert warned == ([True] if create_body == "nothing" else [])
    service.script.clear()
    assert "failed" not in clients(service, clients=result["undo"], max_deletion_percent=100)
    assert service.names() == []


def test_a_list_of_all_takes_the_place_of_many_looks(service: Simulator) -> None:
    """Two pages, a check of their boundary, a third that is predicted; then a list of four."""
    service.reset(Switches(create_body="nothing"))
    service.add_many(150)
    result = clients(service, clients=[f"New {number}" for number in range(200)])
    assert result["requests"] == len(service.log) == 2 + 1 + 1 + 200 + 4
    assert all(entry["id"] for entry in result["results"])
    assert len(result["undo"]) == 200


@pytest.mark.parametrize("lost", [False, True], ids=["an answer without id", "a lost answer"])
def test_a_client_older_than_the_run_is_none_of_its_creates(service: Simulator, lost: bool) -> None:
    """Somebody restores a hidden namesake during the run: no duplicate, and not in undo."""
    hides = Switches(list_shows_deleted=False, create_body="nothing")
    fill(service, "(New), A, B, C", hides)

    def restores(method: str, _: str) -> bool:
        if method == "POST":
            service.workspace.restore(1001)
        return method == "POST"

    service.script = [Fault(match=restores, drop="after" if lost else None)]
    result = clients(service, clients="New")
    assert not result.get("failed"), result["msg"]
    assert [entry["id"] for entry in result["undo"]] == [1005]


def test_what_the_run_created_itself_counts_although_no_list_shows_it(service: Simulator) -> None:
    """Both were done, and reads lag: the id of the second is known from its answer alone."""
    creates: list[Call] = []

    def chaos(call: Call) -> Fault | None:
        if call.method == "POST":
            creates.append(call)
            return LOST_AFTER if len(creates) == 1 else None
        hidden = 1001 if len(creates) < 2 else 1002

        def lags(body: bytes) -> bytes:
            page = json.loads(body)
            return json.dumps(
                {**page, "data": [found for found in page["data"] if found["id"] != hidden]}
            ).encode()

        return Fault(when="after", edit=lags)

    service.chaos = chaos
    result = client(service, name="New")
    assert (result["failed"], result["changed"], result["client"]["id"]) == (True, True, 1002)
    assert "lists several new ones of that name, with the ids 1001, 1002" in result["msg"]
    assert sorted(entry["id"] for entry in result["undo"]) == [1001, 1002]


def test_a_client_that_the_filter_hid_is_not_taken_for_the_one_that_is_missing(
    service: Simulator,
) -> None:
    """It was there before, with a blank in front; the second try of the create is refused."""
    fill(service, "\tNew", Switches(name_filter="equals", names_trimmed=False))
    service.script = [LOST_BEFORE, Fault(on("POST"), 400)]
    result = client(service, name="New")
    assert (result["failed"], result["client"], result["action"]) == (True, None, "none")
    assert 1001 not in [entry.get("id") for entry in result["undo"]]
