# SPDX-License-Identifier: GPL-3.0-or-later
"""What the model says of a scenario, and where a run does not agree with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.listing import FILTERS
from simulator.switches import Switches

from faults import budget, model, oracle, reports
from faults.budget import Budget, Paging
from faults.model import Change, Rules, Sight, State, Verdict, forms, key
from faults.oracle import active_keys, event, is_called, is_changed
from faults.scenarios import Entries, Entry, rules_of

Report = Mapping[str, Any]


class Task(NamedTuple):
    """A list as one task applies it; ``single``: its one entry goes through ``focus_client``."""

    entries: Entries
    options: Mapping[str, Any]
    single: bool
    switches: Switches

    @property
    def rules(self) -> Rules:
        return rules_of(self.options)

    @property
    def reports_all(self) -> bool:
        """Whether the report is to name what stays as it is, too."""
        return self.options.get("report") == "all"


def expected(case: Task, state: State, remembered: Mapping[int, str]) -> Expected:
    switches = case.switches
    sight = model.sight_of(state, switches.list_shows_deleted, switches.get_shows_deleted)
    if case.single:
        found = _found_by(case, sight)
        verdicts = model.judge_one(case.entries[0], sight, found, remembered)
    else:
        verdicts = [model.judge(case.entries, sight, case.rules, remembered)]
    for verdict in verdicts:
        _bring_to_light(verdict, state, case)
    return Expected(case, state, sight, verdicts, remembered)


def _found_by(case: Task, sight: Sight) -> dict[int, tuple[str, bool]]:
    """What the service's filter finds for the names of an entry, in each of their Unicode forms."""
    finds, entry = FILTERS[case.switches.name_filter], case.entries[0]
    names = [entry.get("name") or "", *(entry.get("former_names") or ())]
    asked = {form for name in names if name.strip() for form in forms(name.strip())}
    return {
        client_id: client
        for client_id, client in sight.listed.items()
        if any(finds(form, client[0]) for form in asked)
    }


def _bring_to_light(verdict: Verdict, state: State, case: Task) -> None:
    """What becomes of the clients that are restored unseen, now that somebody knows their names:
    one that is protected keeps its name, and so does one whose new name another client has, unless
    the entry knew the present one, or that the name is shared."""
    entries = {entry["id"]: entry for entry in case.entries if entry.get("id") is not None}
    for client_id in verdict.unseen:
        if client_id not in state:
            verdict.goal.pop(client_id, None)
            continue
        name, entry = state[client_id][0], model.Wanted(entries[client_id])
        taken = _bearers(entry.key, verdict.goal) - {client_id}
        may_take = not taken or {key(name), entry.key} & entry.former
        if entry.name is None or not may_take or model.is_protected(name, case.rules):
            verdict.goal[client_id] = (name, False)


def _bearers(wanted: str | None, state: State) -> set[int]:
    return {i for i, (name, deleted) in state.items() if not deleted and key(name) == wanted}


