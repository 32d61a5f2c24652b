# SPDX-License-Identifier: GPL-3.0-or-later
"""How a history is played: the services, the network and other people, each in its part."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from simulator import moving
from simulator.listing import page_of
from simulator.quota import Quota
from simulator.records import Client, Write
from simulator.records import Entry as Request
from simulator.server import Simulator
from simulator.service import QUOTA_WINDOW
from support import running

from faults import oracle
from faults.expected import Expected, Task, expected
from faults.model import State, Verdict
from faults.network import Chaos, Door
from faults.oracle import state_of
from faults.proxy import Behaviour, Proxy
from faults.reports import Report
from faults.scenarios import BY_THE_SERVICE, Act, Entry, History, Network


class Violated(Exception):
    """A promise was broken, or the model and the collection do not agree; the message says how."""


Clients = Sequence[Client]
HOST = "focus.test"
"""A name that no machine has, so that the way to it leads through the proxy alone."""

PROXY_REFUSES: Sequence[Behaviour] = ("hangs up", 502, 407)


class Services(NamedTuple):
    """The stand-ins of the service, and the way to the second of them."""

    plain: Simulator
    tls: Simulator
    proxy: Proxy


class Turn(NamedTuple):
    """Who begins, what is there then, and how many writes were before."""

    who: str
    clients: Clients
    writes: int


class Ran(NamedTuple):
    """One run: what was there before and after it, what it did, and what it says of it.
    ``drifted``: clients that others changed while it read, in ``before`` as they were then.
    ``verdicts``: what its list led to, before or after that. What came ``late``, and what the
    report tells of as ``told_duplicates``, is not in its ``history``."""

    task: Task
    before: Clients
    after: Clients
    history: Sequence[Write]
    report: Report
    drifted: Collection[int] = ()
    verdicts: Sequence[Verdict] = ()
    late: Collection[int] = ()
    told_duplicates: Collection[int] = ()

    @property
    def states(self) -> tuple[State, State]:
        switches = self.task.switches
        return state_of(self.before, switches), state_of(self.after, switches)


class Runs:
    """Of any number of histories, one after the other."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self.tally: Counter[str] = Counter()
        self._journal = folder / "journal.jsonl"
        self._shared = {"ca_path": services.tls.ca_path, "journal": str(self._journal)}
        self._door = Door()

    # where a history begins

    def _begin(self, case: History) -> None:
        self._case = case
        self._switches = case.switches
        self._service = self.services.plain if case.way == "plain" else self.services.tls
        self._service.reset(case.switches, lag=case.lag, clock=case.clock)
        for client in case.there:
            self._service.add(*client)
        self._journal.unlink(missing_ok=True)
        self._remembered: dict[int, str] = {}
        self._rest()

    def _rest(self) -> None:
        """Some time passes: reads show what was written. What was in flight is forgotten."""
        self._service.rewind(self._service.clients())

    def _act(self, act: Act, among: Collection[int] | None = None) -> int | None:
        """What somebody else does; the client's id, if it was done."""
        there = {client.id for client in self._service.clients()} if among is None else among
        self.tally[f"others: {act.kind}"] += 1
        return moving.act(self._service.workspace, act.kind, act.pick, act.name, there)

    def _journal_text(self) -> str:
        return self._journal.read_text() if self._journal.exists() else ""

    def _state(self) -> State:
        return state_of(self._service.clients(), self._switches)

    # runs

    def _task(self, entries: Sequence[Entry], **options: Any) -> Task:
        given = {**self._case.options, **options}
        return Task(tuple(entries), given, self._case.single, self._switches)

    def _expected(self, task: Task, state: State | None = None) -> Expected:
        return expected(task, self._state() if state is None else state, self._remembered)

    def _run(self, task: Task, check_mode: bool = False, **more: Any) -> Report:
        options = {**self._shared, **task.options, **more}
        if task.single:
            return running.client(self._service, check_mode, **options, **task.entries[0])
        return running.clients(self._service, check_mode, clients=list(task.entries), **options)

    def _ran(self, task: Task) -> Ran:
        """A run after some time."""
        self._rest()
        before = self._service.clients()
        report = self._run(task)
        history = list(self._service.workspace.history)
        self._remember(before, history)
        return Ran(task, before, self._service.clients(), history, report)

    def _remember(self, before: Clients, history: Sequence[Write]) -> None:
        """The journal tells what deleted clients were called that the same run had not made."""
        there = {client.id for client in before}
        self._remembered = {**self._remembered}  # what was expected before knows no more than then
        for write in history:
            is_missed = write.kind == "delete" and write.id in there
            if is_missed or write.kind == "restore":
                self._remembered.pop(write.id, None)
            if is_missed:
                self._remembered[write.id] = write.name

    def _ran_with_faults(self, task: Task, network: Network, drift: Act | None) -> Ran:
        self._rest()
        service = self._service
        chaos = Chaos(network.seed, network.kinds, network.chance, network.patience, self._door)
        if network.quota is not None:
            service.quota.limit = network.quota
            service.quota.take()
        before = service.clients()
        verdicts = list(self._expected(task).verdicts)
        service.latency = network.latency
        drifted = self._let_drift(drift, chaos)
        with self._door:
            self._refuse_connections(network)
            report = self._run_with_faults(task, api_timeout=network.api_timeout)
        service.chaos = None
        service.workspace.paging = page_of
        service.settle()
        service.latency = 0.0
        service.quota = Quota(None, QUOTA_WINDOW)
        self.tally["connections refused"] += self._door.refused
        self.tally.update(chaos.counts)
        before = [*(c for c in before if c.id not in drifted), *drifted.values()]
        if drifted:
            verdicts += self._expected(task, state_of(before, self._switches)).verdicts
        happened = list(service.workspace.history)
        self._remember(before, happened)
        late = oracle.late(report, chaos.lagged, happened, service, self._case.lag)
        doubles = oracle.told_duplicates(report, happened)
        history = [write for write in happened if write.id not in {*late, *doubles}]
        after = [client for client in service.clients() if client.id not in late]
        self.tally["creates that came after the last look"] += len(late)
        self.tally["duplicates that could not be prevented, and were reported"] += len(doubles)
        return Ran(task, before, after, history, report, set(drifted), verdicts, late, doubles)

    def _run_with_faults(self, task: Task, **options: Any) -> Report:
        if self._case.way != "proxy":
            return self._run(task, **options)
        with pytest.MonkeyPatch.context() as patch:
            self.services.proxy.stand_before(patch)
            url = f"https://{HOST}:{self.services.tls.port}/api"
            return self._run(task, api_url=url, **options)

    def _let_drift(self, drift: Act | None, chaos: Chaos) -> dict[int, Client]:
        """Gives where what somebody else does to clients will be found."""
        workspace, there = self._service.workspace, self._state().keys()
        drifted: dict[int, Client] = {}

        def act(drift: Act) -> None:
            client_id = self._act(drift, there)
            self.tally[f"lists that moved: {drift.kind}"] += 1
            client = None if client_id is None else workspace.find(client_id)
            if client is not None:
                drifted[client.id] = client

        self._service.chaos = chaos
        if drift is not None and drift.kind in BY_THE_SERVICE:
            mixed = drift.kind == "unstable order"
            workspace.paging = moving.unstable(self._case.seed) if mixed else moving.growing
        elif drift is not None:
            self._service.chaos = moving.somebody_else(partial(act, drift), drift.at, chaos)
        return drifted

    def _refuse_connections(self, network: Network) -> None:
        if self._case.way == "proxy":
            chance = random.Random(network.seed)
            self.services.proxy.behaviours[:] = chance.choices(PROXY_REFUSES, k=network.refusals)
        else:
            self._door.refuse(network.refusals)

    def _at_once(self, tasks: Sequence[Task]) -> list[Ran]:
        """Two hosts with a task each, one with the key, one with the password; in their turns.

        :raises Violated: they did not take turns
        """
        self._rest()
        service, turns = self._service, list[Turn]()

        def watch(request: Request | None) -> None:
            who = request.headers["authorization"].split()[0] if request else "nobody"
            if not turns or turns[-1].who != who:
                turns.append(Turn(who, service.clients(), len(service.workspace.history)))

        login: dict[str, Any] = {**service.credentials.login, "api_token": None}
        service.observers.append(watch)
        try:
            with ThreadPoolExecutor(2) as pool:
                runs = [pool.submit(self._run, tasks[0]), pool.submit(self._run, tasks[1], **login)]
                reports = [run.result() for run in runs]
        finally:
            service.observers.remove(watch)
        watch(None)
        if len({turn.who for turn in turns}) < len(turns):
            raise Violated(f"the runs did not take turns: {[turn.who for turn in turns]}")
        history, last = service.workspace.history, turns[-1].clients
        given = dict(zip(("Bearer", "Basic"), zip(tasks, reports, strict=True), strict=True))
        ran = []
        for turn, then in pairwise(turns):
            task, report = given.pop(turn.who)
            written = history[turn.writes : then.writes]
            ran.append(Ran(task, turn.clients, then.clients, written, report))
        return [*ran, *(Ran(task, last, last, [], report) for task, report in given.values())]
