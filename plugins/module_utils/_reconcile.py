# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline: options → read → plan → apply → result, for the two modules that write.

Both functions take the task's options, validated by the module's argument spec, and return the
task's result.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from functools import partial
from typing import Any, NamedTuple

from ._api.clients import FocusApi
from ._api.errors import QuotaExceeded
from ._api.listing import retry_if_changed
from ._apply.outcome import Outcome, divided, kept_before, predicted
from ._errors import FocusError, Outdated, PlanRefused, Problem, QuotaTooSmall
from ._model import DEFAULT_RULES, Client, Desired, Origin, Plan, Rules
from ._plan import plan as planner
from ._plan.contradictions import contradictions
from ._plan.problems import created_without_id, deleted_since
from ._read import Read, of_all, of_one
from ._results.clients import client_result, clients_result
from ._results.common import Report, undo_of
from ._task.entries import OPTIONS, Entry
from ._task.lock import turn
from ._task.options import checked_list, reviewed_digest, rules
from ._task.run import Options, Result, Runtime, Work, run

# Most runs find nothing to do. What only a write or a journal needs is imported where it is used,
# because Ansible compiles a collection's files again in every process: that is 6 ms of processor
# time for a write, and 4 ms for a journal. What every run needs is imported here: Ansible does that
# once, before it forks a process for each task and host.

PLAN_CHANGED = "The plan has changed since it was reviewed. Run toggl.focus.plan again."
UNDO_CHANGED = "The run to undo has gone on. When it has ended, run toggl.focus.undo again."


