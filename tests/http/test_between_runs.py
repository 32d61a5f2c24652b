# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost or duplicated between runs, by other people or by what the service changes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Body, Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, rows, run_entry, sent
from support.workspace import HIDES, fill, on

from ansible_collections.toggl.focus.plugins.filter.journal_undo import journal_undo
from ansible_collections.toggl.focus.plugins.module_utils._api import clients as api

LOST = Fault(on("POST"), drop="after")


# a PUT keeps what it does not mean to change


def test_what_was_read_long_ago_is_read_again_first(service: Simulator, monkeypatch: Any) -> None:
    """A wait for the quota, for example: somebody has given the client another currency since."""
    service.add("Acme", currency="EUR")
    monkeypatch.setattr(api, "LONGEST_KEPT", -1.0)

    def edited(method: str, _: str) -> bool:
        if method == "GET" and len(service.log) == 2:
            service.workspace.update(1001, Body(name="Acme", currency="USD"))
        return False

    service.script = [Fault(on("GET", path="/1001"), when="after"), Fault(match=edited)]
    result = client(service, id=1001, name="New")
    assert sent(service) == ["GET", "GET", "GET", "PUT"] and result["action"] == "renamed"
    assert json.loads(service.writes[0].body) == {"name": "New", "currency": "USD"}


# undo after other people's edits


def test_a_client_that_somebody_renamed_since_is_taken_back(service: Simulator) -> None:
    """A warning names both names."""
    undo = clients(fill(service, "Globex"), clients="1001 Globex Corporation")["undo"]
    assert undo == [{"id": 1001, "name": "Globex"}]
    service.workspace.rename(1001, "Globex International")
    (warning,) = clients(service, clients=undo)["warnings"]
    assert service.names() == ["Globex"]
    assert '"Globex International"' in warning and '"Globex"' in warning


# a service that changes names

CHANGES = {"lower": "Acme", "cut": "A long name", "escaped": "Smith & Co", "folded": "Acme  Inc"}


