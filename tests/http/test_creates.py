# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates whose answer is lost, or has no id or another name: nothing is duplicated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.filters import journal_undo
from support.running import client, clients, rows, run_entry, sent, told
from support.workspace import HIDES, fill, on, with_fields

LOST = Fault(on("POST"), drop="after")
LOST_BEFORE = Fault(on("POST"), drop="before")
TWO = "lists several new ones of that name, with the ids 1001, 1002"


@pytest.mark.parametrize("create_body", ["client", "id", "nothing"])
@pytest.mark.parametrize("reads", ["new", "old"])
@pytest.mark.parametrize("wanted", ["New", "New @EUR"])
def test_a_name_that_is_there_twice_is_said_with_its_ids(
    service: Simulator, wanted: str, reads: str, create_body: str
) -> None:
    """The first try is executed after the second. That it keeps no currency matters less."""

    def late(method: str, _: str) -> bool:
        if method == "POST" and any(entry.method == "POST" for entry in service.log):
            service.workspace.create("New")
            return True
        return False

    switches = Switches(create_body=create_body, read_after_write=reads, currency="unknown")
    service.reset(switches, script=[LOST_BEFORE, Fault(match=late)])
    result = run_entry("focus_client", service, wanted)
    assert TWO in result["msg"]
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "created")


@pytest.mark.parametrize("shown", ["nothing", "id", "client"])
def test_a_create_sent_twice_that_is_not_shown_says_so(service: Simulator, shown: str) -> None:
    """The list lags for longer than the looks: it may be there twice; undo has what is known."""
    service.reset(Switches(create_body=shown), lag=20, script=[LOST])
    result = clients(service, clients=["Acme"])
    assert result["failed"] and "was sent twice" in result["msg"]
    assert "api_url" not in result["msg"] and "may be there twice" in result["msg"]
    known = [entry["id"] for entry in result["undo"] if "id" in entry]
    assert known == ([] if shown == "nothing" else [1002])


def test_which_of_several_clients_a_create_without_an_id_made_is_open(service: Simulator) -> None:
    """A list that lacked a client is no reason to delete it. No check can foresee the warning."""
    empty = Fault(edit=lambda _: b'{"data": [], "page": 1, "per_page": 100}')
    fill(service, "New", Switches(create_body="nothing"), script=[empty] * 2)
    assert "warnings" not in client(service, name="New", check_mode=True)
    result = client(service, name="New")
    assert TWO in result["msg"]
    assert (result["failed"], result["undo"]) == (True, [{"name": "New", "state": "absent"}])
    assert "is not known, so the undo list finds it by its name" in result["warnings"][0]


def test_a_list_of_all_takes_the_place_of_many_looks(service: Simulator) -> None:
    """Two pages, a check of their boundary, a third that is predicted; then a list of four."""
    fill(service, 150, Switches(create_body="nothing"))
    result = clients(service, clients=[f"New {number}" for number in range(200)])
    assert result["requests"] == len(service.log) == 2 + 1 + 1 + 200 + 4
    assert all(entry["id"] for entry in result["results"])
    assert len(result["undo"]) == 200


LONG_AGO = "2020-01-31T12:00:00Z"


@pytest.mark.parametrize("lost", [False, True], ids=["an answer without id", "a lost answer"])
@pytest.mark.parametrize("there", ["(New)", "(New), A"])
def test_a_client_older_than_a_run_is_no_create(service: Simulator, there: str, lost: bool) -> None:
    """Somebody restores a hidden namesake during the run: no duplicate, and not in undo."""
    fill(service, there, Switches(list_shows_deleted=False, create_body="nothing"))
    service.workspace.rewind([replace(old, created_at=LONG_AGO) for old in service.clients()])

    def restores(method: str, _: str) -> bool:
        if method == "POST":
            service.workspace.restore(1001)
        return method == "POST"

    service.script = [Fault(match=restores, drop="after" if lost else None)]
    result = clients(service, clients="New")
    assert not result.get("failed"), result["msg"]
    assert [entry["id"] for entry in result["undo"]] == [service.clients()[-1].id]


def test_a_201_with_the_id_of_a_client_that_was_there_is_no_new_client(service: Simulator) -> None:
    """It is never deleted, nor put into undo."""
    body = json.dumps({"id": 1001, "name": "New"}).encode()
    fill(service, "Old", script=[Fault(on("POST"), status=201, body=body)])
    result = clients(service, clients="Old; New")
    assert result["failed"] and result["undo"] == []
    assert "client 1001, which was there before" in result["msg"]
    assert service.names() == ["Old"]


def hiding(client_id: int) -> Fault:
    """A list that does not show this client."""
    shown = with_fields(lambda page: {"data": [c for c in page["data"] if c["id"] != client_id]})
    return Fault(on("GET"), when="after", edit=shown)


def test_what_the_run_created_itself_counts_although_no_list_shows_it(service: Simulator) -> None:
    """Both were done, and reads lag: the id of the second is known from its answer alone."""
    service.script = [LOST, *[hiding(1001)] * 3, *[hiding(1002)] * 9]
    result = client(service, name="New")
    assert (result["failed"], result["changed"], result["client"]["id"]) == (True, True, 1002)
    assert TWO in result["msg"]
    assert sorted(entry["id"] for entry in result["undo"]) == [1001, 1002]


