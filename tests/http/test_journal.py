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

from ansible_collections.toggl.focus.plugins.module_utils._journal import (
    last_deletions,
    undo_of_last_run,
)

LIST: list[dict[str, Any]] = [
    {"name": "New"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"name": "Acme", "state": "absent"},
    {"id": 1003, "state": "restored"},
]
HIDDEN = Switches(list_shows_deleted=False, get_shows_deleted=False)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def seed(service: Simulator) -> None:
    """1001 Acme, 1002 Globex; 1003 Umbrella is deleted."""
    service.add("Acme")
    service.add("Globex")
    service.add("Umbrella", deleted=True)


def lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def by_id(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry.get("id")))


def test_each_write_is_noted_before_and_after(service: Simulator, journal: Path) -> None:
    seed(service)
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


def test_what_it_takes_back_is_what_the_result_takes_back(
    service: Simulator, journal: Path
) -> None:
    seed(service)
    clients(service, clients=[{"name": "Earlier"}], journal=str(journal))
    result = clients(service, clients=LIST, journal=str(journal))
    assert by_id(undo_of_last_run(journal.read_text(), 4711)) == by_id(result["undo"])


def test_check_mode_and_nothing_to_do_leave_no_file(service: Simulator, journal: Path) -> None:
    seed(service)
    clients(service, check_mode=True, clients=LIST, journal=str(journal))
    client(service, name="Acme", journal=str(journal))
    assert not journal.exists()


def test_a_run_that_was_killed(service: Simulator, journal: Path) -> None:
    """Nobody knows whether the write under way was carried out: the undo holds in both cases."""
    seed(service)
    before = {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}
    clients(service, clients=LIST, journal=str(journal), concurrency=1)
    whole = journal.read_text().splitlines(keepends=True)
    for kept in range(1, len(whole) + 1):
        service.reset()
        seed(service)
        clients(service, clients=LIST, concurrency=1)
        killed = "".join(whole[:kept]) + whole[kept - 1][: len(whole[kept - 1]) // 2]
        back = undo_of_last_run(killed, 4711)
        assert back, kept
        if kept < len(whole) - 1:
            continue
        result = clients(service, clients=back)
        assert not result.get("failed"), result
        after = {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}
        assert before == {client_id: after[client_id] for client_id in before}
        assert all(gone for client_id, (_, gone) in after.items() if client_id not in before)


@pytest.mark.parametrize("damage", ['{"half": ', "not json\n", "[]\n", "{}\n", '{"at": 1}\n', "\n"])
def test_a_damaged_line_is_passed_over(service: Simulator, journal: Path, damage: str) -> None:
    seed(service)
    journal.write_text(damage)
    result = clients(service, clients=LIST, journal=str(journal))
    assert by_id(undo_of_last_run(journal.read_text(), 4711)) == by_id(result["undo"])
    assert 1001 in [held.id for held in last_deletions(str(journal), 4711).values()]


def test_restored_by_name_where_the_service_hides_deleted_clients(
    service: Simulator, journal: Path
) -> None:
    for switches in (HIDDEN, Switches(list_shows_deleted=False)):
        service.reset(switches)
        journal.unlink(missing_ok=True)
        service.add("Acme")
        wanted = {"name": "Acme", "state": "restored", "journal": str(journal)}
        client(service, name="Acme", state="absent", journal=str(journal))
        checked = client(service, check_mode=True, **wanted)
        ran = client(service, **wanted)
        assert (ran["action"], ran["client"]["id"]) == ("restored", 1001), ran
        assert checked["diff"] == ran["diff"]
        assert client(service, **wanted)["changed"] is False
        client(service, name="Acme", state="absent", journal=str(journal))
        many = clients(
            service, clients=[{"name": "Acme", "state": "restored"}], journal=str(journal)
        )
        assert many["results"][0]["action"] == "restored"


def test_the_journal_of_another_workspace_restores_nothing(
    service: Simulator, journal: Path
) -> None:
    service.reset(HIDDEN)
    with Simulator(workspace_id=42) as other:
        other.add("Acme")
        client(other, name="Acme", state="absent", journal=str(journal))
    result = client(service, name="Acme", state="restored", journal=str(journal))
    assert "lists no deleted client of the name" in result["msg"]


def test_a_client_renamed_since_its_deletion_is_not_taken(
    service: Simulator, journal: Path
) -> None:
    service.reset(HIDDEN)
    service.add("Acme")
    client(service, name="Acme", state="absent", journal=str(journal))
    client(service, id=1001, name="Other", state="restored")
    result = client(service, name="Acme", state="restored", journal=str(journal))
    assert "lists no deleted client of the name" in result["msg"]
    assert service.names() == ["Other"]


def test_no_write_without_a_journal_that_can_be_written(service: Simulator, tmp_path: Path) -> None:
    result = client(service, name="New", journal=str(tmp_path))
    assert "The option journal cannot be used" in result["msg"]
    assert service.writes == []


def test_it_holds_no_words_of_the_service(service: Simulator, journal: Path) -> None:
    service.reset(script=[Fault(), Fault(status=400, body=b'{"error": "echo of toggl_sk_0123"}')])
    client(service, name="New", journal=str(journal))
    assert [line.get("status") for line in lines(journal)] == [None, "failed"]
    assert "toggl_sk" not in journal.read_text()