@pytest.mark.parametrize("body", ["client", "wrapped", "id"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_client_that_is_created_under_another_name_is_deleted_again(
    service: Simulator, change: str, body: str, module: str
) -> None:
    """Each night. Where no answer shows the name, what is new is told, as below."""
    longest = 6 if change == "cut" else 255
    service.reset(Switches(names_changed=change, create_body=body, longest_name=longest))
    for _night in range(2):
        result = run_entry(module, service, {"name": CHANGES[change]})
        assert (result["failed"], result["changed"], result["undo"]) == (True, False, [])
        assert "It was deleted again" in result["msg"]
    assert service.names() == []
    assert body == "id" or sent(service) == ["GET", "POST", "DELETE"] * 2


def test_purge_goes_on_where_a_create_in_doubt_was_done(service: Simulator) -> None:
    """Only the check after all other steps shows that it was, as no try is left before it."""
    fill(service, "Beta", script=[LOST])
    wanted = {"clients": "Acme", "purge": True, "max_deletion_percent": 100}
    result = clients(service, **wanted, api_retries=0)
    assert len(rows(result, "done")) == 2 and "failed" not in result
    assert service.names() == ["Acme"]


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


def made_in_2020(body: bytes) -> bytes:
    return json.dumps({**json.loads(body), "created_at": "2020-01-01T00:00:00Z"}).encode()


OLDER = {"script": [Fault(on("POST"), edit=made_in_2020)]}


@pytest.mark.parametrize("condition", [OLDER, {"quota_limit": 2}], ids=["older", "no quota"])
def test_one_that_may_be_older_than_the_run_is_left(service: Simulator, condition: Any) -> None:
    """By the service's own clock. It is in undo, as is one that the quota lets nobody delete."""
    service.reset(Switches(names_changed="lower"), **condition)
    result = clients(service, clients=["Acme"])
    assert service.names() == ["acme"]
    assert result["failed"] and result["changed"]
    assert result["undo"] == [{"id": 1001, "name": "acme", "state": "absent"}]
    assert "It was left" in result["msg"]
    assert [row["status"] for row in result["plan"]] == ["failed"]


def test_what_was_taken_back_is_no_deletion_to_restore(service: Simulator, journal: Path) -> None:
    """It is journalled with its create, and the journal's undo has nothing to do with it."""
    service.reset(replace(HIDES, names_changed="lower"))
    clients(service, clients=["Acme"], journal=str(journal))
    assert journal_undo(journal.read_text()) == []
    result = client(service, name="acme", state="restored", journal=str(journal))
    assert "no deleted client of the name" in result["msg"]


def test_what_lost_answers_may_have_made_is_told(service: Simulator) -> None:
    """No look by the name finds it, and no answer shows the changed one."""
    fill(service, "Beta", Switches(names_changed="lower"), script=[LOST] * 3)
    result = clients(service, clients=["Acme", "Beta"], api_retries=2)
    (step,) = rows(result, "unclear")
    ids = ", ".join(f'"acme" (id {number})' for number in (1002, 1003, 1004))
    assert f"New and in no entry: {ids}." in step["error"]
    assert step["error"].endswith("It may have been done: look before you run it again.")


def test_only_what_is_new_is_told_as_new(service: Simulator) -> None:
    """A client that the name filter had hidden is older than the run, by its own creation."""
    service.reset(Switches(names_changed="lower", create_body="nothing", name_filter="equals"))
    service.clock = timedelta(days=-1)
    service.add("Beta")
    service.clock = timedelta()
    result = client(service, name="Acme")
    assert 'New and in no entry: "acme" (id 1002).' in result["msg"]


@pytest.mark.parametrize("purge", [False, True])
def test_a_client_that_an_interrupted_run_left_between_two_names_is_not_taken_for_another(
    service: Simulator, purge: bool
) -> None:
    """Its name is missing, so the next night would create it anew, and purge the client itself."""
    put = on("PUT", path="/1001")
    fill(service, "Acme, Beta", script=[Fault(put, when="after"), Fault(put, status=403)])
    ended = clients(service, clients="1002 Acme; 1001 Beta", api_retries=0)
    assert service.names() == ["Acme", "toggl.focus-1001"]
    night = clients(service, clients=["Acme", "Beta"], purge=purge, max_deletion_percent=100)
    assert night["failed"] and night["refused"]
    assert 'The client 1001 has the temporary name "toggl.focus-1001"' in night["msg"]
    assert not clients(service, clients=ended["undo"]).get("failed")
    assert service.names() == ["Acme", "Beta"]


# restores by what the journal says, and ids that were there before


def test_one_renamed_since_its_deletion_is_read_again(service: Simulator, journal: Path) -> None:
    """The journal's name is an old one: nothing is reported under it, and no name is duplicated."""
    fill(service, "Acme", HIDES)
    clients(service, clients="absent Acme", journal=str(journal))
    service.workspace.restore(1001)
    service.workspace.rename(1001, "Globex")
    service.workspace.delete(1001)
    service.add("Globex")
    result = clients(service, clients="restored Acme", journal=str(journal))
    assert result["failed"] and 'is called "Globex"' in result["msg"]
    assert [row["name"] for row in result["plan"]] == ["Globex"]
    assert result["undo"] == [{"id": 1001, "name": "Globex", "state": "absent"}]
    clients(service, clients=result["undo"])
    assert service.names() == ["Globex"]


def test_no_client_is_restored_beside_one_that_has_the_name_in_the_journal(
    service: Simulator, module: str, journal: Path
) -> None:
    """The journal knows the name that it comes back with: refused before the PATCH."""
    fill(service, "Hooli", HIDES)
    clients(service, clients="absent Hooli", journal=str(journal))
    service.add("Hooli")
    result = run_entry(module, service, "restored 1001", journal=str(journal))
    assert result["failed"] and "which client 1002 has" in result["msg"], result["msg"]
    assert service.names() == ["Hooli"]


def test_a_201_with_the_id_of_a_client_that_was_there_is_no_new_client(service: Simulator) -> None:
    """It is never deleted, nor put into undo."""
    body = json.dumps({"id": 1001, "name": "New"}).encode()
    fill(service, "Old", script=[Fault(on("POST"), status=201, body=body)])
    result = clients(service, clients="Old; New")
    assert result["failed"] and result["undo"] == []
    assert "client 1001, which was there before" in result["msg"]
    assert service.names() == ["Old"]


@pytest.mark.parametrize("shown", ["nothing", "id", "client"])
def test_a_create_sent_twice_that_is_not_shown_says_so(service: Simulator, shown: str) -> None:
    """The list lags for longer than the looks: it may be there twice; undo has what is known."""
    service.reset(Switches(create_body=shown), lag=20, script=[LOST])
    result = clients(service, clients=["Acme"])
    assert result["failed"] and "was sent twice" in result["msg"]
    assert "api_url" not in result["msg"] and "may be there twice" in result["msg"]
    known = [entry["id"] for entry in result["undo"] if "id" in entry]
    assert known == ([] if shown == "nothing" else [1002])