def test_a_client_that_the_filter_hid_is_not_taken_for_the_missing_one(service: Simulator) -> None:
    """It was there before, with a blank in front; the second try of the create is refused."""
    fill(service, "\tNew", Switches(name_filter="equals", names_trimmed=False))
    service.script = [LOST_BEFORE, Fault(on("POST"), 400)]
    result = client(service, name="New")
    assert (result["failed"], result["client"], result["action"]) == (True, None, "none")
    assert 1001 not in [entry.get("id") for entry in result["undo"]]


def test_purge_goes_on_where_a_create_in_doubt_was_done(service: Simulator) -> None:
    """Only the check after all other steps shows that it was, as no try is left before it."""
    fill(service, "Beta", script=[LOST])
    wanted = {"clients": "Acme", "purge": True, "max_deletion_percent": 100}
    result = clients(service, **wanted, api_retries=0)
    assert len(rows(result, "done")) == 2 and "failed" not in result
    assert service.names() == ["Acme"]


UNDATED = Fault(on("POST"), edit=with_fields(lambda _: {"created_at": None}))
CHANGES = {"lower": "Acme", "cut": "A long name", "escaped": "Smith & Co", "folded": "Acme  Inc"}


@pytest.mark.parametrize("body", ["client", "wrapped", "id", "undated"])
@pytest.mark.parametrize("change", [*CHANGES, "numbered"])
def test_a_client_that_is_created_under_another_name_is_deleted_again(
    service: Simulator, change: str, body: str, module: str
) -> None:
    """Each night. Where no answer shows the name, what is new is told, as below."""
    longest = 6 if change == "cut" else 255
    shown = "client" if body == "undated" else body
    switches = Switches(names_changed=change, create_body=shown, longest_name=longest)
    fill(service, "(Gone)", switches)
    for _night in range(2):
        service.script = [UNDATED] if body == "undated" else []
        result = run_entry(module, service, {"name": CHANGES.get(change, "Gone")})
        assert (result["failed"], result["changed"], result["undo"]) == (True, False, [])
        assert "It was deleted again" in result["msg"]
    assert service.names() == []
    if body in ("client", "wrapped"):
        assert sent(service) == ["GET", "POST", "DELETE"] * 2


@pytest.mark.parametrize("limit", [None, 2], ids=["older", "no quota"])
def test_one_that_may_be_older_than_the_run_is_left(service: Simulator, limit: int | None) -> None:
    """By the service's own clock. It is in undo, as is one that the quota lets nobody delete."""
    older = Fault(on("POST"), edit=with_fields(lambda _: {"created_at": LONG_AGO}))
    script = [older] if limit is None else []
    service.reset(Switches(names_changed="lower"), script=script, quota_limit=limit)
    result = clients(service, clients=["Acme"])
    assert (service.names(), told(result)) == (["acme"], "create Acme: failed")
    assert result["failed"] and result["changed"]
    assert result["undo"] == [{"id": 1001, "name": "acme", "state": "absent"}]
    assert "It was left" in result["msg"]


def test_what_was_taken_back_is_no_deletion_to_restore(service: Simulator, journal: Path) -> None:
    """It is journalled with its create, and the journal's undo has nothing to do with it."""
    service.reset(replace(HIDES, names_changed="lower"))
    clients(service, clients=["Acme"], journal=str(journal))
    assert journal_undo(journal.read_text()) == []
    result = client(service, name="acme", state="restored", journal=str(journal))
    assert "no deleted client of the name" in result["msg"]


@pytest.mark.parametrize("lost", [0, 3])
def test_what_may_be_there_under_another_name_is_told(service: Simulator, lost: int) -> None:
    """No look finds it by its name. What is older than the run by its own creation is not told."""
    switches = Switches(names_changed="lower", create_body="nothing", name_filter="equals")
    service.reset(switches, script=[LOST] * lost)
    service.clock = timedelta(days=-1)
    service.add("Beta")
    service.clock = timedelta()
    result = client(service, name="Acme", api_retries=2)
    ids = ", ".join(f'"acme" (id {number})' for number in range(1002, 1002 + max(lost, 1)))
    assert f"New and in no entry: {ids}." in result["msg"]
    assert result["msg"].endswith("It may have been done: look before you run it again.")


@pytest.mark.parametrize("duplicates", ["allowed", "refused_any_case"])
@pytest.mark.parametrize("shown", ["client", "id", "nothing"])
def test_purge_waits_for_what_is_listed(service: Simulator, shown: str, duplicates: str) -> None:
    """The client that it would delete has the name from the rename, as the service writes it."""
    changes = Switches(names_changed="escaped", create_body=shown, duplicates=duplicates)
    fill(service, "Groß, Beta", changes)
    wanted = {"clients": "Beta; R & D (was Groß)", "purge": True, "max_deletion_percent": 100}
    assert clients(service, **wanted)["msg"] == "Renamed 1; 1 unchanged."
    for _night in range(2):
        result = clients(service, **wanted)
        assert not rows(result, "done") and rows(result, "pending")
        assert not service.clients()[0].deleted_at
