# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out, and says of each step what became of it. Decides nothing of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    FocusError,
    JournalFailed,
    NotFound,
    OtherName,
    QuotaExceeded,
    RequestError,
)
from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal
from ansible_collections.toggl.focus.plugins.module_utils._lookout import Lookout
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Step
from ansible_collections.toggl.focus.plugins.module_utils._outcome import Outcome
from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key


def apply(
    steps: Sequence[Step],
    api: FocusApi,
    known: Collection[int],
    journal: Journal,
    progress: Progress,
    concurrency: int = 1,
) -> tuple[Outcome, ...]:
    """Carry out ``steps``, as many at once as ``concurrency``; an outcome for each, in order.

    A step waits for those it ``needs``. It stays pending where one of them did not succeed, and
    so does all that is not under way when an error turns up that concerns every request.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: is told of each step before it is written, and after
    :arg progress: is told of each step that has ended
    """
    progress.planned(len(steps))
    lookout = Lookout(api, known)
    writer = _Writer(api, lookout, journal)
    outcomes = _Execution(steps, writer, progress).run(concurrency)
    settled = lookout.settled(outcomes)
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
        self._stop: FocusError | None = None

    def run(self, concurrency: int) -> list[Outcome]:
        under_way: dict[Future[Outcome], int] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while under_way or (self._ready and self._stop is None):
                while self._ready and self._stop is None and len(under_way) < concurrency:
                    position = self._ready.popleft()
                    step = self._steps[position]
                    future = pool.submit(self._writer.carry_out, position, step)
                    under_way[future] = position
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self._note(under_way.pop(future), future.result())
        return [
            self._outcomes.get(position, Outcome(step, "pending", error=self._stop))
            for position, step in enumerate(self._steps)
        ]

    def _note(self, position: int, outcome: Outcome) -> None:
        self._outcomes[position] = outcome
        self._progress.noted(outcome.status == "done")
        if outcome.error is not None and outcome.error.stops_all:
            self._stop = outcome.error
        if outcome.status != "done":
            return
        for dependent in self._dependents[position]:
            self._open_needs[dependent] -= 1
            if not self._open_needs[dependent]:
                self._ready.append(dependent)


class _Unsettled(Exception):
    """Nobody can tell whether the write was carried out; ``error`` is why."""

    def __init__(self, error: RequestError) -> None:
        super().__init__(error)
        self.error = error


class _Writer:
    """Carries out single steps, side by side."""

    def __init__(self, api: FocusApi, lookout: Lookout, journal: Journal) -> None:
        self._api = api
        self._lookout = lookout
        self._journal = journal

    def carry_out(self, number: int, step: Step) -> Outcome:
        """What became of the step, with the journal told before it and after it."""
        return self.noted(number, self._carried_out(number, step))

    def noted(self, number: int, outcome: Outcome) -> Outcome:
        """The outcome, with the journal told of it."""
        try:
            for step in outcome.touched or (outcome.step,):
                self._journal.after(number, step, outcome.status, outcome.error)
        except JournalFailed as error:
            return replace(outcome, error=outcome.error or error)
        return outcome

    def _carried_out(self, number: int, step: Step) -> Outcome:
        seen = step
        try:
            seen = self._seen(step)
            if seen.kind == "rename" and name_key(seen.before or "") == name_key(seen.name or ""):
                return Outcome(seen, "done")
            self._journal.before(number, seen)
            if seen.kind == "create":
                return self._create(seen)
            self._write(seen)
            return Outcome(seen, "done")
        except _Unsettled as unsettled:
            return Outcome(seen, "unclear", error=unsettled.error)
        except (QuotaExceeded, JournalFailed) as error:
            return Outcome(seen, "pending", error=error)
        except RequestError as error:
            return Outcome(seen, "failed", error=error)

    def _seen(self, step: Step) -> Step:
        """The step with its client's name, where nobody knew it before a restore."""
        if step.kind != "rename" or step.before is not None:
            return step
        return replace(step, before=self._api.get(step.id or 0).name)

    def _create(self, step: Step) -> Outcome:
        """Exactly once: after an unclear answer a look decides whether to send it again."""
        tries = 0
        while True:
            try:
                return _created(step, self._api.create(step.name or ""))
            except OtherName as error:
                named = replace(step, name=str(error.fields["name"]))
                return replace(_created(named, error.fields), error=error)
            except RequestError as error:
                if not error.unclear:
                    raise
                self._lookout.doubt(step)
                may_repeat = self._api.pause(error, tries)
                made = self._new_one(step, error)
                if made is not None:
                    return _created(step, made.fields)
                if not may_repeat:
                    raise
                tries += 1

    def _new_one(self, step: Step, error: RequestError) -> Client | None:
        try:
            return self._lookout.new_one(step.name or "")
        except RequestError:
            raise _Unsettled(error) from None

    # writes that may be repeated

    def _write(self, step: Step) -> None:
        try:
            self._send(step)
        except RequestError as error:
            if not (error.unclear or error.repeated_unclear) or not self._is_done(step, error):
                raise

    def _send(self, step: Step) -> None:
        client_id = step.id or 0
        if step.kind == "rename":
            self._api.rename(client_id, step.name or "")
        elif step.kind == "delete":
            self._api.delete(client_id)
        else:
            self._api.restore(client_id)

    def _is_done(self, step: Step, error: RequestError) -> bool:
        """A look at the client settles what the answers left open."""
        try:
            client = self._api.get(step.id or 0)
        except NotFound:
            return step.kind == "delete"
        except RequestError:
            raise _Unsettled(error) from None
        if step.kind == "rename":
            return name_key(client.name) == name_key(step.name or "")
        return client.deleted == (step.kind == "delete")


def _created(step: Step, fields: Mapping[str, Any]) -> Outcome:
    return Outcome(replace(step, id=fields.get("id")), "done", fields=fields)
