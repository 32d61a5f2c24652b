# SPDX-License-Identifier: GPL-3.0-or-later
"""How a scenario is played: the services, the network and somebody else, each in its part."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulator import moving
from simulator.listing import page_of
from simulator.quota import Quota
from simulator.records import Write
from simulator.server import Simulator
from simulator.service import QUOTA_WINDOW
from simulator.workspace import Snapshot
from support import running

from faults import oracle
from faults.expected import Expected, expected
from faults.model import State, Verdict, key
from faults.network import Chaos, Door
from faults.oracle import state_of
from faults.proxy import Behaviour, Proxy
from faults.scenarios import Entry, Scenario

Report = dict[str, Any]

HOST = "focus.test"
"""A name that no machine has, so that the way to it leads through the proxy alone."""

PROXY_REFUSES: Sequence[Behaviour] = ("hangs up", 502, 407)


@dataclass
class Tally:
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [f"{count:8} {name}" for name, count in self.counts.items() if name != "doubles"]
        lines += [f"{count:8} x {name}" for name, count in sorted(self.faults.items())]
        return "\n".join([*lines, f"{self.counts['doubles']:8} doubles"])


@dataclass(frozen=True)
class Services:
    """The stand-ins of the service, and the way to the second of them."""

    plain: Simulator
    tls: Simulator
    proxy: Proxy
    ca_path: str

    @property
    def url_by_proxy(self) -> str:
        return f"https://{HOST}:{self.tls.port}/api"


@dataclass(frozen=True)
class Ran:
    """The workspace before and after a run.

    ``before`` is with what somebody else did while the list was read, to the clients ``drifted``.
    """

    before: State
    after: State
    drifted: Collection[int] = ()


@dataclass(frozen=True)
class Broken(Ran):
    """A run that met faults, and what happened in it.

    ``verdicts``: what its list led to, before or after the list moved. What came ``late`` is in
    none of the others. ``told_doubles``: clients that the report names as made more than once,
    without the one of each name that it takes for the client.
    """

    verdicts: Sequence[Verdict] = ()
    history: Sequence[Write] = ()
    report: Report = field(default_factory=dict)
    late: Collection[int] = ()
    told_doubles: Collection[int] = ()

    @property
    def once(self) -> State:
        """The workspace without what the report says is there once too often."""
        return {i: client for i, client in self.after.items() if i not in self.told_doubles}


class Runs:
    """Of any number of scenarios, one after the other."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self._journal = folder / "journal.jsonl"
        self._door = Door()
        self.tally = Tally()

    # where a scenario begins

    def _begin(self, case: Scenario) -> None:
        self._case = case
        self._service = self.services.plain
        if case.network.way != "plain":
            self._service = self.services.tls
        self._service.reset(case.switches)
        for name, deleted in case.there:
            self._service.add(name, deleted)
        self._journal.unlink(missing_ok=True)
        self._remembered: dict[str, int] = {}
        for name in case.deleted_before:
            self._delete_with_journal(name)
        self._rest()

    def _delete_with_journal(self, name: str) -> None:
        there = self._state()
        entry = {"name": name, "state": "absent"}
        report = self._of_list([entry], journal=str(self._journal))
        if report.get("failed"):
            return
        for client_id, (_, deleted) in self._state().items():
            if deleted and not there[client_id][1]:
                self._remembered[key(name)] = client_id

    def _rest(self) -> None:
        """Forget what was under way: faults, history, and what reads may lag behind."""
        self._service.rewind(self._service.snapshot())

    def _back_to(self, snapshot: Snapshot, journal: str) -> None:
        self._service.rewind(snapshot)
        self._journal.write_text(journal)

    def _journal_text(self) -> str:
        return self._journal.read_text() if self._journal.exists() else ""

    # runs

    def _broken_run(self) -> Broken:
        network, service = self._case.network, self._service
        chaos = Chaos(self._case.seed, network.kinds, network.chance, network.patience, self._door)
        if network.quota is not None:
            service.quota.limit = network.quota
            service.quota.take()
        before = self._state()
        verdicts = list(self._expected().verdicts)
        service.latency = network.latency
        drifted = self._let_drift(chaos)
        with self._door:
            self._refuse_connections()
            report = self._broken_report(journal=str(self._journal), **self._case.more_options)
        service.chaos = None
        self._service.workspace.paging = page_of
        self._service.settle()
        self.tally.counts["connections refused"] += self._door.refused
        service.latency = 0.0
        service.quota = Quota(None, QUOTA_WINDOW)
        self.tally.faults.update(chaos.counts)
        for client_id, client in drifted.items():
            before = {**before, client_id: client}
        if drifted:
            verdicts += self._expected(before).verdicts
        happened = self._service.workspace.history
        late = oracle.late(report, chaos.lagged, happened, self._service.log)
        doubles = oracle.told_doubles(report, before, happened)
        history = [write for write in happened if write.id not in {*late, *doubles}]
        after = {i: client for i, client in self._state().items() if i not in late}
        self.tally.counts["creates that came after the last look"] += len(late)
        self.tally.counts["doubles that could not be prevented, and were reported"] += len(doubles)
        return Broken(before, after, drifted, verdicts, history, report, late, doubles)

    def _let_drift(self, chaos: Chaos) -> dict[int, tuple[str, bool]]:
        """Gives where what somebody else does to clients will be found."""
        drift, workspace = self._case.drift, self._service.workspace
        drifted: dict[int, tuple[str, bool]] = {}
        there = set(self._state())
        self._service.chaos = chaos
        if drift is None:
            return drifted
        if drift.is_by_the_service:
            mixed = drift.kind == "unstable order"
            workspace.paging = moving.unstable(self._case.seed) if mixed else moving.growing
            return drifted

        def act() -> None:
            client_id = moving.act(workspace, drift.kind, drift.pick, drift.name, there)
            self.tally.counts[f"lists that moved: {drift.kind}"] += 1
            if client_id is not None:
                drifted[client_id] = self._state()[client_id]

        self._service.chaos = moving.SomebodyElse(act, drift.at, chaos)
        return drifted

    def _refuse_connections(self) -> None:
        chance, count = random.Random(self._case.seed), self._case.network.refusals
        if self._case.network.way == "proxy":
            self.services.proxy.first[:] = chance.choices(PROXY_REFUSES, k=count)
        else:
            self._door.refuse(count)

    def _broken_report(self, **more: Any) -> Report:
        if self._case.network.way != "proxy":
            return self._run(self._case.entries, **more)
        with self.services.proxy.in_the_environment():
            url = self.services.url_by_proxy
            return self._run(self._case.entries, api_url=url, **more)

    def _clean(self, check_mode: bool = False) -> Report:
        """Of the scenario's list, with nothing in the log before it."""
        self._rest()
        return self._run(self._case.entries, check_mode, **self._with_journal)

    @property
    def _with_journal(self) -> dict[str, str]:
        """Where a journal tells of clients that were deleted before."""
        return {"journal": str(self._journal)} if self._remembered else {}

    def _run(self, entries: Sequence[Entry], check_mode: bool = False, **more: Any) -> Report:
        given = {**self._case.options, **more}
        if self._case.single:
            entry = {**_ENTRY, **entries[0]}
            return running.client(self._service, check_mode, **{**self._shared, **entry, **given})
        return self._of_list(entries, check_mode, **given)

    def _of_list(self, entries: Sequence[Entry], check_mode: bool = False, **given: Any) -> Report:
        options = {**self._shared, **given}
        return running.clients(self._service, check_mode, clients=list(entries), **options)

    @property
    def _shared(self) -> dict[str, Any]:
        return {"ca_path": self.services.ca_path, "api_timeout": 30.0}

    def _state(self) -> dict[int, tuple[str, bool]]:
        return state_of(self._service.clients())

    def _expected(self, state: State | None = None) -> Expected:
        now = self._state() if state is None else state
        return expected(self._case, now, self._remembered)


_ENTRY = running._ENTRY_DEFAULTS


def without(snapshot: Snapshot, ids: Collection[int]) -> Snapshot:
    """As if somebody had thrown these clients away by hand."""
    kept = {i: client for i, client in snapshot.clients.items() if i not in ids}
    return replace(snapshot, clients=kept)
