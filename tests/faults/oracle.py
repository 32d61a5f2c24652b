# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold after a run, judged from what the service really did. Knows no engine.

What a run must lead to is in ``model``; here is what it may not do on the way.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from simulator.bodies import client_body
from simulator.records import Client, Entry, Write
from simulator.switches import Switches
from simulator.workspace import CHANGES

from faults import reports
from faults.model import State, can_be_given, forms, key
from faults.reports import Report, Step

Event = tuple[str, int | None, str]


def state_of(clients: Iterable[Client]) -> dict[int, tuple[str, bool]]:
    return {client.id: (client.name, client.deleted_at is not None) for client in clients}


def active_keys(state: State) -> Counter[str]:
    return Counter(key(name) for name, deleted in state.values() if not deleted)


# nothing doubled, nothing lost


def active(state: State) -> set[int]:
    return {client_id for client_id, (_, deleted) in state.items() if not deleted}


def active_names(state: State) -> set[str]:
    return {name for name, deleted in state.values() if not deleted}


def without_taken_back(history: Sequence[Write]) -> list[Write]:
    """What happened, without clients that were made and deleted again, and without what updates do
    to other fields than the name: ``resets`` judges that."""
    made = {write.id for write in history if write.kind == "create"}
    again = {write.id for write in history if write.kind == "delete"} & made
    return [write for write in history if write.id not in again and write.kind != "update"]


def doubles(before: State, after: State, may: Mapping[str, int] | None = None) -> Iterator[str]:
    """A name that is active more often than before, and more than once. Blank ones may be.

    :arg may: how often a name may be active, where that is more
    """
    there = active_keys(before)
    for name, count in active_keys(after).items():
        if name and count > max(1, there[name], (may or {}).get(name, 0)):
            yield f"{name!r} is active {count} times, before it was {there[name]} times"


def resets(before: Iterable[Client], after: Iterable[Client], switches: Switches) -> Iterator[str]:
    """A field that is another one, though nobody named it: the currency, as a read shows it."""
    was = {client.id: client_body(client, switches).get("currency") for client in before}
    for client in after:
        now = client_body(client, switches).get("currency")
        if now != was.get(client.id, now):
            yield f"the currency of client {client.id} is {now}, it was {was[client.id]}"


def losses(before: State, after: State, allowed: Collection[int]) -> Iterator[str]:
    """A client that is gone or deleted without having been named for it."""
    for client_id, (name, deleted) in before.items():
        if client_id not in after:
            yield f"client {client_id} {name!r} is gone"
        elif after[client_id][1] and not deleted and client_id not in allowed:
            yield f"client {client_id} {name!r} is deleted, and nobody asked for it"


# what nobody could see, and what the report says of it


def late(
    report: Report,
    lagged: Collection[str],
    history: Sequence[Write],
    log: Sequence[Entry],
    switches: Switches,
    lag: int,
) -> set[int]:
    """Ids of the clients whose creation came after the last list that could have shown it, or that
    the report says could not be looked for.

    :arg lagged: names whose creation the service has kept waiting; it may have changed them
    :arg lag: how many reads after a write do not show it yet
    """
    known = reports.ids_of_clients(report)
    unchecked = reports.unchecked_names(report)
    looks = [entry for entry in log if entry.method == "GET" and entry.status == 200]
    creates = [write for write in history if write.kind == "create"]
    firsts = {key(write.name): write.id for write in reversed(creates)}.values()  # of each name
    return {
        write.id
        for write in creates
        if write.id not in known
        if (lag and write.id not in firsts)
        or any(is_called(write.name, name, switches) for name in lagged)
        if key(write.name) in unchecked
        or (lagged and key(write.name) not in map(key, lagged))  # nobody looked for this name
        or not any(
            _shows(look, write.name) for look in [e for e in looks if e.at >= write.at][lag:]
        )
    }


def _shows(look: Entry, name: str) -> bool:
    """Whether the look is at the whole list, or at this name."""
    asked = look.query.get("name")
    return look.path.endswith("/clients") and (asked is None or key(asked) == key(name))


