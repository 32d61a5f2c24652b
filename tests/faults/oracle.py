# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold after a run, judged from what the service really did. Knows no engine."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulator.records import Client, Entry, Write
from simulator.switches import Switches

State = Mapping[int, tuple[str, bool]]
"""By id: the name, and whether the client is deleted."""

Step = Mapping[str, Any]
Event = tuple[str, int | None, str]

UNCLEAR = "may have been done"


def key(name: str) -> str:
    """What two names have in common that are one name."""
    return unicodedata.normalize("NFC", name.strip())


def state_of(clients: Iterable[Client]) -> dict[int, tuple[str, bool]]:
    return {client.id: (client.name, client.deleted_at is not None) for client in clients}


def active_keys(state: State) -> Counter[str]:
    return Counter(key(name) for name, deleted in state.values() if not deleted)


# nothing doubled, nothing lost


def doubles(before: State, after: State, asked_for: Collection[str] = ()) -> Iterator[str]:
    """A name that is active more often than before, and more than once."""
    there = active_keys(before)
    for name, count in active_keys(after).items():
        if count > max(1, there[name]) and name not in asked_for:
            yield f"{name!r} is active {count} times, before it was {there[name]} times"


def losses(before: State, after: State, allowed: Collection[int]) -> Iterator[str]:
    """A client that is gone or deleted without having been named for it."""
    for client_id, (name, deleted) in before.items():
        if client_id not in after:
            yield f"client {client_id} {name!r} is gone"
        elif after[client_id][1] and not deleted and client_id not in allowed:
            yield f"client {client_id} {name!r} is deleted, and nobody asked for it"


# what nobody could see, and what the report says of it


def late(
    report: Mapping[str, Any],
    lagged: Collection[str],
    history: Sequence[Write],
    log: Sequence[Entry],
) -> set[int]:
    """Ids of the clients whose creation came after the last list that could have shown it.

    :arg lagged: names whose creation the service has kept waiting
    """
    waited = {key(name) for name in lagged}
    told = _adopted(report)
    looks = [entry for entry in log if entry.method == "GET" and entry.status == 200]
    return {
        write.id
        for write in history
        if write.kind == "create" and key(write.name) in waited and write.id not in told
        if not any(look.at >= write.at and _shows(look, write.name) for look in looks)
    }


def _shows(look: Entry, name: str) -> bool:
    """Whether the look is at the whole list, or at this name."""
    asked = look.query.get("name")
    return look.path.endswith("/clients") and (asked is None or key(asked) == key(name))


def told_doubles(report: Mapping[str, Any], before: State, history: Sequence[Write]) -> set[int]:
    """Ids of clients that were created once too often and that the report names: all of a name
    but the one that it takes for the client."""
    made: dict[str, list[int]] = {}
    for write in history:
        if write.kind == "create" and write.id not in before:
            made.setdefault(key(write.name), []).append(write.id)
    text = json.dumps(report, ensure_ascii=False, default=str)
    kept = _adopted(report)
    doubles: set[int] = set()
    for ids in map(sorted, made.values()):
        if f"with the ids {', '.join(map(str, ids))}:" in text:
            doubles.update(set(ids) - {next((i for i in ids if i in kept), ids[0])})
    return doubles


def _adopted(report: Mapping[str, Any]) -> set[int | None]:
    """Ids of the clients that the report tells of as changed."""
    if "applied" in report:
        return {step.get("id") for step in report["applied"]}
    return {(report.get("client") or {}).get("id")}


def unannounced(
    announced: Collection[tuple[str, int | None]], history: Sequence[Write]
) -> Iterator[str]:
    """Writes that the journal did not tell of beforehand: a create without an id, as nobody knows
    it then."""
    for write in history:
        if (write.kind, None if write.kind == "create" else write.id) not in announced:
            yield f"not announced in the journal: {write}"


# the report is true


def untruths(report: Mapping[str, Any], history: Sequence[Write]) -> Iterator[str]:
    """Where the report of a whole list and what happened differ."""
    happened = _events(history)
    for step in report["applied"]:
        if not _take(happened, step) and not _needed_nothing(step):
            yield f"reported as applied, but did not happen: {dict(step)}"
    for step in report["failures"]:
        if UNCLEAR in step["error"]:
            _take(happened, step)
    for step in report["pending"]:
        if _take(happened, step):
            yield f"reported as pending, but happened: {dict(step)}"
    for kind, client_id, name in happened.elements():
        yield f"happened, but is not reported as done or unclear: {kind} {client_id} {name!r}"
    if bool(report["changed"]) != bool(report["applied"]):
        yield f"changed is {report['changed']}, with {len(report['applied'])} steps applied"
    undone = bool(report["failures"] or report["pending"])
    if undone and not report.get("failed"):
        yield "the task says ok, and not all was done"
    told = len(report["applied"]) + len(report["failures"]) + len(report["pending"])
    if told != len(report["plan"]):
        yield f"{told} steps are told of, the plan has {len(report['plan'])}"


def untruths_of_one(report: Mapping[str, Any], history: Sequence[Write]) -> Iterator[str]:
    """The same for one client, whose report tells less."""
    creates = sum(write.kind == "create" for write in history)
    if creates > 1:
        yield f"created {creates} times"
    unclear = UNCLEAR in report.get("msg", "")
    if report["changed"] and not history:
        yield "reported as changed, and nothing happened"
    if history and not report["changed"] and not unclear:
        yield f"reported as unchanged, but {history} happened"
    if not report["changed"] and report.get("undo") and not unclear:
        yield "an undo of nothing"
    wanted = {"created": "create", "renamed": "rename", "deleted": "delete", "restored": "restore"}
    action = report.get("action", "none")
    if action != "none" and wanted[action] not in {write.kind for write in history}:
        yield f"reported as {action}, but only {history} happened"