@dataclass(frozen=True)
class Expected:
    """The answers of the model, each of which is right, and what speaks against a report."""

    case: Task
    state: State
    sight: Sight
    verdicts: Sequence[Verdict]
    remembered: Mapping[int, str]

    @property
    def hidden_by_filter(self) -> set[int]:
        """Clients that ``focus_client`` does not see when it looks for its names."""
        found = _found_by(self.case, self.sight)
        asks = bool(self.case.entries[0].get("name"))
        return {i for i in self.sight.listed if asks and i not in found}

    # check mode

    def wrong_check(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where check mode says something else."""
        if verdict.refused:
            yield from self.wrong_refusal(verdict, report)
            return
        if report.get("failed"):
            yield f"is refused, the model finds {verdict.changes}: {report['msg']}"
            return
        if reports.has_plan(report):
            yield from self._wrong_plan(verdict, reports.plan(report))
            yield from oracle.not_planned(report)
        elif _action(verdict.changes) != report["action"]:
            yield f"{report['action']}, the model finds {verdict.changes}"
        if bool(report["changed"]) != bool(verdict.changes):
            yield f"changed is {report['changed']}, the model finds {verdict.changes}"

    def wrong_refusal(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """A list that is refused is refused for its own reasons, with its clients named. Where only
        guards refuse it, there is a plan to be seen."""
        if not report.get("failed"):
            yield f"is not refused, the model says {_reasons(verdict)}: {_steps(report)}"
        elif verdict.has_plan and not self.case.single:
            yield from self.wrong_refused_plan(verdict, report)
        elif reports.has_plan(report):
            yield f"has a plan, the model says {_reasons(verdict)}: {_steps(report)}"

    def wrong_refused_plan(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """A plan that must not be carried out is shown as it is, and nothing is called done."""
        if not reports.has_plan(report) or not reports.is_refused(report):
            yield f"is not shown as a plan that is refused: {report}"
            return
        yield from self._wrong_plan(verdict, reports.plan(report))
        yield from oracle.untruths_of_refused(report, ())

    def wrong_on_the_way(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where the answer is right, and the way to it, or its words, are not."""
        sent, may = report["requests"], self.budget(verdict, 0)
        if sent > may.most:
            yield f"{sent} requests for {_reasons(verdict)}, {may} were to be"
        for refusal in verdict.refusals:
            missing = [text for text in refusal.named if text not in report["msg"]]
            is_seen = self.case.single and len(missing) < len(refusal.named)  # it need see no more
            if missing and not is_seen:
                yield f"{refusal.reason}: {missing} not in the message: {report['msg']}"
        if reports.has_plan(report):
            yield from self.wrongly_shown(verdict, report)
        elif not report.get("failed"):
            yield from self._wrong_words_of_one(verdict, report)

    def wrongly_shown(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """What somebody reads who decides: the list before and after, the counts, the warnings."""
        warnings = " ".join(report.get("warnings", ()))
        unmentioned = {i for i in verdict.warned if str(i) not in warnings}
        if unmentioned and reports.MORE_WARNINGS not in warnings:
            yield f"no warning mentions {unmentioned}: {warnings}"
        yield from self._wrong_entries(verdict, reports.entries(report))
        if verdict.unseen:
            return
        for when, state in (("before", self.sight.listed), ("after", verdict.goal)):
            shown, there = Counter(map(key, reports.active_names(report, when))), active_keys(state)
            if shown != there:
                yield f"the diff shows {dict(shown)} {when}, there are {dict(there)}"
        counts, wanted = reports.counts(report), self._counts(verdict)
        if counts != wanted:
            yield f"the summary is {counts}, the model counts {wanted}"
        yield from self.wrong_words(verdict, report)
        yield from self._wrong_unmanaged(verdict, report)

    def _wrong_entries(
        self, verdict: Verdict, entries: Sequence[Mapping[str, Any]]
    ) -> Iterator[str]:
        """Those that something is done for, in the order of the list; or all."""
        changes = _by_entry(verdict)
        wanted = [
            (number, _action(changes.get(number, ())))
            for number, _ in enumerate(self.case.entries, 1)
            if number in changes or self.case.reports_all
        ]
        found = [(entry["entry"], entry["action"]) for entry in entries]
        if found != wanted:
            yield f"the results are of {found}, the model's of {wanted}"
        for entry in entries:
            yield from self._wrong_entry(entry, changes.get(entry["entry"], ()))

    def _wrong_entry(self, entry: Mapping[str, Any], changes: Sequence[Change]) -> Iterator[str]:
        asked = model.Wanted(self.case.entries[entry["entry"] - 1])
        if asked.key is not None and key(entry["name"]) != asked.key:
            yield f"{entry}, the entry is called {asked.name!r}"
        ids = {change.id for change in changes if change.id > 0}
        if ids and entry["id"] not in ids:
            yield f"{entry}, the model changes {ids}"

    def _wrong_unmanaged(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Entries that could be pasted into the list: each finds its client."""
        shown = reports.unmanaged(report)
        if (shown is not None) != self.case.reports_all:
            yield f"unmanaged is {shown}, report is {self.case.options.get('report')}"
        if shown is None:
            return
        names = Counter(key(entry["name"]) for entry in shown if "name" in entry)
        there = {i: self.sight.listed[i] for i in verdict.unmanaged}
        unnamed = sum(not model.can_be_given(name) for name, _ in there.values())
        wanted = Counter(key(name) for name, _ in there.values() if model.can_be_given(name))
        if names != wanted or len(shown) != wanted.total() + unnamed:
            yield f"unmanaged are {shown}, the model finds {there}"

    def wrong_words(self, verdict: Verdict, report: Report) -> Iterator[str]:
        """Where the message of a whole list does not tell its counts."""
        if verdict.unseen:
            return
        if not verdict.changes:
            if not reports.is_refused(report) and not reports.says_nothing_to_do(report):
                yield f"nothing is to be done, and it says: {report['msg']}"
            return
        counts = self._counts(verdict)
        numbers = {kind: counts[action] for kind, action in _ACTIONS.items()}
        numbers["delete"] += counts["purged"]
        numbers |= {"by purge": counts["purged"], "unchanged": counts["unchanged"]}
        wanted = {what: number for what, number in numbers.items() if number}
        if reports.counts_in_words(report) != wanted:
            yield f"it says {report['msg']!r}, the model counts {wanted}"

    def _wrong_words_of_one(self, verdict: Verdict, report: Report) -> Iterator[str]:
        words = report["msg"].lower()
        if not verdict.changes and not reports.says_nothing_to_do(report):
            yield f"nothing is to be done, and it says: {report['msg']}"
        for change in verdict.changes:
            if change.kind not in words or (change.id > 0 and str(change.id) not in words):
                yield f"it says {report['msg']!r}, and not {change}"

    def _counts(self, verdict: Verdict) -> dict[str, int]:
        """Of entries, and of clients that purge deletes or that no entry stands for."""
        purged = [change for change in verdict.changes if change.by_purge]
        by_entry = _by_entry(verdict)
        actions = Counter(_action(changes) for changes in by_entry.values())
        done = {action: actions[action] for action in _ACTIONS.values()}
        others = {
            "purged": len(purged),
            "unchanged": len(self.case.entries) - len(by_entry),
            "unmanaged": len(verdict.unmanaged),
        }
        return {**done, **others, "failed": 0, "pending": 0}

    def _wrong_plan(self, verdict: Verdict, plan: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        changes = verdict.changes
        wanted = Counter(_as_planned(change) for change in changes)
        found = Counter(event(step["step"], step.get("id"), step.get("name")) for step in plan)
        temporary = [other for other in (found - wanted).elements() if _is_temporary(other)]
        found -= Counter(temporary)
        if self.case.switches.names_changed != "no":  # the journal has a name as it was sent
            found -= Counter(
                e for e in found - wanted if e[0] == "rename" and e[1] in verdict.unseen
            )
        if found != wanted:
            yield f"plans {dict(found - wanted)}, the model {dict(wanted - found)} in its place"
        least, most = self._rings(verdict)
        if not least <= len(temporary) <= most:
            yield f"{len(temporary)} temporary names, for {least} rings"

    # a run

    def missed(
        self, verdict: Verdict, before: State, after: State, refused: Collection[int | str]
    ) -> Iterator[str]:
        """Where the workspace is not as it must be.

        :arg refused: ids, and keys of new names, that the service rightly refused to change
        """
        switches = self.case.switches
        if self.is_open(verdict):
            return
        goal = {**before, **{i: c for i, c in verdict.goal.items() if i >= 0}}
        touched = {change.id for change in verdict.changes}
        for client_id, (name, deleted) in goal.items():
            if client_id in refused:
                continue
            found = after.get(client_id, ("", True))
            is_same_name = found[0] == name
            if client_id in touched:
                is_same_name |= key(found[0]) == key(name) or is_called(found[0], name, switches)
            if not is_same_name or found[1] != deleted:
                yield f"client {client_id} is {found}, not {(name, deleted)}"
        new = active_keys({i: c for i, c in verdict.goal.items() if i < 0})
        wanted = Counter({name: count for name, count in new.items() if name not in refused})
        made = active_keys({i: c for i, c in after.items() if i not in before})
        if switches.create_body == "nothing" and switches.names_changed != "no":
            left = [n for i, (n, _) in verdict.goal.items() if i < 0 and key(n) in refused]
            made, wanted = (
                Counter(n for n in names if not any(is_called(n, name, switches) for name in left))
                for names in (made, wanted)
            )
        if made != wanted:
            yield f"new are {dict(made)}, not {dict(wanted)}"

    @property
    def is_uncertain(self) -> bool:
        """Whether only a journal tells of a client, and that is no longer what it was."""
        shown = {key(name) for name, _ in self.sight.listed.values()}
        recalled = [e for e in self.case.entries if _is_recalled(e, shown, self.remembered)]
        last = model.by_name(self.remembered)
        there = {i: self.state[i] for i in (last[key(entry["name"])] for entry in recalled)}
        return any(
            not deleted or key(name) != key(self.remembered[i])
            for i, (name, deleted) in there.items()
        )

    def is_open(self, verdict: Verdict) -> bool:
        """Whether a client that is restored unseen turns out to have a name that another one is to
        get, or that nobody is to have: then what the run finds first decides."""
        gone = {key(entry["name"]) for entry in self.case.entries if _is_gone_by_name(entry)}
        for client_id in verdict.unseen & set(self.state):
            name = key(self.state[client_id][0])
            others = [c for c in verdict.changes if c.id != client_id and c.kind != "delete"]
            if name in gone or any(key(c.name) == name for c in others if c.name is not None):
                return True
        return False

    # requests

    @property
    def _paging(self) -> Paging:
        switches, size, too_large = self.case.switches, 100, 0
        while size > switches.largest_per_page:  # half of it is asked for then
            size, too_large = size // 2, too_large + 1
        return Paging(
            size=min(size, switches.per_page_cap),
            found=lambda text: {
                i: client
                for i, client in self.sight.listed.items()
                if FILTERS[switches.name_filter](text, client[0])
            },
            tells_names=switches.create_body in ("client", "wrapped"),
            too_large=too_large,
            looks=1 if switches.read_after_write == "new" else 2,
            at_once=self.case.options.get("concurrency", 4) if switches.quota_headers else 1,
        )

    def reading(self) -> Budget:
        return budget.reading(self.case.entries, self.sight, self._paging) + budget.exactly(
            self._recalled
        )

    def after_reading(self, verdict: Verdict) -> Budget:
        temporary, most = self._rings(verdict)
        needed = budget.after_reading(verdict, self.sight, self._paging, temporary)
        unforeseen = budget.ids(verdict, self.sight, self._paging).most + 2 * (most - temporary)
        return needed + budget.up_to(unforeseen)

    def _rings(self, verdict: Verdict) -> Budget:
        """Temporary names, as far as it is seen that there is a ring."""
        seen = {i: client for i, client in self.state.items() if i not in verdict.unseen}
        return budget.rings(verdict.changes, seen, {**seen, **verdict.goal})

    def budget(self, verdict: Verdict, temporary: int) -> Budget:
        """A client whose name the service changes is deleted again."""
        created = [change.name or "" for change in verdict.changes if change.kind == "create"]
        again = budget.up_to(sum(is_changed(name, self.case.switches) for name in created))
        if self.case.single:
            entry = self.case.entries[0]
            sent = budget.of_one(verdict, entry, self.sight, self._paging, self._recalled)
        else:
            sent = budget.of_list(
                verdict, self.case.entries, self.sight, self._paging, temporary, self._recalled
            )
        return sent + again

    @property
    def _recalled(self) -> int:
        """Clients that only the journal tells of: each is asked for by its id."""
        shown = {key(name) for name, _ in self.sight.listed.values()}
        return sum(_is_recalled(entry, shown, self.remembered) for entry in self.case.entries)


def _is_gone_by_name(entry: Entry) -> bool:
    return entry.get("state") == "absent" and entry.get("id") is None


def _is_recalled(entry: Entry, shown: Collection[str], remembered: Mapping[int, str]) -> bool:
    if entry.get("state") != "restored" or entry.get("id") is not None:
        return False
    name = key(entry.get("name") or "")
    return name in map(key, remembered.values()) and name not in shown


def _as_planned(change: Change) -> tuple[str, int | None, str]:
    return event(change.kind, None if change.kind == "create" else change.id, change.name)


def _is_temporary(found: tuple[str, int | None, str]) -> bool:
    return found[0] == "rename" and found[2].startswith(reports.TEMPORARY)


def _by_entry(verdict: Verdict) -> dict[int, list[Change]]:
    """The changes that are not by purge, by the numbers of the entries."""
    found: dict[int, list[Change]] = {}
    for change in verdict.changes:
        if change.entry is not None:
            found.setdefault(change.entry, []).append(change)
    return found


_ACTIONS = {"create": "created", "rename": "renamed", "delete": "deleted", "restore": "restored"}


def _action(changes: Sequence[Change]) -> str:
    """A restore with a rename is a restore, and a rename before a deletion is a deletion."""
    kinds = {change.kind for change in changes}
    for kind, action in (
        ("delete", "deleted"),
        ("restore", "restored"),
        ("rename", "renamed"),
        ("create", "created"),
    ):
        if kind in kinds:
            return action
    return "none"


def _reasons(verdict: Verdict) -> str:
    return ", ".join(refusal.reason for refusal in verdict.refusals) or "check mode"


def _steps(report: Report) -> object:
    return reports.plan(report) if reports.has_plan(report) else report.get("action")