def told_doubles(report: Report, before: State, history: Sequence[Write]) -> set[int]:
    """Ids of clients that were created once too often and that the report names: all of a name
    but the one that it takes for the client."""
    made: dict[str, list[int]] = {}
    for write in history:
        if write.kind == "create" and write.id not in before:
            made.setdefault(key(write.name), []).append(write.id)
    text = json.dumps(report, ensure_ascii=False, default=str)
    kept = reports.ids_of_clients(report)
    doubles: set[int] = set()
    for ids in map(sorted, made.values()):
        if f"with the ids {', '.join(map(str, ids))}:" in text:
            doubles.update(set(ids) - {next((i for i in ids if i in kept), ids[0])})
    return doubles


def unannounced(
    announced: Collection[tuple[str, int | None]], history: Sequence[Write]
) -> Iterator[str]:
    """Writes that the journal did not tell of beforehand: a create without an id, as nobody knows
    it then."""
    for write in history:
        if (write.kind, None if write.kind == "create" else write.id) not in announced:
            yield f"not announced in the journal: {write}"


# the report is true


def untruths(
    report: Report,
    history: Sequence[Write],
    switches: Switches,
    drifted: Collection[int] = (),
    cannot_see: bool = False,
) -> Iterator[str]:
    """Where the report of a whole list and what happened differ.

    :arg cannot_see: reads lag for so long that what was done may look as if it had failed
    :arg drifted: clients that somebody else has changed: what was done before is not done again
    """
    if reports.is_refused(report):
        yield from untruths_of_refused(report, history)
        return
    happened = _events(history)
    done, failed, pending = reports.done(report), reports.failed(report), reports.pending(report)
    for step in done:
        if not _take(happened, step, switches) and not _needed_nothing(step, drifted, switches):
            yield f"reported as done, but did not happen: {dict(step)}"
    is_left = any(not reports.is_unclear(step) and _is_named(happened, step) for step in failed)
    for step in failed:
        if cannot_see or reports.is_unclear(step) or _is_named(happened, step):
            _take(happened, step, switches)
    for step in pending:
        if _take(happened, step, switches):
            yield f"reported as pending, but happened: {dict(step)}"
    may_be_twice = reports.names_perhaps_twice(report)
    for kind, client_id, name in happened.elements():
        if kind == "create" and any(is_called(name, told, switches) for told in may_be_twice):
            continue
        yield f"happened, but is not reported as done or unclear: {kind} {client_id} {name!r}"
    may_be_left = any(map(reports.may_be_left, failed))
    if bool(report["changed"]) != bool(done or is_left or may_be_left):
        yield f"changed is {report['changed']}, with {len(done)} steps done"
    if (failed or pending) and not report.get("failed"):
        yield "the task says ok, and not all was done"
    count = len(done) + len(failed) + len(pending)
    if count != len(reports.plan(report)):
        yield f"{count} of {len(reports.plan(report))} steps have a status that a run may give"
    yield from _miscounted(report)


def untruths_of_refused(report: Report, history: Sequence[Write]) -> Iterator[str]:
    """A plan that is refused is what would be done, and nothing is."""
    yield from not_planned(report, may_say_why=True)
    if history:
        yield f"refused, but happened: {history}"
    if report["changed"] or report["undo"] or not report.get("failed"):
        yield f"refused, and not said so: {report}"
    if any(entry["changed"] for entry in reports.entries(report)):
        yield f"refused, but an entry is reported as changed: {reports.entries(report)}"
    if "Nothing was written" not in report["msg"] and reports.plan(report):
        yield f"it does not say that nothing was written: {report['msg']}"


def not_planned(report: Report, may_say_why: bool = False) -> Iterator[str]:
    """Steps that are not said to be planned only, where nothing may be done."""
    planned = reports.planned(report)
    for step in reports.plan(report):
        if step not in planned or ("error" in step and not may_say_why):
            yield f"not said to be planned: {dict(step)}"


