# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest cases of what the campaign has found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import entry_from
from support.running import assert_undone, client, clients, rows
from support.workspace import HIDES, fill, on, state

from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_run
from faults.conftest import Secured

# nothing duplicated


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_tls_stream_that_breaks_after_the_request_is_a_lost_answer(
    secured: Secured, when: str
) -> None:
    """The handshake is over, so the write may have been executed: look before it is repeated."""
    service = secured.service
    service.reset(script=[Fault(match=on("POST"), drop=when, garbled=True)])
    result = client(service, name="New", ca_path=secured.ca_path)
    assert service.names() == ["New"]
    assert (result["action"], result.get("failed")) == ("created", None)


def test_a_tls_stream_that_breaks_never_makes_a_report_lie(secured: Secured) -> None:
    broken = Fault(match=on("DELETE"), drop="after", garbled=True)
    refused = Fault(match=on("DELETE"), status=403)
    fill(secured.service, "Acme", script=[broken, refused])
    result = clients(secured.service, ca_path=secured.ca_path, clients="absent 1001")
    assert secured.service.names() == []
    assert rows(result, "done") or rows(result, "unclear"), result


# a report that is true


def test_a_create_that_shows_nowhere_is_not_reported_as_done(service: Simulator) -> None:
    """Somebody in between answers 201 for the service. A look at the end finds no client."""
    service.reset(script=[Fault(on("POST"), status=201, body=b"{}")])
    result = clients(service, clients=["New"])
    assert (service.names(), rows(result, "done"), result["failed"]) == ([], [], True)


def test_a_task_that_leaves_changes_undone_never_says_ok(service: Simulator) -> None:
    """The create was executed late; sent again, it met the end of the quota, which the last
    look, that finds it done, must not make forgotten: the next change was never tried."""
    used_up = Fault(match=on("POST"), status=402, body=b'{"error": "quota exceeded"}')
    service.reset(script=[Fault(match=on("POST"), lag=1.6), used_up], latency=0.15)
    result = clients(service, clients=["First", "Second"], api_timeout=1.5, concurrency=1)
    assert service.names() == ["First"]
    assert [step["name"] for step in rows(result, "done")] == ["First"], result
    assert [step["name"] for step in rows(result, "pending")] == ["Second"]
    assert result.get("failed") is True
    assert "quota" in result["msg"]


# every run can be undone


@pytest.mark.parametrize("switches", [Switches(), HIDES], ids=["shows", "hides"])
@pytest.mark.parametrize("entry", ["absent 1001", "absent 1001 Gone (was Acme)", "1001 Other"])
def test_one_of_two_of_a_name_comes_back(
    service: Simulator, entry: str, switches: Switches
) -> None:
    """The list knows that another client had the name. ``focus_client`` reads one client by its id,
    so its undo cannot tell that from a name that somebody took since, and is refused."""
    fill(service, "Acme, Acme", switches)
    before = state(service)
    assert_undone(service, clients(service, clients=entry), before)
    result = client(service, **entry_from(entry))
    after = state(service)
    back = clients(service, clients=result["undo"])
    assert back["failed"] and "which client 1002 has" in back["msg"]
    assert state(service) == after != before


def test_a_client_that_was_created_twice_is_taken_back_twice(service: Simulator) -> None:
    """The first create was executed when the second one was through: both are new."""
    late = Fault(on("POST"), until=lambda: "New" in service.names())
    service.reset(script=[late], latency=0.02)
    wanted = ["New", *(f"More {number}" for number in range(4))]
    result = clients(service, clients=wanted, api_timeout=0.3, concurrency=1)
    service.latency = 0
    assert service.names().count("New") == 2
    assert result["failed"] is True
    assert "1001" in result["msg"]
    assert_undone(service, result, {})


def test_a_hidden_client_comes_back_after_its_name_is_free(service: Simulator) -> None:
    """Only its restore shows what a hidden client is called. If the service refuses that name as
    long as another client has it, the step fails with the service's words, and the next run, in
    which the name is free, does the rest."""
    switches = replace(HIDES, duplicates="refused_active")
    fill(service, "Acme, (Acme)", switches, latency=0.02)
    before = state(service)
    wanted = "absent 1001; restored 1002 New"
    first = clients(service, clients=wanted, concurrency=1)
    assert first["failed"] and "a client with this name already exists" in first["msg"]
    second = clients(service, clients=wanted, concurrency=1)
    assert not second.get("failed"), second["msg"]
    assert_undone(service, second, {})
    assert_undone(service, first, before)


def test_the_journal_knows_the_name_of_a_hidden_client_before_it_is_renamed(
    service: Simulator, tmp_path: Path
) -> None:
    """The run is killed when the rename is done and not yet noted. Nobody knew the old name until
    the client was restored, so the journal is the only place that can tell it."""
    fill(service, "(Acme)", HIDES)
    before, journal = state(service), tmp_path / "journal.jsonl"
    clients(service, clients="restored 1001 New", journal=str(journal))
    assert service.names() == ["New"]
    *until_then, _renamed = journal.read_text().splitlines(keepends=True)
    undo = undo_of_run("".join(until_then), 4711)
    assert_undone(service, {"undo": undo}, before)
