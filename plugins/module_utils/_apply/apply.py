# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a plan, and returns an outcome for each step. Decides nothing of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import MappingProxyType

from .._api.clients import FocusApi
from .._api.errors import QuotaExceeded
from .._errors import FocusError, Interrupted, JournalFailed, RequestError, Unforeseen, foreseen
from .._journal import Journal
from .._model import NOT_YET, Client, Step
from .._progress import Progress
from .._text import name_key
from .creates import Creates
from .errors import OtherName, Unsettled
from .outcome import Outcome
from .reads import read_until

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

    A step waits for those that it ``needs``. It stays pending if one of them did not succeed, and
    so do all that are not in flight when an error occurs that would affect every request. Whatever
    happens to one step, all others have an outcome.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: records each step before it is written, and after
    :arg progress: counts each step that has ended
    :arg first_number: of the first step in the journal
    :arg settled: outcomes that are known already, by position: these steps are not tried again
    """
    writer = _Writer(api, Creates(api, known), journal, first_number)
    outcomes = _Execution(steps, writer, progress, settled).run(concurrency)
    return tuple(writer.settled(outcomes))


class _Execution:
    def __init__(
        self,
        steps: Sequence[Step],
        writer: _Writer,
        progress: Progress,
        settled: Mapping[int, Outcome],
    ) -> None:
        self._steps = steps
        self._writer = writer
        self._progress = progress
        self._outcomes: dict[int, Outcome] = dict(settled)
        self._open_needs = [len(step.needs) for step in steps]
        self._dependents: dict[int, list[int]] = defaultdict(list)
        for position, step in enumerate(steps):
            for need in step.needs:
                self._dependents[need].append(position)
        self._ready = deque(
            at for at, count in enumerate(self._open_needs) if not count and at not in settled
        )
        self._stop: FocusError | None = None

    def run(self, concurrency: int) -> list[Outcome]:
        in_flight: dict[Future[Outcome], int] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while in_flight or (self._ready and self._stop is None):
                while self._ready and self._stop is None and len(in_flight) < concurrency:
                    self._begin(pool, in_flight, self._ready.popleft())
                for future in wait(in_flight, return_when=FIRST_COMPLETED).done:
                    self._record(in_flight.pop(future), future.result())
        return [
            self._outcomes.get(position, Outcome(step, "pending", error=self._stop))
            for position, step in enumerate(self._steps)
        ]

    def _begin(
        self, pool: ThreadPoolExecutor, in_flight: dict[Future[Outcome], int], position: int
    ) -> None:
        step = self._steps[position]
        try:
            in_flight[pool.submit(self._writer.run_step, position, step)] = position
        except RuntimeError as error:  # no thread can be started, but one that runs may take it
            self._stop = Unforeseen.of(error)
            self._record(position, Outcome(step, "unclear", error=self._stop))

    def _record(self, position: int, outcome: Outcome) -> None:
        self._outcomes[position] = outcome
        self._progress.noted(outcome.status == "done")
        if outcome.error is not None and outcome.error.stops_all:
            self._stop = outcome.error
        if outcome.status == "done":
            self._release(self._dependents[position])

    def _release(self, dependents: Iterable[int]) -> None:
        for dependent in dependents:
            self._open_needs[dependent] -= 1
            if not self._open_needs[dependent]:
                self._ready.append(dependent)


class _Writer:
    """Executes single steps, concurrently."""

    def __init__(
        self, api: FocusApi, creates: Creates, journal: Journal, first_number: int
    ) -> None:
        self._api = api
        self._creates = creates
        self._journal = journal
        self._first_number = first_number

    def run_step(self, position: int, step: Step) -> Outcome:
        """Return the outcome of the step, which the journal records before and after.

        It raises nothing, since the outcomes of all other steps would be lost.
        """
        number = self._first_number + position
        return self._recorded(number, self._taken_back(number, self._executed(number, step)))

    def settled(self, outcomes: Sequence[Outcome]) -> Iterable[Outcome]:
        """Yield the outcomes after a last check of the creates that are still open."""
        checked = self._creates.settled(outcomes)
        for number, (before, after) in enumerate(
            zip(outcomes, checked, strict=True), self._first_number
        ):
            if after is before:
                yield after
            else:
                yield self._recorded(number, self._taken_back(number, after))

    def _recorded(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome, after the journal has recorded it."""
        try:
            for step in outcome.touched or (outcome.step,):
                self._journal.after(number, step, outcome.status, outcome.error)
        except Exception as error:
            return outcome._replace(error=outcome.error or foreseen(error))
        return outcome

    def _executed(self, number: int, step: Step) -> Outcome:
        try:
            step = self._known(step)
            self._journal.before(number, step)
            if step.kind == "create":
                return self._creates.outcome(step)
            self._write(step)
            return self._read_if_hidden(step)
        except Unsettled as unsettled:
            return Outcome(step, "unclear", error=unsettled.error)
        except (QuotaExceeded, JournalFailed, Interrupted) as error:
            return Outcome(step, "pending", error=error)
        except RequestError as error:
            return Outcome(step, "failed", error=error)
        except Exception as error:
            return Outcome(step, "unclear", error=Unforeseen.of(error))

    def _known(self, step: Step) -> Step:
        """Return the step; a hidden client that is back but was not read yet is read, since a PUT
        would reset what is not known of it."""
        if step.kind != "rename" or not step.after.hidden:
            return step
        client = self._api.get(step.after.id)
        return step._replace(before=client, after=client.renamed(step.after.name))

    def _read_if_hidden(self, step: Step) -> Outcome:
        """Return the outcome of a step that is done; a hidden client that is restored is read."""
        if not step.restores_hidden:
            return Outcome(step, "done")
        try:
            client = read_until(self._api, step.after.id, lambda c: c is not None and not c.deleted)
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
        return Outcome(undone, "failed", OtherName(error.name, error.client, taken_back=True))

    def _is_deleted(self, client: Client) -> bool:
        """Delete a new client again, if that is safe; whether it is gone."""
        try:
            if not self._is_new(client) or not self._has_quota():
                return False
            self._write(Step("delete", None, client, client.removed()))
        except Exception:  # it is left, which the outcome says
            return False
        return True

    def _is_new(self, client: Client) -> bool:
        if "created_at" in client.read:
            return self._creates.is_new(client)
        read = read_until(self._api, client.id, lambda found: found is not None)
        return read is not None and self._creates.is_new(read)

    def _has_quota(self) -> bool:
        quota = self._api.quota
        return quota is None or quota.remaining != 0

    # writes that may be repeated

    def _write(self, step: Step) -> None:
        try:
            self._send(step)
        except RequestError as error:
            if not (error.unclear or error.repeated_unclear) or not self._is_done(step, error):
                raise

    def _send(self, step: Step) -> None:
        client_id = step.after.id
        if step.kind == "rename":
            self._api.update(client_id, step.after.name, step.after.currency)
        elif step.kind == "delete":
            self._api.delete(client_id)
        else:
            self._api.restore(client_id)

    def _is_done(self, step: Step, error: RequestError) -> bool:
        """Read the client to settle what the answers left open."""

        def shows(client: Client | None) -> bool:
            if client is None:
                return step.kind == "delete"
            if step.kind == "rename":
                return name_key(client.name) == name_key(step.after.name)
            return client.deleted == step.after.deleted

        try:
            return shows(read_until(self._api, step.after.id, shows))
        except RequestError:
            raise Unsettled(error) from None