def _miscounted(report: Report) -> Iterator[str]:
    """Where the counts of a run, its steps and its entries say different things."""
    counts, entries = reports.counts(report), reports.entries(report)
    done, failed, pending = reports.done(report), reports.failed(report), reports.pending(report)
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
    report: Report,
    history: Sequence[Write],
    switches: Switches,
    drifted: Collection[int] = (),
    cannot_see: bool = False,
) -> Iterator[str]:
    """The same for one client, whose report tells less."""
    creates = sum(write.kind == "create" for write in history)
    if creates > 1 and not reports.says_twice(report.get("msg", "")):
        yield f"created {creates} times"
    unclear = reports.says_unclear(report.get("msg", "")) or (cannot_see and report.get("failed"))
    action = report.get("action", "none")
    may_be_same = bool(drifted) or (action == "renamed" and switches.names_changed != "no")
    may_be_left = reports.MAY_BE_LEFT in report.get("msg", "")
    if report["changed"] and not history and not (may_be_same or may_be_left):
        yield "reported as changed, and nothing happened"
    if history and not report["changed"] and not unclear:
        yield f"reported as unchanged, but {history} happened"
    if not report["changed"] and report.get("undo") and not unclear:
        yield "an undo of nothing"
    wanted = {"created": "create", "renamed": "rename", "deleted": "delete", "restored": "restore"}
    happened = {write.kind for write in history}
    if action != "none" and wanted[action] not in happened and not may_be_same:
        yield f"reported as {action}, but only {history} happened"


def _events(history: Sequence[Write]) -> Counter[Event]:
    """What happened; a write that was sent again and changed nothing more counts once."""
    events: Counter[Event] = Counter()
    for write in history:
        this = event(write.kind, write.id, write.name)
        events[this] = events[this] + 1 if write.kind == "create" else 1
    return events


def event(kind: str, client_id: int | None, name: str | None) -> Event:
    """What is reported of a write; a name only where it is given."""
    return (kind, client_id, key(name or "") if kind in ("create", "rename") else "")


def _is_named(happened: Counter[Event], step: Step) -> bool:
    """Whether a create that failed tells of the client that it has made all the same."""
    ids = [client_id for kind, client_id, _ in happened if kind == "create"]
    return step["step"] == "create" and any(str(i) in step["error"] for i in ids)


def _take(happened: Counter[Event], step: Step, switches: Switches) -> bool:
    """Strike a reported step from what happened; a create without an id, by its name."""
    kind, client_id, _ = found = event(step["step"], step.get("id"), step.get("name"))
    name = step.get("name") or "" if found[2] else ""
    for known in happened:
        same_id = client_id == known[1] or (kind == "create" and client_id is None)
        if kind == known[0] and same_id and is_called(known[2], name, switches):
            found = known
    if not happened[found]:
        del happened[found]
        return False
    happened[found] -= 1
    if not happened[found]:
        del happened[found]
    return True


def _needed_nothing(step: Step, drifted: Collection[int], switches: Switches) -> bool:
    """A rename of a client that the service hid and that turned out to bear the name already, or
    what the service makes of it; or what somebody else was faster to do."""
    if step.get("id") in drifted:
        return True
    known = step.get("from") or ""
    is_same = key(known) == key(step["name"] or "") or is_called(known, step["name"], switches)
    return step["step"] == "rename" and is_same


# taken back


def not_undone(
    before: State, after: State, excused: Collection[int], switches: Switches
) -> Iterator[str]:
    """Where a workspace is not as before a run that was taken back.

    :arg excused: ids of clients whose way back the service rightly refused, or that somebody else
        has changed
    """
    for client_id, (name, deleted) in before.items():
        if client_id in excused:
            continue
        now = after[client_id]
        is_same_name = key(now[0]) == key(name) or not can_be_given(name)
        is_same_name |= is_called(now[0], name, switches)
        if not is_same_name or now[1] != deleted:
            yield f"client {client_id} is {now}, it was {(name, deleted)}"
    for client_id in set(after) - set(before) - set(excused):
        if not after[client_id][1]:
            yield f"client {client_id} {after[client_id][0]!r} was new, and is still active"


# what the service may rightly refuse


def made_of(name: str, switches: Switches) -> str:
    """What the service makes of a name that no other client has."""
    change = CHANGES[switches.names_changed]
    return change(name.strip(), switches.longest_name)


def is_shared(state: State, ids: Iterable[int]) -> bool:
    """Whether one of these clients has a name that another active one has, too."""
    counts = active_keys(state)
    return any(counts[key(state[client_id][0])] > 1 for client_id in ids)


def is_temporary(name: str, switches: Switches) -> bool:
    """Whether it is a name of a client in a ring, as far as the service keeps it."""
    return name.startswith(made_of(reports.TEMPORARY, switches))


