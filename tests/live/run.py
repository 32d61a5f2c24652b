# SPDX-License-Identifier: GPL-3.0-or-later
"""One call: questions, modules, cleaning up; goes on where the last call stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.toggl.focus.plugins.module_utils._transport import Transport
from live import modules
from live.findings import QUESTIONS, Findings, table
from live.probes import Probes
from live.service import BudgetUsedUp, Meter, Refused, Service, Stop
from live.store import Store

DONE, FAILED, NOT_FINISHED, INTERRUPTED = 0, 1, 3, 130
SLACK = 1.0  # seconds that two clocks may differ

Say = Callable[[str], None]


@dataclass(frozen=True)
class Rules:
    """Times in seconds. ``clean_only``: ask nothing, remove what an earlier call left."""

    budget: int = 30
    window: float = 3600.0
    wait: bool = False
    thorough: bool = False
    clean_only: bool = False


class Run:
    def __init__(
        self, transport: Transport, store: Store, rules: Rules, play: modules.Play, say: Say
    ) -> None:
        self._transport = transport
        self._store = store
        self._rules = rules
        self._play = play
        self._say = say
        self._meter = Meter(store, rules.budget, rules.window)
        self.found = Findings(store.prefix)
        if not store.exchanges:  # what was begun is ended as it was begun
            store.thorough = rules.thorough

    def go(self) -> int:
        """:returns: the status of the process"""
        try:
            if self._rules.clean_only or self._store.broken:
                self._remove_leftovers()
            if self._rules.clean_only:
                return DONE
            return self._ask_all()
        except BudgetUsedUp as stop:
            return self._not_finished(stop)
        except Stop as stop:
            self._say(f"{stop} Call this again to clean up.")
            return FAILED

    @property
    def table(self) -> str:
        return table(self.found, {**QUESTIONS, **modules.TITLES})

    def _service(self) -> Service:
        return Service(self._transport, self._store, self._meter, self._say)

    @property
    def has_answers(self) -> bool:
        return any(True for _ in self.found.items())

    def _remove_leftovers(self) -> None:
        """What an earlier call left that was ended in the middle of something."""
        if not self._store.is_clean:
            self._say("Removing what an earlier call left.")
        self._store.broken = True
        self._store.save()
        self._waiting(lambda: self._service().clean(confirm=True))
        self._renew()

    def _ask_all(self) -> int:
        status = DONE
        try:
            self._waiting(self._ask_once)
        except BudgetUsedUp:
            raise
        except Refused as stop:
            self._say(str(stop))
            return FAILED
        except Stop as stop:
            self._say(str(stop))
            status = FAILED
        except KeyboardInterrupt:
            self._say("Interrupted: cleaning up. Once more ends this at once.")
            status = INTERRUPTED
        return self._clean_up(status)

    def _ask_once(self) -> None:
        self.found = Findings(self._store.prefix)
        service = self._service()
        Probes(service, self.found, self._store.thorough).run()
        modules.Modules(service, self.found, self._play).run()

    def _clean_up(self, status: int) -> int:
        """Ends the run, whatever came before. One that is done stays in memory until then: where
        the budget is used up before the end, the next call asks nothing again."""
        unclear = self._store.under_way or status != DONE
        self._store.broken = unclear
        self._store.save()
        self._waiting(lambda: self._service().clean(confirm=unclear))
        self._renew()
        return status

    def _renew(self) -> None:
        self._store.renew()
        self._store.thorough = self._rules.thorough

    def _waiting(self, work: Callable[[], None]) -> None:
        """The work, in as many windows as it takes if the user lets it wait."""
        while True:
            try:
                work()
                return
            except BudgetUsedUp as stop:
                if not self._rules.wait:
                    raise
                seconds = max(0.0, stop.reopens - time.time()) + SLACK
                self._say(f"The budget is used up; going on in {_minutes(seconds)}.")
                time.sleep(seconds)

    def _not_finished(self, stop: BudgetUsedUp) -> int:
        asked = sum(key in self.found for key in QUESTIONS)
        left = len(self._store.to_remove) + len(self._store.unsure)
        what = (
            "with --clean to remove them" if self._store.broken else "to go on and to remove them"
        )
        self._say(
            f"{asked} of {len(QUESTIONS)} questions are answered; the budget of "
            f"{self._meter.budget} requests is used up, and {left} clients whose names begin with "
            f"{self._store.prefix} are there. Call this again in "
            f"{_minutes(stop.reopens - time.time() + SLACK)} {what}."
        )
        return NOT_FINISHED


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} seconds" if seconds < 120 else f"{-(-seconds // 60):.0f} minutes"