def _events(history: Sequence[Write]) -> Counter[Event]:
    """What happened; a write that was sent again and changed nothing more counts once."""
    events: Counter[Event] = Counter()
    for write in history:
        event = _event(write.kind, write.id, write.name)
        events[event] = events[event] + 1 if write.kind == "create" else 1
    return events


def _event(kind: str, client_id: int | None, name: str | None) -> Event:
    return (kind, client_id, key(name or "") if kind in ("create", "rename") else "")


def _take(happened: Counter[Event], step: Step) -> bool:
    """Strike a reported step from what happened; a create that is told without id, by its name."""
    event = _event(step["step"], step.get("id"), step.get("name"))
    if event[0] == "create" and event[1] is None:
        event = next((known for known in happened if known[::2] == event[::2]), event)
    if not happened[event]:
        del happened[event]
        return False
    happened[event] -= 1
    if not happened[event]:
        del happened[event]
    return True


def _needed_nothing(step: Step) -> bool:
    """A rename of a client that the service hid and that turned out to bear the name already."""
    return step["step"] == "rename" and key(step["from"]) == key(step["name"])


# as declared


def undeclared(
    entries: Sequence[Mapping[str, Any]],
    purge: bool,
    state: State,
    asked_for: Collection[str] = (),
) -> Iterator[str]:
    """Where a workspace is not as the list says.

    :arg asked_for: names that may be active twice
    """
    bearers = active_keys(state)
    kept_ids = set()
    for entry in entries:
        name, client_id = entry.get("name"), entry.get("id")
        wanted = entry.get("state", "present")
        found = state.get(client_id) if client_id is not None else None
        if wanted == "absent":
            if client_id is None and bearers[key(name or "")]:
                yield f"{name!r} is active, and shall be absent"
            if found is not None and not found[1]:
                yield f"client {client_id} is active, and shall be absent"
            continue
        kept_ids.add(client_id)
        if client_id is not None and (found is None or found[1]):
            yield f"client {client_id} is not active"
        elif found is not None and name is not None and key(found[0]) != key(name):
            yield f"client {client_id} is called {found[0]!r}, not {name!r}"
        elif client_id is None and not _as_often_as_wanted(key(name or ""), bearers, asked_for):
            yield f"{name!r} is active {bearers[key(name or '')]} times"
    if purge:
        named = {key(entry["name"]) for entry in entries if entry.get("name") is not None}
        for client_id, (name, deleted) in state.items():
            if not deleted and client_id not in kept_ids and key(name) not in named:
                yield f"client {client_id} {name!r} is active, and shall be purged"


def _as_often_as_wanted(name: str, bearers: Counter[str], asked_for: Collection[str]) -> bool:
    return bearers[name] == 1 or (bearers[name] > 1 and name in asked_for)


def not_undone(before: State, after: State, refused: Collection[int]) -> Iterator[str]:
    """Where a workspace is not as before a run that was taken back.

    :arg refused: ids of clients whose way back the service rightly refused
    """
    for client_id, (name, deleted) in before.items():
        if client_id in refused:
            continue
        now = after[client_id]
        if (key(now[0]), now[1]) != (key(name), deleted):
            yield f"client {client_id} is {now}, it was {(name, deleted)}"
    for client_id in set(after) - set(before) - set(refused):
        if not after[client_id][1]:
            yield f"client {client_id} {after[client_id][0]!r} was new, and is still active"


# what the service may rightly refuse


def hides_deleted(switches: Switches) -> bool:
    return not switches.list_shows_deleted and not switches.get_shows_deleted


class Refusals:
    """Judges refusals by where a run wants to get: what collides there can never be written.

    Where the service hides deleted clients, nobody knows what a restored one will be called: then
    what collides with it for the time being may be refused, too.

    :arg goal: by id, the state each client would have in the end; negative ids are new clients
    """

    def __init__(self, switches: Switches, goal: State) -> None:
        self._switches = switches
        self._goal = goal

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
        if len(name) > self._switches.longest_name:
            return True
        return any(
            self._collide(name, other) and (not deleted or self._is_held_by_deleted(step))
            for client_id, (other, deleted) in {**now, **self._goal}.items()
            if client_id != step.get("id") and (client_id in self._goal or deleted)
            if not (client_id < 0 and step["step"] == "create" and key(other) == key(name))
        )

    def _meets_active(self, name: str, now: State) -> bool:
        return any(not gone and self._collide(name, other) for other, gone in now.values())

    def _is_held_by_deleted(self, step: Step) -> bool:
        return self._switches.duplicates == "refused_all" and step["step"] != "restore"

    def _collide(self, one: str, other: str) -> bool:
        if self._switches.duplicates == "allowed":
            return False
        if self._switches.duplicates == "refused_any_case":
            return one.strip().casefold() == other.strip().casefold()
        return one.strip() == other.strip()


def goal_of(plan: Sequence[Step], now: State) -> dict[int, tuple[str, bool]]:
    """The state after a plan that succeeds; clients that it creates get ids below 0."""
    goal = dict(now)
    for number, step in enumerate(plan, 1):
        client_id, name = step.get("id", -number), step.get("name")
        known = goal.get(client_id, (name or "", False))
        goal[client_id] = (name or known[0], step["step"] == "delete")
    return goal
