# SPDX-License-Identifier: GPL-3.0-or-later
"""What no run may do on the way to what ``model`` says, by what the service really did."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.bodies import WORKSPACE_CURRENCY, client_body
from simulator.records import Client, Write
from simulator.service import Service
from simulator.switches import Switches
from simulator.workspace import CHANGES
from support.running import rows

from faults import model, reports
from faults.model import Change, State, Verdict, can_be_given, key, unicode_forms
from faults.reports import Report, Step

Event = tuple[str, int | None, str]
Writes = Sequence[Write]
Excused = Collection[int | str]
"""Ids of clients, and keys of new names."""


def state_of(clients: Iterable[Client], switches: Switches) -> State:
    def seen(client: Client) -> model.Client:
        currency = client_body(client, switches).get("currency")
        return model.Client(client.name, client.deleted_at is not None, currency)

    return {client.id: seen(client) for client in clients}


def shown(currency: str, switches: Switches) -> str | None:
    """What a read shows of a currency that was set, as an entry gives it."""
    of_workspace = WORKSPACE_CURRENCY if switches.currency_shown == "workspace" else None
    kept = of_workspace if currency == model.NONE else currency
    return None if switches.currency == "unknown" else kept


def keeps(currency: str, switches: Switches) -> bool:
    """Whether a read shows a currency that was set."""
    return shown(currency, switches) == (None if currency == model.NONE else currency)


def active_keys(state: State) -> Counter[str]:
    return Counter(client.key for client in state.values() if not client.deleted)


# nothing duplicated, nothing lost


def without_taken_back(history: Sequence[Write], updated: Collection[Any] = ()) -> list[Write]:
    """What happened, without clients that were made and deleted again, and without what updates do
    to other fields than the name, which ``resets`` judges, unless they were asked for."""
    made = {write.id for write in history if write.kind == "create"}
    again = {write.id for write in history if write.kind == "delete"} & made
    kept = [write for write in history if write.id not in again]
    return [write for write in kept if write.kind != "update" or write.id in updated]


def duplicates(before: State, after: State, may: Mapping[str, int] | None = None) -> Iterator[str]:
    """A name that is active twice, and more often than before and than ``may``; blanks may be."""
    there = active_keys(before)
    for name, count in active_keys(after).items():
        if name and count > max(1, there[name], (may or {}).get(name, 0)):
            yield f"{name!r} is active {count} times, before it was {there[name]} times"


def resets(
    before: State, after: State, switches: Switches, changes: Iterable[Change], must: bool = False
) -> Iterator[str]:
    """A currency that is another one, though none of the ``changes`` named it, or that is not the
    one that somebody named: what a read shows. ``must``: each of them is done."""
    named: defaultdict[int, set[str | None]] = defaultdict(set)
    for change in changes:
        if change.currency is not None:
            named[change.id].add(shown(change.currency, switches))
    for client_id, client in after.items():
        may = {*named[client_id]}
        if not (must and may) or client.deleted:
            may.add(before.get(client_id, client).currency)
        if client.currency not in may:
            yield f"the currency of {client_id}, {client}, is none of {may}"


def unlike(wanted: State, after: State, excused: Excused, switches: Switches) -> Iterator[str]:
    """Clients that are not what they should be, as far as the service keeps their names."""
    for client_id in wanted.keys() - set(excused):
        client, now = wanted[client_id], after.get(client_id, model.Client("", True))
        is_same = now.key == client.key or is_called(now.name, client.name, switches)
        if now.deleted != client.deleted or not is_same:
            yield f"{client_id} is {now}, not {client}"


def not_undone(before: State, after: State, excused: Excused, switches: Switches) -> Iterator[str]:
    """Where a workspace, but for clients that are ``excused``, is not as before a run."""
    odd = [i for i, client in before.items() if not can_be_given(client.name)]
    named = {i: after[i]._replace(deleted=before[i].deleted) for i in odd}
    yield from unlike({**before, **named}, after, excused, switches)
    for client_id in before.keys() - set(excused):
        was, now = before[client_id].currency, after[client_id].currency
        if was != now and not after[client_id].deleted:
            yield f"the currency of {client_id} is {now}, it was {was}"
    for client_id in after.keys() - before.keys() - set(excused):
        if not after[client_id].deleted:
            yield f"{client_id}, {after[client_id]}, was new, and is still active"


# what nobody could see, and what the report says of it


def late(
    report: Report, lagged: Collection[str], history: Sequence[Write], service: Service, lag: int
) -> set[int]:
    """Ids of the clients whose creation came after the last list that could have shown it, or that
    the report says could not be looked for. ``lagged``: names whose creation came late; the service
    may have changed them. ``lag``: how many reads after a write do not show it yet."""
    creates = [write for write in history if write.kind == "create"]
    is_numbered = service.switches.names_changed == "numbered"
    sent = {write.id: key(write.name) for write in reversed(creates)}
    names = {i: re.sub("( 1)+$", "", name) if is_numbered else name for i, name in sent.items()}
    firsts = {name: i for i, name in names.items()}.values()  # of each name
    unchecked = {*map(key, reports.names_with(report, reports.UNCHECKED))}
    awaited = {*map(key, lagged)}

    def was_shown(write: Write) -> bool:
        """By a look at the whole list, or at this name."""
        looks = [look for look in service.log if look.method == "GET" and look.status == 200]
        later = [look for look in looks if look.at >= write.at][lag:]
        lists = [look.query for look in later if look.path.endswith("/clients")]
        return key(write.name) in {key(asked.get("name", write.name)) for asked in lists}

    return {
        write.id
        for write in creates
        if write.id not in reports.ids_of_clients(report)
        if (lag and write.id not in firsts)
        or any(is_called(write.name, name, service.switches) for name in lagged)
        if key(write.name) in unchecked
        or (awaited and key(write.name) not in awaited)  # nobody looked for this name
        or not was_shown(write)
    }


def told_duplicates(report: Report, history: Sequence[Write]) -> set[int]:
    """Ids of clients that were created once too often, as it says: of a name, all but its own."""
    made: defaultdict[str, list[int]] = defaultdict(list)
    for write in history:
        if write.kind == "create":
            made[key(write.name)].append(write.id)
    text = json.dumps(report, ensure_ascii=False, default=str)
    kept, doubles = reports.ids_of_clients(report), set[int]()
    for ids in map(sorted, made.values()):
        if f"with the ids {', '.join(map(str, ids))}:" in text:
            doubles.update(set(ids) - {next((i for i in ids if i in kept), ids[0])})
    return doubles


def unannounced(announced: Collection[object], history: Sequence[Write]) -> Iterator[str]:
    """Writes that the journal did not tell of beforehand: a create without an id."""
    for write in history:
        if (write.kind, None if write.kind == "create" else write.id) not in announced:
            yield f"not announced in the journal: {write}"


# the report is true


def untruths(
    report: Report, history: Writes, switches: Switches, drifted: Collection[int], cannot_see: bool
) -> Iterator[str]:
    """Where a list's report and what happened differ. ``drifted``: clients that others changed.
    ``cannot_see``: what was done may look as if it had failed."""
    if report.get("refused"):
        yield from untruths_of_refused(report, history)
        return
    happened = [event(write.kind, write.id, write.name) for write in history]
    done, failed, pending = rows(report, "done"), reports.failed(report), rows(report, "pending")

    def take(step: Step) -> bool:
        return _take(happened, step, switches, drifted)

    for step in done:
        if not take(step) and not _needed_nothing(step, drifted, switches):
            yield f"reported as done, but did not happen: {dict(step)}"
    is_left = any(step["status"] == "failed" and _is_named(happened, step) for step in failed)
    for step in failed:
        may_be = step["status"] == "unclear" or reports.says(step["error"], *reports.NOT_KEPT)
        if cannot_see or may_be or _is_named(happened, step):
            take(step)
    for step in pending:
        if take(step):
            yield f"reported as pending, but happened: {dict(step)}"
    may_be_twice = reports.names_with(report, *reports.TWICE)
    told_new = reports.new_ids(report)
    for kind, client_id, name in happened:
        is_told = any(is_called(name, told, switches) for told in may_be_twice)
        if kind != "create" or not (is_told or client_id in told_new):
            yield f"happened, but is not reported as done or unclear: {kind} {client_id} {name!r}"
    may_be_left = any(reports.MAY_BE_LEFT in step["error"] for step in failed)
    if bool(report["changed"]) != bool(done or is_left or may_be_left):
        yield f"changed is {report['changed']}, with {len(done)} steps done"
    if (failed or pending) and not report.get("failed"):
        yield "the task says ok, and not all was done"
    yield from _miscounted(report)


def untruths_of_refused(report: Report, history: Sequence[Write]) -> Iterator[str]:
    """A plan that is refused is what would be done, and nothing is."""
    yield from not_planned(report, may_say_why=True)
    if history:
        yield f"refused, but happened: {history}"
    if report["changed"] or report["undo"] or not report.get("failed"):
        yield f"refused, and not said so: {report}"
    if any(entry["changed"] for entry in report["results"]):
        yield f"refused, but an entry is reported as changed: {report['results']}"
    if "Nothing was written" not in report["msg"] and report["plan"]:
        yield f"it does not say that nothing was written: {report['msg']}"


def not_planned(report: Report, may_say_why: bool = False) -> Iterator[str]:
    """Steps that are not said to be planned only, where nothing may be done."""
    for step in report["plan"]:
        if step["status"] != "planned" or ("error" in step and not may_say_why):
            yield f"not said to be planned: {dict(step)}"


def _miscounted(report: Report) -> Iterator[str]:
    """Where the counts of a run, its steps and its entries say different things."""
    counts, entries = report["summary"], report["results"]
    done, failed, pending = rows(report, "done"), reports.failed(report), rows(report, "pending")
    if len([*done, *failed, *pending]) != len(report["plan"]):
        yield f"not all steps have a status that a run may give: {report['plan']}"
    purged = sum(bool(step.get("purge")) for step in done)
    if counts["purged"] != purged:
        yield f"{counts['purged']} are counted as purged, {purged} are"
    if bool(counts["failed"]) != bool(failed):
        yield f"{counts['failed']} are counted as failed, with {failed}"
    if counts["pending"] > len(pending) or (pending and not failed and not counts["pending"]):
        yield f"{counts['pending']} are counted as pending, with {pending}"
    for step in failed:
        if not step.get("error"):
            yield f"no reason is given: {dict(step)}"
    if any(entry["changed"] for entry in entries) != any(not step.get("purge") for step in done):
        yield f"the entries are {entries}, done are {done}"


def untruths_of_one(
    report: Report, history: Writes, switches: Switches, may_be_same: bool, cannot_see: bool
) -> Iterator[str]:
    """The same for one client, whose report tells less. ``may_be_same``: with nothing to do."""
    words, action = report.get("msg", ""), report.get("action", "none")
    creates = sum(write.kind == "create" for write in history)
    if creates > 1 and not reports.says(words, *reports.TWICE):
        yield f"created {creates} times"
    unclear = reports.says(words, *reports.UNCLEAR, *reports.NOT_KEPT)
    unclear |= bool(cannot_see and report.get("failed"))
    may_be_same |= action == "renamed" and switches.names_changed != "no"
    if report["changed"] and not history and not may_be_same and reports.MAY_BE_LEFT not in words:
        yield "reported as changed, and nothing happened"
    if history and not report["changed"] and not unclear:
        yield f"reported as unchanged, but {history} happened"
    if not report["changed"] and report.get("undo") and not unclear:
        yield "an undo of nothing"
    happened = {ACTIONS[write.kind] for write in history}
    may_be_same |= action == "updated" and "renamed" in happened  # a name that it trims
    if action != "none" and action not in happened and not may_be_same:
        yield f"reported as {action}, but only {history} happened"


ACTIONS = {kind: f"{kind}d" for kind in ("delete", "restore", "rename", "create", "update")}
"""What is reported of each kind of change; of several of one client, the first of them."""


def event(kind: str, client_id: int | None, name: str | None) -> Event:
    """What is reported of a write; a name only where it is given."""
    return (kind, client_id, key(name or "") if kind in ("create", "rename") else "")


def _is_named(happened: Sequence[Event], step: Step) -> bool:
    """Whether a create that failed tells of the client that it has made all the same."""
    ids = [client_id for kind, client_id, _ in happened if kind == "create"]
    return step["step"] == "create" and any(str(i) in step["error"] for i in ids)


def _take(happened: list[Event], step: Step, switches: Switches, drifted: Collection[int]) -> bool:
    """Strike a reported step from what happened; a create without an id, by its name. Where others
    were faster to give a name, the rename that was to set a currency too is an update."""
    kind, client_id, _ = told = event(step["step"], step.get("id"), step.get("name"))
    name = step.get("name") or "" if told[2] else ""
    may_be_named = kind == "rename" and client_id in drifted and "currency" in step
    for known in happened:
        same_id = client_id == known[1] or (kind == "create" and client_id is None)
        is_same = kind == known[0] and same_id and is_called(known[2], name, switches)
        is_trimmed = (kind, known[0]) == ("update", "rename") and client_id == known[1]
        is_rest = may_be_named and known[:2] == ("update", client_id)
        if is_same or known == told or is_trimmed or is_rest:
            happened.remove(known)
            return True
    return False


def _needed_nothing(step: Step, drifted: Collection[int], switches: Switches) -> bool:
    """What others were faster to do, shows in no read, or turned out to be the name already."""
    if step.get("id") in drifted:
        return True
    if step["step"] == "update":
        return switches.currency == "unknown" or not keeps(step["currency"], switches)
    known, name = step.get("from") or "", step["name"] or ""
    is_same = key(known) == key(name) or is_called(known, name, switches)
    return step["step"] == "rename" and is_same


# what the service makes of names, and may rightly refuse


def made_of(name: str, switches: Switches) -> str:
    """What the service makes of a name that no other client has."""
    return CHANGES[switches.names_changed](name.strip(), switches.longest_name)


def is_changed(name: str, switches: Switches) -> bool:
    """Whether a new client gets another name; where names are numbered, it may."""
    return switches.names_changed == "numbered" or key(made_of(name, switches)) != key(name)


def is_called(shown: str, wanted: str, switches: Switches) -> bool:
    """Whether a client that was given a name has it, as far as the service keeps it: it may cut
    at any of its Unicode forms, with the blanks that an update sends back."""
    if switches.names_changed == "numbered":
        while shown != wanted and shown.endswith(" 1"):
            shown = shown.removesuffix(" 1")
    change = CHANGES[switches.names_changed]
    forms = [text for form in unicode_forms(wanted) for text in (form, form.strip())]
    return key(shown) in {key(change(form, switches.longest_name)) for form in forms}


@dataclass(frozen=True)
class Refusals:
    """Judges refusals by where a run wants to get: what collides there can never be written. Where
    the service hides deleted clients, what collides with a restored one for the time being may be
    refused, too, and what is to take its name."""

    switches: Switches
    now: State
    verdict: Verdict

    def is_right(self, step: Step) -> bool:
        """Whether the service's own rules, and not the order of writes, forbid the step."""
        switches, now, kind, name = self.switches, self.now, step["step"], step.get("name")
        if kind == "restore":
            if step["id"] not in now:
                return True
            name = now[step["id"]].name
            is_hidden = not switches.list_shows_deleted and not switches.get_shows_deleted
            if is_hidden and self._collides(name, *(c.name for c in now.values() if not c.deleted)):
                return True
        if name is None or kind == "delete":
            return False
        if kind == "update" and not key(name):  # it has to go with it, and no list can give it
            return True
        if len(name) > switches.longest_name and switches.names_changed != "cut":
            return True
        if kind == "create" and self._is_changed(name):
            return True
        if name.startswith(reports.TEMPORARY) and is_changed(reports.TEMPORARY, switches):
            return True  # cut so short that all of them are one
        made, passing = made_of(name, switches), self.verdict.names_on_the_way
        unseen = [now[i].name for i in self.verdict.unseen if i in now]  # they may exchange names
        others = [*unseen, *self._names_in_the_way(step, made)]
        if kind == "create" or switches.names_changed != "no":
            # what it makes of other names: nobody can foresee that, nor avoid it by the order
            asked = key(step.get("name") or name)
            others += [made_of(n, switches) for n in passing if key(n) != asked]
        if kind == "update":  # it sends the name, which another client may have for a moment
            others += passing
        return self._collides(made, *others)

    def _names_in_the_way(self, step: Step, made: str) -> Iterator[str]:
        """Of the clients that have a name now, or in the end."""
        switches, goal = self.switches, {**self.now, **self.verdict.goal}.items()
        may_be_deleted = switches.duplicates == "refused_all" and step["step"] != "restore"
        there = [*goal]
        if switches.names_changed != "no":  # a ring that nobody can foresee
            there += self.now.items()
            there += [(i, c._replace(name=made_of(c.name, switches))) for i, c in goal]
        for client_id, client in there:
            is_new = client_id < 0 and step["step"] == "create" and client.key == key(made)
            is_itself = is_new or client_id == step.get("id")
            if not is_itself and (may_be_deleted or not client.deleted):
                yield client.name

    def _is_changed(self, name: str) -> bool:
        if self.switches.names_changed == "numbered":
            taken = [client.name for client in self.now.values()]
            return name.strip() in taken or self.verdict.names_on_the_way.count(name) > 1
        return is_changed(name, self.switches)

    def _collides(self, one: str, *others: str) -> bool:
        fold = str.casefold if self.switches.duplicates == "refused_any_case" else str
        taken = {fold(other.strip()) for other in others}
        return self.switches.duplicates != "allowed" and fold(one.strip()) in taken
