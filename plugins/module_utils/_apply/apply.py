# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a plan, and returns an outcome for each step. Decides nothing of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from graphlib import TopologicalSorter

from .._api.clients import FocusApi
from .._api.errors import QuotaExceeded
from .._errors import (
    FocusError,
    InternalError,
    Interrupted,
    JournalFailed,
    RequestError,
    as_focus_error,
)
from .._journal import Journal
from .._model import NOT_YET, Client, Status, Step
from .._progress import Progress
from .._text import name_key
from .creates import Creates, client_until
from .errors import other_name
from .outcome import Outcome

ALL_CREATED = -1
"""Stands for all creates, where a step waits for them."""


class Writer:
    """Executes the steps of a run, concurrently.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: records each step before it is written, and after
    :arg progress: counts each step that has ended
    :arg concurrency: how many steps are executed at once
    """

    def __init__(
        self,
        api: FocusApi,
        known: Collection[int],
        journal: Journal,
        progress: Progress,
        concurrency: int,
    ) -> None:
        self._api = api
        self._creates = Creates(api, known)
        self._journal = journal
        self._progress = progress
        self._concurrency = concurrency
        self._number = 0
        self._undone: dict[int, Outcome] = {}

    def write(self, steps: Sequence[Step]) -> tuple[Outcome, ...]:
        """Execute the steps, and return an outcome for each, in order.

        A step waits for those that it ``needs``, and a purge for the creates. It stays pending if
        one of them did not succeed, and so do all that are not in flight when an error occurs that
        would affect every request. Whatever happens to one step, all others have an outcome.

        A client whose step was not done keeps that outcome when the rest of a plan is written.
        """
        first, self._number = self._number, self._number + len(steps)
        outcomes = {
            at: self._undone.pop(step.after.id)
            for at, step in enumerate(steps)
            if step.after.id in self._undone
        }
        waits = _waits(steps)
        order = TopologicalSorter(waits)
        order.prepare()
        ready = deque(order.get_ready())
        in_flight: dict[Future[Outcome], int] = {}
        stop: FocusError | None = None

        def record(at: int, outcome: Outcome) -> FocusError | None:
            """Record an outcome; return the error if no other step may begin after it."""
            outcomes[at] = outcome
            if outcome.status == "done":
                self._progress.add(done=1)
                order.done(at)
                ready.extend(order.get_ready())
            else:
                self._progress.add(failed=1)
            return outcome.error if outcome.error is not None and outcome.error.stops_all else None

        with ThreadPoolExecutor(self._concurrency) as pool:
            while in_flight or (ready and stop is None):
                while ready and stop is None and len(in_flight) < self._concurrency:
                    at = ready.popleft()
                    if at == ALL_CREATED:
                        self._settle(outcomes, first)
                        if all(outcomes[create].status == "done" for create in waits[at]):
                            order.done(at)
                            ready.extend(order.get_ready())
                        continue
                    if at in outcomes:
                        continue
                    try:
                        in_flight[pool.submit(self._executed, first + at, steps[at])] = at
                    except RuntimeError as error:  # no thread, but one that runs may take it
                        stop = InternalError(error)
                        record(at, Outcome(steps[at], "unclear", stop))
                for future in wait(in_flight, return_when=FIRST_COMPLETED).done:
                    stop = record(in_flight.pop(future), future.result()) or stop
                if not in_flight and (not ready or stop is not None):
                    # A create in doubt may be done all the same.
                    order.done(*self._settle(outcomes, first))
                    ready.extend(order.get_ready())
        self._undone = {o.step.after.id: o for o in outcomes.values() if o.status != "done"}
        pending = (Outcome(step, "pending", stop) for step in steps)
        return tuple(outcomes.get(at, outcome) for at, outcome in enumerate(pending))

    def _settle(self, outcomes: dict[int, Outcome], first: int) -> list[int]:
        """Settle the creates that are still open, and record what became of them. Return those
        that are done, and did not seem to be."""
        before = {at for at, outcome in outcomes.items() if outcome.status == "done"}
        for at, outcome in self._creates.settled(outcomes).items():
            if outcome is not outcomes[at]:
                outcomes[at] = self._recorded(first + at, outcome)
        return [at for at, o in outcomes.items() if o.status == "done" and at not in before]

    def _executed(self, number: int, step: Step) -> Outcome:
        """Execute a step, which the journal records before and after.

        It raises nothing, since the outcomes of all other steps would be lost.
        """
        try:
            step = self._known(step)
            self._journal.before(number, step)
            if step.kind == "create":
                outcome = self._creates.outcome(step)
            else:
                self._write(step)
                outcome = Outcome(self._read_if_hidden(step), "done")
        except Exception as raised:
            error = as_focus_error(raised)
            outcome = Outcome(step, _status_after(error), error)
        return self._recorded(number, outcome)

    def _recorded(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome, after the journal has recorded it.

        What a create made under another name is deleted again, as far as it is certainly new. So a
        nightly run does not make one more each time.
        """
        outcome = self._noted(number, outcome)
        if outcome.status != "failed" or not outcome.left:
            return outcome
        left = tuple(client for client in outcome.left if not self._is_deleted(client))
        if left:
            return self._noted(number, outcome._replace(left=left))
        after = outcome.step.after
        error = other_name(after.name, outcome.left[0], taken_back=True)
        undone = outcome.step._replace(after=after._replace(id=NOT_YET))
        return self._noted(number, Outcome(undone, "failed", error))

    def _noted(self, number: int, outcome: Outcome) -> Outcome:
        try:
            for step in outcome.touched or (outcome.step,):
                self._journal.after(number, step, outcome.status, outcome.error)
        except Exception as error:
            return outcome._replace(error=outcome.error or as_focus_error(error))
        return outcome

    def _is_deleted(self, client: Client) -> bool:
        """Delete a new client again, if that is safe; whether it is gone."""
        try:
            is_safe = self._creates.is_own(client) and self._api.session.window.quota.remaining != 0
            if is_safe:
                self._write(Step("delete", None, client, client.removed()))
        except Exception:  # it is left, which the outcome says
            return False
        return is_safe

    def _known(self, step: Step) -> Step:
        """Return the step; a hidden client that is back but was not read yet is read, since a PUT
        would reset what is not known of it."""
        if step.kind != "rename" or not step.after.hidden:
            return step
        client = self._api.get(step.after.id)
        return step._replace(before=client, after=client.renamed(step.after.name))

    def _read_if_hidden(self, step: Step) -> Step:
        """Return a step that is done; a hidden client that is restored is read."""

        def is_active(client: Client | None) -> bool:
            return client is not None and not client.deleted

        if step.restores_hidden:
            with suppress(RequestError):  # it stays hidden
                client = client_until(self._api, step.after.id, is_active)
                if client is not None:
                    back = client.restored()
                    return step._replace(before=back.removed(), after=back)
        return step

    # writes that may be repeated

    def _write(self, step: Step) -> None:
        """Write; a look settles what the answers left open.

        :raises RequestError: it was not written, or, if it is ``unclear``, the look failed
        """
        try:
            self._send(step)
        except RequestError as error:
            is_done = self._is_done(step) if error.unclear else False
            if not is_done:
                error.unclear = is_done is None
                raise

    def _send(self, step: Step) -> None:
        client_id = step.after.id
        if step.kind == "rename":
            self._api.update(client_id, step.after.name, step.after.currency)
        elif step.kind == "delete":
            self._api.delete(client_id)
        else:
            self._api.restore(client_id)

    def _is_done(self, step: Step) -> bool | None:
        """Return whether the client is as the step leaves it, ``None`` if it cannot be read."""

        def shows(client: Client | None) -> bool:
            if client is None:
                return step.kind == "delete"
            if step.kind == "rename":
                return name_key(client.name) == name_key(step.after.name)
            return client.deleted == step.after.deleted

        try:
            return shows(client_until(self._api, step.after.id, shows))
        except RequestError:
            return None


def _status_after(error: FocusError) -> Status:
    if error.unclear:
        return "unclear"
    not_sent = isinstance(error, (QuotaExceeded, JournalFailed, Interrupted))
    return "pending" if not_sent else "failed"


def _waits(steps: Sequence[Step]) -> dict[int, list[int]]:
    """Return what each step waits for, by position.

    A client that no entry stands for may be what the service has made of a name in the list: then
    it does not let that name be created, or creates it under another name again.
    """
    waits = {at: list(step.needs) for at, step in enumerate(steps)}
    purges = {at for at, step in enumerate(steps) if step.kind == "delete" and step.entry is None}
    after_purge = set(purges)
    for at, step in enumerate(steps):
        if not after_purge.isdisjoint(step.needs):
            after_purge.add(at)
    for at in purges:
        waits[at].append(ALL_CREATED)
    if purges:
        creates = (at for at, step in enumerate(steps) if step.kind == "create")
        waits[ALL_CREATED] = [at for at in creates if at not in after_purge]
    return waits