def reconcile_client(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client``: one client kept as declared."""

    def prepare() -> Work:
        wanted = [desired_client(options)]
        task = options, check_mode, runtime.origin, wanted, of_one, client_result
        return lambda api: _Run(api, *task).result()

    return run(prepare, FocusApi, options, runtime)


def reconcile_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_clients``: the whole list in one task."""

    def prepare() -> Work:
        wanted = desired_clients(options["clients"])
        reviewed = reviewed_digest(options["plan_digest"])
        report = partial(clients_result, report_all=options["report"] == "all")
        names = [entry.name for entry in wanted]
        task = options, check_mode, runtime.origin, wanted, of_all, report
        more = names, rules(options), reviewed
        return lambda api: _Run(api, *task, *more).result()

    return run(prepare, FocusApi, options, runtime)


def desired_client(options: Mapping[str, Any]) -> Desired:
    """Return the client of a ``focus_client`` task.

    :arg options: all that the task has
    :raises PlanRefused: with all that is wrong
    """
    entry = Entry(0, {name: options[name] for name in OPTIONS if name in options})
    return _checked([entry], ())[0]


def desired_clients(given: object) -> list[Desired]:
    """Return the list of a task as values, names trimmed.

    :arg given: a list, of which each is a text, which is a name, or a mapping
    :raises BadOption: it is no list
    :raises PlanRefused: with everything wrong that can be seen without the service
    """
    entries = [Entry(position, entry) for position, entry in enumerate(checked_list(given))]
    return _checked(entries, [entry.desired.name for entry in entries])


def _checked(entries: Sequence[Entry], names: Sequence[str | None]) -> list[Desired]:
    problems = [problem for entry in entries for problem in entry.problems]
    problems += contradictions([entry.comparable for entry in entries])
    if problems:
        raise PlanRefused(problems, names)
    return [entry.desired for entry in entries]


class _Run(NamedTuple):
    """A run of one of the two modules that write, which differ in what they read and ``report``.

    ``names`` are those of the user's list, if there is one, and ``reviewed`` is the digest of the
    one plan that may be written, if it is given.
    """

    api: FocusApi
    options: Options
    check_mode: bool
    origin: Origin
    wanted: Sequence[Desired]
    read: Callable[[FocusApi, Mapping[int, Client], Sequence[Desired]], Read]
    report: Callable[[Report], Result]
    names: Sequence[str | None] = ()
    rules: Rules = DEFAULT_RULES
    reviewed: str | None = None

    def result(self) -> Result:
        """Return the task's result. From its first read to its last write, other runs wait."""
        api = self.api
        waiting = turn(api.access.api_url, api.workspace_id, api.progress, api.halt)
        with nullcontext(()) if self.check_mode else waiting as warnings:
            deletions, doubts = self._from_journal()
            read_and_planned = partial(self._read_and_planned, deletions)
            clients, planned, refusal = retry_if_changed(read_and_planned)
            if self.origin.undoes and not planned.steps and refusal is None:  # of old data, perhaps
                api.halt.wait_for_consistency()
                clients, planned, refusal = retry_if_changed(read_and_planned)
            if isinstance(refusal, QuotaTooSmall) and self.check_mode:
                doubts, refusal = [*doubts, str(refusal)], None
            if refusal is None and planned.steps and not self.check_mode:
                planned, outcomes = self._execute(planned, clients, deletions)
            else:
                outcomes = predicted(planned.steps, planned.forbidden)
            ended = planned, outcomes, api.workspace_id, refusal
            result = self.report(Report(*ended, is_reviewed=self.reviewed is not None))
            if self.origin.undoes and not self.check_mode and "failed" not in result:
                from ._journal import mark_undone

                path = self.options["journal"]
                doubts = [*doubts, *mark_undone(path, api.workspace_id, self.origin)]
        return {**result, "warnings": [*result["warnings"], *doubts, *warnings]}

    def _from_journal(self) -> tuple[Mapping[int, Client], Sequence[str]]:
        """Return what the journal says about deleted clients, if an entry needs it, and warnings.

        :raises BadOption: there can be no journal at its path; raised before anything is read
        :raises FocusError: the list is not what undoes the run that it is to undo
        """
        path, undoes = self.options["journal"], self.origin.undoes
        if not path:
            return {}, ()
        from ._journal import check_path, last_deletions, text_of, undo_of_run

        warnings = check_path(path)
        if undoes:
            undo = undo_of_run(text_of(path), self.api.workspace_id, undoes)
            if desired_clients(undo) != self.wanted:
                raise FocusError(UNDO_CHANGED)
            without_id = (want.name for want in self.wanted if want.id is None and want.name)
            warnings += map(created_without_id, without_id)
        if not any(entry.state == "restored" for entry in self.wanted):
            return {}, warnings
        return last_deletions(path, self.api.workspace_id), warnings

    def _read_and_planned(
        self, deletions: Mapping[int, Client]
    ) -> tuple[Sequence[Client], Plan, FocusError | None]:
        """Return what was read, the plan, and why it is refused, if it is. The list of a refused
        plan is not checked.

        :raises ListMoved: the list changed while it was read
        """
        read = self.read(self.api, deletions, self.wanted)
        self.api.session.is_outdated = False
        wanted, gone = self.wanted, list[int]()
        if self.origin.undoes:  # nobody can take an entry out of the list
            active = {client.id for client in read.clients if not client.deleted}
            gone = [w.id for w in wanted if w.id and w.state == "present" and w.id not in active]
            wanted = [w._replace(state="absent") if w.id in gone else w for w in wanted]
        planned = self._plan(read.clients, wanted)
        planned = planned._replace(warnings=(*planned.warnings, *map(deleted_since, gone)))
        searches = read.searches(planned.names_relied_on)
        try:
            self._check(planned, planned.digest == self.reviewed)
            self._check_quota(len(searches) + planned.requests)
            read.check(self.api, searches)
            self._check_quota(planned.requests)
        except (PlanRefused, QuotaTooSmall, QuotaExceeded) as refusal:
            return read.clients, planned, refusal
        return read.clients, planned, None

    def _plan(
        self, clients: Iterable[Client], wanted: Sequence[Desired], returned: Collection[int] = ()
    ) -> Plan:
        """Return the plan from these clients.

        :arg returned: ids of hidden clients that this run has restored already
        """
        workspace = self.api.workspace_id, self.api.access.api_url
        # A plan has no reference cycles, and the searches for them make a plan of 100,000 clients
        # take half as long again. With 1,000, it makes no difference.
        gc.disable()
        try:
            return planner.plan(clients, wanted, self.rules, *workspace, returned)
        except PlanRefused as error:  # of a task of one client, the user wrote no list
            raise PlanRefused(error.problems, self.names) from None
        finally:
            gc.enable()

    def _check(self, planned: Plan, is_reviewed: bool) -> None:
        """Check whether a plan without contradictions may be written. Where nothing is left to do,
        whatever was reviewed has been done.

        :raises PlanRefused: guards forbid it, it is not the one that was reviewed, or what undoes
            it could not be returned as it is
        """
        if planned.forbidden:
            raise PlanRefused(planned.forbidden, self.names)
        if not planned.steps:
            return
        if self.reviewed is not None and not is_reviewed:
            raise PlanRefused([Problem((), PLAN_CHANGED)], self.names)
        names = [(step.old_name, step.name) for step in planned.steps]
        undo, _warnings = undo_of(planned, predicted(planned.steps))
        self.api.access.check_unmasked([undo, names])

    def _check_quota(self, needed: int) -> None:
        """:raises QuotaTooSmall: so many requests are neither left nor can be waited for"""
        quota, wait_left = self.api.session.window.quota, self.api.session.window.wait_left
        is_partial = self.options.get("allow_partial")
        if is_partial or quota.remaining is None or needed <= quota.remaining:
            return
        if quota.resets_in is None or wait_left <= quota.resets_in:
            raise QuotaTooSmall(needed, quota.remaining, quota.resets_in, is_partial is not None)

    def _execute(
        self, planned: Plan, clients: Sequence[Client], deletions: Mapping[int, Client]
    ) -> tuple[Plan, tuple[Outcome, ...]]:
        """Execute the plan; return it as it was executed, and an outcome for each of its steps.

        Where it restores hidden clients, their names are known only then, and the rest is planned
        again. So it is after a long wait for the quota, from what is read then.
        """
        from ._apply.apply import Writer, check_shown, without_rest
        from ._journal import Journal

        path, workspace, steps = self.options["journal"], self.api.workspace_id, planned.steps
        known = {client.id for client in clients} | {step.after.id for step in steps}
        at_first = planner.first_part(steps)
        self.api.progress.set(total=len(steps))
        with closing(Journal(path, workspace, planned.shared_names, self.origin)) as journal:
            writer = Writer(self.api, known, journal)
            outcomes = writer.write(steps[: at_first or None])
            while (has_waited := isinstance(writer.stop, Outdated)) or at_first:
                try:
                    if has_waited:
                        again = partial(self._planned_after_wait, planned, outcomes, deletions)
                        clients, rest = retry_if_changed(again)
                    else:
                        check_shown(outcomes)
                        clients, rest = self._planned_when_shown(planned, clients, outcomes)
                except FocusError as reason:
                    return planned, without_rest(planned, outcomes, None if has_waited else reason)
                known.update(client.id for client in clients)
                kept = kept_before(rest.steps, outcomes)
                planned = planner.continued(planned, [outcome.step for outcome in kept], rest)
                at_first = planner.first_part(rest.steps) if has_waited else 0
                outcomes = (*kept, *writer.write(rest.steps[: at_first or None], outcomes))
            return planned, outcomes

    def _planned_when_shown(
        self, planned: Plan, clients: Iterable[Client], outcomes: Sequence[Outcome]
    ) -> tuple[list[Client], Plan]:
        """Return the clients, now that hidden ones are known, and the plan of what is left to do.

        :raises FocusError: why it cannot be executed
        """
        done, left = divided(planned.steps, outcomes)
        hidden = {step.after.id for step in planned.steps if step.restores_hidden}
        now = [*clients, *(step.after for step in done)]
        rest = self._plan(now, planner.by_their_ids(planned, done), hidden)
        self._check(rest, planner.is_same(left, rest.steps, hidden))
        return now, rest

    def _planned_after_wait(
        self, planned: Plan, outcomes: Sequence[Outcome], deletions: Mapping[int, Client]
    ) -> tuple[list[Client], Plan]:
        """Return the clients as other people have left them, and the plan of what is left to do.
        Clients that the run has created count in any case: a list may not show them yet.

        :raises FocusError: it is another plan, or why it cannot be executed
        """
        done, left = divided(planned.steps, outcomes)
        self.api.session.begin_reading()
        read = self.read(self.api, deletions, self.wanted)
        self.api.session.is_outdated = False
        read.check(self.api, read.searches(planned.names_relied_on))
        now = [*(step.after for step in done if step.before is None and step.id), *read.clients]
        rest = self._plan(now, planner.by_their_ids(planned, done))
        if not planner.is_same(left, rest.steps, may_go={step.what for step in left}):
            raise Outdated
        self._check(rest, is_reviewed=True)
        return now, rest
