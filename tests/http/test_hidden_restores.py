# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that are restored while the service hides deleted ones: their names are known only then,
and the rest is planned again with them."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, sent

HIDES = Switches(list_shows_deleted=False, get_shows_deleted=False)
RESTORED = {"id": 1001, "state": "restored"}


def on(method: str, path: str = "") -> Any:
    return lambda seen, where: seen == method and where.endswith(path)


@pytest.fixture
def hiding(service: Simulator) -> Simulator:
    """One deleted client that the service does not show: Acme, id 1001."""
    service.reset(HIDES)
    service.add("Acme", deleted=True)
    return service


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_name_that_a_restored_client_has_is_not_created_again(
    hiding: Simulator, concurrency: int
) -> None:
    """It is restored first, then its name is read, then the rest is planned. If that is refused,
    the restore stays, is reported and is in undo."""
    wanted = [{"name": "Acme"}, RESTORED, {"name": "Other"}]
    result = clients(hiding, clients=wanted, concurrency=concurrency)
    assert hiding.names() == ["Acme"]
    assert (result["failed"], result["changed"]) == (True, True)
    assert (
        'The client 1001 was restored and is called "Acme"; nothing was written after that. '
        'Entries 1 and 2: More than one entry stands for the client "Acme" (id 1001)'
    ) in result["msg"]
    assert [row["status"] for row in result["plan"]] == ["done", "pending", "pending"]
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]
    assert result["requests"] == len(hiding.log) == 4


def test_a_name_that_it_gives_away_is_created(hiding: Simulator) -> None:
    result = clients(hiding, clients=[{"name": "Acme"}, {**RESTORED, "name": "Beta"}])
    assert hiding.names() == ["Acme", "Beta"]
    assert not result.get("failed")


@pytest.mark.parametrize("name", ["Acme", "Beta"])
def test_a_rename_that_is_no_longer_needed_is_no_other_diff(hiding: Simulator, name: str) -> None:
    """Only the restore shows that the client has the wanted name already. Check mode shows the same
    diff either way."""
    wanted = {**RESTORED, "name": name}
    one = client(hiding, check_mode=True, **wanted)
    many = clients(hiding, check_mode=True, clients=[wanted])
    assert client(hiding, **wanted)["diff"] == one["diff"]
    hiding.reset(HIDES)
    hiding.add("Acme", deleted=True)
    assert clients(hiding, clients=[wanted])["diff"] == many["diff"]
    assert hiding.names() == [name]


def test_a_name_that_it_gets_is_not_created(hiding: Simulator) -> None:
    """An entry that gives a name by id and one that gives it by name are kept apart beforehand."""
    result = clients(hiding, clients=[{"name": "Beta"}, {**RESTORED, "name": "Beta"}])
    assert result["failed"] and hiding.writes == []


def test_without_its_name_nothing_is_created(hiding: Simulator) -> None:
    """The read after the restore fails, so nobody knows whether the name is there."""
    hiding.script = [Fault(match=on("GET", "/1001"))]
    hiding.script += [Fault(match=on("GET", "/1001"), status=500)] * 5
    result = clients(hiding, clients=[{"name": "New"}, RESTORED])
    assert hiding.names() == ["Acme"]
    assert "The client 1001 could not be read after its restore" in result["msg"]
    assert [row["status"] for row in result["plan"]] == ["done", "pending"]
    assert result["undo"] == [{"id": 1001, "state": "absent"}]


def test_a_protected_client_that_only_its_restore_shows_is_not_renamed(hiding: Simulator) -> None:
    wanted = [{**RESTORED, "name": "Beta"}]
    result = clients(hiding, clients=wanted, protected=["Ac*"])
    assert hiding.names() == ["Acme"]
    assert 'The client "Acme" (id 1001) is protected by "Ac*"' in result["msg"]
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]


def test_one_that_keeps_its_name_may_be_protected(hiding: Simulator) -> None:
    wanted = [{**RESTORED, "name": "Acme"}]
    assert not clients(hiding, clients=wanted, protected=["Ac*"]).get("failed")


