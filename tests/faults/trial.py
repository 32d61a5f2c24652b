# SPDX-License-Identifier: GPL-3.0-or-later
"""What a history comes to, event by event, compared with what the model says of each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from simulator.quota import Quota
from simulator.service import QUOTA_WINDOW

from ansible_collections.toggl.focus.plugins.filter.journal_undo import journal_undo
from faults import oracle, reports
from faults.budget import Budget
from faults.expected import Expected, Task
from faults.model import State, Verdict, can_be_given, key
from faults.oracle import Refusals, made_of
from faults.runs import Met, Ran, Report, Runs
from faults.scenarios import Act, Entry, Event, History

ALWAYS_THROUGH: Mapping[str, Any] = {"max_deletion_percent": 100, "allow_partial": True}
UNDO_MAY_BE_REFUSED = {
    *("name of two clients", "deleted id", "unknown id", "ambiguous"),
    *("id and name do not agree", "two entries for one client"),
}
"""After others were at work: a name is taken, or a client gone that was to get its name back, or
one has another name that was to be deleted: nobody deletes the wrong client."""

ANOTHER_DIGEST: Mapping[str, Any] = {"plan_digest": "0" * 64}


class Violated(Exception):
    """A promise was broken, or the model and the collection do not agree; the message says how."""


class Ended(Exception):
    """What was told of, and could not be prevented, is to be mended by hand."""


class Undoable(NamedTuple):
    """A run, what the journal has told since its end, and the clients that others changed."""

    ran: Ran
    others: set[int]
    journal: str


class Trial(Runs):
    """Judges them."""

    def run(self, case: History) -> None:
        """:raises Violated: with all that is wrong"""
        self._notes: list[str] = []
        self._undoable: list[Undoable] = []
        self._settled: int | None = None
        self._has_unseen = False
        self._is_unfinished = False
        self._begin(case)
        self.tally.counts["histories"] += 1
        try:
            for number, event in enumerate(case.events, 1):
                self._what = f"event {number}, {event.kind}"
                self.tally.counts[event.kind] += 1
                EVENTS[event.kind](self, event)
                self._settled = self._night_of(event)
                if self._notes:
                    break
        except Ended:
            return
        except Violated as violated:
            self._notes.append(str(violated))
        if self._notes:
            raise Violated("\n".join(self._notes))

    def _night_of(self, event: Event) -> int | None:
        """The list of a night after which the next one has nothing more to add."""
        if event.kind != "night" or self._has_unseen:
            return None
        return event.entries

    # what happens

    def _night(self, event: Event) -> None:
        """A run as on every other night."""
        task = self._task(self._case.lists[event.entries])
        wanted = self._expected(task)
        checked, verdict = self._judge_check(wanted)
        ran = self._ran(task)
        self._judge_clean(ran, wanted, verdict, checked)
        self._has_unseen = bool(verdict.unseen)
        active = [len(oracle.active(state)) for state in ran.states]
        switches = self._case.switches
        is_unnamed = switches.create_body == "nothing"
        is_unnamed |= switches.create_body == "id" and self._case.lag > 1  # no look shows it either
        may_gain = switches.names_changed != "no" and is_unnamed
        may_gain |= self._names_meet(task)  # what was taken back may be what another entry restores
        is_rest = self._is_unfinished and active[1] < active[0]  # of a purge, for example
        self._is_unfinished = bool(ran.report.get("failed"))
        is_other = active[0] != active[1] and not is_rest
        if self._settled == event.entries and not may_gain and is_other:
            self._hold("number of active clients", [f"it was {active[0]}, and is {active[1]}"])

    def _broken(self, event: Event) -> None:
        assert event.network is not None
        task = self._task(self._case.lists[event.entries])
        ran, met = self._ran_with_faults(task, event.network, event.drift)
        self._judge_broken(ran, met)
        self._remember_run(ran, met.drifted)
        deleted = {write.id for write in ran.history if write.kind == "delete"}
        is_unsure = met.drifted and self._case.lag > 1  # which of two names the journal has
        is_unsure = is_unsure or not deleted.isdisjoint(met.drifted)
        if met.late or met.told_doubles or is_unsure:
            raise Ended

    def _others(self, event: Event) -> None:
        for act in event.acts:
            touched = self._act(act._replace(name=self._name_for(act)))
            for known in self._undoable:
                known.others.update(set() if touched is None else {touched})

    def _name_for(self, act: Act) -> str:
        """Every other one is a name that the last run took away."""
        if not self._undoable or act.pick % 2:
            return act.name
        before, after = map(oracle.active_names, self._undoable[-1].ran.states)
        return next(iter(sorted(before - after)), act.name)

    def _two_hosts(self, event: Event) -> None:
        self._judge_two((self._case.lists[event.entries],) * 2)

    def _two_lists(self, event: Event) -> None:
        self._judge_two(self._case.lists)

    def _few_requests(self, event: Event) -> None:
        """What does not fit into the quota is not begun, unless it may be done in part."""
        task = self._task(self._case.lists[event.entries])
        wanted = self._expected(task)
        verdict, read = wanted.verdicts[0], wanted.reading()
        needed = wanted.after_reading(verdict)
        has_no_use = verdict.refused or not verdict.changes or read.least != read.most
        if has_no_use or task.single or not task.switches.quota_headers or self._is_loose(wanted):
            return
        left = max(0, needed.least + event.spare)
        self._service.quota = Quota(read.least + left, QUOTA_WINDOW)
        ran = self._ran(task)
        self._service.quota = Quota(None, QUOTA_WINDOW)
        self._hold("report", self._untruths(ran))
        self._hold("doubles", self._doubles(ran, [verdict]))
        if left < needed.least and not task.options["allow_partial"]:
            self._hold("written all the same", map(str, ran.history))
            self.tally.counts["plans refused by a small quota"] += 1
            self._hold(f"{left} left", wanted.wrong_refused_plan(verdict, ran.report))
            self._note(f"{left} left", wanted.wrongly_shown(verdict, ran.report))
        turned_away = sum(entry.status == 402 for entry in self._service.log)
        if turned_away >= max(1, task.options["concurrency"]):
            self._note("requests", [f"{turned_away} were known to be refused"])
        if left >= needed.most and not _are_changed(verdict, task):
            refused = self._rightly_refused(ran, verdict)
            self._hold("workspace", wanted.missed(verdict, *ran.states, refused))
        self._remember_run(ran)

    def _another_digest(self, event: Event) -> None:
        """A plan that is not the one that was reviewed is shown, and not carried out."""
        task = self._task(self._case.lists[event.entries], **ANOTHER_DIGEST)
        if task.single:
            return
        wanted = self._expected(task)
        ran = self._ran(task)
        self._judge_outdated(ran, wanted)

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
        is_same = not now.refused and now.plan == verdict.plan
        may_differ = touched & {change.id for change in verdict.changes}
        is_applied = not reports.is_refused(ran.report) or not may_differ
        if now.changes and is_same and is_applied:
            self.tally.counts["plans applied by their digest"] += 1
            self._judge_clean(ran, wanted, now)
        else:
            self._judge_outdated(ran, wanted)

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
        """For what makes the judgements that would follow worthless."""
        found = list(violations)
        if found:
            lines = [f"{self._what}, {what}:", *(f"  - {line}" for line in found)]
            raise Violated("\n".join(lines))

    def _note(self, what: str, violations: Iterable[str]) -> None:
        """For what does not stand in the way of the other judgements."""
        found = list(violations)
        if found:
            self._notes += [f"{self._what}, {what}:", *(f"  - {line}" for line in found)]

    @property
    def _cannot_see(self) -> bool:
        """Whether a write may not show under its name when a run looks for it."""
        return self._case.lag > 1 or self._case.switches.names_changed != "no"

    def _names_meet(self, task: Task) -> bool:
        """Whether the service makes one entry's name of another's. Where an answer is lost, or
        shows no name, nobody can tell then which of the two a new client was made for."""
        names = {key(entry.get("name") or "") for entry in task.entries}
        made = {n: key(made_of(n, self._case.switches)) for n in names}
        return any(became != name and became in names for name, became in made.items())

    def _is_loose(self, wanted: Expected) -> bool:
        """Whether a run may end in more than one way, as the service does not show what it did."""
        shows_names = self._case.switches.create_body == "client"
        is_unsure = self._names_meet(wanted.case) and not shows_names
        return self._case.lag > 0 or wanted.is_uncertain or is_unsure

    def _judge_check(self, wanted: Expected) -> tuple[Report, Verdict]:
        """Check mode says what the model says; which of its answers, if there are several."""
        self._rest()
        checked = self._run(wanted.case, check_mode=True, journal=str(self._journal))
        self._hold("check mode writes", map(str, self._service.writes))
        if wanted.is_uncertain:
            return checked, wanted.verdicts[0]
        right = [v for v in wanted.verdicts if not list(wanted.wrong_check(v, checked))]
        if not right:
            self._hold(
                "check mode",
                (line for v in wanted.verdicts for line in wanted.wrong_check(v, checked)),
            )
        verdict = min(right, key=lambda v: len(list(wanted.wrong_on_the_way(v, checked))))
        self._note("check mode", wanted.wrong_on_the_way(verdict, checked))
        return checked, verdict

    def _judge_clean(
        self, ran: Ran, wanted: Expected, verdict: Verdict, checked: Report | None = None
    ) -> None:
        """A run without faults does what the model says, and what check mode has said."""
        report = ran.report
        if self._is_loose(wanted):
            self._judge_broken(ran, Met(verdicts=wanted.verdicts))
            self._remember_run(ran)
            return
        if verdict.refused:
            self.tally.counts["refused as the model does"] += 1
            self._hold("refused list", map(str, ran.history))
            self._hold("refused list", wanted.wrong_refusal(verdict, report))
            self._note("refused list", wanted.wrong_on_the_way(verdict, report))
            self.tally.counts["refused by a guard, with the model's plan"] += verdict.has_plan
            return
        self._hold("report", self._untruths(ran))
        if checked is not None:
            self._hold("differs from check mode", _differences(checked, report, verdict))
        if reports.has_plan(report) and not report.get("failed"):
            self._note("message", wanted.wrong_words(verdict, report))
        refused = self._rightly_refused(ran, verdict)
        self._hold("doubles", self._doubles(ran, [verdict]))
        self._hold("workspace", wanted.missed(verdict, *ran.states, refused))
        self._hold("fields", oracle.resets(ran.before, ran.after, self._case.switches))
        self._remember_run(ran)
        if report.get("failed"):
            self.tally.counts["refused in part by the service, rightly"] += 1
            return
        self.tally.counts["carried out as the model does"] += 1
        may = wanted.budget(verdict, _temporary(report, verdict))
        self.tally.counts["runs of an exact number of requests"] += may.least == may.most
        self._note("requests", _off_budget(report["requests"], may))
        if not wanted.is_open(verdict) and self._case.switches.names_changed == "no":
            self._judge_content(ran)

    def _judge_content(self, ran: Ran) -> None:
        """Some answer of the model is that there is nothing to do any more."""
        verdicts = self._expected(ran.task, ran.states[1]).verdicts
        if not any(not v.refused and not v.changes for v in verdicts):
            told_of = [str((v.refusals, v.changes)) for v in verdicts]
            self._hold("what is there is not what the list says", told_of)

    def _judge_outdated(self, ran: Ran, wanted: Expected) -> None:
        """A plan that is not the one of the digest: shown, and nothing is written, unless nothing
        is to be done any more."""
        report = ran.report
        self._hold("written all the same", map(str, ran.history))
        if any(not v.refused and not v.changes for v in wanted.verdicts):
            if report.get("failed") or not reports.says_nothing_to_do(report):
                self._hold("nothing is left to do", [report["msg"]])
            return
        right = [v for v in wanted.verdicts if not list(wanted.wrong_refused_plan(v, report))]
        if not right and not any(v.refused and not v.has_plan for v in wanted.verdicts):
            wrong = [line for v in wanted.verdicts for line in wanted.wrong_refused_plan(v, report)]
            self._hold("outdated plan", wrong)
        for verdict in right[:1]:
            self._note("outdated plan", wanted.wrongly_shown(verdict, report))
        self.tally.counts["plans refused by their digest"] += 1

    def _judge_two(self, lists: Sequence[Sequence[Entry]]) -> None:
        """Two hosts of one workspace, at once: they take turns, and each does what the model says
        of what it finds."""
        if self._case.lag or self._case.switches.read_after_write == "old":
            return
        try:
            turns = self._at_once([self._task(entries) for entries in lists])
        except ValueError as interleaved:
            raise Violated(f"{self._what}: {interleaved}") from None
        for ran in turns:
            wanted = self._expected(ran.task, ran.states[0])
            self._remember(ran.before, ran.history)
            fitting = [v for v in wanted.verdicts if not list(self._wrong_end(ran, wanted, v))]
            self._judge_clean(ran, wanted, [*fitting, *wanted.verdicts][0])

    def _wrong_end(self, ran: Ran, wanted: Expected, verdict: Verdict) -> Iterator[str]:
        if verdict.refused:
            yield from map(str, ran.history)
            yield from wanted.wrong_refusal(verdict, ran.report)
            yield from wanted.wrong_on_the_way(verdict, ran.report)
        else:
            yield from wanted.missed(verdict, *ran.states, ())

    def _judge_broken(self, ran: Ran, met: Met) -> None:
        """Nothing is lost, doubled or reset, and the report is true, whatever failed."""
        report, (before, after) = ran.report, ran.states
        self._count(ran)
        deleted = {i for verdict in met.verdicts for i in verdict.deleted}
        self._hold("doubles", self._doubles(ran, met.verdicts, met))
        self._hold("losses", oracle.losses(before, after, deleted))
        own = [client for client in ran.after if client.id not in met.drifted]
        self._hold("fields", oracle.resets(ran.before, own, self._case.switches))
        self._hold("not asked for", self._not_asked_for(ran, met))
        if not self._names_meet(ran.task):
            self._hold("report", self._untruths(ran, met.drifted))
        self._hold("journal", self._journal_untruths())
        if met.told_doubles and not report.get("failed"):
            self._hold("report", [f"doubles, and the task says ok: {report}"])
        is_exact = self._case.lag == 0 and self._case.switches.names_changed == "no"
        if is_exact and not report.get("failed") and not met.drifted:
            wanted = self._expected(ran.task, before)
            if not any(wanted.is_open(v) for v in wanted.verdicts) and not wanted.is_uncertain:
                self._judge_content(ran)

    def _judge_undo(self, known: Undoable, undo: Sequence[Entry]) -> None:
        """Applied to what a run left, the list brings back what was before; after others were at
        work, what they left alone, unless it would double a name."""
        self._undoable.remove(known)
        ran, others = known.ran, known.others
        before, after = ran.states
        if not undo:
            excused = {*others, *self._unknown(ran)}
            lost = oracle.not_undone(before, after, excused, self._case.switches)
            self._hold("nothing to take back", lost)
            return
        since = {i for i, client in self._state().items() if after.get(i) != client}
        self._hold("writes to others' clients", self._of_others(ran, undo))
        task = Task(tuple(undo), ALWAYS_THROUGH, False, self._case.switches)
        wanted = self._expected(task)
        checked, verdict = self._judge_check(wanted)
        back = self._ran(task)
        self._judge_clean(back, wanted, verdict, checked)
        self._hold("doubles", self._doubles_by_undo(known, back, verdict))
        if verdict.refused:
            self.tally.counts["undos refused"] += 1
            reasons = {refusal.reason for refusal in verdict.refusals}
            is_known = self._case.switches.names_changed == "no"
            interfered = since or others
            interfered = interfered or ran.task.single  # which sees no other client of the name
            interfered = interfered or reports.names_perhaps_twice(ran.report)
            interfered = interfered or any(not can_be_given(name) for name, _ in before.values())
            if is_known and (not interfered or not reasons <= UNDO_MAY_BE_REFUSED):
                self._hold("not begun", [f"{back.report['msg']} {undo}"])
            return
        self.tally.counts["undone"] += 1
        if self._is_loose(wanted):
            return
        refused = self._rightly_refused(back, verdict)
        excused = {*since, *others, *self._unknown(ran)}
        excused |= {client_id for client_id in refused if isinstance(client_id, int)}
        by_name = reports.names_without_an_id(ran.report)
        excused |= {client_id for client_id, (name, _) in before.items() if key(name) in by_name}
        lost = oracle.not_undone(before, back.states[1], excused, self._case.switches)
        self._hold("not as it was", lost)

    def _doubles_by_undo(self, known: Undoable, back: Ran, verdict: Verdict) -> Iterator[str]:
        """Names that were not shared before the run, or before the undo. A client that somebody
        renamed while the run read gets the name that the run had read."""
        before = self._counts(known.ran.states[0])
        entries = [entry for entry in back.task.entries if entry.get("id") in known.others]
        before += Counter(key(entry.get("name") or "") for entry in entries)
        may = before | self._passing([verdict], back)
        may += Counter({name: 9 for name, count in before.items() if count > 1})
        if self._case.switches.names_changed != "no":
            may |= self._counts(verdict.goal)
        yield from oracle.doubles(*back.states, may)

    def _unknown(self, ran: Ran) -> set[int]:
        """Clients of which a run could not know that it had written to them: their names are none
        that it has sent, or it could see nothing of it for too long."""
        if self._case.switches.names_changed == "no" and self._case.lag <= 1:
            return set()
        known = {entry.get("id") for entry in ran.report.get("undo", ())}
        return {write.id for write in ran.history if write.id not in known}

    def _of_others(self, ran: Ran, undo: Sequence[Entry]) -> Iterator[str]:
        """Entries that speak of a client which the run neither touched nor named."""
        touched: set[object] = {None, *(write.id for write in ran.history)}
        touched |= {step.get("id") for step in ran.report.get("plan", ())}
        for entry in undo:
            client_id = entry.get("id")
            if client_id not in touched and str(client_id) not in ran.report["msg"]:
                yield str(entry)

    # what was right

    def _rightly_refused(self, ran: Ran, verdict: Verdict) -> set[int | str]:
        """What the service rightly refused to change, with all that waits for it: ids of clients,
        and keys of names for new ones."""
        report, now = ran.report, ran.states[0]
        if not report.get("failed"):
            return set()
        unseen = verdict.unseen
        goal = {**now, **verdict.goal}
        judge = Refusals(self._case.switches, goal, unseen, verdict.names_on_the_way)
        if unseen and reports.came_to_light(report["msg"]):
            may_differ = "plan_digest" in ran.task.options  # a ring that nobody could review
            if not may_differ and not self._is_refused_in_the_end(ran, unseen):
                raise Violated(f"{self._what}, wrongly ended: {report['msg']}")
            return {*now, *map(key, verdict.names_on_the_way)}
        if not reports.has_plan(report):
            return self._one_rightly_refused(ran, judge)
        failed, pending = reports.failed(report), reports.pending(report)
        for step in failed:
            if unseen and reports.came_to_light(step["error"]):
                continue
            if not judge.is_right(step, now):
                raise Violated(f"{self._what}, wrongly failed: {step}")
        if not failed:
            raise Violated(f"{self._what}, failed without a reason: {report['msg']}")
        return {step.get("id", key(step.get("name") or "")) for step in (*failed, *pending)} | {
            key(step["name"]) for step in failed if step["step"] == "create"
        }

    def _is_refused_in_the_end(self, ran: Ran, unseen: set[int]) -> bool:
        """Whether the list would be refused if some of the clients were there that nobody saw."""
        now = ran.states[0]
        for count in range(1, len(unseen) + 1):
            for found in combinations(sorted(unseen & now.keys()), count):
                there = {**now, **{i: (now[i][0], False) for i in found}}
                verdicts = self._expected(ran.task, there).verdicts
                if all(v.refused or oracle.is_shared(v.goal, found) for v in verdicts):
                    return True
        return False

    def _one_rightly_refused(self, ran: Ran, judge: Refusals) -> set[int | str]:
        """The same where the report does not say which step it was."""
        entry, now = ran.task.entries[0], ran.states[0]
        wanted = {"name": entry.get("name"), "id": entry.get("id")}
        kinds = ["create"] if wanted["id"] is None else []
        steps = [{"step": kind, **wanted} for kind in (*kinds, "rename", "restore")]
        steps += [{"step": "restore", "id": i} for i, (_, gone) in now.items() if gone]
        if not any(judge.is_right(step, now) for step in steps):
            raise Violated(f"{self._what}, wrongly failed: {ran.report['msg']}")
        return {*now, key(wanted["name"] or "")}

    def _not_asked_for(self, ran: Ran, met: Met) -> Iterator[str]:
        """Writes that the list does not lead to. A new client may be deleted again."""
        asked = {
            oracle.event(change.kind, change.id, change.name)
            for verdict in met.verdicts
            for change in verdict.changes
        }
        new = {write.id for write in ran.history if write.kind == "create"}
        for write in ran.history:
            kind, client_id, _ = event = oracle.event(write.kind, write.id, write.name)
            if kind == "create":
                fits = any(
                    other[0] == kind and oracle.is_called(write.name, other[2], self._case.switches)
                    for other in asked
                )
            elif kind in ("rename", "update"):  # a name that the service writes as it was
                fits = oracle.is_temporary(write.name, self._case.switches) or any(
                    other[:2] == ("rename", client_id)
                    and oracle.is_called(write.name, other[2], self._case.switches)
                    for other in asked
                )
            else:
                fits = event in asked or (kind == "delete" and client_id in new)
            if not fits:
                yield str(write)

    def _doubles(
        self, ran: Ran, verdicts: Sequence[Verdict], met: Met | None = None
    ) -> Iterator[str]:
        before, after = ran.states
        may = self._passing(verdicts, ran)
        for verdict in verdicts:
            may |= self._counts(verdict.goal)
        if met is not None:
            may += Counter(key(before[i][0]) for i in met.drifted if i in before)
            after = {i: client for i, client in after.items() if i not in met.told_doubles}
        if ran.task.single:
            hidden = self._expected(ran.task, before).hidden_by_filter
            before, after = (
                {i: client for i, client in state.items() if i not in hidden}
                for state in (before, after)
            )
        if self._cannot_see:
            switches, told = self._case.switches, reports.names_perhaps_twice(ran.report)
            made = {key(name) for n in told for name in (n, oracle.made_of(n, switches))}
            creates = sum(write.kind == "create" for write in ran.history)
            may += Counter({n: oracle.active_keys(before)[n] + creates for n in made})
        yield from oracle.doubles(before, after, may)

    def _counts(self, state: State) -> Counter[str]:
        """How often names are active, also as the service keeps them."""
        active = [name for name, deleted in state.values() if not deleted]
        switches = self._case.switches
        return Counter(n for name in active for n in {key(name), key(made_of(name, switches))})

    def _passing(self, verdicts: Sequence[Verdict], ran: Ran) -> Counter[str]:
        """How often names may be active for a moment: by the restore of a client that has its old
        name until it gets a new one, or whose name nobody could see before; and by a client that is
        renamed before it is deleted."""
        may: Counter[str] = Counter()
        history = ran.history
        unseen = {client_id for verdict in verdicts for client_id in verdict.unseen}
        renamed = {c.id for v in verdicts for c in v.changes if c.kind == "rename"}
        passing = renamed & {
            c.id for v in verdicts for c in v.changes if c.kind in ("restore", "delete")
        }
        now = dict(ran.states[0])
        for number, write in enumerate(history):
            now[write.id] = (write.name, write.kind == "delete")
            given = {key(other.name) for other in history if other.kind == "create"}
            given |= {key(other.name) for other in history[number:] if other.kind == "rename"}
            is_new = write.kind == "restore" and write.id in unseen and key(write.name) not in given
            if is_new or (write.kind in ("restore", "rename") and write.id in passing):
                may |= oracle.active_keys(now)
        return may

    def _untruths(self, ran: Ran, drifted: Collection[int] = ()) -> Iterator[str]:
        report, switches = ran.report, self._case.switches
        cannot_see = self._cannot_see
        history = oracle.without_taken_back(ran.history)
        if reports.has_plan(report):
            yield from oracle.untruths(report, history, switches, drifted, cannot_see)
        elif "action" in report:
            yield from oracle.untruths_of_one(report, history, switches, drifted, cannot_see)
        elif history or report["changed"]:
            yield f"a task that failed at once: {history}"
        words = str(report.get("msg", ""))
        if not words.endswith((".", "?")) or len(words.splitlines()) > 1:
            yield f"no sentence: {words!r}"

    def _journal_untruths(self) -> Iterator[str]:
        """Each write that happened was announced; each announcement has its end."""
        lines = [json.loads(line) for line in self._journal_text().splitlines()]
        announced = {
            (line["step"], line["after"]["id"]) for line in lines if line["event"] == "before"
        }
        history = oracle.without_taken_back(self._service.workspace.history)
        yield from oracle.unannounced(announced, history)
        begun = {(line["run"], line["number"]) for line in lines if line["event"] == "before"}
        ended = {(line["run"], line["number"]) for line in lines if line["event"] == "after"}
        if begun - ended:
            yield f"without an end in the journal: {sorted(begun - ended)}"

    # what is remembered

    def _remember_run(self, ran: Ran, others: Collection[int] = ()) -> None:
        text = self._journal_text()
        if ran.has_changed or ran.report.get("failed"):  # of two at once, the second is its last
            self._undoable = [
                known._replace(journal="") if known.journal == text else known
                for known in self._undoable
            ]
        if ran.has_changed:
            self._undoable.append(Undoable(ran, set(others), text))

    def _count(self, ran: Ran) -> None:
        counts, report = self.tally.counts, ran.report
        created = {write.id for write in ran.history if write.kind == "create"}
        statuses = {entry.status for entry in self._service.writes if entry.method == "POST"}
        counts["broken runs that failed"] += bool(report.get("failed"))
        counts["writes that happened"] += len(ran.history)
        if reports.has_plan(report):
            unclear = map(reports.is_unclear, reports.failed(report))
            counts["steps reported as unclear"] += sum(unclear)
            adopted = [step for step in reports.done(report) if step.get("id") in created]
            counts["creates in runs with lost answers"] += len(adopted) * bool(statuses - {201})


EVENTS: Mapping[str, Callable[[Trial, Event], None]] = {
    "night": Trial._night,
    "broken": Trial._broken,
    "others": Trial._others,
    "two hosts": Trial._two_hosts,
    "two lists at once": Trial._two_lists,
    "few requests": Trial._few_requests,
    "another digest": Trial._another_digest,
    "reviewed": Trial._reviewed,
    "undo": Trial._undo,
    "undo by the journal": Trial._undo_by_the_journal,
}


def _are_changed(verdict: Verdict, task: Task) -> bool:
    created = [change.name or "" for change in verdict.changes if change.kind == "create"]
    return any(oracle.is_changed(name, task.switches) for name in created)


def _temporary(report: Report, verdict: Verdict) -> int:
    """Steps that the model knows nothing of; that they are renames, and few, is judged before."""
    return len(reports.plan(report)) - len(verdict.changes) if reports.has_plan(report) else 0


def _differences(checked: Report, report: Report, verdict: Verdict) -> Iterator[str]:
    """Where a run differs from check mode. Of what nobody has seen, neither knows."""
    if report.get("failed") or verdict.unseen:
        return
    before, after = reports.foreseen(checked), reports.foreseen(report)
    for what in {**before, **after}:
        if before.get(what) != after.get(what):
            yield f"{what} is {after.get(what)}, in check mode {before.get(what)}"


def _off_budget(sent: int, may: Budget) -> Iterator[str]:
    if not may.least <= sent <= may.most:
        yield f"{sent} requests were sent, {may} were to be"
