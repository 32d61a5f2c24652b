# SPDX-License-Identifier: GPL-3.0-or-later
"""One scenario: its run compared with the model, then broken, and taken back each time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from simulator.quota import Quota
from simulator.records import Write
from simulator.service import QUOTA_WINDOW

from ansible_collections.toggl.focus.plugins.filter.journal_undo import journal_undo
from faults import oracle, reports
from faults.budget import Budget
from faults.expected import Expected
from faults.model import State, Verdict, key
from faults.oracle import Refusals
from faults.runs import Broken, Ran, Report, Runs, without
from faults.scenarios import Entry, Scenario

ALWAYS_THROUGH: dict[str, Any] = {"max_deletion_percent": 100, "allow_partial": True}


class Violated(Exception):
    """A promise was broken, or the model and the collection do not agree; the message says how."""


class Trial(Runs):
    """Judges them."""

    def run(self, case: Scenario) -> None:
        """:raises Violated: with all that is wrong"""
        self._notes: list[str] = []
        try:
            self._run_all(case)
        except Violated as violated:
            self._notes.append(str(violated))
        if self._notes:
            raise Violated("\n".join(self._notes))

    def _run_all(self, case: Scenario) -> None:
        self._begin(case)
        start, journal = self._service.snapshot(), self._journal_text()
        self.tally.counts["runs"] += 1
        refused = self._compare("clean run", take_back=True)
        self._back_to(start, journal)
        if refused:
            self.tally.counts["runs with a list that is refused"] += 1
            broken = self._broken_run()
            if not broken.drifted:
                self._hold("refused list", [str(write) for write in broken.history])
            return
        self._judge_small_quota()
        self._back_to(start, journal)
        self._judge_another_digest()
        self._back_to(start, journal)
        broken = self._broken_run()
        self._judge_broken(broken)
        middle, journal = self._service.snapshot(), self._journal_text()
        for extra in (broken.late, broken.told_doubles):
            if extra:
                self._back_to(middle, journal)
                self._judge_a_look("run after a double")
        middle = without(middle, broken.late)
        self._back_to(middle, journal)
        self._judge_undo(broken, broken.report.get("undo", []), "undo")
        if broken.report.get("undo"):
            self._back_to(middle, journal)
            self._judge_undo(
                broken, journal_undo(journal, self._service.workspace_id), "undo from the journal"
            )
        self._back_to(without(middle, broken.told_doubles), journal)
        self._compare("next run")

    def _hold(self, what: str, violations: Iterable[str]) -> None:
        """For what makes the judgements that would follow worthless."""
        found = list(violations)
        if found:
            raise Violated("\n".join([f"{what}:", *(f"  - {line}" for line in found)]))

    def _note(self, what: str, violations: Iterable[str]) -> None:
        """For what does not stand in the way of the other judgements."""
        found = list(violations)
        if found:
            self._notes += [f"{what}:", *(f"  - {line}" for line in found)]

    # the model and a run, side by side

    def _compare(self, what: str, take_back: bool = False) -> bool:
        """Check mode, a run and a second run without faults. Whether the list is refused.

        :arg take_back: whether to undo the run, too
        """
        before, wanted = self._state(), self._expected()
        checked, verdict = self._judge_check(wanted, what)
        report = self._clean()
        after, history = self._state(), self._service.workspace.history
        if verdict.refused:
            self.tally.counts["refused as the model does"] += 1
            self._hold(f"{what}, refused list", map(str, history))
            self._hold(f"{what}, refused list", wanted.wrong_refusal(verdict, report))
            self._note(f"{what}, refused list", wanted.wrong_on_the_way(verdict, report))
            self.tally.counts["refused by a guard, with the model's plan"] += verdict.has_plan
            return True
        self._hold(f"{what}, report", self._untruths(report, history))
        self._hold(f"{what}, differs from check mode", _differences(checked, report, verdict))
        if reports.has_plan(report) and not report.get("failed"):
            self._note(f"{what}, message", wanted.wrong_words(verdict, report))
        unseen = verdict.unseen
        refused = self._rightly_refused(report, before, verdict.goal, what, unseen)
        shared = self._may_be_shared([verdict], before, history)
        self._hold(f"{what}, doubles", oracle.doubles(before, after, shared))
        self._hold(f"{what}, workspace", wanted.missed(verdict, before, after, refused))
        if not report.get("failed"):
            self.tally.counts["carried out as the model does"] += 1
            sent, may = report["requests"], wanted.budget(verdict, _temporary(report, verdict))
            self.tally.counts["runs of an exact number of requests"] += may.least == may.most
            self._note(f"{what}, requests", _off_budget(sent, may))
            self._judge_second_run(what, verdict, wanted)
        else:
            self.tally.counts["refused in part by the service, rightly"] += 1
        if take_back:
            self._judge_undo(Ran(before, after), report.get("undo", []), f"{what}, undo")
        return False

    def _judge_check(self, wanted: Expected, what: str) -> tuple[Report, Verdict]:
        """Check mode says what the model says; which of its answers, if there are several."""
        checked = self._clean(check_mode=True)
        self._hold(f"{what}, check mode writes", map(str, self._service.writes))
        right = [v for v in wanted.verdicts if not list(wanted.wrong_check(v, checked))]
        if not right:
            wrong = [line for v in wanted.verdicts for line in wanted.wrong_check(v, checked)]
            raise Violated("\n  - ".join([f"{what}, check mode:", *wrong]))
        verdict = min(right, key=lambda v: len(list(wanted.wrong_on_the_way(v, checked))))
        self._note(f"{what}, check mode", wanted.wrong_on_the_way(verdict, checked))
        return checked, verdict

    def _judge_a_look(self, what: str) -> None:
        self._judge_check(self._expected(), what)

    def _judge_second_run(self, what: str, verdict: Verdict, wanted: Expected) -> None:
        """It finds nothing to do."""
        if wanted.is_open(verdict):
            return
        self._judge_model_is_content(what)
        again = self._clean()
        found = [f"{again.get('msg')}"] if again.get("failed") else []
        found += ["changed"] if again["changed"] else []
        found += [] if reports.says_nothing_to_do(again) else [f"it says {again['msg']}"]
        found += [str(write) for write in self._service.writes]
        self._hold(f"run after the {what}", found)

    def _judge_model_is_content(self, what: str, state: State | None = None) -> None:
        """Some answer of the model is that there is nothing to do."""
        verdicts = self._expected(state).verdicts
        if not any(not v.refused and not v.changes for v in verdicts):
            told_of = [str((v.refusals, v.changes)) for v in verdicts]
            self._hold(f"{what}: what is there is not what the list says", told_of)

    def _judge_small_quota(self) -> None:
        """What does not fit into the quota is not begun, unless it may be done in part."""
        case, wanted = self._case, self._expected()
        if case.spare is None or not case.switches.quota_headers:
            return
        verdict = wanted.verdicts[0]
        before, read, needed = self._state(), wanted.reading(), wanted.after_reading(verdict)
        if verdict.refused or not verdict.changes or read.least != read.most:
            return
        self._rest()
        left = max(0, needed.least + case.spare)
        self._service.quota = Quota(read.least + left, QUOTA_WINDOW)
        report = self._clean()
        self._service.quota = Quota(None, QUOTA_WINDOW)
        history = self._service.workspace.history
        self.tally.counts["runs with a small quota"] += 1
        self._hold("small quota, report", self._untruths(report, history))
        if left < needed.least and not case.options["allow_partial"]:
            self._hold("small quota, written all the same", map(str, history))
            self.tally.counts["plans refused by a small quota"] += 1
            what = f"small quota, {left} left, {needed} needed"
            self._hold(what, wanted.wrong_refused_plan(verdict, report))
            self._note(what, wanted.wrongly_shown(verdict, report))
        turned_away = sum(entry.status == 402 for entry in self._service.log)
        if turned_away >= max(1, case.options["concurrency"]):
            self._note("small quota", [f"{turned_away} requests were known to be refused"])
        if left >= needed.most:
            refused = self._rightly_refused(report, before, verdict.goal, "small quota")
            self._hold("small quota", wanted.missed(verdict, before, self._state(), refused))

    def _judge_another_digest(self) -> None:
        """A plan that is not the one that was reviewed is shown, and not carried out."""
        wanted = self._expected()
        if self._case.single:
            return
        self._rest()
        report = self._of_list(self._case.entries, **self._with_journal, **self._reviewed)
        right = [v for v in wanted.verdicts if not list(wanted.wrong_refused_plan(v, report))]
        if not right:
            wrong = [line for v in wanted.verdicts for line in wanted.wrong_refused_plan(v, report)]
            self._hold("another digest", wrong)
        self._hold("another digest, written all the same", map(str, self._service.writes))
        self._note("another digest", wanted.wrongly_shown(right[0], report))
        if "plan_digest" not in report["msg"]:
            self._note("another digest", [f"it says {report['msg']}"])
        self.tally.counts["plans refused by their digest"] += 1

    @property
    def _reviewed(self) -> dict[str, Any]:
        return {**self._case.options, "plan_digest": "0" * 64}

    def _rightly_refused(
        self,
        report: Report,
        now: State,
        goal: State,
        what: str,
        unseen: Collection[int] = (),
    ) -> set[int | str]:
        """What the service rightly refused to change, with all that waits for it: ids of clients,
        and keys of names for new ones."""
        if not report.get("failed"):
            return set()
        if not reports.has_plan(report):
            return self._one_rightly_refused(report, now, what, unseen)
        judge = Refusals(self._case.switches, {**now, **goal}, unseen)
        failed, pending = reports.failed(report), reports.pending(report)
        for step in failed:
            if unseen and reports.came_to_light(step["error"]):
                continue
            if reports.SERVICE_REFUSED not in step["error"] or not judge.is_right(step, now):
                raise Violated(f"{what}: {step}")
        if not failed and unseen and reports.came_to_light(report["msg"]):
            return set()
        if not failed:
            raise Violated(f"{what} failed without a reason: {report['msg']}")
        return {step.get("id", key(step.get("name") or "")) for step in (*failed, *pending)}

    def _one_rightly_refused(
        self, report: Report, now: State, what: str, unseen: Collection[int]
    ) -> set[int | str]:
        """The same where the report does not say which step it was."""
        if unseen and reports.came_to_light(report["msg"]):
            return set()
        entry = self._case.entries[0]
        wanted = {"name": entry.get("name"), "id": entry.get("id")}
        kinds = ["create"] if wanted["id"] is None else []
        kinds += ["rename", "restore"]
        judge = Refusals(self._case.switches, now)
        steps = [{"step": kind, **wanted} for kind in kinds]
        steps += [{"step": "restore", "id": i} for i, (_, gone) in now.items() if gone]
        if reports.SERVICE_REFUSED not in report["msg"] or not any(
            judge.is_right(step, now) for step in steps
        ):
            raise Violated(f"{what}: {report['msg']}")
        return {*now, key(wanted["name"] or "")}

    # a run that was broken

    def _judge_broken(self, broken: Broken) -> None:
        report = broken.report
        self._count(broken)
        deleted = {i for verdict in broken.verdicts for i in verdict.deleted}
        shared = self._may_be_shared(broken.verdicts, broken.before, broken.history)
        shared += self._taken_by_somebody(broken)
        doubles = list(oracle.doubles(broken.before, broken.once, shared))
        self.tally.counts["doubles"] += len(doubles)
        self._hold("broken run, doubles", doubles)
        self._hold("broken run, losses", oracle.losses(broken.before, broken.after, deleted))
        self._hold("broken run, not asked for", self._not_asked_for(broken))
        self._hold("broken run, report", self._untruths(report, broken.history, broken.drifted))
        self._hold("broken run, journal", self._journal_untruths())
        if broken.told_doubles and not report.get("failed"):
            self._hold("broken run, report", [f"doubles, and the task says ok: {report}"])
        if not report.get("failed") and not broken.drifted:
            before = self._expected(broken.before)
            if not any(before.is_open(verdict) for verdict in before.verdicts):
                self._judge_model_is_content("a run that says ok", broken.once)

    def _not_asked_for(self, broken: Broken) -> Iterator[str]:
        """Writes that the list does not lead to."""
        asked = {
            oracle.event(change.kind, change.id, change.name)
            for verdict in broken.verdicts
            for change in verdict.changes
        }
        for write in broken.history:
            kind, _, name = event = oracle.event(write.kind, write.id, write.name)
            if kind == "create":
                fits = any((kind, name) == (other[0], other[2]) for other in asked)
            else:
                fits = event in asked or write.name.startswith(reports.TEMPORARY)
            if not fits:
                yield str(write)

    def _may_be_shared(
        self, verdicts: Sequence[Verdict], before: State, history: Sequence[Write]
    ) -> Counter[str]:
        """How often names may be active, where that is more than once: as the list says; and by the
        restore of a client whose name nobody could see before. But whoever gives a name after that
        has looked whether it is free, and a create waits for it."""
        may: Counter[str] = Counter()
        for verdict in verdicts:
            may |= oracle.active_keys(verdict.goal)
        unseen = {client_id for verdict in verdicts for client_id in verdict.unseen}
        now = dict(before)
        for number, write in enumerate(history):
            now[write.id] = (write.name, write.kind == "delete")
            given = {key(other.name) for other in history if other.kind == "create"}
            given |= {key(other.name) for other in history[number:] if other.kind == "rename"}
            if write.kind == "restore" and write.id in unseen and key(write.name) not in given:
                may |= oracle.active_keys(now)
        return may

    def _taken_by_somebody(self, run: Ran) -> Counter[str]:
        """Names that somebody else gave at the same time."""
        drift = self._case.drift
        if drift is None or drift.kind == "delete":
            return Counter()
        return Counter(key(run.before[client_id][0]) for client_id in run.drifted)

    def _untruths(
        self, report: Report, history: Sequence[Write], drifted: Collection[int] = ()
    ) -> Iterator[str]:
        if reports.has_plan(report):
            yield from oracle.untruths(report, history, drifted)
        elif "action" in report:
            yield from oracle.untruths_of_one(report, history, drifted)
        elif history or report["changed"]:
            yield f"a task that failed at once: {history}"
        words = str(report.get("msg", ""))
        if not words.endswith((".", "?")) or len(words.splitlines()) > 1:
            yield f"no sentence: {words!r}"

    def _journal_untruths(self) -> Iterator[str]:
        """Each write that happened was announced; each announcement has its end."""
        lines = [json.loads(line) for line in self._journal_text().splitlines()]
        announced = {(line["step"], line["id"]) for line in lines if line["event"] == "before"}
        yield from oracle.unannounced(announced, self._service.workspace.history)
        begun = {(line["run"], line["number"]) for line in lines if line["event"] == "before"}
        ended = {(line["run"], line["number"]) for line in lines if line["event"] == "after"}
        if begun - ended:
            yield f"without an end in the journal: {sorted(begun - ended)}"

    def _judge_undo(self, run: Ran, undo: Sequence[Entry], what: str) -> None:
        """Applied to what a run left, it brings back what was before."""
        before, after, excused = run.before, run.after, set(run.drifted)
        if not undo:
            self._hold(what, oracle.not_undone(before, after, excused))
            return
        self._rest()
        back = self._of_list(undo, **ALWAYS_THROUGH)
        if back.get("failed") and (not reports.has_plan(back) or reports.is_refused(back)):
            if not self._somebody_interfered(run, undo):
                raise Violated(f"{what} was not begun: {back['msg']}\n{undo}")
            return
        if back.get("failed"):
            there = {i: after[i] for i in after if i in before or _is_gone_by_name(after[i], undo)}
            refused = self._rightly_refused(back, there, before, what)
            excused |= {known for known in refused if isinstance(known, int)}
        self.tally.counts["undone"] += 1
        self._hold(what, oracle.not_undone(before, self._state(), excused))

    def _somebody_interfered(self, run: Ran, undo: Sequence[Entry]) -> bool:
        """Took a name, or deleted a client, that the way back needs: then all of it is refused,
        before anything is written."""
        drift = self._case.drift
        if not run.drifted or drift is None:
            return False
        return drift.kind != "delete" or any(entry.get("id") in run.drifted for entry in undo)

    def _count(self, broken: Broken) -> None:
        counts, report = self.tally.counts, broken.report
        created = {write.id for write in broken.history if write.kind == "create"}
        statuses = {entry.status for entry in self._service.writes if entry.method == "POST"}
        counts["broken runs that failed"] += bool(report.get("failed"))
        counts["writes that happened"] += len(broken.history)
        if reports.has_plan(report):
            counts["steps reported as unclear"] += sum(
                map(reports.is_unclear, reports.failed(report))
            )
            adopted = [step for step in reports.done(report) if step.get("id") in created]
            counts["creates in runs with lost answers"] += len(adopted) * bool(statuses - {201})


def _is_gone_by_name(client: tuple[str, bool], undo: Sequence[Entry]) -> bool:
    """Whether a new client is deleted by its name, as its id is not known. One that is deleted by
    its id is renamed before, as the service may count the names of deleted clients, too."""
    names = {key(entry["name"]) for entry in undo if entry.get("id") is None}
    return key(client[0]) in names


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
