# SPDX-License-Identifier: GPL-3.0-or-later
"""The task keyword ``timeout`` ends the run: nothing is written after it, the report is given. The
tasks of one playbook are the cases. What was not answered is in ``tests/http/test_ended.py``."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import access, played
from support.running import holding_the_turn
from support.stage import CLIENT, CLIENTS, INFO
from support.workspace import on

SIX = [f"Client {number}" for number in range(1, 7)]
REASON = "The task's timeout ended the run: nothing more is written."
NOTHING = f"{REASON} Nothing had been written."


def timed(module: str, seconds: int, **given: Any) -> dict[str, Any]:
    return {module: given, "timeout": seconds, "ignore_errors": True}


def six(seconds: int, **given: Any) -> dict[str, Any]:
    return timed(CLIENTS, seconds, clients=SIX, **{"concurrency": 2, **given})


RESTORED = {"id": 1001, "name": "Globex", "state": "restored"}
TOLD = {"ansible.builtin.set_fact": {"told": "{{ ansible_failed_result }}"}}
BY_ROLE = {
    "block": [
        {"ansible.builtin.include_role": {"name": "toggl.focus.clients", "apply": {"timeout": 2}}}
    ],
    "vars": {"clients_list": ["Acme"]},
    "rescue": [TOLD],
}
LOOPED = {**timed(CLIENT, 1, name="{{ item }}"), "loop": ["Acme", "Globex"]}

# Conditions of the service, and the task.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "in_flight": ({"latency": 1}, six(3)),
    "quota": ({"quota_limit": 3, "quota_window": 7}, six(2, quota_wait=60)),
    "one_client": ({"latency": 1}, timed(CLIENT, 3, **RESTORED)),
    "reading_for_one": ({"latency": 2}, timed(CLIENT, 1, name="Acme")),
    "reading_for_all": ({"latency": 2}, timed(CLIENTS, 1, clients=["Acme"])),
    "reading": ({"latency": 2}, timed(INFO, 1)),
    "waiting": ({}, six(1)),
    "looped": ({"script": [Fault(on("GET"), delay=3)]}, LOOPED),
    "role": ({"script": [Fault(on("POST"), delay=4)]}, BY_ROLE),
    "module": ({"latency": 0.8}, {**six(2), "vars": {"ansible_connection": "elsewhere"}}),
}


class Ended(NamedTuple):
    service: Simulator
    result: dict[str, Any]
    path: Path

    def journal(self) -> list[dict[str, Any]]:
        """Return its lines: each one before a write has one after it."""
        lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        numbers = {(line["event"], line["number"]) for line in lines if "number" in line}
        before = {number for event, number in numbers if event == "before"}
        assert before and before == {number for event, number in numbers if event == "after"}
        return lines


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ended]]:
    folder = tmp_path_factory.mktemp("play")
    with ExitStack() as stack:
        services = {
            name: stack.enter_context(Simulator(**conditions))
            for name, (conditions, _) in CASES.items()
        }
        services["one_client"].add("Acme", deleted=True)
        tasks = []
        for name, (_, task) in CASES.items():
            own = {**access(services[name]), "TOGGL_FOCUS_JOURNAL": str(folder / name)}
            tasks.append({**task, "environment": own})
            told = {"ansible.builtin.debug": {"msg": "{{ told }}"}}
            (told if "block" in task else tasks[-1])["register"] = name
            tasks += [told] if "block" in task else []
        with holding_the_turn(services["waiting"]):
            ran = played(services["looped"], folder, tasks, alone=True)
        assert ran.results, ran.output
        yield {
            name: Ended(service, ran.results[name], folder / name)
            for name, service in services.items()
        }


@pytest.mark.parametrize(("name", "count"), [("in_flight", 4), ("quota", 2)])
def test_writes_in_flight_are_the_last(ended: dict[str, Ended], name: str, count: int) -> None:
    """After 3 seconds two writes are answered and two in flight. All that was done is told."""
    service, result, _ = case = ended[name]
    assert result["failed"] is result["changed"] is True
    assert result["msg"].startswith(REASON), result["msg"]
    done = {step["name"]: step["id"] for step in result["plan"] if step["status"] == "done"}
    assert len(done) == count
    assert done == {client.name: client.id for client in service.clients()}
    pending = [step["name"] for step in result["plan"] if step["status"] == "pending"]
    assert sorted([*done, *pending]) == SIX
    assert len(result["undo"]) == len(done)
    assert result["requests"] == len(service.log) == 1 + count
    assert time.monotonic() - service.log[0].at > 8
    case.journal()


@pytest.mark.parametrize("name", ["reading_for_one", "reading_for_all", "reading"])
def test_a_list_that_is_being_read_ends_at_once(ended: dict[str, Ended], name: str) -> None:
    service, result, _ = ended[name]
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, NOTHING)
    assert service.writes == []


def test_a_wait_for_another_run_ends_with_it(ended: dict[str, Ended]) -> None:
    """The message says what it waited for, and nothing was sent."""
    service, result, _ = ended["waiting"]
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
    assert result["msg"] == (
        f"{NOTHING} It waited for another run on the workspace (process {os.getpid()})."
    )
    assert service.log == []


def test_the_message_for_one_client_says_how_far_it_got(ended: dict[str, Ended]) -> None:
    """A restore is answered in time, the rename after it is not begun."""
    service, result, _ = case = ended["one_client"]
    assert service.names() == ["Acme"]
    assert result["msg"] == f"{REASON} Of 2 changes: 1 done, 0 failed, 1 pending."
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["undo"] == [{"id": 1001, "name": "Acme", "state": "absent"}]
    case.journal()


def test_a_role_whose_time_is_over_has_failed(ended: dict[str, Ended]) -> None:
    """Its last task fails, with the reason, although each step is done."""
    service, result, _ = case = ended["role"]
    assert result["msg"]["msg"] == f"{REASON} Created 1."
    assert service.names() == ["Acme"]
    assert [line["status"] for line in case.journal() if "status" in line] == ["done"]


def test_the_next_item_of_a_loop_finds_its_way(ended: dict[str, Ended]) -> None:
    """The first item's request is still in flight when the second one begins."""
    service, result, _ = ended["looped"]
    first, second = result["results"]
    assert first["msg"] == NOTHING
    assert (second["failed"], second["action"]) == (False, "created")
    assert service.names() == ["Globex"]


def test_a_module_goes_on_and_its_journal_says_how_far_it_came(ended: dict[str, Ended]) -> None:
    """Ansible waits no longer for the process of a module, and does not end it."""
    service, result, _ = case = ended["module"]
    assert result["failed"] is True and "plan" not in result
    ends = time.monotonic() + 30
    while len(service.names()) < 6 and time.monotonic() < ends:
        time.sleep(0.2)
    time.sleep(1)  # the answer to the last one, and its line
    done = [line["after"]["name"] for line in case.journal() if line.get("status") == "done"]
    assert sorted(done) == service.names()
