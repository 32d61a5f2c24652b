# SPDX-License-Identifier: GPL-3.0-or-later
"""What a history comes to, event by event, compared with what the model says of each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, combinations
from typing import Any, NamedTuple

from simulator import moving
from simulator.bodies import client_body
from simulator.listing import ListQuery
from simulator.quota import Quota
from simulator.service import QUOTA_WINDOW
from support.filters import clients_plan, journal_undo
from support.running import as_done, rows, without_new_id

from faults import model, oracle, reports
from faults.expected import Expected, Task
from faults.model import Change, State, Verdict, can_be_given, key
from faults.oracle import Refusals, is_called, made_of
from faults.reports import Report
from faults.runs import Ran, Runs, Violated
from faults.scenarios import Act, Entry, Event, History

ALWAYS_THROUGH: Mapping[str, Any] = {"max_deletion_percent": 100, "allow_partial": True}
UNDO_MAY_BE_REFUSED = {
    *("name of two clients", "deleted id", "unknown id", "ambiguous"),
    *("id and name do not agree", "two entries for one client"),
}
"""After others were at work: a name is taken, a client gone, or called otherwise."""


class Ended(Exception):
    """What was told of, and could not be prevented, is to be mended by hand."""


class Undoable(NamedTuple):
    """A run, the clients that others changed since, and what the journal told at its end."""

    ran: Ran
    others: set[int]
    journal: str


class Trial(Runs):
    """Judges them."""

    def run(self, case: History) -> None:
        """:raises Violated: with what is wrong first"""
        self._undoable: list[Undoable] = []
        self._settled: int | None = None  # the list that the next night has nothing to add to
        self._is_unfinished = False
        self._begin(case)
        self.tally["histories"] += 1
        with suppress(Ended):
            for number, event in enumerate(case.events, 1):
                self._what = f"event {number}, {event.kind}"
                self.tally[event.kind] += 1
                getattr(self, f"_{event.kind.replace(' ', '_')}")(event)
                if event.kind != "night":
                    self._settled = None

    # what happens: a method for each kind of event

    def _night(self, event: Event) -> None:
        """A run as on every other night."""
        task = self._task(self._case.lists[event.entries])
        wanted = self._expected(task)
        checked, verdict = self._judge_check(wanted)
        ran = self._ran(task)
        self._judge_clean(ran, wanted, verdict, checked)
        before, after = (oracle.active_keys(state).total() for state in ran.states)
        shown = self._switches.create_body
        may_gain = shown == "nothing" or (shown == "id" and self._case.lag > 1)  # no look shows it
        # of restores beside a look-alike nobody is asked
        may_gain |= any(write.kind == "restore" for write in ran.history)
        may_gain &= self._changes_names
        may_gain |= self._names_meet(task)  # what was taken back may be what another entry restores
        is_rest = self._is_unfinished and after < before  # of a purge, for example
        self._is_unfinished = bool(ran.report.get("failed"))
        if self._settled == event.entries and before != after and not may_gain and not is_rest:
            self._hold("number of active clients", [f"it was {before}, and is {after}"])
        self._settled = None if verdict.unseen else event.entries

    def _broken(self, event: Event) -> None:
        assert event.network is not None
        task = self._task(self._case.lists[event.entries])
        ran = self._ran_with_faults(task, event.network, event.drift)
        self._judge_broken(ran)
        self._remember_run(ran)
        deleted = {write.id for write in ran.history if write.kind == "delete"}
        is_unsure = ran.drifted and self._case.lag > 1  # which of two names the journal has
        if ran.late or ran.told_duplicates or is_unsure or deleted & {*ran.drifted}:
            raise Ended

    def _others(self, event: Event) -> None:
        for act in event.acts:
            touched = self._act(act._replace(name=self._name_for(act)))
            for known in self._undoable:
                known.others.update(() if touched is None else (touched,))

    def _name_for(self, act: Act) -> str:
        """Every other one is a name that the last run took away."""
        if not self._undoable or act.pick % 2:
            return act.name
        before, after = (
            {client.name for client in state.values() if not client.deleted}
            for state in self._undoable[-1].ran.states
        )
        return min(before - after, default=act.name)

    def _two_hosts(self, event: Event) -> None:
        """Two hosts take turns, and each does what the model says of what it finds."""
        lists = self._case.lists
        if self._case.lag or self._switches.read_after_write == "old":
            return
        if event.kind == "two hosts":
            lists = (lists[event.entries],) * 2
        for ran in self._at_once([self._task(entries) for entries in lists]):
            wanted = self._expected(ran.task, ran.states[0])
            self._remember(ran.before, ran.history)
            fitting = [v for v in wanted.verdicts if not list(self._wrong_end(ran, wanted, v))]
            others = wanted.verdicts
            if ran.report.get("failed"):  # then it was refused, or had something to do
                fitting = [v for v in fitting if v.refused] or [v for v in fitting if v.changes]
                others = sorted(others, key=lambda verdict: not verdict.changes)
            else:  # of two clients of one name, in two Unicode forms, it may have seen either
                fitting.sort(key=lambda verdict: bool(verdict.changes) is not ran.report["changed"])
            self._judge_clean(ran, wanted, [*fitting, *others][0])

    _two_lists_at_once = _two_hosts

    def _few_requests(self, event: Event) -> None:
        """What does not fit into the quota is not begun, unless it may be done in part."""
        task = self._task(self._case.lists[event.entries])
        wanted = self._expected(task)
        verdict = wanted.verdicts[0]
        if verdict.refused or not verdict.changes or task.single or self._is_loose(wanted):
            return
        requests = wanted.requests(verdict)
        read, needed = requests.reading(), requests.after_reading()
        if read.least != read.most or not task.switches.quota_headers:
            return
        left = max(0, needed.least + event.spare)
        self._service.quota = Quota(read.least + left, QUOTA_WINDOW)
        ran = self._ran(task)
        self._service.quota = Quota(None, QUOTA_WINDOW)
        self._hold("report", self._untruths(ran))
        self._hold("duplicates", self._duplicates(ran, [verdict]))
        if left < needed.least and not task.options["allow_partial"]:
            self._hold("written all the same", map(str, ran.history))
            self.tally["plans refused by a small quota"] += 1
            self._hold(f"{left} left", wanted.wrong_refused_plan(verdict, ran.report))
            self._hold(f"{left} left", wanted.wrongly_shown(verdict, ran.report))
        turned_away = sum(entry.status == 402 for entry in self._service.log)
        if turned_away >= max(1, task.options["concurrency"]):
            self._hold("requests", [f"{turned_away} were known to be refused"])
        if left >= needed.most and not requests.taken_back:
            refused = self._rightly_refused(ran, verdict)
            self._hold("workspace", wanted.missed(verdict, *ran.states, refused))
        self._remember_run(ran)

    def _another_digest(self, event: Event) -> None:
        """A plan that is not the one that was reviewed is shown, and not executed."""
        task = self._task(self._case.lists[event.entries], plan_digest="0" * 64)
        if not task.single:
            self._judge_outdated(self._expected(task), self._ran(task))

    def _reviewed(self, event: Event) -> None:
        """A plan is made, others are at work, and it is applied by its digest."""
        entries = self._case.lists[event.entries]
        if self._case.single:
            self._others(event)
            self._settled = None
            self._night(event)
            return
        reviewed = self._expected(self._task(entries))
        checked, verdict = self._judge_check(reviewed)
        if verdict.refused or self._is_loose(reviewed):
            return
        before = self._service.clients()
        self._others(event)
        touched = {client.id for client in set(self._service.clients()) ^ set(before)}
        task = self._task(entries, plan_digest=checked["plan_digest"])
        wanted = self._expected(task)
        ran = self._ran(task)
        now = wanted.verdicts[0]
        is_same = now.changes and not now.refused and now.plan == verdict.plan
        may_differ = touched & {change.id for change in verdict.changes}
        if is_same and not (ran.report.get("refused") and may_differ):
            self.tally["plans applied by their digest"] += 1
            self._judge_clean(ran, wanted, now)
        else:
            self._judge_outdated(wanted, ran)

    def _undo(self, event: Event) -> None:
        """A run is taken back by the list in its result."""
        if self._undoable:
            known = self._undoable[-min(event.runs_ago, len(self._undoable))]
            self._judge_undo(known, known.ran.report.get("undo", []))

    def _undo_by_the_journal(self, event: Event) -> None:
        """The last run is, if it has written anything."""
        text = self._journal_text()
        if self._undoable and self._undoable[-1].journal == text:
            self._judge_undo(self._undoable[-1], journal_undo(text, self._service.workspace_id))

    # verdicts

    def _hold(self, what: str, violations: Iterable[str]) -> None:
        found = [f"  - {line}" for line in violations]
        if found:
            raise Violated("\n".join([f"{self._what}, {what}:", *found]))

    @property
    def _changes_names(self) -> bool:
        """Whether the service does. Nobody can foresee which names it makes."""
        return self._switches.names_changed != "no"

    @property
    def _cannot_see(self) -> bool:
        """Whether a write may not show under its name when a run looks for it."""
        return self._case.lag > 1 or self._changes_names

    def _names_meet(self, task: Task) -> bool:
        """Whether the service makes one entry's name of another's, or one of two. Where an answer
        is lost, or shows no name, nobody can tell then which of the two a client was made for."""
        names = {key(entry.get("name") or "") for entry in task.entries}
        made = {name: key(made_of(name, self._switches)) for name in names}
        is_one_of_two = len(set(made.values())) < len(made)
        return is_one_of_two or any(made[name] != name and made[name] in names for name in names)

    def _is_loose(self, wanted: Expected) -> bool:
        """Whether a run may end in more than one way, as the service does not show what it did."""
        is_unsure = self._switches.create_body != "client" and self._names_meet(wanted.case)
        return self._case.lag > 0 or wanted.is_uncertain or is_unsure

    def _judge_check(self, wanted: Expected) -> tuple[Report, Verdict]:
        """Check mode says what the model says; which of its answers, if there are several."""
        self._rest()
        checked = self._run(wanted.case, check_mode=True)
        self._hold("check mode writes", map(str, self._service.writes))
        if wanted.is_uncertain:
            return checked, wanted.verdicts[0]
        wrong = {at: list(wanted.wrong_check(v, checked)) for at, v in enumerate(wanted.verdicts)}
        if all(wrong.values()):
            self._hold("check mode", chain(*wrong.values()))
        right = [wanted.verdicts[at] for at, lines in wrong.items() if not lines]
        verdict = min(right, key=lambda v: len(list(wanted.wrong_on_the_way(v, checked))))
        self._hold("check mode", wanted.wrong_on_the_way(verdict, checked))
        if self._switches.list_shows_deleted and not wanted.case.single:
            self._hold("plan without the service", self._wrong_without(wanted.case, checked))
        return checked, verdict

    def _wrong_without(self, task: Task, checked: Report) -> Iterator[str]:
        """Where the filter, which gets values alone, plans something else."""
        listed = moving.whole(self._service.clients(), ListQuery(), self._switches)
        existing = [client_body(client, self._switches) for client in listed]
        place = {"workspace_id": self._service.workspace_id, "api_url": self._service.url}
        offline = clients_plan(list(task.entries), existing, **place, **task.rules._asdict())
        for what in {**offline, **checked}.keys() - {"requests", "quota"}:
            if (offline.get(what) or None) != (checked.get(what) or None):
                yield f"{what} is {offline.get(what)}, in check mode {checked.get(what)}"

    def _judge_clean(
        self, ran: Ran, wanted: Expected, verdict: Verdict, checked: Report | None = None
    ) -> None:
        """A run without faults does what the model says, and what check mode has said."""
        report = ran.report
        if self._is_loose(wanted):
            self._judge_broken(ran._replace(verdicts=wanted.verdicts))
            self._remember_run(ran)
            return
        if verdict.refused:
            self.tally["refused as the model does"] += 1
            self._hold("refused list", self._wrong_end(ran, wanted, verdict))
            self.tally["refused by a guard, with the model's plan"] += verdict.has_plan
            return
        self._hold("report", self._untruths(ran))
        if checked is not None:
            self._hold("differs from check mode", _differences(checked, report, verdict))
        if "plan" in report and not report.get("failed"):
            self._hold("message", wanted.wrong_words(verdict, report))
        refused = self._rightly_refused(ran, verdict)
        self._hold("duplicates", self._duplicates(ran, [verdict]))
        self._hold("workspace", wanted.missed(verdict, *ran.states, refused))
        is_done = not report.get("failed")
        reset = oracle.resets(*ran.states, self._switches, verdict.changes, must=is_done)
        self._hold("fields", reset)
        self._remember_run(ran)
        if not is_done:
            self.tally["refused in part by the service, rightly"] += 1
            return
        self.tally["executed as the model does"] += 1
        # steps that the model knows nothing of; that they are renames, and few, is judged before
        temporary = len(report["plan"]) - len(verdict.changes) if "plan" in report else 0
        may, sent = wanted.budget(verdict, temporary), report["requests"]
        self.tally["runs of an exact number of requests"] += may.least == may.most
        if not may.least <= sent <= may.most:
            self._hold("requests", [f"{sent} requests were sent, {may} were to be"])

    def _judge_content(self, ran: Ran) -> None:
        """By some answer of the model, all that is left are currencies that no read will show."""

        def is_in_vain(change: Change) -> bool:
            is_kept = oracle.keeps(change.currency or "", self._switches)
            return change.kind == "update" and not is_kept

        verdicts = self._expected(ran.task, ran.states[1]).verdicts
        if not any(not v.refused and all(map(is_in_vain, v.changes)) for v in verdicts):
            self._hold("what is there is not what the list says", map(str, verdicts))

    def _judge_outdated(self, wanted: Expected, ran: Ran) -> None:
        """A plan that is not the one of the digest is shown, unless nothing is left to do."""
        report = ran.report
        self._hold("written all the same", map(str, ran.history))
        (verdict,) = wanted.verdicts
        if not verdict.refused and not verdict.changes:
            if report.get("failed") or not report["msg"].startswith(reports.NOTHING):
                self._hold("nothing is left to do", [report["msg"]])
            return
        wrong = list(wanted.wrong_refused_plan(verdict, report))
        if verdict.has_plan:
            self._hold("outdated plan", wrong)
        if not wrong:
            self._hold("outdated plan", wanted.wrongly_shown(verdict, report))
        self.tally["plans refused by their digest"] += 1

    def _wrong_end(self, ran: Ran, wanted: Expected, verdict: Verdict) -> Iterator[str]:
        if verdict.refused:
            yield from map(str, ran.history)
            yield from wanted.wrong_refusal(verdict, ran.report)
            yield from wanted.wrong_on_the_way(verdict, ran.report)
        else:
            yield from wanted.missed(verdict, *ran.states, ())

    def _judge_broken(self, ran: Ran) -> None:
        """Nothing is lost, duplicated or reset, and the report is true, under any failure."""
        report, (before, after) = ran.report, ran.states
        self.tally["broken runs that failed"] += bool(report.get("failed"))
        self.tally["writes that happened"] += len(ran.history)
        self._hold("duplicates", self._duplicates(ran, ran.verdicts))
        own = {i: client for i, client in after.items() if i not in ran.drifted}
        changes = [change for verdict in ran.verdicts for change in verdict.changes]
        self._hold("fields", oracle.resets(before, own, self._switches, changes))
        self._hold("losses, or what nobody asked for", self._not_asked_for(ran))
        if not self._names_meet(ran.task):
            self._hold("report", self._untruths(ran))
        self._hold("journal", self._journal_untruths())
        if ran.told_duplicates and not report.get("failed"):
            self._hold("report", [f"duplicates, and the task says ok: {report}"])
        is_exact = self._case.lag == 0 and not self._changes_names
        if is_exact and not report.get("failed") and not ran.drifted:
            wanted = self._expected(ran.task, before)
            if not any(wanted.is_open(v) for v in wanted.verdicts) and not wanted.is_uncertain:
                self._judge_content(ran)

    def _judge_undo(self, known: Undoable, undo: Sequence[Entry]) -> None:
        """The list brings back what others left alone, unless it would duplicate a name."""
        self._undoable.remove(known)
        ran, others = known.ran, known.others
        before, after = ran.states
        excused: set[int | str] = {*others}
        if self._cannot_see:  # nor what it did, under names that it did not send, or for too long
            known_ids = {entry.get("id") for entry in ran.report.get("undo", ())}
            excused |= {write.id for write in ran.history if write.id not in known_ids}
        if not undo:
            lost = oracle.not_undone(before, after, excused, self._switches)
            self._hold("nothing to take back", lost)
            return
        since = {i for i, client in self._state().items() if after.get(i) != client}
        self._hold("writes to others' clients", self._of_others(ran, undo))
        wanted = self._expected(Task(tuple(undo), ALWAYS_THROUGH, False, self._switches))
        checked, verdict = self._judge_check(wanted)
        back = self._ran(wanted.case)
        self._judge_clean(back, wanted, verdict, checked)
        self._hold("duplicates", self._duplicates_by_undo(known, back, verdict))
        if verdict.refused:
            self.tally["undos refused"] += 1
            interfered = ran.task.single  # which sees no other client of the name
            interfered |= self._case.lag > 1  # nor does the journal know what came to be seen later
            interfered |= bool(since or others or reports.names_with(ran.report, *reports.TWICE))
            interfered |= not all(can_be_given(client.name) for client in before.values())
            is_right = interfered and verdict.reasons <= UNDO_MAY_BE_REFUSED
            if not self._changes_names and not is_right:
                self._hold("not begun", [f"{back.report['msg']} {undo}"])
            return
        self.tally["undone"] += 1
        if self._is_loose(wanted):
            return
        by_name = reports.names_without_an_id(ran.report)
        excused |= since | self._rightly_refused(back, verdict)
        excused |= {client_id for client_id, client in before.items() if client.key in by_name}
        lost = oracle.not_undone(before, back.states[1], excused, self._switches)
        self._hold("not as it was", lost)

    def _duplicates_by_undo(self, known: Undoable, back: Ran, verdict: Verdict) -> Iterator[str]:
        """Names that were not shared before the run, or before the undo. A client that was renamed
        while the run read gets the name that the run had read."""
        before = self._counts(known.ran.states[0])
        entries = [entry for entry in back.task.entries if entry.get("id") in known.others]
        before += Counter(key(entry.get("name") or "") for entry in entries)
        may = before | self._passing([verdict], back)
        may += Counter({name: 9 for name, count in before.items() if count > 1})
        if self._changes_names:
            may |= self._counts(verdict.goal)
        yield from oracle.duplicates(*back.states, may)

    def _of_others(self, ran: Ran, undo: Sequence[Entry]) -> Iterator[str]:
        """Entries that speak of a client which the run neither touched nor named."""
        touched = {None, *(write.id for write in ran.history)}
        others = [entry for entry in undo if entry.get("id") not in touched]
        told = json.dumps([ran.report["msg"], ran.report.get("plan")])
        yield from (str(e) for e in others if str(e["id"]) not in told)

    # what was right

    def _rightly_refused(self, ran: Ran, verdict: Verdict) -> set[int | str]:
        """Ids, and keys of new names, that the service rightly refused, with all that waits."""
        report, now = ran.report, ran.states[0]
        if not report.get("failed"):
            return set()
        unseen, judge = verdict.unseen, Refusals(self._switches, now, verdict)
        if unseen and reports.NAME_FOUND in report["msg"]:
            may_differ = "plan_digest" in ran.task.options  # a ring that nobody could review
            if not may_differ and not self._is_refused_in_the_end(ran, unseen):
                raise Violated(f"{self._what}, wrongly ended: {report['msg']}")
            return {*now, *map(key, verdict.names_on_the_way)}
        if "plan" not in report:
            return self._one_rightly_refused(ran, judge)
        failed, pending = reports.failed(report), rows(report, "pending")
        told = [s for s in report["plan"] if reports.says(s.get("error", ""), *reports.NOT_KEPT)]
        not_kept = [s for s in told if not oracle.keeps(s["currency"], self._switches)]
        for step in [step for step in failed if step not in not_kept]:
            is_known = unseen and reports.NAME_FOUND in step["error"]
            if not is_known and not judge.is_right(step):
                raise Violated(f"{self._what}, wrongly failed: {step}")
        if not failed and not not_kept:
            raise Violated(f"{self._what}, failed without a reason: {report['msg']}")
        left = {step.get("id", key(step.get("name") or "")) for step in (*failed, *pending)}
        return left | {key(step["name"]) for step in failed if step["step"] == "create"}

    def _is_refused_in_the_end(self, ran: Ran, unseen: set[int]) -> bool:
        """Whether the list would be refused if some of the clients were there that nobody saw."""
        now = ran.states[0]
        there = sorted(unseen & now.keys())

        def is_shared(goal: State, client_id: int) -> bool:
            return oracle.active_keys(goal)[goal[client_id].key] > 1

        def is_refused(some: Collection[int]) -> bool:
            found = {**now, **{i: now[i]._replace(deleted=False) for i in some}}
            verdicts = self._expected(ran.task, found).verdicts
            return all(v.refused or any(is_shared(v.goal, i) for i in some) for v in verdicts)

        sizes = range(1, len(there) + 1)
        return any(is_refused(some) for size in sizes for some in combinations(there, size))

    def _one_rightly_refused(self, ran: Ran, judge: Refusals) -> set[int | str]:
        """The same where the report does not say which step it was."""
        if reports.says(ran.report["msg"], *reports.NOT_KEPT):
            if oracle.keeps(model.Wanted(ran.task.entries[0]).currency, self._switches):
                raise Violated(f"{self._what}, wrongly not kept: {ran.report['msg']}")
            return set()
        steps = [{"step": c.kind, "id": c.id, "name": c.name} for c in judge.verdict.changes]
        if not any(map(judge.is_right, steps)):
            raise Violated(f"{self._what}, wrongly failed: {steps} {ran.report['msg']}")
        return {*judge.now, *map(key, judge.verdict.names_on_the_way)}

    def _not_asked_for(self, ran: Ran) -> Iterator[str]:
        """Writes that the list does not lead to. A new client may be deleted again."""
        changes = [change for verdict in ran.verdicts for change in verdict.changes]
        sure = {(c.kind, c.id) for c in changes if c.kind in ("delete", "restore", "update")}
        sure |= {("delete", write.id) for write in ran.history if write.kind == "create"}
        asked: defaultdict[int, set[str]] = defaultdict(set)
        for kind, client_id, name, *_ in changes:
            known = ran.states[0].get(client_id)
            if kind in ("create", "rename"):
                asked[max(client_id, 0)].add(key(name or ""))
            elif kind == "update" and (name is not None or known):  # with its name, as it was
                asked[client_id].add(name or (known.name if known else ""))
        temporary = made_of(reports.TEMPORARY, self._switches)  # as far as it is kept
        for write in [write for write in ran.history if (write.kind, write.id) not in sure]:
            named = asked[0 if write.kind == "create" else write.id]
            fits = any(is_called(write.name, name, self._switches) for name in named)
            fits |= write.kind != "create" and write.name.startswith(temporary)
            if not fits or write.kind in ("delete", "restore"):
                yield str(write)

    def _duplicates(self, ran: Ran, verdicts: Sequence[Verdict]) -> Iterator[str]:
        before, after = ran.states
        may = self._passing(verdicts, ran)
        for verdict in verdicts:
            goal = verdict.goal
            if self._changes_names:
                left = {i: c for i, c in after.items() if i in verdict.deleted and not c.deleted}
                goal = {**before, **goal, **left}  # of clients that nobody read, or that stayed
            may |= self._counts(goal)
        hidden = self._expected(ran.task, before).hidden_by_filter
        may += Counter(before[i].key for i in ran.drifted if i in before)
        before = {i: c for i, c in before.items() if i not in hidden}
        hidden |= {*ran.told_duplicates, *reports.new_ids(ran.report)}
        after = {i: c for i, c in after.items() if i not in hidden}
        if self._cannot_see:
            told = reports.names_with(ran.report, *reports.TWICE)
            made = {key(name) for n in told for name in (n, made_of(n, self._switches))}
            creates = sum(write.kind == "create" for write in ran.history)
            there = oracle.active_keys(before)
            may += Counter({name: there[name] + creates for name in made})
        yield from oracle.duplicates(before, after, may)

    def _counts(self, state: State) -> Counter[str]:
        """How often names are active, also as the service keeps them."""
        active = [client for client in state.values() if not client.deleted]
        both = [{client.key, key(made_of(client.name, self._switches))} for client in active]
        return Counter(name for names in both for name in names)

    def _passing(self, verdicts: Sequence[Verdict], ran: Ran) -> Counter[str]:
        """How often names may be active for a moment: by a client that is restored under its old
        name, or one that nobody could see, and by one that is renamed before it is deleted."""
        may: Counter[str] = Counter()
        history = ran.history
        unseen = {client_id for verdict in verdicts for client_id in verdict.unseen}
        changes = {(change.kind, change.id) for verdict in verdicts for change in verdict.changes}
        passing = {i for kind, i in changes if {("restore", i), ("delete", i)} & changes}
        passing &= {i for kind, i in changes if kind == "rename"}
        now = dict(ran.states[0])
        for number, write in enumerate(history):
            now[write.id] = model.Client(write.name, write.kind == "delete")
            given = {key(other.name) for other in history if other.kind == "create"}
            given |= {key(other.name) for other in history[number:] if other.kind == "rename"}
            is_new = write.kind == "restore" and write.id in unseen and key(write.name) not in given
            if is_new or (write.kind in ("restore", "rename") and write.id in passing):
                may |= oracle.active_keys(now)
        return may

    def _untruths(self, ran: Ran) -> Iterator[str]:
        report = ran.report
        verdicts = ran.verdicts or self._expected(ran.task, ran.states[0]).verdicts
        updated = {c.id for v in verdicts for c in v.changes if c.kind == "update"}
        updated |= {s.get("id") for s in report.get("plan", ()) if s["step"] == "update"}
        is_known = self._switches.currency != "unknown"
        history = oracle.without_taken_back(ran.history, updated if is_known else ())
        told = (report, history, self._switches)
        if "plan" in report:
            yield from oracle.untruths(*told, ran.drifted, self._cannot_see)
        elif "action" in report:
            currency = model.Wanted(ran.task.entries[0]).currency
            is_kept = is_known and oracle.keeps(currency, self._switches)
            in_vain = bool(ran.drifted or ran.late)
            in_vain |= report["action"] == "updated" and not is_kept
            yield from oracle.untruths_of_one(*told, in_vain, self._cannot_see)
        elif history or report["changed"]:
            yield f"a task that failed at once: {history}"
        words = str(report.get("msg", ""))
        if not words.endswith((".", "?")) or len(words.splitlines()) > 1:
            yield f"no sentence: {words!r}"

    def _journal_untruths(self) -> Iterator[str]:
        """Each write that happened was announced; each announcement has its end."""
        lines = [json.loads(line) for line in self._journal_text().splitlines()]
        before = [line for line in lines if line["event"] == "before"]
        announced = {(line["step"], line["after"]["id"]) for line in before}
        announced |= {("rename", i) for kind, i in announced if kind == "update"}  # its own names
        history = oracle.without_taken_back(self._service.workspace.history)
        yield from oracle.unannounced(announced, history)
        ended = {(line["run"], line["number"]) for line in lines if line["event"] == "after"}
        for line in before:
            if (line["run"], line["number"]) not in ended:
                yield f"without an end in the journal: {line}"

    def _remember_run(self, ran: Ran) -> None:
        text, known = self._journal_text(), self._undoable
        if ran.history or ran.report.get("failed"):  # of two at once, the second is its last
            known[:] = [k._replace(journal="") if k.journal == text else k for k in known]
        if ran.history:
            known.append(Undoable(ran, set(ran.drifted), text))


def _differences(checked: Report, report: Report, verdict: Verdict) -> Iterator[str]:
    """Where a run differs from check mode. Of what nobody has seen, neither knows."""
    if report.get("failed") or verdict.unseen:
        return
    before, after = reports.foreseen(checked), reports.foreseen(report)
    for what in {**before, **after}:
        if before.get(what) != after.get(what):
            yield f"{what} is {after.get(what)}, in check mode {before.get(what)}"
    if as_done(checked["msg"]) != without_new_id(report):
        yield f"it says {report['msg']!r}, and said {checked['msg']!r}"