def is_changed(name: str, switches: Switches) -> bool:
    """Whether a new client gets another name; where names are numbered, it may."""
    if switches.names_changed == "numbered":
        return True
    return key(made_of(name, switches)) != key(name)


def is_called(shown: str, wanted: str, switches: Switches) -> bool:
    """Whether a client that was given a name has it, as far as the service keeps it."""
    if switches.names_changed == "numbered":
        while shown != wanted and shown.endswith(" 1"):
            shown = shown.removesuffix(" 1")
    return key(shown) in {
        key(made_of(form, switches)) for form in forms(wanted)
    }  # it may cut at either


def hides_deleted(switches: Switches) -> bool:
    return not switches.list_shows_deleted and not switches.get_shows_deleted


class Refusals:
    """Judges refusals by where a run wants to get: what collides there can never be written.

    Where the service hides deleted clients, nobody knows what a restored one will be called: then
    what collides with it for the time being may be refused, too, and what is to take its name.

    :arg goal: by id, the state each client would have in the end; negative ids are new clients
    :arg unseen: clients that are restored without having been seen
    :arg passing: names that clients are given, also those that they do not end with
    """

    def __init__(
        self,
        switches: Switches,
        goal: State,
        unseen: Collection[int] = (),
        passing: Collection[str] = (),
    ) -> None:
        self._switches = switches
        self._goal = goal
        self._unseen = unseen
        self._passing = passing

    def is_right(self, step: Step, now: State) -> bool:
        """Whether the service's own rules, and not the order of writes, forbid the step."""
        name = step.get("name")
        if step["step"] == "restore":
            if step["id"] not in now:
                return True
            name = now[step["id"]][0]
            if hides_deleted(self._switches) and self._meets_active(name, now):
                return True
        if name is None or step["step"] == "delete":
            return False
        if len(name) > self._switches.longest_name and self._switches.names_changed != "cut":
            return True
        if step["step"] == "create" and self._is_changed(name, now):
            return True
        if name.startswith(reports.TEMPORARY) and is_changed(reports.TEMPORARY, self._switches):
            return True  # cut so short that all of them are one
        name = made_of(name, self._switches)
        if self._unseen and self._is_borne_by_unseen(name, now):
            return True
        there = [*{**now, **self._goal}.items()]
        if self._switches.names_changed != "no":  # a ring that nobody can foresee
            there += now.items()
            there += [(i, (made_of(n, self._switches), d)) for i, (n, d) in self._goal.items()]
        return any(
            self._collide(name, other) and (not deleted or self._is_held_by_deleted(step))
            for client_id, (other, deleted) in there
            if client_id != step.get("id") and (client_id in self._goal or deleted)
            if not (client_id < 0 and step["step"] == "create" and key(other) == key(name))
        ) or self._is_made_of_another(step, name)

    def _is_made_of_another(self, step: Step, made: str) -> bool:
        """Whether the service makes this name of another one that a client is to get: nobody can
        foresee that, so the order of writes does not avoid it."""
        if step["step"] != "create" and self._switches.names_changed == "no":
            return False
        others = [other for other in self._passing if key(other) != key(step["name"])]
        return any(self._collide(made, made_of(other, self._switches)) for other in others)

    def _is_changed(self, name: str, now: State) -> bool:
        if self._switches.names_changed == "numbered":
            taken = [other for other, _ in now.values()]
            return name.strip() in taken or list(self._passing).count(name) > 1
        return is_changed(name, self._switches)

    def _meets_active(self, name: str, now: State) -> bool:
        return any(not gone and self._collide(name, other) for other, gone in now.values())

    def _is_borne_by_unseen(self, name: str, now: State) -> bool:
        """Such as where clients exchange their names that nobody knew before."""
        return any(self._collide(name, now[i][0]) for i in self._unseen if i in now)

    def _is_held_by_deleted(self, step: Step) -> bool:
        return self._switches.duplicates == "refused_all" and step["step"] != "restore"

    def _collide(self, one: str, other: str) -> bool:
        if self._switches.duplicates == "allowed":
            return False
        if self._switches.duplicates == "refused_any_case":
            return one.strip().casefold() == other.strip().casefold()
        return one.strip() == other.strip()