def test_a_look_that_comes_too_early_is_made_again(hiding: Simulator) -> None:
    """A read just after a write may show the state before it: no such client."""
    hidden = b'{"error": "not_found", "error_description": "client does not exist"}'
    hiding.script = [Fault(match=on("GET", "/1001"))]
    hiding.script += [Fault(match=on("GET", "/1001"), status=404, body=hidden)]
    result = clients(hiding, clients=[{**RESTORED, "name": "Beta"}])
    assert (result.get("failed"), hiding.names()) == (None, ["Beta"])


def test_a_restored_client_is_not_taken_for_a_created_one(hiding: Simulator) -> None:
    """The answer to a create is lost; the namesake that is there is one of the plan's own."""
    hiding.add("Gamma", deleted=True)
    hiding.script = [Fault(match=on("POST"), drop="before")]
    wanted = [{"name": "Gamma"}, {"id": 1002, "name": "Delta", "state": "restored"}]
    clients(hiding, clients=wanted, concurrency=4)
    assert hiding.names() == ["Delta", "Gamma"]


def test_the_looks_are_counted_before_the_first_write(service: Simulator) -> None:
    """Restore, look, rename: three requests behind the list and the look by id."""
    for left, fits in ((2, False), (3, True)):
        service.reset(HIDES, quota_limit=2 + left)
        service.add("Acme", deleted=True)
        result = clients(service, clients=[{**RESTORED, "name": "Beta"}])
        assert bool(result.get("failed")) is not fits
        assert len(service.log) == (5 if fits else 2), sent(service)


@pytest.mark.parametrize("name", [None, "Beta"], ids=["restored", "restored and renamed"])
def test_a_restore_that_fails_does_not_stop_the_creates(
    hiding: Simulator, name: str | None
) -> None:
    """No client has the id: so nobody has come back under a name that is to be created."""
    unknown = {"id": 4711, "state": "restored", **({"name": name} if name else {})}
    result = clients(hiding, clients=[{"name": "New"}, unknown])
    assert hiding.names() == ["New"]
    assert (result["failed"], result["changed"]) == (True, True)


def test_a_rename_that_is_refused_stops_the_create_of_the_name_that_it_keeps(
    hiding: Simulator,
) -> None:
    """The client is back under its old name, which is known by now. No other create waits."""
    refused = b'{"error": "validation", "error_description": "no such name"}'
    hiding.script = [Fault(match=on("PUT"), status=400, body=refused)]
    wanted = [{"name": "New"}, {"name": "Acme"}, {**RESTORED, "name": "Beta"}]
    result = clients(hiding, clients=wanted)
    assert hiding.names() == ["Acme", "New"]
    assert [(row["name"], row["status"]) for row in result["plan"]] == [
        ("Acme", "done"),
        ("New", "done"),
        ("Beta", "failed"),
        ("Acme", "pending"),
    ]


def test_a_name_that_another_client_has_is_told_after_the_restore(hiding: Simulator) -> None:
    """Nobody could know it before."""
    hiding.add("Acme")
    result = clients(hiding, clients=[RESTORED])
    assert (result["failed"], result["changed"]) == (True, True)
    assert (
        'The client 1001 was restored and is called "Acme"; nothing was written after that. '
        'Entry 1: The name "Acme", which client 1002 has, would be given to client 1001: only one '
        "active client may get a name. Rename or delete the other one first."
    ) in result["msg"]
    assert result["results"][0]["name"] == "Acme"
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]


def test_a_name_that_another_client_gives_away_is_nobodys(hiding: Simulator) -> None:
    hiding.add("Acme")
    wanted = [RESTORED, {"name": "Globex", "former_names": ["Acme"]}]
    result = clients(hiding, clients=wanted)
    assert (result.get("failed"), hiding.names()) == (None, ["Acme", "Globex"])


