# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: on disk before and after each write, read back whatever happened to it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients
from support.workspace import HIDES, fill

from ansible_collections.toggl.focus.plugins.module_utils._journal import (
    last_deletions,
    undo_of_last_run,
)

CLIENTS = "Acme, Globex, (Umbrella)"
LIST = "New; Globex Corporation (was Globex); absent Acme; restored 1003"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def by_id(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry.get("id")))


def test_each_write_is_noted_before_and_after(service: Simulator, journal: Path) -> None:
    fill(service, CLIENTS)
    result = clients(service, clients=LIST, journal=str(journal))
    noted = lines(journal)
    assert len(noted) == 2 * len(result["plan"])
    assert {step["status"] for step in result["plan"]} == {"done"}
    for number, step in enumerate(result["plan"]):
        before, after = (line for line in noted if line["number"] == number)
        assert (before["event"], after["event"]) == ("before", "after")
        assert before["step"] == after["step"] == step["step"]
        assert (after["after"]["id"], after["status"]) == (step["id"], "done")
        assert after["error"] is None
    assert {line["format"] for line in noted} == {2}
    assert len({line["run"] for line in noted}) == 1
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "damage", ["", '{"half": ', "not json\n", "[]\n", "{}\n", '{"at": 1}\n', "\n"]
)
def test_what_it_takes_back_is_what_the_result_takes_back(
    service: Simulator, journal: Path, damage: str
) -> None:
    """A damaged line is passed over."""
    fill(service, CLIENTS)
    clients(service, clients="Earlier", journal=str(journal))
    journal.write_text(journal.read_text() + damage)
    result = clients(service, clients=LIST, journal=str(journal))
    assert by_id(undo_of_last_run(journal.read_text(), 4711)) == by_id(result["undo"])
    assert 1001 in [held.id for held in last_deletions(str(journal), 4711).values()]


def test_check_mode_and_nothing_to_do_make_no_file_and_change_none(
    service: Simulator, journal: Path
) -> None:
    fill(service, CLIENTS)
    for check_mode, wanted in ((True, LIST), (False, "Acme")):
        clients(service, check_mode, clients=wanted, journal=str(journal))
        assert not journal.exists()
    journal.write_text("half a line")
    clients(service, check_mode=True, clients=LIST, journal=str(journal))
    assert journal.read_text() == "half a line"


@pytest.mark.parametrize("get_shows_deleted", [True, False])
def test_restored_by_name_where_the_service_hides_deleted_clients(
    service: Simulator, journal: Path, get_shows_deleted: bool
) -> None:
    hiding = Switches(list_shows_deleted=False, get_shows_deleted=get_shows_deleted)
    fill(service, "Acme", hiding)
    wanted = {"name": "Acme", "state": "restored", "journal": str(journal)}
    client(service, name="Acme", state="absent", journal=str(journal))
    checked = client(service, check_mode=True, **wanted)
    ran = client(service, **wanted)
    assert (ran["action"], ran["client"]["id"]) == ("restored", 1001), ran
    assert checked["diff"] == ran["diff"]
    assert client(service, **wanted)["changed"] is False
    client(service, name="Acme", state="absent", journal=str(journal))
    many = clients(service, clients="restored Acme", journal=str(journal))
    assert many["results"][0]["action"] == "restored"


def test_the_journal_of_another_workspace_restores_nothing(
    service: Simulator, journal: Path
) -> None:
    service.reset(HIDES)
    with Simulator(workspace_id=42) as other:
        other.add("Acme")
        client(other, name="Acme", state="absent", journal=str(journal))
    result = client(service, name="Acme", state="restored", journal=str(journal))
    assert "lists no deleted client of the name" in result["msg"]


def test_a_client_renamed_since_its_deletion_is_not_taken(
    service: Simulator, journal: Path
) -> None:
    fill(service, "Acme", HIDES)
    client(service, name="Acme", state="absent", journal=str(journal))
    client(service, id=1001, name="Other", state="restored")
    result = client(service, name="Acme", state="restored", journal=str(journal))
    assert "lists no deleted client of the name" in result["msg"]
    assert service.names() == ["Other"]


def test_it_holds_no_words_of_the_service(service: Simulator, journal: Path) -> None:
    service.reset(script=[Fault(), Fault(status=400, body=b'{"error": "echo of toggl_sk_0123"}')])
    client(service, name="New", journal=str(journal))
    assert [line.get("status") for line in lines(journal)] == [None, "failed"]
    assert "toggl_sk" not in journal.read_text()
