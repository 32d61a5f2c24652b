# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of runs broken in every way: ``python -m faults.campaign --runs 2000 --seed 1``.

Each run has a seed of its own, and ``--only SEED`` breaks that one again. PYTHONPATH holds
``tests`` and ``.ansible/tree``.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from simulator.records import Write
from simulator.server import Simulator
from simulator.workspace import Snapshot
from support import running

from ansible_collections.toggl.focus.plugins.module_utils import _journal, _transport
from faults import oracle
from faults.certificates import issue
from faults.network import LARGEST, Chaos, Door
from faults.oracle import Refusals, State, state_of
from faults.scenarios import Entry, Scenario, scenario

Report = dict[str, Any]
SERVICE_REFUSED = "The service refused"
LONGEST = 15.0
"""Seconds, for one scenario."""

ALWAYS_THROUGH = {"max_deletion_percent": 100, "allow_partial": True}


class Violated(Exception):
    """A promise was broken; the message says which."""


@dataclass
class Tally:
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{count:8} {name}" for name, count in self.counts.items() if name != "doubles"]
        lines += [f"{count:8} x {name}" for name, count in sorted(self.faults.items())]
        return "\n".join([*lines, f"{self.counts['doubles']:8} doubles"])


@dataclass
class Broken:
    """A run that met faults: the workspace before and after it, and what happened between.

    What came ``late`` is in none of the others. ``told_doubles``: clients that the report names as
    made more than once, without the one of each name that it takes for the client.
    """

    before: State
    after: State
    history: Sequence[Write]
    report: Report
    late: Collection[int]
    told_doubles: Collection[int]

    @property
    def once(self) -> State:
        """The workspace without what the report says is there once too often."""
        return {i: client for i, client in self.after.items() if i not in self.told_doubles}


