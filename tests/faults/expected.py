# SPDX-License-Identifier: GPL-3.0-or-later
"""What the model says of a scenario, and where a run does not agree with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from simulator.listing import FILTERS
from simulator.switches import Switches

from faults import budget, model, oracle, reports
from faults.budget import Budget, Paging, Requests
from faults.model import Change, Client, Names, Rules, Sight, State, Verdict, key, unicode_forms
from faults.oracle import ACTIONS, Excused, active_keys, is_called, is_changed
from faults.reports import Report
from faults.scenarios import Entries


class Task(NamedTuple):
    """A list as one task applies it; ``single``: its one entry goes through ``focus_client``."""

    entries: Entries
    options: Mapping[str, Any]
    single: bool
    switches: Switches

    @property
    def rules(self) -> Rules:
        return Rules(**{name: self.options[name] for name in Rules._fields if name in self.options})


def expected(case: Task, state: State, remembered: Names) -> Expected:
    switches = case.switches
    sight = model.sight_of(state, switches.list_shows_deleted, switches.get_shows_deleted)
    if case.single:
        found = _found_by(case, sight)
        verdicts = model.judge_one(case.entries[0], sight, found, remembered)
    else:
        verdicts = [model.judge(case.entries, sight, case.rules, remembered)]
    for verdict in verdicts:
        _learn_names(verdict, state, case)
    return Expected(case, state, sight, verdicts, remembered)


def _found_by(case: Task, sight: Sight) -> dict[int, Client]:
    """What the service's filter finds for the names of an entry, in each of their Unicode forms."""
    names = _names_asked(case.entries[0], sight)
    return _filtered({*chain(*map(unicode_forms, names))}, case.switches, sight)


def _names_asked(entry: model.Entry, sight: Sight) -> list[str]:
    """Those that have to be free, or may be the client's: without any, that of the client."""
    names = [entry.get("name") or "", *(entry.get("former_names") or ())]
    if entry.get("name") is None and entry.get("id") in sight.by_id:
        names.append(sight.by_id[entry["id"]].name)
    return [name.strip() for name in names if name.strip()]


def _filtered(texts: Collection[str], switches: Switches, sight: Sight) -> dict[int, Client]:
    finds, listed = FILTERS[switches.name_filter], sight.listed.items()
    return {i: client for i, client in listed if any(finds(text, client.name) for text in texts)}


def _learn_names(verdict: Verdict, state: State, case: Task) -> None:
    """What becomes of clients that are restored unseen: one that is protected keeps its name, and
    so does one whose new name another client has, unless the entry knew that or the present one."""
    entries = {entry["id"]: entry for entry in case.entries if entry.get("id") is not None}
    for client_id in verdict.unseen:
        if client_id not in state:
            verdict.goal.pop(client_id, None)
            continue
        client, entry = state[client_id], model.Wanted(entries[client_id])
        others = {i: client for i, client in verdict.goal.items() if i != client_id}
        may_take = entry.key not in active_keys(others) or {client.key, entry.key} & entry.former
        if entry.name is None or not may_take or model.is_protected(client.name, case.rules):
            verdict.goal[client_id] = client._replace(deleted=False)


