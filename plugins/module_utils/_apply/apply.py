# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out, and returns an outcome for each step. Decides nothing of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from .._api.clients import FocusApi
from .._api.errors import NotFound, QuotaExceeded
from .._errors import FocusError, Interrupted, JournalFailed, RequestError, Unforeseen, foreseen
from .._journal import Journal
from .._model import Step
from .._progress import Progress
from .._text import name_key
from .creates import Creates
from .errors import StepRefused, Unsettled
from .outcome import Outcome
from .returned import Returned


def apply(
    steps: Sequence[Step],
    api: FocusApi,
    known: Collection[int],
    journal: Journal,
    progress: Progress,
    concurrency: int,
    returned: Returned,
) -> tuple[Outcome, ...]:
    """Carry out ``steps``, as many at once as ``concurrency``; an outcome for each, in order.

    A step waits for those that it ``needs``. It stays pending if one of them did not succeed, and
    so do all that are not under way when an error occurs that would affect every request. Whatever
    happens to one step, all others have an outcome.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: records each step before it is written, and after
    :arg progress: counts each step that has ended
    :arg returned: judges the names of clients that come to light on the way
    """
    progress.planned(len(steps))
    creates = Creates(api, known)
    writer = _Writer(api, creates, returned, journal)
    outcomes = _Execution(steps, writer, progress).run(concurrency)
    settled = creates.settled(outcomes)
    return tuple(
        after if after is before else writer.noted(number, after)
        for number, (before, after) in enumerate(zip(outcomes, settled, strict=True))
    )


class _Execution:
    def __init__(self, steps: Sequence[Step], writer: _Writer, progress: Progress) -> None:
        self._steps = steps
        self._writer = writer
        self._progress = progress
        self._outcomes: dict[int, Outcome] = {}
        self._open_needs = [len(step.needs) for step in steps]
        self._dependents: dict[int, list[int]] = defaultdict(list)
        for position, step in enumerate(steps):
            for need in step.needs:
                self._dependents[need].append(position)
        self._ready = deque(at for at, count in enumerate(self._open_needs) if not count)
        self._unseen = frozenset(step.id for step in steps if step.is_unseen)
        self._stop: FocusError | None = None

    def run(self, concurrency: int) -> list[Outcome]:
        under_way: dict[Future[Outcome], int] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while under_way or (self._ready and self._stop is None):
                while self._ready and self._stop is None and len(under_way) < concurrency:
                    self._begin(pool, under_way, self._ready.popleft())
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self._note(under_way.pop(future), future.result())
        return [
            self._outcomes.get(position, Outcome(step, "pending", error=self._stop))
            for position, step in enumerate(self._steps)
        ]

    def _begin(
        self, pool: ThreadPoolExecutor, under_way: dict[Future[Outcome], int], position: int
    ) -> None:
        step = self._steps[position]
        try:
            under_way[pool.submit(self._writer.carry_out, position, step)] = position
        except RuntimeError as error:  # no thread can be started, but one that runs may take it
            self._stop = Unforeseen.of(error)
            self._note(position, Outcome(step, "unclear", error=self._stop))

    def _note(self, position: int, outcome: Outcome) -> None:
        self._outcomes[position] = outcome
        self._progress.noted(outcome.status == "done")
        if outcome.error is not None and outcome.error.stops_all:
            self._stop = outcome.error
        if outcome.status == "done":
            self._release(self._dependents[position])
        elif outcome.status == "failed":
            self._release(self._creates_behind(position))

    def _release(self, dependents: Iterable[int]) -> None:
        for dependent in dependents:
            self._open_needs[dependent] -= 1
            if not self._open_needs[dependent]:
                self._ready.append(dependent)

    def _creates_behind(self, position: int) -> Iterator[int]:
        """The creates that waited only for the name of a client that is restored unseen. If the
        step fails, its name is known, or the client is still deleted."""
        client_id = self._steps[position].id
        if client_id not in self._unseen:
            return
        for dependent in self._dependents[position]:
            if self._steps[dependent].kind == "create":
                yield dependent
            elif self._steps[dependent].id == client_id:
                yield from self._creates_behind(dependent)


class _Writer:
    """Carries out single steps, side by side."""

    def __init__(
        self,
        api: FocusApi,
        creates: Creates,
        returned: Returned,
        journal: Journal,
    ) -> None:
        self._api = api
        self._creates = creates
        self._returned = returned
        self._journal = journal

    def carry_out(self, number: int, step: Step) -> Outcome:
        """The outcome of the step, which the journal records before and after.

        It raises nothing, since the outcomes of all other steps would be lost.
        """
        return self.noted(number, self._carried_out(number, step))

    def noted(self, number: int, outcome: Outcome) -> Outcome:
        """The outcome, after the journal has recorded it."""
        try:
            for step in outcome.touched or (outcome.step,):
                self._journal.after(number, step, outcome.status, outcome.error)
        except Exception as error:
            return outcome._replace(error=outcome.error or foreseen(error))
        return outcome

    def _carried_out(self, number: int, step: Step) -> Outcome:
        seen = step
        try:
            seen = self._returned.checked(step)
            if seen.kind == "rename" and name_key(seen.old_name) == name_key(seen.new_name):
                return Outcome(seen, "done")
            self._journal.before(number, seen)
            if seen.kind == "create":
                return self._creates.outcome(seen)
            self._write(seen)
            if seen.is_unseen:
                return self._restored(seen)
            self._returned.renamed(seen)
            return Outcome(seen, "done")
        except Unsettled as unsettled:
            return Outcome(seen, "unclear", error=unsettled.error)
        except (QuotaExceeded, JournalFailed, Interrupted) as error:
            return Outcome(seen, "pending", error=error)
        except (RequestError, StepRefused) as error:
            return Outcome(seen, "failed", error=error)
        except Exception as error:
            return Outcome(seen, "unclear", error=Unforeseen.of(error))

    def _restored(self, step: Step) -> Outcome:
        client = self._returned.look(step.client_id)
        if client is None:
            return Outcome(step, "done")
        seen = step._replace(name=client.name, before=client.name)
        return Outcome(seen, "done", client.fields, self._returned.judged(client))

    # writes that may be repeated

    def _write(self, step: Step) -> None:
        try:
            self._send(step)
        except RequestError as error:
            if not (error.unclear or error.repeated_unclear) or not self._is_done(step, error):
                raise

    def _send(self, step: Step) -> None:
        client_id = step.client_id
        if step.kind == "rename":
            self._api.update(client_id, step.new_name)
        elif step.kind == "delete":
            self._api.delete(client_id)
        else:
            self._api.restore(client_id)

    def _is_done(self, step: Step, error: RequestError) -> bool:
        """Read the client to settle what the answers left open. If that does not show the write, it
        is read again: the service may answer with old data just after a write."""
        try:
            if self._shows_done(step):
                return True
            self._api.session.let_settle()
            return self._shows_done(step)
        except RequestError:
            raise Unsettled(error) from None

    def _shows_done(self, step: Step) -> bool:
        try:
            client = self._api.get(step.client_id)
        except NotFound:
            return step.kind == "delete"
        if step.kind == "rename":
            return name_key(client.name) == name_key(step.new_name)
        return client.deleted == (step.kind == "delete")