@pytest.mark.parametrize(
    ("listed", "names"), [("Zoe", ["Acme", "Globex"]), ("Acme", ["Globex", "Globex"])]
)
def test_a_taken_name_needs_the_name_that_was_found_among_the_former_ones(
    hiding: Simulator, listed: str, names: list[str]
) -> None:
    """As for a client that is seen: so an undo brings a name back that several clients had."""
    hiding.add("Globex")
    wanted = {**RESTORED, "name": "Globex", "former_names": [listed]}
    result = clients(hiding, clients=[wanted])
    assert hiding.names() == names
    assert bool(result.get("failed")) is (listed == "Zoe")
    refused = 'The name "Globex", which client 1002 has, would be given to client 1001'
    assert (refused in result["msg"]) is (listed == "Zoe")


def test_a_client_that_the_run_itself_renamed_is_the_same_client(hiding: Simulator) -> None:
    """A ring through a temporary name, part of which comes before the restore: the plan of the rest
    knows the client by its id. It created it anew, and purged the one with the temporary name."""
    hiding.workspace.restore(1001)
    hiding.workspace.rename(1001, "acme")
    hiding.workspace.delete(1001)
    hiding.add("acme")
    wanted = [{"name": "Acme", "former_names": ["acme"]}, {**RESTORED, "name": "acme"}]
    result = clients(hiding, clients=wanted, purge=True, max_deletion_percent=100)
    assert not result.get("failed"), result["msg"]
    assert sorted((c.id, c.name) for c in hiding.clients() if not c.deleted_at) == [
        (1001, "acme"),
        (1002, "Acme"),
    ]
    assert [entry.method for entry in hiding.writes if entry.method in ("POST", "DELETE")] == []


def test_a_hidden_client_is_read_before_it_is_renamed(hiding: Simulator) -> None:
    """Two of them swap names: what a PUT would reset is known by then."""
    hiding.add("Beta", deleted=True, currency="CHF")
    hiding.add("Gamma", deleted=True, currency="USD")
    before = {found.id: found.currency for found in hiding.clients()}
    wanted = [
        {"id": 1002, "name": "Gamma", "state": "restored", "former_names": ["Beta"]},
        {"id": 1003, "name": "Beta", "state": "restored", "former_names": ["Gamma"]},
    ]
    result = clients(hiding, clients=wanted)
    assert not result.get("failed"), result["msg"]
    assert hiding.names() == ["Beta", "Gamma"]
    assert {found.id: found.currency for found in hiding.clients()} == before


def test_two_of_one_name_come_back(service: Simulator) -> None:
    """What undoes the deletion of duplicates gives both their name back, the first by way of a
    temporary one."""
    service.reset(HIDES)
    for _ in range(2):
        service.add("Acme")
    purged = clients(service, clients=[], purge=True, max_deletion_percent=100)
    undone = clients(service, clients=purged["undo"])
    assert not undone.get("failed"), undone["msg"]
    assert service.names() == ["Acme", "Acme"]


def test_a_client_of_a_former_name_is_left_alone_after_a_restore_too(hiding: Simulator) -> None:
    """As check mode says: the plan of the rest does not purge it."""
    for name in ("Globex", "Globex Inc"):
        hiding.add(name)
    wanted = [RESTORED, {"name": "Globex Inc", "former_names": ["Globex"]}]
    result = clients(hiding, clients=wanted, purge=True, max_deletion_percent=100)
    assert not result.get("failed"), result["msg"]
    assert hiding.names() == ["Acme", "Globex", "Globex Inc"]


def test_one_of_two_of_a_name_comes_back_while_the_other_moves(service: Simulator) -> None:
    """The other one has a temporary name when the rest is planned again; it had agreed before."""
    service.reset(HIDES)
    for _ in range(2):
        service.add("a")
    wanted = [{"id": 1001, "state": "absent"}, {"id": 1002, "name": "A"}]
    undo = clients(service, clients=wanted)["undo"]
    undone = clients(service, clients=undo)
    assert not undone.get("failed"), undone["msg"]
    assert service.names() == ["a", "a"]