class Trial:
    """One scenario, from its first look to its way back."""

    def __init__(self, plain: Simulator, tls: Simulator, ca_path: str, folder: Path) -> None:
        self._plain = plain
        self._tls = tls
        self._ca_path = ca_path
        self._journal = folder / "journal.jsonl"
        self._door = Door()
        self.tally = Tally()

    def run(self, case: Scenario) -> None:
        """:raises Violated: with all that is wrong"""
        self._case = case
        self._service = self._tls if case.tls else self._plain
        self._journal.unlink(missing_ok=True)
        self._service.reset(case.switches)
        for name, deleted in case.there:
            self._service.add(name, deleted)
        start = self._service.snapshot()
        checked = self._clean(check_mode=True)
        self.tally.counts["runs"] += 1
        if checked.get("failed"):
            self.tally.counts["runs with a list that is refused"] += 1
            broken = self._broken_run()
            self._hold("refused list", [str(write) for write in broken.history])
            return
        self._service.rewind(start)
        broken = self._broken_run()
        self._judge_broken(broken, checked)
        middle = self._service.snapshot()
        for extra in (broken.late, broken.told_doubles):
            self._service.rewind(middle)
            self._judge_ambiguity(broken, extra)
        middle = _without(middle, broken.late)
        self._service.rewind(middle)
        self._judge_undo(broken, broken.report.get("undo", []), "undo")
        if broken.report.get("undo"):
            self._service.rewind(middle)
            text = self._journal.read_text()
            self._judge_undo(broken, _journal.undo_of_last_run(text), "undo from the journal")
        self._service.rewind(_without(middle, broken.told_doubles))
        self._judge_next_run(broken)

    # runs

    def _broken_run(self) -> Broken:
        network = self._case.network
        chaos = Chaos(self._case.seed, network.kinds, network.chance, network.patience, self._door)
        if network.quota is not None:
            self._service.service.quota.limit = network.quota
            self._service.service.quota.take()
        before = self._state()
        self._service.service.latency = network.latency
        self._service.service.chaos = chaos
        journal = str(self._journal)
        with self._door:
            self._door.refuse(network.refusals)
            report = self._broken_report(journal=journal, **self._case.more_options)
        self._service.service.chaos = None
        self._service.settle()
        self.tally.counts["connections refused"] += self._door.refused
        self._service.service.latency = 0.0
        self._service.service.quota.limit = 1_000_000
        self.tally.faults.update(chaos.counts)
        happened = self._service.workspace.history
        late = oracle.late(report, chaos.lagged, happened, self._service.log)
        doubles = oracle.told_doubles(report, before, happened)
        history = [write for write in happened if write.id not in {*late, *doubles}]
        after = {i: client for i, client in self._state().items() if i not in late}
        self.tally.counts["creates that came after the last look"] += len(late)
        self.tally.counts["doubles that could not be prevented, and were told"] += len(doubles)
        return Broken(before, after, history, report, late, doubles)

    def _broken_report(self, **more: Any) -> Report:
        return self._run(self._case.entries, **more)

    def _clean(self, check_mode: bool = False) -> Report:
        return self._run(self._case.entries, check_mode)

    def _run(self, entries: Iterable[Entry], check_mode: bool = False, **more: Any) -> Report:
        given = {"ca_path": self._ca_path, "api_timeout": 30.0, **self._case.options, **more}
        if self._case.single:
            entry = next(iter(entries))
            return running.client(self._service, check_mode, **{**_ENTRY, **entry}, **given)
        return running.clients(self._service, check_mode, clients=list(entries), **given)

    def _state(self) -> State:
        return state_of(self._service.clients())

    # judgements

    def _hold(self, what: str, violations: Iterable[str]) -> None:
        found = list(violations)
        if found:
            raise Violated("\n".join([f"{what}:", *(f"  - {line}" for line in found)]))

    def _judge_broken(self, broken: Broken, checked: Report) -> None:
        report = broken.report
        self._count(broken)
        planned = _deletions(checked, self._case, broken.before)
        doubles = list(oracle.doubles(broken.before, broken.once, self._asked_for()))
        self.tally.counts["doubles"] += len(doubles)
        self._hold("broken run, doubles", doubles)
        self._hold("broken run, losses", oracle.losses(broken.before, broken.after, planned))
        self._hold("broken run, report", self._untruths(broken))
        self._hold("broken run, journal", self._journal_untruths(broken))
        if broken.told_doubles and not report.get("failed"):
            self._hold("broken run, report", [f"doubles, and the task says ok: {report}"])
        if not report.get("failed"):
            self._hold("a run that says ok", self._undeclared(broken.after))

    def _asked_for(self) -> set[str]:
        """Names that may become active twice, because nobody could see it coming: what
        ``focus_client`` does to a client by its id, as it never reads the others; and a client
        that is restored by its id while the service hides deleted ones, with their names."""
        single, hides = self._case.single, oracle.hides_deleted(self._case.switches)
        ids = {
            entry.get("id")
            for entry in self._case.entries
            if single or (hides and entry.get("state") == "restored")
        }
        there = state_of(self._service.clients())
        return {oracle.key(there[client_id][0]) for client_id in ids if client_id in there}

    def _contradicts_itself(self) -> bool:
        """Whether an entry gives the name of a client that another one restores by its id."""
        names = {oracle.key(entry["name"]) for entry in self._case.entries if entry.get("name")}
        return not self._case.single and bool(names & self._asked_for())

    def _untruths(self, broken: Broken) -> Iterator[str]:
        report = broken.report
        if "plan" in report:
            yield from oracle.untruths(report, broken.history)
        elif "action" in report:
            yield from oracle.untruths_of_one(report, broken.history)
        elif broken.history or report["changed"]:
            yield f"a task that failed at once: {broken.history}"
        if report.get("failed") and not str(report["msg"]).endswith((".", "?")):
            yield f"no sentence: {report['msg']}"

    def _journal_untruths(self, broken: Broken) -> Iterator[str]:
        """Each write that happened was announced; each announcement has its end."""
        lines = _lines(self._journal)
        announced = {(line["step"], line["id"]) for line in lines if line["event"] == "before"}
        yield from oracle.unannounced(announced, self._service.workspace.history)
        open_steps = {line["number"] for line in lines if line["event"] == "before"}
        open_steps -= {line["number"] for line in lines if line["event"] == "after"}
        if open_steps:
            yield f"without an end in the journal: {sorted(open_steps)}"

    def _judge_undo(self, broken: Broken, undo: Sequence[Entry], what: str) -> None:
        """Applied to what the broken run left, it brings back what was before."""
        if not undo:
            self._hold(what, oracle.not_undone(broken.before, broken.after, ()))
            return
        self._service.service.forget()
        given: dict[str, Any] = {"ca_path": self._ca_path, **ALWAYS_THROUGH}
        back = running.clients(self._service, clients=list(undo), **given)
        refused: set[int] = set()
        if back.get("failed"):
            new = {i: (name, True) for i, (name, _) in broken.after.items()}
            refused = self._rightly_refused(back, broken.after, {**new, **broken.before}, what)
        self.tally.counts["undone"] += 1
        self._hold(what, oracle.not_undone(broken.before, self._state(), refused))

    def _judge_ambiguity(self, broken: Broken, extra: Collection[int]) -> None:
        """Where a name is there once too often, the next run says so, with the ids. A list that
        does not look at that name again has nothing to say."""
        state = self._state()
        shared = {i for i in extra if _shares_its_name(i, state)}
        if not shared or self._case.single:
            return
        report = self._clean()
        if not report.get("failed") or not all(str(i) in report["msg"] for i in shared):
            self._hold("run after a double", [f"does not name {shared}: {report}"])

    def _judge_next_run(self, broken: Broken) -> None:
        """After the storm the same list is applied once more, and then nothing is left to do."""
        self._service.service.forget()
        now = self._state()
        report = self._clean()
        if "max_deletion_percent" in report.get("msg", ""):
            self.tally.counts["next runs with a purge that is too large now"] += 1
            return
        if report.get("failed") and "plan" not in report and self._contradicts_itself():
            self.tally.counts["lists that contradict themselves once names show"] += 1
            return
        after = self._state()
        doubles = list(oracle.doubles(broken.before, after, self._asked_for()))
        self.tally.counts["doubles"] += len(doubles)
        self._hold("next run, doubles", doubles)
        if report.get("failed"):
            self._judge_refusals(report, now)
            return
        self.tally.counts["converged"] += 1
        self._hold("next run", self._undeclared(after))
        again = self._clean(check_mode=True)
        if again.get("failed") or again["changed"]:
            self._hold("run after the next", [str(again)])

    def _judge_refusals(self, report: Report, now: State) -> None:
        self.tally.counts["next runs that the service rightly refuses in part"] += 1
        if "plan" in report:
            goal = oracle.goal_of(report["plan"], now)
            self._rightly_refused(report, now, goal, "next run")
        elif not self._single_refusal_is_right(report, now):
            self._hold("next run", [str(report)])

    def _single_refusal_is_right(self, report: Report, now: State) -> bool:
        entry = self._case.entries[0]
        wanted = {"name": entry.get("name"), "id": entry.get("id")}
        kinds = ["create"] if wanted["id"] is None else []
        kinds += ["rename", "restore"]
        judge = Refusals(self._case.switches, now)
        steps = [{"step": kind, **wanted} for kind in kinds]
        steps += [{"step": "restore", "id": i} for i, (_, gone) in now.items() if gone]
        return SERVICE_REFUSED in report["msg"] and any(judge.is_right(s, now) for s in steps)

    def _rightly_refused(self, report: Report, now: State, goal: State, what: str) -> set[int]:
        """The clients that the service rightly refused to change, with all that waits for them."""
        if "failures" not in report:
            raise Violated(f"{what} was not begun: {report['msg']}")
        judge = Refusals(self._case.switches, goal)
        steps = [*report["failures"], *report["pending"]]
        for step in report["failures"]:
            if SERVICE_REFUSED not in step["error"] or not judge.is_right(step, now):
                raise Violated(f"{what}: {step}")
        if not report["failures"]:
            raise Violated(f"{what} failed without a reason: {report['msg']}")
        return {step["id"] for step in steps if "id" in step}

    def _undeclared(self, state: State) -> Iterator[str]:
        purge = bool(self._case.options.get("purge"))
        return oracle.undeclared(self._case.entries, purge, state, self._asked_for())

    def _count(self, broken: Broken) -> None:
        counts, report = self.tally.counts, broken.report
        created = {write.id for write in broken.history if write.kind == "create"}
        told = {entry.status for entry in self._service.writes if entry.method == "POST"}
        counts["broken runs that failed"] += bool(report.get("failed"))
        counts["writes that happened"] += len(broken.history)
        counts["steps reported as unclear"] += sum(
            oracle.UNCLEAR in step["error"] for step in report.get("failures", ())
        )
        adopted = [step for step in report.get("applied", ()) if step.get("id") in created]
        if told - {201}:
            counts["creates in runs with lost answers"] += len(adopted)


