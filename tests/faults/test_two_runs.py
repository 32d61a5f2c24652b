# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs at once on one workspace: what each pair of writes leads to, by what the service does
about two clients of one name. Runs of one user on one machine take turns (``test_turns.py``); these
two are on machines of their own.

The API has no lock and no condition on a write, so no client of it can prevent everything. Where
the service itself refuses a second client of a name, nothing is doubled. Where it allows one, two
runs that both see no client of a name and both create it leave two: that cannot be prevented. What
can be is that it stays unseen, or grows: the next run fails, names both ids and writes nothing.
"""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from simulator.wire import Call
from support.running import client, clients

from ansible_collections.toggl.focus.plugins.module_utils._journal import lines_of, undo_of_last_run
from faults import oracle, reports

Entry = dict[str, Any]
Result = dict[str, Any]
DUPLICATES: Sequence[Any] = QUESTIONS["duplicates"]
NEW = {"name": "New"}


@pytest.fixture(autouse=True)
def two_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has the lock at once."""
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)


class Overtaken:
    """Holds the first write of the first run back until the second run is through."""

    def __init__(self, service: Simulator) -> None:
        self.under_way = threading.Event()
        self.over = threading.Event()
        service.chaos = self

    def __call__(self, call: Call) -> Fault | None:
        if call.method == "GET" or self.under_way.is_set():
            return None
        self.under_way.set()
        return Fault(until=self.over.is_set)


def at_once(
    service: Simulator, first: Callable[[], Result], second: Callable[[], Result]
) -> tuple[Result, Result]:
    """The second run reads, writes and ends while the first write of the first is under way: what
    the first has read is not what it then meets."""
    overtaken = Overtaken(service)
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(first)
        assert overtaken.under_way.wait(5)
        other = pool.submit(second).result()
        overtaken.over.set()
        return running.result(), other


def both(service: Simulator, first: Sequence[Entry], second: Sequence[Entry]) -> tuple[Result, ...]:
    return at_once(
        service,
        lambda: clients(service, clients=list(first), max_deletion_percent=100),
        lambda: clients(service, clients=list(second), max_deletion_percent=100),
    )


@dataclass(frozen=True)
class Meeting:
    """Two lists applied at once, to a workspace with Acme (1001), Globex (1002), and Umbrella
    (1003), which is deleted.

    ``names`` are there in the end. ``if_allowed``: the names where the service allows several
    clients of one name; elsewhere the write that comes second to it is refused.
    """

    first: Entry
    second: Entry
    names: tuple[str, ...]
    if_allowed: tuple[str, ...] | None = None


ABSENT = {"name": "Acme", "state": "absent"}
RESTORED = {"id": 1003, "state": "restored"}
RENAMED = {"id": 1001, "name": "New"}
MEETINGS: dict[str, Meeting] = {
    "create, create": Meeting(
        NEW, NEW, ("Acme", "Globex", "New"), if_allowed=("Acme", "Globex", "New", "New")
    ),
    "create, rename to the name": Meeting(
        NEW, RENAMED, ("Globex", "New"), if_allowed=("Globex", "New", "New")
    ),
    "rename to the name, create": Meeting(
        RENAMED, NEW, ("Acme", "Globex", "New"), if_allowed=("Globex", "New", "New")
    ),
    "restore, create": Meeting(
        RESTORED,
        {"name": "Umbrella"},
        ("Acme", "Globex", "Umbrella"),
        if_allowed=("Acme", "Globex", "Umbrella", "Umbrella"),
    ),
    "delete, delete": Meeting(ABSENT, ABSENT, ("Globex",)),
    "rename, rename to another name": Meeting(
        {"id": 1001, "name": "One"}, {"id": 1001, "name": "Other"}, ("Globex", "One")
    ),
    "rename, delete": Meeting(RENAMED, ABSENT, ("Globex",)),
    "delete, rename": Meeting(ABSENT, RENAMED, ("Globex",)),
    "restore, restore": Meeting(RESTORED, RESTORED, ("Acme", "Globex", "Umbrella")),
}
"""Where both write to one client, the later write counts, here that of the first run, which was
overtaken: nobody can prevent that a client is renamed by one run and deleted by the other."""

CASES = [
    (case, duplicates)
    for case, meeting in MEETINGS.items()
    for duplicates in (DUPLICATES if meeting.if_allowed else ("allowed", "refused_all"))
]


def seed(service: Simulator) -> None:
    service.add("Acme")
    service.add("Globex")
    service.add("Umbrella", deleted=True)


def is_overtaken(case: str, duplicates: str) -> bool:
    """Whether the service refuses the write that comes second to it: it is the first run's."""
    return MEETINGS[case].if_allowed is not None and duplicates != "allowed"


@pytest.mark.parametrize(("case", "duplicates"), CASES)
def test_two_lists_at_once(service: Simulator, case: str, duplicates: str) -> None:
    meeting = MEETINGS[case]
    service.reset(Switches(duplicates=duplicates))
    seed(service)
    first, second = both(service, [meeting.first], [meeting.second])
    refused, other = first, second
    if (case, duplicates) == ("restore, create", "refused_all"):  # a deleted client holds its name
        refused, other = second, first
    assert not other.get("failed"), other["msg"]
    assert bool(refused.get("failed")) == is_overtaken(case, duplicates), refused
    if refused.get("failed"):
        assert "already exists" in refused["msg"]
        assert reports.done(refused) == []
    names = meeting.if_allowed if duplicates == "allowed" else None
    assert service.names() == sorted(names or meeting.names)