@dataclass(frozen=True)
class Expected:
    """The answers of the model, each of which is right, and what speaks against a report."""

    case: Task
    state: State
    sight: Sight
    verdicts: Sequence[Verdict]
    remembered: Names

    @property
    def hidden_by_filter(self) -> set[int]:
        """Clients that ``focus_client`` does not see when it looks for its names."""
        if not self.case.single or not _names_asked(self.case.entries[0], self.sight):
            return set()
        return self.sight.listed.keys() - _found_by(self.case, self.sight)

    # check mode

    def wrong_check(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where check mode says something else."""
        if verdict.refused:
            yield from self.wrong_refusal(verdict, report)
            return
        if report.get("failed"):
            yield f"is refused, the model finds {verdict.changes}: {report['msg']}"
            return
        if "plan" in report:
            yield from self._wrong_plan(verdict, report["plan"])
            yield from oracle.not_planned(report)
        elif _action(verdict.changes) != report["action"]:
            yield f"{report['action']}, the model finds {verdict.changes}"
        if bool(report["changed"]) != bool(verdict.changes):
            yield f"changed is {report['changed']}, the model finds {verdict.changes}"

    def wrong_refusal(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where only guards refuse a list, there is a plan to be seen."""
        if not report.get("failed"):
            yield f"is not refused, the model says {verdict.reasons}: {report}"
        elif verdict.has_plan and not self.case.single:
            yield from self.wrong_refused_plan(verdict, report)
        elif "plan" in report:
            yield f"has a plan, the model says {verdict.reasons}: {report['plan']}"

    def wrong_refused_plan(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """A plan that must not be executed is shown as it is, and nothing is called done."""
        if not report.get("refused"):
            yield f"is not shown as a plan that is refused: {report}"
            return
        yield from self._wrong_plan(verdict, report["plan"])
        yield from oracle.untruths_of_refused(report, ())

    def wrong_on_the_way(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where the answer is right, and the way to it, or its words, are not."""
        sent, may = report["requests"], self.budget(verdict, 0)
        if sent > may.most:
            yield f"{sent} requests for {verdict.reasons}, {may} were to be"
        for refusal in verdict.refusals:
            missing = [text for text in refusal.named if text not in report["msg"]]
            is_seen = self.case.single and len(missing) < len(refusal.named)  # it need see no more
            if missing and not is_seen:
                yield f"{refusal.reason}: {missing} not in the message: {report['msg']}"
        if "plan" in report:
            yield from self.wrongly_shown(verdict, report)
        elif not report.get("failed"):
            yield from self.wrong_words(verdict, report)

    def wrongly_shown(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """What somebody reads who decides: the list before and after, the counts, the warnings."""
        warnings = " ".join(report.get("warnings", ()))
        unmentioned = {i for i in verdict.warned if str(i) not in warnings}
        if unmentioned and reports.MORE_WARNINGS not in warnings:
            yield f"no warning mentions {unmentioned}: {warnings}"
        yield from self._wrong_entries(verdict, report)
        if verdict.unseen:
            return
        for when, state in (("before", self.sight.listed), ("after", verdict.goal)):
            shown, there = Counter(map(key, reports.active_names(report, when))), active_keys(state)
            if shown != there:
                yield f"the diff shows {dict(shown)} {when}, there are {dict(there)}"
        if report["summary"] != self._counts(verdict):
            yield f"the summary is {report['summary']}, the model counts {self._counts(verdict)}"
        yield from self.wrong_words(verdict, report)

    def _wrong_entries(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Those that something is done for, in the order of the list."""
        changes, entries = _by_entry(verdict), report["results"]
        done = () if report.get("refused") else changes
        wanted = [(number, _action(changes[number])) for number in done]
        found = [(entry["entry"], entry["action"]) for entry in entries]
        if found != wanted:
            yield f"the results are of {found}, the model's of {wanted}"
        for entry in entries:
            asked = model.Wanted(self.case.entries[entry["entry"] - 1])
            if asked.key is not None and key(entry["name"]) != asked.key:
                yield f"{entry}, the entry is called {asked.name!r}"
            ids = {change.id for change in changes.get(entry["entry"], ()) if change.id > 0}
            if ids and entry["id"] not in ids:
                yield f"{entry}, the model changes {ids}"

    def wrong_words(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where the message does not tell the counts of a list, or what is done with the client."""
        words = report["msg"]
        if not verdict.changes and not report.get("refused"):
            if not words.startswith(reports.NOTHING):
                yield f"nothing is to be done, and it says: {words}"
        elif self.case.single:
            for c in verdict.changes:
                if c.kind not in words.lower() or (c.id > 0 and str(c.id) not in words):
                    yield f"it says {words!r}, and not {c}"
        elif verdict.changes and not verdict.unseen:
            yield from self._wrong_counts(verdict, report)

    def _wrong_counts(self, verdict: Verdict, report: Report) -> Iterator[str]:
        counts = self._counts(verdict)
        wanted = Counter({kind: counts[action] for kind, action in ACTIONS.items()})
        wanted += Counter({"delete": counts["purged"], "by purge": counts["purged"]})
        wanted += Counter(unchanged=counts["unchanged"])
        if reports.counts_in_words(report) != wanted:
            yield f"it says {report['msg']!r}, the model counts {wanted}"

    def _counts(self, verdict: Verdict) -> dict[str, int]:
        """Of entries, and of clients that purge deletes or that no entry stands for."""
        by_entry = _by_entry(verdict)
        actions = Counter(map(_action, by_entry.values()))
        others = {"purged": sum(change.by_purge for change in verdict.changes)}
        others["unchanged"] = len(self.case.entries) - len(by_entry)
        others["unmanaged"] = len(verdict.unmanaged)
        not_planned = ("failed", "pending")
        return {action: actions[action] for action in (*ACTIONS.values(), *not_planned)} | others

    def _wrong_plan(self, verdict: Verdict, plan: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        named = ("name", "currency", "currency_from")
        # The journal has a name as it was sent.
        unnamed = set() if self.case.switches.names_changed == "no" else verdict.unseen

        def shown(kind: str, client_id: int, name: object, *more: object) -> tuple[Any, ...]:
            is_named = kind != "restore" or client_id not in unnamed
            return kind, client_id, name if is_named else None, *more

        found = Counter(shown(s["step"], s.get("id", 0), *map(s.get, named)) for s in plan)
        wanted = Counter(shown(*row) for row in verdict.plan.elements())
        renames = [other for other in (found - wanted).elements() if other[0] == "rename"]
        temporary = Counter(other for other in renames if other[2].startswith(reports.TEMPORARY))
        found -= temporary + Counter({other for other in renames if other[1] in unnamed})
        if found != wanted:
            yield f"plans {dict(found - wanted)}, the model {dict(wanted - found)} in its place"
        rings = self._rings(verdict)
        if not rings.least <= temporary.total() <= rings.most:
            yield f"{temporary.total()} temporary names, for {rings} rings"

    # a run

    def missed(
        self, verdict: Verdict, before: State, after: State, refused: Excused
    ) -> Iterator[str]:
        """Where the workspace is not as it must be."""
        switches = self.case.switches
        if self.is_open(verdict):
            return
        goal = {**before, **{i: c for i, c in verdict.goal.items() if i >= 0}}
        yield from oracle.unlike(goal, after, refused, switches)
        touched = {*refused, *(change.id for change in verdict.changes)}
        for client_id in goal.keys() - touched:
            if after[client_id].name != goal[client_id].name:
                yield f"{client_id} is {after[client_id]}, not {goal[client_id]}"
        new = [client.name for i, client in verdict.goal.items() if i < 0]
        unnamed = switches.create_body == "nothing" and switches.names_changed != "no"
        left = [name for name in new if unnamed and key(name) in refused]

        def may_be_left(name: str) -> bool:
            return any(is_called(name, other, switches) for other in left)

        wanted = Counter(n for n in map(key, new) if n not in refused and not may_be_left(n))
        created = {i: c for i, c in after.items() if i not in before and not may_be_left(c.key)}
        made = active_keys(created)
        if made != wanted:
            yield f"new are {dict(made)}, not {dict(wanted)}"

    @property
    def _recalled(self) -> list[int]:
        """Clients that only the journal tells of."""
        shown = {client.key for client in self.sight.listed.values()}
        entries = [model.Wanted(entry) for entry in self.case.entries]
        restored = [e.key or "" for e in entries if e.state == "restored" and e.id is None]
        last = model.by_name(self.remembered)
        return [last[name] for name in restored if name in last and name not in shown]

    @property
    def is_uncertain(self) -> bool:
        """Whether only a journal tells of a client, and that is no longer what it was, or has a
        name as it was sent, of which the service has made another one."""
        restored = {e.get("id") for e in self.case.entries if e.get("state") == "restored"}
        hidden = restored & self.remembered.keys() - self.sight.by_id.keys()
        if hidden and self.case.switches.names_changed != "no":
            return True
        there = [(self.state[i], key(self.remembered[i])) for i in self._recalled]
        return any(not client.deleted or client.key != known for client, known in there)

    def is_open(self, verdict: Verdict) -> bool:
        """Whether one that is restored unseen has a name that another is to get, or nobody."""
        wanted = map(model.Wanted, self.case.entries)
        gone = {entry.key for entry in wanted if not entry.stays and entry.id is None}
        for client_id in verdict.unseen & self.state.keys():
            name = self.state[client_id].key
            others = [c for c in verdict.changes if c.id != client_id and c.kind != "delete"]
            if name in gone or any(key(c.name) == name for c in others if c.name is not None):
                return True
        return False

    # requests

    def requests(self, verdict: Verdict) -> Requests:
        created = [change.name or "" for change in verdict.changes if change.kind == "create"]
        return Requests(
            verdict,
            self.case.entries,
            self.sight,
            self._paging,
            recalled=len(self._recalled),
            taken_back=sum(is_changed(name, self.case.switches) for name in created),
            rings=self._rings(verdict),
        )

    @property
    def _paging(self) -> Paging:
        switches, size, too_large = self.case.switches, 100, 0
        while size > switches.largest_per_page:  # half of it is asked for then
            size, too_large = size // 2, too_large + 1
        return Paging(
            size=min(size, switches.per_page_cap),
            found=lambda text: _filtered((text,), switches, self.sight),
            tells_names=switches.create_body in ("client", "wrapped"),
            too_large=too_large,
            looks=1 if switches.read_after_write == "new" else 2,
            at_once=self.case.options.get("concurrency", 4) if switches.quota_headers else 1,
        )

    def _rings(self, verdict: Verdict) -> Budget:
        seen = {i: client for i, client in self.state.items() if i not in verdict.unseen}
        return budget.rings(verdict.changes, seen, {**seen, **verdict.goal})

    def budget(self, verdict: Verdict, temporary: int) -> Budget:
        requests = self.requests(verdict)
        return requests.of_one() if self.case.single else requests.of_list(temporary)


def _by_entry(verdict: Verdict) -> dict[int, list[Change]]:
    """The changes that are not by purge, by the numbers of the entries."""
    numbers = sorted({change.entry for change in verdict.changes if change.entry is not None})
    return {n: [change for change in verdict.changes if change.entry == n] for n in numbers}


def _action(changes: Sequence[Change]) -> str:
    """A restore with a rename is a restore, and a rename before a deletion is a deletion."""
    kinds = {change.kind for change in changes}
    return next((action for kind, action in ACTIONS.items() if kind in kinds), "none")
