# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out, and says of each step what became of it. Decides nothing of its own."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any, Literal

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    NotFound,
    QuotaExceeded,
    RequestError,
)
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Step
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key

Status = Literal["done", "failed", "unclear", "pending"]


@dataclass(frozen=True)
class Outcome:
    """What became of a step.

    ``step`` is as it was carried out: a create with the id that the service gave, a rename with
    the name that was found. ``unclear``: it may have been carried out, and a look could not tell.
    ``pending`` with an ``error``: the quota turned it away, so another run will do it.
    ``fields`` is what the answer to a create told.
    """

    step: Step
    status: Status
    fields: Mapping[str, Any] | None = None
    error: RequestError | None = None


def apply(
    steps: Sequence[Step], api: FocusApi, known: Collection[int], concurrency: int = 1
) -> tuple[Outcome, ...]:
    """Carry out ``steps``, as many at once as ``concurrency``; an outcome for each, in order.

    A step waits for those it ``needs``. It stays pending where one of them did not succeed, and
    so does all that is not under way when an error turns up that concerns every request.

    :arg known: ids of the clients that were there before: none of them is a new one
    """
    return _Execution(steps, _Writer(api, known)).run(concurrency)


def pending(steps: Sequence[Step]) -> tuple[Outcome, ...]:
    """The outcomes of steps none of which was tried."""
    return tuple(Outcome(step, "pending") for step in steps)


class _Execution:
    def __init__(self, steps: Sequence[Step], writer: _Writer) -> None:
        self._steps = steps
        self._writer = writer
        self._outcomes: dict[int, Outcome] = {}
        self._open_needs = [len(step.needs) for step in steps]
        self._dependents: dict[int, list[int]] = defaultdict(list)
        for position, step in enumerate(steps):
            for need in step.needs:
                self._dependents[need].append(position)
        self._ready = deque(at for at, count in enumerate(self._open_needs) if not count)
        self._stopped = False

    def run(self, concurrency: int) -> tuple[Outcome, ...]:
        under_way: dict[Future[Outcome], int] = {}
        with ThreadPoolExecutor(concurrency) as pool:
            while under_way or (self._ready and not self._stopped):
                while self._ready and not self._stopped and len(under_way) < concurrency:
                    position = self._ready.popleft()
                    step = self._steps[position]
                    under_way[pool.submit(self._writer.carry_out, step)] = position
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    self._note(under_way.pop(future), future.result())
        return tuple(
            self._outcomes.get(position, Outcome(step, "pending"))
            for position, step in enumerate(self._steps)
        )

    def _note(self, position: int, outcome: Outcome) -> None:
        self._outcomes[position] = outcome
        if outcome.error is not None and outcome.error.stops_all:
            self._stopped = True
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
    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known

    def carry_out(self, step: Step) -> Outcome:
        try:
            if step.kind == "create":
                return self._create(step)
            if step.kind == "rename" and step.before is None:
                return self._rename_unseen(step)
            self._write(step)
            return Outcome(step, "done")
        except _Unsettled as unsettled:
            return Outcome(step, "unclear", error=unsettled.error)
        except QuotaExceeded as error:
            return Outcome(step, "pending", error=error)
        except RequestError as error:
            return Outcome(step, "failed", error=error)

    # create: exactly once

    def _create(self, step: Step) -> Outcome:
        tries = 0
        while True:
            try:
                fields = self._api.create(step.name or "")
                break
            except RequestError as error:
                if not error.unclear:
                    raise
                made = self._look_for_new(step, error)
                if made is not None:
                    return _created(step, made.fields)
                if not self._api.pause(error, tries):
                    raise
                tries += 1
        if "id" in fields:
            return _created(step, fields)
        return self._identified(step)

    def _identified(self, step: Step) -> Outcome:
        """A client that was created by an answer that did not give its id."""
        try:
            made = self._look_for_new(step, None)
        except RequestError:
            made = None
        return _created(step, made.fields if made else {})

    def _look_for_new(self, step: Step, error: RequestError | None) -> Client | None:
        """The active client of the name that was not there before; the oldest, if several are."""
        wanted = name_key(step.name or "")
        try:
            listed = self._api.list_clients(name=step.name)
        except RequestError:
            if error is None:
                raise
            raise _Unsettled(error) from None
        made = [
            client
            for client in listed
            if not client.deleted
            and client.id not in self._known
            and name_key(client.name) == wanted
        ]
        return min(made, key=lambda client: client.id, default=None)

    # writes that may be repeated

    def _rename_unseen(self, step: Step) -> Outcome:
        """The name of a client that the service hid until it was restored is known only now."""
        found = self._api.get(step.id or 0)
        seen = replace(step, before=found.name)
        if name_key(found.name) != name_key(step.name or ""):
            self._write(seen)
        return Outcome(seen, "done")

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