_ENTRY = running._ENTRY_DEFAULTS

AnyTrial = TypeVar("AnyTrial", bound=Trial)


def _deletions(checked: Report, case: Scenario, before: State) -> set[int]:
    """Ids of the clients that the plan, as check mode showed it, deletes."""
    if "plan" in checked:
        return {step["id"] for step in checked["plan"] if step["step"] == "delete"}
    if checked["action"] != "deleted":
        return set()
    entry = case.entries[0]
    if entry.get("id") is not None:
        return {entry["id"]}
    wanted = oracle.key(entry["name"])
    return {i for i, (name, gone) in before.items() if not gone and oracle.key(name) == wanted}


def _without(snapshot: Snapshot, ids: Collection[int]) -> Snapshot:
    """As if somebody had thrown these clients away by hand."""
    kept = {i: client for i, client in snapshot.clients.items() if i not in ids}
    return replace(snapshot, clients=kept)


def _shares_its_name(client_id: int, state: State) -> bool:
    name, deleted = state[client_id]
    return not deleted and oracle.active_keys(state)[oracle.key(name)] > 1


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def campaign(
    seeds: Iterable[int], folder: Path, tell: Callable[[str], None] = print
) -> tuple[Tally, dict[int, str]]:
    """Runs each seed. Gives the counts, and what was violated by the seed of the run."""
    violations: dict[int, str] = {}
    with trials(folder, Trial) as trial:
        for seed in seeds:
            wrong = _tried(trial, seed)
            if wrong is not None:
                violations[seed] = wrong
                tell(f"seed {seed}: {wrong}")
    return trial.tally, violations


