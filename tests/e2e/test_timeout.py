# SPDX-License-Identifier: GPL-3.0-or-later
"""The task keyword ``timeout`` ends the run: nothing is written after it, the report is given."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import WAYS, Ran, played
from support.running import holding_the_turn

CLIENT = "toggl.focus.focus_client"
CLIENTS = "toggl.focus.focus_clients"
INFO = "toggl.focus.focus_client_info"
SIX = [f"Client {number}" for number in range(1, 7)]
REASON = "The task's timeout ended the run: nothing more is written."


def timed(module: str, seconds: int, **given: Any) -> dict[str, Any]:
    return {module: given, "timeout": seconds, "register": "ended", "ignore_errors": True}


def six(seconds: int, journal: Path, **given: Any) -> dict[str, Any]:
    wanted = [{"name": name} for name in SIX]
    return timed(CLIENTS, seconds, clients=wanted, concurrency=2, journal=str(journal), **given)


def on(method: str) -> Any:
    return lambda sent, _path: sent == method


def run(service: Simulator, folder: Path, task: dict[str, Any], *arguments: str) -> dict[str, Any]:
    ran: Ran = played(service, folder, [task], *arguments)
    assert ran.results, ran.output
    return ran.results["ended"]


def steps_of(result: dict[str, Any], *statuses: str) -> list[str]:
    return sorted(step["name"] for step in result["plan"] if step["status"] in statuses)


def assert_tells_what_the_service_did(
    service: Simulator, result: dict[str, Any], later: float
) -> None:
    """``later`` seconds on, nothing has been added to what the result tells."""
    assert result["failed"] is True
    assert result["msg"].startswith(REASON), result["msg"]
    time.sleep(later)
    done, unclear = steps_of(result, "done"), steps_of(result, "failed", "unclear")
    assert set(done) <= set(service.names()) <= {*done, *unclear}
    assert result["changed"] is bool(done)
    assert sorted([*done, *unclear, *steps_of(result, "pending")]) == SIX
    assert len(result["undo"]) == len(done) + len(unclear)
    ids = {client.name: client.id for client in service.clients()}
    told = {step["name"]: step["id"] for step in result["plan"] if step["status"] == "done"}
    assert told == {name: ids[name] for name in done}


def assert_whole(journal: Path) -> None:
    """Each line before a write has one after it."""
    noted = [json.loads(line) for line in journal.read_text().splitlines()]
    before = [line["number"] for line in noted if line["event"] == "before"]
    after = [line["number"] for line in noted if line["event"] == "after"]
    assert before
    assert set(before) == set(after)


def test_writes_under_way_are_the_last(service: Simulator, tmp_path: Path) -> None:
    """One request takes a second: after 3, two writes are answered and two are under way."""
    service.reset(latency=1)
    journal = tmp_path / "journal.jsonl"
    result = run(service, tmp_path, six(3, journal))
    assert_tells_what_the_service_did(service, result, later=2.5)
    assert len(steps_of(result, "done")) == 4
    assert result["requests"] == len(service.log) == 5
    assert_whole(journal)


def test_a_wait_for_the_quota_ends_with_it(service: Simulator, tmp_path: Path) -> None:
    """The quota reopens after 7 seconds, when the task is over: nothing is written then."""
    service.reset(quota_limit=3, quota_window=7)
    journal, started = tmp_path / "journal.jsonl", time.monotonic()
    result = run(service, tmp_path, six(2, journal, quota_wait=60))
    assert time.monotonic() - started < 7
    assert_tells_what_the_service_did(service, result, later=6)
    assert (len(steps_of(result, "done")), len(steps_of(result, "pending"))) == (2, 4)
    assert_whole(journal)


def test_what_was_sent_and_not_answered_is_unclear(service: Simulator, tmp_path: Path) -> None:
    """The second write is carried out; its answer does not come within ``api_timeout``."""
    service.reset(script=[Fault(), Fault(match=on("POST")), Fault(match=on("POST"), delay=20)])
    journal = tmp_path / "journal.jsonl"
    task = six(3, journal, api_timeout=4)
    task[CLIENTS]["concurrency"] = 1
    result = run(service, tmp_path, task)
    assert_tells_what_the_service_did(service, result, later=1)
    assert steps_of(result, "unclear") == ["Client 2"]
    (unclear,) = (step for step in result["plan"] if step["status"] == "unclear")
    assert "It may have been done" in unclear["error"]
    assert service.names() == SIX[:2]
    assert [entry.method for entry in service.log] == ["GET", "POST", "POST"]
    assert_whole(journal)


def test_a_list_that_is_being_read_ends_at_once(service: Simulator, tmp_path: Path) -> None:
    service.reset(latency=2)
    modules: dict[str, dict[str, Any]] = {
        CLIENT: {"name": "Acme"},
        CLIENTS: {"clients": [{"name": "Acme"}]},
        INFO: {},
    }
    tasks = [
        {**timed(module, 1, **given), "register": f"ended_{number}"}
        for number, (module, given) in enumerate(modules.items())
    ]
    ran = played(service, tmp_path, tasks)
    assert len(ran.results) == len(modules), ran.output
    for result in ran.results.values():
        assert (result["failed"], result["changed"]) == (True, False)
        assert result["msg"] == f"{REASON} Nothing had been written."
    time.sleep(2.5)
    assert service.writes == []


def test_a_wait_for_another_run_ends_with_it(service: Simulator, tmp_path: Path) -> None:
    """The message says what it waited for, and nothing was sent."""
    with holding_the_turn(service) as process:
        result = run(service, tmp_path, timed(CLIENTS, 1, clients=SIX))
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
    assert result["msg"] == (
        f"{REASON} Nothing had been written. "
        f"It waited for another run on the workspace (process {process})."
    )
    assert service.log == []


def test_the_message_for_one_client_names_its_steps(service: Simulator, tmp_path: Path) -> None:
    """A restore is answered in time, the rename after it is not begun."""
    service.reset(latency=1.0)
    service.add("Acme", deleted=True)
    journal = tmp_path / "journal.jsonl"
    task = timed(CLIENT, 3, id=1001, name="Globex", state="restored", journal=str(journal))
    result = run(service, tmp_path, task)
    time.sleep(3)
    assert service.names() == ["Acme"]
    assert result["msg"] == f"{REASON} The restore was done and the rename was not tried."
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]
    assert_whole(journal)


def test_the_next_item_of_a_loop_finds_its_way(service: Simulator, tmp_path: Path) -> None:
    """The first item's request is still under way when the second one begins."""
    service.reset(script=[Fault(match=on("GET"), delay=3)])
    task = {**timed(CLIENT, 1, name="{{ item }}"), "loop": ["Acme", "Globex"]}
    first, second = run(service, tmp_path, task)["results"]
    assert first["msg"] == f"{REASON} Nothing had been written."
    assert (second["failed"], second["action"]) == (False, "created")
    assert service.names() == ["Globex"]


def test_a_module_goes_on_and_its_journal_says_how_far_it_came(
    service: Simulator, tmp_path: Path
) -> None:
    """Ansible waits no longer for the process of a module, and does not end it."""
    service.reset(latency=0.8)
    journal = tmp_path / "journal.jsonl"
    result = run(service, tmp_path, six(2, journal), *WAYS["module"])
    assert result["failed"] is True
    assert "plan" not in result
    ends = time.monotonic() + 30
    while len(service.names()) < 6 and time.monotonic() < ends:
        time.sleep(0.2)
    time.sleep(1)  # the answer to the last one, and its line
    assert_whole(journal)
    noted = [json.loads(line) for line in journal.read_text().splitlines()]
    done = [line["after"]["name"] for line in noted if line.get("status") == "done"]
    assert sorted(done) == service.names()
