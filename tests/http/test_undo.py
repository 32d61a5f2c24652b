# SPDX-License-Identifier: GPL-3.0-or-later
"""A run and its way back over HTTP, where the service makes it hard."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients

HIDES = Switches(list_shows_deleted=False, get_shows_deleted=False)
NO_ID = "is not known, so the undo list finds it by its name"


def state(service: Simulator) -> dict[str, list[str]]:
    """The names of the active and of the deleted clients."""
    held = service.clients()
    return {
        "active": sorted(one.name for one in held if one.deleted_at is None),
        "deleted": sorted(one.name for one in held if one.deleted_at is not None),
    }


def looks_fail(service: Simulator) -> list[Fault]:
    """The first read after a create fails: it is the look for the client without an id."""

    def after_a_create(method: str, _: str) -> bool:
        return method == "GET" and any(entry.method == "POST" for entry in service.log)

    return [Fault(match=after_a_create, status=500)]


def test_a_create_without_an_id_is_taken_back_by_its_name_with_a_warning(
    service: Simulator,
) -> None:
    service.reset(Switches(create_body="nothing"), script=looks_fail(service))
    service.add("E")
    wanted = [{"id": 1001, "name": "D"}, {"name": "E"}]
    assert all(
        NO_ID not in one for one in clients(service, True, clients=wanted).get("warnings", ())
    )
    result = clients(service, clients=wanted, api_retries=0)
    assert [one for one in result["warnings"] if NO_ID in one and '"E"' in one] != []
    back = clients(service, clients=result["undo"], max_deletion_percent=100)
    assert "failed" not in back
    assert state(service) == {"active": ["E"], "deleted": ["E"]}


def test_focus_client_warns_of_a_create_without_an_id(service: Simulator) -> None:
    service.reset(Switches(create_body="nothing"), script=looks_fail(service))
    result = client(service, name="E", api_retries=0)
    assert [one for one in result["warnings"] if NO_ID in one and '"E"' in one] != []


def test_a_create_with_an_id_gets_no_warning(service: Simulator) -> None:
    assert "warnings" not in clients(service, clients=[{"name": "E"}])
    assert "warnings" not in client(service, name="F")


def test_a_hidden_client_restored_under_another_name_goes_back_under_its_own(
    service: Simulator,
) -> None:
    service.reset(HIDES)
    service.add("Old")
    service.add("Old", deleted=True)
    result = clients(service, clients=[{"id": 1002, "name": "New", "state": "restored"}])
    assert state(service) == {"active": ["New", "Old"], "deleted": []}
    assert "failed" not in clients(service, clients=result["undo"])
    assert state(service) == {"active": ["Old"], "deleted": ["Old"]}


@pytest.mark.parametrize(
    "switches", [Switches(duplicates="refused_all"), HIDES], ids=["deleted names count", "hides"]
)
def test_a_new_client_gives_its_name_back(service: Simulator, switches: Switches) -> None:
    """Also where the names of deleted clients count."""
    service.reset(switches)
    service.add("E")
    wanted: list[dict[str, Any]] = [{"id": 1001, "name": "D"}, {"name": "E"}]
    result = clients(service, clients=wanted)
    assert state(service) == {"active": ["D", "E"], "deleted": []}
    assert "failed" not in clients(service, clients=result["undo"])
    assert state(service) == {"active": ["E"], "deleted": ["toggl.focus-1002"]}


def test_a_purged_client_with_a_blank_name_comes_back(service: Simulator) -> None:
    service.add("A")
    service.add(" ")
    result = clients(service, clients=[{"name": "A"}], purge=True)
    assert result["undo"] == [{"id": 1002, "state": "restored"}]
    assert "failed" not in clients(service, clients=result["undo"])
    assert len(state(service)["active"]) == 2


# names that no list can give

UNSEEN = "\u200b\u3164"
LOST = 'The client 1001 had the name "\\u200b\\u3164"'
LOSING: dict[str, tuple[dict[str, Any], bool, list[dict[str, Any]]]] = {
    "renamed": ({"id": 1001, "name": "Acme"}, False, []),
    "restored under another name": (
        {"id": 1001, "name": "Acme", "state": "restored"},
        True,
        [{"id": 1001, "state": "absent"}],
    ),
}
KEEPING: dict[str, tuple[dict[str, Any], bool]] = {
    "deleted": ({"id": 1001, "state": "absent"}, False),
    "restored": ({"id": 1001, "state": "restored"}, True),
    "left alone": ({"id": 1001}, False),
}


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
@pytest.mark.parametrize("case", LOSING)
def test_a_name_that_no_list_can_give_back_is_a_warning(
    service: Simulator, case: str, check_mode: bool
) -> None:
    """With the id and the name, so that it can be given back in another way."""
    wanted, deleted, undo = LOSING[case]
    for run in (
        lambda: client(service, check_mode, **wanted),
        lambda: clients(service, check_mode, clients=[wanted]),
    ):
        service.reset()
        service.add(UNSEEN, deleted=deleted)
        result = run()
        assert [one for one in result["warnings"] if LOST in one] != [], result
        assert result["undo"] == undo


@pytest.mark.parametrize("case", KEEPING)
def test_a_name_that_comes_back_is_no_warning(service: Simulator, case: str) -> None:
    wanted, deleted = KEEPING[case]
    service.add(UNSEEN, deleted=deleted)
    assert "warnings" not in clients(service, clients=[wanted])
