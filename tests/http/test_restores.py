# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients restored while hidden: the rest is planned again. And what the journal tells of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.notation import entry_from, rows
from support.running import clients, run_entry, told
from support.workspace import HIDES, fill, on


@pytest.fixture
def hiding(service: Simulator) -> Simulator:
    """One deleted client that the service does not show: Acme, id 1001."""
    return fill(service, "(Acme)", HIDES)


DONE = rows("""
it gives its name away           | (Acme)       | Acme; restored 1001 Beta           | Acme, Beta
another client gives it its name | (Acme), Acme | restored 1001; Globex (was Acme)   | Acme, Globex
one of a former name is left alone | (Acme), Globex, Globex Inc
    | restored 1001; Globex Inc (was Globex) | Acme, Globex, Globex Inc
it takes a name on purpose | (Acme), Globex | restored 1001 Globex (was Acme); 1002 | Globex, Globex
""")


@pytest.mark.parametrize(("there", "wanted", "after"), DONE)
def test_the_rest_knows_the_name(service: Simulator, there: str, wanted: str, after: str) -> None:
    purge = {"purge": True, "max_deletion_percent": 100}
    result = clients(fill(service, there, HIDES), clients=wanted, **purge)
    assert not result.get("failed"), result["msg"]
    assert ", ".join(service.names()) == after


REFUSED = rows("""
its name is not created again | (Acme) | Acme; restored 1001; Other
    | Entries 1 and 2: More than one entry stands for the client "Acme" (id 1001)
another client has its name | (Acme), Acme | restored 1001
    | Entry 1: The name "Acme", which client 1002 has, would be given to client 1001: only one
    active client may get a name. Rename or delete the other one first.
another client has the new name | (Acme), Globex | restored 1001 Globex (was Zoe)
    | Entry 1: The name "Globex", which client 1002 has, would be given to client 1001
it is protected | (Acme) | restored 1001 Beta | Entry 1 ("Beta"): The option protected has "Ac*"
""")


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(("there", "wanted", "reason"), REFUSED)
def test_what_only_the_restore_shows_ends_the_run_after_it(
    service: Simulator, there: str, wanted: str, reason: str, concurrency: int
) -> None:
    """The restore stays, is reported and is in undo."""
    hiding = fill(service, there, HIDES)
    given = {"clients": wanted, "protected": ["Ac*"]}
    result = clients(hiding, **given, concurrency=concurrency)
    assert (result["failed"], result["changed"]) == (True, True)
    is_called = 'The client 1001 was restored and is called "Acme"; nothing was written after that.'
    assert f"{is_called} {reason}" in result["msg"]
    assert hiding.names() == sorted(there.replace("(Acme)", "Acme").split(", "))
    statuses = [row["status"] for row in result["plan"]]
    assert statuses == ["done", *["pending"] * (len(statuses) - 1)]
    assert result["plan"][0]["name"] == "Acme"
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]
    assert result["requests"] == len(hiding.log) == 4


@pytest.mark.parametrize("name", ["Acme", "Beta"])
def test_a_needless_rename_is_no_other_diff(hiding: Simulator, name: str, module: str) -> None:
    """Only the restore shows that the client has the name already; check mode has the same diff."""
    wanted = entry_from(f"restored 1001 {name}")
    checked = run_entry(module, hiding, wanted, check_mode=True)
    assert run_entry(module, hiding, wanted)["diff"] == checked["diff"]
    assert hiding.names() == [name]


READ = on("GET", path="/1001")
NOT_SHOWN = Fault(
    READ, status=404, body=b'{"error": "not_found", "error_description": "no client"}'
)
UNREAD = {
    "done": [Fault(READ), *[Fault(READ, status=500)] * 5],
    "unclear": [Fault(READ), NOT_SHOWN, NOT_SHOWN, Fault(on("PATCH"), status=503, when="after")],
}


@pytest.mark.parametrize("status", UNREAD)
def test_without_its_name_nothing_is_created(hiding: Simulator, status: str) -> None:
    """Nobody knows whether the name is there: the read after the restore fails, or shows no client
    where the restore may have happened."""
    hiding.script = [*UNREAD[status]]
    result = clients(hiding, clients="New; restored 1001", api_retries=4 * (status == "done"))
    assert hiding.names() == ["Acme"]
    says = {"done": "1001 could not be read after its restore", "unclear": "It may have been done"}
    assert says[status] in result["msg"]
    assert [row["status"] for row in result["plan"]] == [status, "pending"]
    assert result["undo"] == [{"id": 1001, "state": "absent"}]


def test_a_read_that_comes_too_early_is_made_again(hiding: Simulator) -> None:
    """A read just after a write may show the state before it: no such client."""
    hiding.script = [Fault(READ), NOT_SHOWN]
    result = clients(hiding, clients="restored 1001 Beta")
    assert (result.get("failed"), hiding.names()) == (None, ["Beta"])


def test_a_refused_rename_stops_the_create_of_the_name_that_it_keeps(hiding: Simulator) -> None:
    """The client is back under its old name, which is known by now. No other create waits."""
    hiding.script = [Fault(on("PUT"), status=400, body=b'{"error": "validation"}')]
    result = clients(hiding, clients="New; Acme; restored 1001 Beta")
    assert hiding.names() == ["Acme", "New"]
    plan = "restore Acme: done; create New: done; rename Beta: failed; create Acme: pending"
    assert told(result) == plan


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
