# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates whose answer got lost or gives no id: found, adopted, checked to be there once."""

from __future__ import annotations

from typing import Any

from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, sent


def on(method: str) -> Any:
    return lambda seen, _: seen == method


LOST_AFTER = Fault(match=on("POST"), drop="after")
LOST_BEFORE = Fault(match=on("POST"), drop="before")


def test_a_client_made_by_a_lost_answer_is_adopted(service: Simulator) -> None:
    service.reset(script=[LOST_AFTER])
    result = client(service, name="New")
    assert (result["action"], result["client"]["id"]) == ("created", 1001)
    assert sent(service) == ["GET", "POST", "GET", "GET"]


def test_one_that_was_not_made_is_sent_again(service: Simulator) -> None:
    service.reset(script=[LOST_BEFORE])
    result = client(service, name="New")
    assert result["action"] == "created"
    assert sent(service) == ["GET", "POST", "GET", "POST", "GET"]
    assert service.names() == ["New"]


def test_a_name_that_is_there_twice_is_said_with_its_ids(service: Simulator) -> None:
    """The service carries the first request out only after the second one came."""

    def late(method: str, _: str) -> bool:
        if method == "POST" and any(entry.method == "POST" for entry in service.log):
            service.workspace.create("New")
            return True
        return False

    service.reset(script=[LOST_BEFORE, Fault(match=late)])
    result = client(service, name="New")
    assert "was created more than once, with the ids 1001, 1002" in result["msg"]
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "created")


def test_a_list_of_all_takes_the_place_of_many_looks(service: Simulator) -> None:
    """A service that tells no ids: the list costs less than a request for each name."""
    service.reset(Switches(create_body="nothing"))
    service.add_many(150)
    wanted = [{"name": f"New {number}"} for number in range(200)]
    result = clients(service, clients=wanted)
    assert result["requests"] == len(service.log) == 2 + 200 + 4
    assert all(entry["id"] for entry in result["results"])
    assert len(result["undo"]) == 200


def test_a_client_created_under_another_name_is_an_error(service: Simulator) -> None:
    """It is not looked for, nor created again; the undo knows it."""
    body = b'{"id": 1001, "name": "Ne"}'
    service.reset(script=[Fault(match=on("POST"), status=201, body=body, when="after")])
    result = client(service, name="New")
    assert 'as "Ne" (id 1001)' in result["msg"]
    assert sent(service) == ["GET", "POST"]
    assert result["undo"] == [{"name": "Ne", "id": 1001, "state": "absent"}]
