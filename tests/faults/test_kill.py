# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed at any moment leaves a journal from which its undo can be read. A hundred
kills with FAULTS_LONG=1; FAULTS_SEED breaks off at other moments."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from simulator.records import Entry
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import entries_from
from support.running import clients, options
from support.workspace import fill

from ansible_collections.toggl.focus.plugins.module_utils._journal import lines_of, undo_of_run
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENTS
from faults import FIRST_SEED, LONG, model, oracle
from faults.oracle import state_of
from faults.processes import apply, forks

KILLS = 100 if LONG else 10
LATENCY = 0.01
CREATES = 8
SERVICES = (
    Switches(),
    Switches(create_body="nothing", name_filter="ignored"),
    Switches(duplicates="refused_all", create_body="id"),
    Switches(False, False, duplicates="refused_any_case", name_filter="equals"),
)

LIST = entries_from(
    "1001 Globex; 1002 Initech; 1003 Acme; absent Hooli; restored 1005; restored 1006 Umbra; "
    "Stark Industries (was Stark)"
)
LIST += [{"name": f"New {number}"} for number in range(CREATES)]
"""A ring of three names, and one of everything else; purged: 1008."""

THERE = "Acme, Globex, Initech, Hooli, (Umbrella), (Massive), Stark, Wayne"
PURGING: dict[str, Any] = {"clients": LIST, "purge": True, "max_deletion_percent": 100}


class Moment(NamedTuple):
    """When to kill: at once when the service has done its ``write``-th write, and its answer is
    not yet sent; or ``seconds`` later."""

    write: int
    seconds: float
    concurrency: int
    switches: Switches


def moment(number: int) -> Moment:
    chance = random.Random(f"{FIRST_SEED} {number}")
    write = (FIRST_SEED + 7 * number) % (CREATES + 10) + 1  # each of them in turn
    seconds = chance.choice((0.0, chance.uniform(0, 3 * LATENCY)))
    return Moment(write, seconds, chance.choice((1, 2, 4)), chance.choice(SERVICES))


def kill(service: Simulator, journal: Path, at: Moment) -> None:
    """It may have been through already."""
    given = options(CLIENTS, service, **PURGING, journal=str(journal), concurrency=at.concurrency)
    process = forks().Process(target=apply, args=(given,), daemon=True)
    due = threading.Event()

    def watch(_: Entry) -> None:
        if len(service.writes) >= at.write and not due.is_set():
            due.set()
            if not at.seconds:
                process.kill()

    service.observers.append(watch)
    process.start()
    while not due.wait(0.02) and process.is_alive():
        pass
    time.sleep(at.seconds)
    process.kill()
    process.join()
    service.observers.remove(watch)
    print(f"killed with {process.exitcode}, after {len(service.workspace.history)} writes")
    time.sleep(0.02)  # what it has sent is still on its way into the service
    service.settle()


def assert_converges(before: model.State, service: Simulator) -> None:
    """A clean run of the same list does the rest, and duplicates nothing."""
    result = clients(service, **PURGING)
    assert not result.get("failed"), result["msg"]
    after = state_of(service.clients(), service.switches)
    assert list(oracle.duplicates(before, after)) == []
    there = model.sight_of(after, list_shows_deleted=True, get_shows_deleted=True)
    left = model.judge(LIST, there, model.Rules(purge=True, max_deletion_percent=100))
    assert (left.refusals, left.changes) == ([], [])
    assert clients(service, check_mode=True, **PURGING)["changed"] is False


@pytest.mark.parametrize("number", range(KILLS))
def test_a_run_that_is_killed_can_be_taken_back_or_finished(
    service: Simulator, tmp_path: Path, number: int
) -> None:
    """Every line of its journal but the last is whole, and tells of every write that happened."""
    at = moment(number)
    print(f"FAULTS_SEED={FIRST_SEED}: {at}")
    fill(service, THERE, at.switches, latency=LATENCY)
    journal, before = tmp_path / "journal.jsonl", state_of(service.clients(), service.switches)
    kill(service, journal, at)
    service.latency = 0.0
    text = journal.read_text()
    lines = list(lines_of(text))
    assert len(lines) >= len(text.split("\n")) - 1
    announced = {(line.step.kind, line.step.id) for line in lines if line.status is None}
    assert list(oracle.unannounced(announced, service.workspace.history)) == []
    middle = service.clients()
    back = clients(service, clients=undo_of_run(text, 4711), max_deletion_percent=100)
    assert not back.get("failed"), back["msg"]
    after = state_of(service.clients(), service.switches)
    assert list(oracle.not_undone(before, after, (), service.switches)) == []
    service.rewind(middle)
    assert_converges(before, service)
