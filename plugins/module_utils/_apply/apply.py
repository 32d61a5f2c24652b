# SPDX-License-Identifier: GPL-3.0-or-later
"""Executes a plan, and returns an outcome for each step. Decides nothing of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from graphlib import TopologicalSorter

from .._api.clients import FocusApi
from .._errors import FocusError, Outdated, RequestError, as_focus_error
from .._journal import Journal
from .._model import NOT_YET, Client, Kind, Plan, Status, Step
from .._text import quoted
from .attributes import has_moved, lacking, look_at_attributes
from .creates import Creates
from .errors import explained, other_name
from .outcome import Outcome


class Writer:
    """Executes the steps of a run, concurrently.

    :arg known: ids of the clients that were there before: none of them is a new one
    :arg journal: records each step before it is written, and after
    """

    def __init__(self, api: FocusApi, known: Collection[int], journal: Journal) -> None:
        self._api = api
        self._creates = Creates(api, known)
        self._journal = journal
        self._steps: Sequence[Step] = ()
        """Those that are written now, of which the first has this number in the journal."""
        self._first = 0
        self._outcomes: dict[int, Outcome] = {}
        """By the positions of the steps."""
        self.stop: FocusError | None = None
        """What has ended the last ``write`` early."""

    def write(self, steps: Sequence[Step], earlier: Sequence[Outcome] = ()) -> tuple[Outcome, ...]:
        """Execute the steps, and return an outcome for each, in order.

        A step stays pending if one that it ``needs`` did not succeed, and so do all that are not in
        flight when an error occurs that would affect every request. Whatever happens to one step,
        all others have an outcome.

        Purges come last, with what needs them, and only if all other creates are done, and it is
        known under which names. A client that no entry stands for may be what the service has made
        of a name in the list: then it does not let that name be created, or creates it under
        another name again.

        :arg earlier: the outcomes of the steps before, if these are the rest of a plan: a step that
            must not be tried again keeps its outcome
        """
        tried = {outcome.step.what: outcome for outcome in earlier if outcome.is_final}
        kept = [(at, tried.pop(step.what, None)) for at, step in enumerate(steps)]
        self._steps, self._first, self.stop = steps, self._first + len(self._steps), None
        self._outcomes = {at: outcome for at, outcome in kept if outcome is not None}
        purge = next((at for at, step in enumerate(steps) if step.entry is None), len(steps))
        for wave in filter(None, (range(purge), range(purge, len(steps)))):
            self._execute(wave)
            self._settle(self._creates.settled(self._outcomes))
            if not all(self._is_done(at) for at in wave if steps[at].kind == "create"):
                break
        if self.stop is None or isinstance(self.stop, Outdated):
            self._settle(look_at_attributes(self._api, self._outcomes))
        pending = (Outcome(step, "pending", self.stop) for step in steps)
        return tuple(self._outcomes.get(at, outcome) for at, outcome in enumerate(pending))

    def _execute(self, wave: range) -> None:
        """Execute the steps at these positions, each after those that it needs."""
        order = TopologicalSorter({at: self._steps[at].needs for at in wave})
        order.prepare()
        while ready := order.get_ready():
            order.done(*ready)
            try:
                self._api.map_concurrently(self._try, ready)
            except RuntimeError as error:  # no thread is to be had; what was begun has ended
                self.stop = as_focus_error(error)

    def _try(self, at: int) -> None:
        """Execute a step, unless it has an outcome, or has to stay pending."""
        step = self._steps[at]
        if at in self._outcomes or self.stop or not all(map(self._is_done, step.needs)):
            return
        self._outcomes[at] = outcome = self._executed(self._first + at, step)
        if outcome.status != "pending":
            self._api.progress.add(**{"done" if outcome.status == "done" else "failed": 1})
        if outcome.error is not None and outcome.error.stops_all:
            self.stop = outcome.error

    def _is_done(self, at: int) -> bool:
        return at in self._outcomes and self._outcomes[at].status == "done"

    def _settle(self, settled: Mapping[int, Outcome]) -> None:
        """Record what a last look has shown of some steps."""
        for at, outcome in settled.items():
            if outcome is not self._outcomes[at]:
                self._outcomes[at] = self._finished(self._first + at, outcome)

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
            error = explained(step, as_focus_error(raised))
            outcome = Outcome(step, _status_after(error), error)
        return self._finished(number, outcome)

    def _finished(self, number: int, outcome: Outcome) -> Outcome:
        """Return the outcome, after the journal has recorded it.

        What a create made under another name is deleted again, as far as it is certainly new. So a
        nightly run does not make one more each time.
        """
        outcome = self._recorded(number, outcome)
        other = outcome.left[0] if outcome.status == "failed" and outcome.left else None
        if other is None or not self._is_deleted(other):
            return outcome
        after = outcome.step.after
        error = other_name(after.name, other, taken_back=True)
        undone = outcome.step._replace(after=after._replace(id=NOT_YET))
        return self._recorded(number, Outcome(undone, "failed", error))

    def _recorded(self, number: int, outcome: Outcome) -> Outcome:
        try:
            for step in outcome.touched or (outcome.step,):
                self._journal.after(number, step, outcome.status, outcome.error)
        except Exception as error:
            return outcome._replace(error=outcome.error or as_focus_error(error))
        return outcome

    def _is_deleted(self, client: Client) -> bool:
        """Delete a new client again, if that is safe; whether it is gone."""
        with suppress(Exception):  # it is left, which the outcome says
            if self._creates.is_own(client) and self._api.session.window.quota.remaining != 0:
                self._write(Step("delete", None, client, client.removed()))
                return True
        return False

    def _known(self, step: Step) -> Step:
        """Return the step; a hidden client that is back but was not read yet is read, since a PUT
        would reset what is not known of it."""
        if step.kind not in ("rename", "update") or not step.after.hidden:
            return step
        client = self._api.get(step.after.id)
        after = client._replace(name=step.after.name or client.name, set_to=step.after.set_to)
        return step._replace(before=client, after=after)

    def _read_if_hidden(self, step: Step) -> Step:
        """Return a step that is done; a hidden client that is restored is read."""
        if step.restores_hidden:
            with suppress(RequestError):  # it stays hidden
                client = self._api.find(step.after.id, lambda now: bool(now and not now.deleted))
                if client is not None:
                    back = client.restored()
                    return step._replace(before=back.removed(), after=back)
        return step

    # writes that may be repeated

    def _write(self, step: Step) -> None:
        """Write; a read settles what the answers left open.

        :raises RequestError: it was not written, or, if it is ``unclear``, the read failed
        """
        try:
            _WRITES[step.kind](self._api, step.after)
        except RequestError as error:
            is_done = self._was_done(step) if error.unclear else False
            if not is_done:
                error.unclear = is_done is None
                raise

    def _was_done(self, step: Step) -> bool | None:
        """Return whether the client is as the step leaves it, ``None`` if no read can tell."""

        def shows(client: Client | None) -> bool:
            if client is None:
                return step.kind == "delete"
            if step.kind == "rename":
                return client.key == step.after.key
            if step.kind == "update":
                return not lacking(client, step)
            return client.deleted == step.after.deleted

        try:
            client = self._api.find(step.after.id, shows)
        except RequestError:
            return None
        if client is None:  # one that was hidden before may be hidden for a moment yet
            may_be_done = step.restores_hidden
        else:
            may_be_done = step.kind == "update" and has_moved(client, step)
        return shows(client) or (None if may_be_done else False)


_WRITES: Mapping[Kind, Callable[[FocusApi, Client], None]] = {
    "rename": FocusApi.update,
    "update": FocusApi.update,
    "delete": lambda api, client: api.delete(client.id),
    "restore": lambda api, client: api.restore(client.id),
}


def _status_after(error: FocusError) -> Status:
    if error.unclear:
        return "unclear"
    return "pending" if error.not_processed else "failed"


def check_shown(outcomes: Sequence[Outcome]) -> None:
    """:raises FocusError: the restores have not shown what there is"""
    for outcome in outcomes:
        if outcome.error is not None and outcome.error.stops_all:
            raise outcome.error
        if outcome.status in ("done", "unclear") and outcome.step.restores_hidden:
            raise FocusError(
                f"The client {outcome.step.after.id} could not be read after its restore, so its "
                "name is not known, and nothing else was written. Run it again."
            )


def without_rest(
    planned: Plan, outcomes: Sequence[Outcome], reason: FocusError | None
) -> tuple[Outcome, ...]:
    """Return the outcomes of all steps where the rest is not tried: the restores say why.

    :arg reason: ``None`` if other steps say it
    """

    def told(outcome: Outcome) -> Outcome:
        client = outcome.step.after
        is_done = outcome.status == "done" and outcome.error is None
        if reason is None or outcome.step.kind != "restore" or not is_done:
            return outcome
        if client.hidden:  # its name is not known
            return outcome._replace(error=reason)
        error = FocusError(
            f"The client {client.id} was restored and is called {quoted(client.name)}; nothing was "
            f"written after that. {reason}"
        )
        return outcome._replace(error=error)

    rest = (Outcome(step, "pending") for step in planned.steps[len(outcomes) :])
    return (*map(told, outcomes), *rest)
