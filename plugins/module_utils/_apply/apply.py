# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a plan, and returns an outcome for each step. Decides nothing of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import NamedTuple

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
from .creates import Creates
from .errors import OtherName
from .outcome import Outcome
from .reads import client_until, is_shown

ALL_CREATED = -1
"""Stands for all creates, where a step waits for them."""

NOTHING_KNOWN: Mapping[int, Outcome] = MappingProxyType({})


def apply(
    steps: Sequence[Step],
    api: FocusApi,
    known: Collection[int],
    journal: Journal,
    progress: Progress,
    concurrency: int,
    first_number: int = 0,
    settled: Mapping[int, Outcome] = NOTHING_KNOWN,
) -> tuple[Outcome, ...]:
    """Execute ``steps``, as many at once as ``concurrency``; return an outcome for each, in order.

    A step waits for those that it ``needs``, and a purge for the creates. It stays pending if one
    of them did not succeed, and so do all that are not in flight when an error occurs that would
    affect every request. Whatever happens to one step, all others have an outcome.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: records each step before it is written, and after
    :arg progress: counts each step that has ended
    :arg first_number: of the first step in the journal
    :arg settled: outcomes that are known already, by position: these steps are not tried again
    """
    writer = _Writer(api, Creates(api, known), journal, first_number)
    outcomes: dict[int, Outcome] = dict(settled)
    order = TopologicalSorter(_waits(steps))
    order.prepare()
    ready = deque(order.get_ready())
    in_flight: dict[Future[Outcome], int] = {}
    stop: FocusError | None = None

    def record(at: int, outcome: Outcome) -> FocusError | None:
        """Record an outcome; return the error if no other step may begin after it."""
        outcomes[at] = outcome
        if outcome.status == "done":
            progress.add(done=1)
            order.done(at)
            ready.extend(order.get_ready())
        else:
            progress.add(failed=1)
        return outcome.error if outcome.error is not None and outcome.error.stops_all else None

    with ThreadPoolExecutor(concurrency) as pool:
        while in_flight or (ready and stop is None):
            while ready and stop is None and len(in_flight) < concurrency:
                at = ready.popleft()
                if at == ALL_CREATED:
                    order.done(at)
                    ready.extend(order.get_ready())
                    continue
                if at in settled:
                    continue
                try:
                    in_flight[pool.submit(writer.run_step, at, steps[at])] = at
                except RuntimeError as error:  # there is no thread, but one that runs may take it
                    stop = InternalError(error)
                    record(at, Outcome(steps[at], "unclear", stop))
            for future in wait(in_flight, return_when=FIRST_COMPLETED).done:
                stop = record(in_flight.pop(future), future.result()) or stop
    return tuple(
        writer.settled(
            [outcomes.get(at, Outcome(step, "pending", stop)) for at, step in enumerate(steps)]
        )
    )


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
    creates = (at for at, step in enumerate(steps) if step.kind == "create")
    waits[ALL_CREATED] = [at for at in creates if at not in after_purge]
    for at in purges:
        waits[at].append(ALL_CREATED)
    return waits


class _Writer(NamedTuple):
    """Executes single steps, concurrently."""

    api: FocusApi
    creates: Creates
    journal: Journal
    first_number: int

    def run_step(self, position: int, step: Step) -> Outcome:
        """Return the outcome of the step, which the journal records before and after.

        It raises nothing, since the outcomes of all other steps would be lost.
        """
        number = self.first_number + position
        return self._recorded(number, self._taken_back(number, self._executed(number, step)))

    def settled(self, outcomes: Sequence[Outcome]) -> Iterable[Outcome]:
        """Yield the outcomes after a last check of the creates that are still open."""
        checked = self.creates.settled(outcomes)
        both = zip(outcomes, checked, strict=True)
        for number, (before, after) in enumerate(both, self.first_number):
            is_same = after is before
            yield after if is_same else self._recorded(number, self._taken_back(number, after))

    def _recorded(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome, after the journal has recorded it."""
        try:
            for step in outcome.touched or (outcome.step,):
                self.journal.after(number, step, outcome.status, outcome.error)
        except Exception as error:
            return outcome._replace(error=outcome.error or as_focus_error(error))
        return outcome

    def _executed(self, number: int, step: Step) -> Outcome:
        try:
            step = self._known(step)
            self.journal.before(number, step)
            if step.kind == "create":
                return self.creates.outcome(step)
            self._write(step)
            return self._read_if_hidden(step)
        except Exception as raised:
            error = as_focus_error(raised)
            return Outcome(step, _status_after(error), error)

    def _known(self, step: Step) -> Step:
        """Return the step; a hidden client that is back but was not read yet is read, since a PUT
        would reset what is not known of it."""
        if step.kind != "rename" or not step.after.hidden:
            return step
        client = self.api.get(step.after.id)
        return step._replace(before=client, after=client.renamed(step.after.name))

    def _read_if_hidden(self, step: Step) -> Outcome:
        """Return the outcome of a step that is done; a hidden client that is restored is read."""
        if not step.restores_hidden:
            return Outcome(step, "done")
        try:
            client = client_until(self.api, step.after.id, _is_active)
        except RequestError:
            client = None
        if client is None:
            return Outcome(step, "done")
        client = client.restored()
        return Outcome(step._replace(before=client.removed(), after=client), "done")

    # a create that the service gave another name

    def _taken_back(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome; what a create made under another name is deleted again, as far as it
        is certainly new. So a nightly run does not make one more each time."""
        error = outcome.error
        if not isinstance(error, OtherName):
            return outcome
        self._recorded(number, outcome)
        left = tuple(client for client in outcome.left if not self._is_deleted(client))
        if left:
            return outcome._replace(left=left)
        undone = outcome.step._replace(after=outcome.step.after._replace(id=NOT_YET))
        return Outcome(
            undone, "failed", OtherName(undone.after.name, error.client, taken_back=True)
        )

    def _is_deleted(self, client: Client) -> bool:
        """Delete a new client again, if that is safe; whether it is gone."""
        try:
            if not self._is_new(client) or self.api.session.window.quota.remaining == 0:
                return False
            self._write(Step("delete", None, client, client.removed()))
        except Exception:  # it is left, which the outcome says
            return False
        return True

    def _is_new(self, client: Client) -> bool:
        is_dated = "created_at" in client.read
        read = client if is_dated else client_until(self.api, client.id, is_shown)
        return read is not None and self.creates.is_new(read)

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
            self.api.update(client_id, step.after.name, step.after.currency)
        elif step.kind == "delete":
            self.api.delete(client_id)
        else:
            self.api.restore(client_id)

    def _is_done(self, step: Step) -> bool | None:
        """Return whether the client is as the step leaves it, ``None`` if it cannot be read."""

        def shows(client: Client | None) -> bool:
            if client is None:
                return step.kind == "delete"
            if step.kind == "rename":
                return name_key(client.name) == name_key(step.after.name)
            return client.deleted == step.after.deleted

        try:
            return shows(client_until(self.api, step.after.id, shows))
        except RequestError:
            return None


def _is_active(client: Client | None) -> bool:
    return client is not None and not client.deleted


def _status_after(error: FocusError) -> Status:
    if error.unclear:
        return "unclear"
    not_sent = isinstance(error, (QuotaExceeded, JournalFailed, Interrupted))
    return "pending" if not_sent else "failed"