@pytest.mark.parametrize("deleted_again", [204, 404, 400])
def test_a_client_deleted_by_the_other_run(service: Simulator, deleted_again: int) -> None:
    """Where the service minds a second DELETE, the first run says so; the client is deleted."""
    service.reset(Switches(delete_deleted=deleted_again))
    seed(service)
    absent = [{"name": "Acme", "state": "absent"}]
    first, second = both(service, absent, absent)
    assert second["changed"] is True
    assert bool(first.get("failed")) == (deleted_again != 204)
    assert service.names() == ["Globex"]
    assert clients(service, clients=absent)["changed"] is False


# a double that could not be prevented


def doubled(service: Simulator) -> None:
    both(service, [NEW], [NEW])
    assert service.names() == ["New", "New"]


def test_the_next_run_names_both_ids_and_writes_nothing(service: Simulator) -> None:
    doubled(service)
    service.forget()
    for result in (
        clients(service, clients=[NEW]),
        clients(service, clients=[NEW], purge=True),
        client(service, name="New", state="absent"),
        clients(service, clients=[{"name": "Newer", "former_names": ["New"]}]),
    ):
        assert result["failed"] is True
        assert "1001" in result["msg"]
        assert "1002" in result["msg"]
    assert service.writes == []


def test_each_of_the_two_runs_can_be_taken_back(service: Simulator) -> None:
    first, second = both(service, [NEW], [NEW])
    for result in (first, second):
        back = clients(service, clients=result["undo"], max_deletion_percent=100)
        assert not back.get("failed"), back["msg"]
    assert service.names() == []


def test_it_does_not_grow(service: Simulator) -> None:
    """However many runs follow."""
    doubled(service)
    for _ in range(3):
        both_failed = clients(service, clients=[NEW]), clients(service, clients=[NEW])
        assert all(result["failed"] for result in both_failed)
    assert service.names() == ["New", "New"]


def test_after_one_was_deleted_by_id_all_is_well(service: Simulator) -> None:
    doubled(service)
    assert client(service, id=1002, state="absent")["action"] == "deleted"
    assert clients(service, clients=[NEW])["changed"] is False


def test_a_lost_answer_adopts_no_client_that_was_there_before(service: Simulator) -> None:
    """The other run's client of the name is new to this run, too, and is taken for its own: both
    runs wanted one client of the name, and there is one."""

    def lost_while_the_other_creates(method: str, _: str) -> bool:
        if method != "POST" or service.clients():
            return False
        service.workspace.create("New")
        return True

    service.reset(script=[Fault(match=lost_while_the_other_creates, drop="before")])
    result = client(service, name="New")
    assert (result["action"], result["client"]["id"]) == ("created", 1001)
    assert service.names() == ["New"]


@pytest.mark.parametrize("duplicates", DUPLICATES)
def test_whole_lists_at_once(service: Simulator, duplicates: str) -> None:
    """Both runs start at the same moment, with many writes each; with or without doubles, no
    client is lost, every report is true, and no name is there more than twice."""
    service.reset(Switches(duplicates=duplicates), latency=0.003)
    service.add_many(5)
    before = oracle.state_of(service.clients())
    wanted = [{"name": f"New {number}"} for number in range(12)]
    barrier = threading.Barrier(2)

    def run() -> Result:
        barrier.wait(5)
        return clients(service, clients=wanted, concurrency=4)

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(run), pool.submit(run)]]
    after = oracle.state_of(service.clients())
    assert list(oracle.losses(before, after, ())) == []
    done = [step["id"] for result in results for step in reports.done(result)]
    assert sorted(done) == sorted(set(after) - set(before))
    most = 2 if duplicates == "allowed" else 1
    assert set(oracle.active_keys(after).values()) <= {1, most}


# one journal


def test_two_runs_write_one_journal(service: Simulator, tmp_path: Path) -> None:
    """Each line is whole and says whose it is; the last line's run is taken back, alone."""
    journal = tmp_path / "journal.jsonl"
    service.reset(latency=0.001)
    barrier = threading.Barrier(2)

    def run(prefix: str) -> Result:
        wanted = [{"name": f"{prefix} {number}"} for number in range(15)]
        barrier.wait(5)
        return clients(service, clients=wanted, journal=str(journal), concurrency=4)

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(run, "One"), pool.submit(run, "Other")]
        assert all(future.result()["changed"] for future in futures)
    text = journal.read_text()
    lines = list(lines_of(text))
    assert len(lines) == text.count("\n") == 2 * 2 * 15
    by_run: dict[str, set[str]] = {}
    for line in lines:
        by_run.setdefault(line.run, set()).add(line.step.name or "")
    assert {len(names) for names in by_run.values()} == {15}
    service.latency = 0.0
    back = clients(service, clients=undo_of_last_run(text), max_deletion_percent=100)
    assert back["summary"]["deleted"] == 15
    gone = {name.split()[0] for name in by_run[lines[-1].run]}
    assert len(gone) == 1
    assert {name.split()[0] for name in service.names()} == {"One", "Other"} - gone