@contextmanager
def trials(folder: Path, kind: type[AnyTrial]) -> Iterator[AnyTrial]:
    """One that may run any number of scenarios, with services that it runs against."""
    certificate = issue(folder, "127.0.0.1")
    server = certificate.server
    largest, _transport.LARGEST_ANSWER = _transport.LARGEST_ANSWER, LARGEST
    try:
        with Simulator() as plain, Simulator(ssl_certfile=server, ssl_keyfile=server) as tls:
            yield kind(plain, tls, certificate.ca_path, folder)
    finally:
        _transport.LARGEST_ANSWER = largest


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """For what never ends by itself, network or not."""

    def end(*_: object) -> None:
        raise Violated(f"not at its end after {seconds:g} seconds\n{traceback.format_stack()[-2]}")

    handler = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


def _tried(trial: Trial, seed: int) -> str | None:
    try:
        with time_limit(LONGEST):
            trial.run(scenario(seed))
    except Violated as violated:
        return str(violated)
    except Exception:
        return traceback.format_exc()
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="faults.campaign", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="of the first run")
    parser.add_argument("--only", type=int, metavar="SEED", help="this run alone, told in full")
    options = parser.parse_args(arguments)
    seeds: Sequence[int] = range(options.seed, options.seed + options.runs)
    if options.only is not None:
        seeds = [options.only]
        print(scenario(options.only))
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally, violations = campaign(seeds, Path(folder))
    print(tally)
    print(f"{time.monotonic() - started:8.1f} seconds")
    if violations:
        print(f"{len(violations)} runs broke a promise, with the seeds {sorted(violations)}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
