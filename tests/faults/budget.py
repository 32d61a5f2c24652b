# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a run may send where nothing fails, by the table of the design."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from faults.model import Change, Entry, Names, Sight, State, Verdict, key, unicode_forms


@dataclass(frozen=True)
class Budget:
    """Two that differ where the design leaves a choice, or the order of writes decides."""

    least: int = 0
    most: int = 0

    def __add__(self, other: Budget) -> Budget:
        return Budget(self.least + other.least, self.most + other.most)


def exactly(requests: int) -> Budget:
    return Budget(requests, requests)


def up_to(requests: int) -> Budget:
    return Budget(0, requests)


class Paging(NamedTuple):
    """How the service shows its list: ``size`` clients a page; ``found``: what its filter finds.
    ``tells_names``: a create is answered with the client. ``too_large``: larger pages are refused
    so often first. ``looks``: to see what a write did. ``at_once``: pages in flight."""

    size: int
    found: Callable[[str], State]
    tells_names: bool
    too_large: int = 0
    looks: int = 1
    at_once: int = 1

    def pages(self, clients: int) -> int:
        """A list is read to a page that is not full."""
        return clients // self.size + 1

    def looking(self, name: str, new: int) -> int:
        """All Unicode forms of a name, as nobody knows how the filter compares."""
        return sum(self.pages(len(self.found(form)) + new) for form in unicode_forms(name.strip()))


@dataclass(frozen=True)
class Requests:
    """Of a run that leads to this verdict. ``recalled``: clients that only a journal tells of.
    ``taken_back``: new clients whose name the service may change, so that they are deleted again.
    ``rings``: temporary names."""

    verdict: Verdict
    entries: Sequence[Entry]
    sight: Sight
    paging: Paging
    recalled: int
    taken_back: int
    rings: Budget

    def of_list(self, temporary: int) -> Budget:
        """:arg temporary: renames to temporary names, one for each ring"""
        verdict = self.verdict
        if verdict.needs_no_service:
            return Budget()
        if verdict.refused:
            return self.reading() + up_to(self._looks(temporary).most + self.taken_back)
        return self.reading() + self._writing(temporary) + self._ids() + up_to(self.taken_back)

    def reading(self) -> Budget:
        """The list, and each id that it does not show. Of the pages that the entries foretell, all
        but one of those in flight may not be there."""
        ids = {entry["id"] for entry in self.entries if entry.get("id") is not None}
        hidden = len(ids - set(self.sight.listed)) + self.recalled
        pages = self.paging.pages(len(self.sight.listed))
        staying = sum(entry.get("state") != "absent" for entry in self.entries)
        missing = self.paging.pages(staying) - pages if pages > 1 else 0
        risked = up_to(max(0, min(missing, self.paging.at_once - 1)))
        return exactly(self.paging.too_large + pages + hidden) + risked

    def after_reading(self) -> Budget:
        """What the quota must still hold, as far as it is known before."""
        unforeseen = self._ids().most + 2 * (self.rings.most - self.rings.least)
        return self._writing(self.rings.least) + up_to(unforeseen)

    def _writing(self, temporary: int) -> Budget:
        """The looks whether a name is taken, the writes, and what unseen clients are called."""
        if not self.verdict.changes:
            return Budget()
        writes = exactly(len(self.verdict.changes) + temporary)
        seen = {*self.sight.listed, *self.sight.by_id}
        return self._looks(temporary) + writes + self._hidden() + self._currencies(seen)

    def _currencies(self, seen: Collection[int]) -> Budget:
        """One look after a run that set one; where clients are restored unseen, one before, too."""
        ids = {change.id for change in self.verdict.changes if change.currency is not None}
        if not ids:
            return Budget()
        is_sure = any(client_id < 0 or client_id in seen for client_id in ids)
        return Budget(int(is_sure), self.paging.looks * (2 if self._hidden().most else 1))

    def _hidden(self) -> Budget:
        """Reads of clients that were restored unseen, or that only a journal tells of."""
        restored = {change.id for change in self.verdict.changes if change.kind == "restore"}
        unseen, looks = self.verdict.unseen, self.paging.looks
        recalled = restored - set(self.sight.by_id) - unseen
        return up_to((1 + looks) * len(unseen) + looks * len(recalled))

    def _looks(self, temporary: int) -> Budget:
        """Where the list had several pages: each name that is given, and each former one of a new
        client, or each page boundary; both if a look finds a full page, which tells nothing. Names
        of unseen clients, and those for a moment, may count or not."""
        verdict, paging, count = self.verdict, self.paging, len(self.sight.listed)
        names = verdict.names_given | verdict.former
        passing = [*verdict.names_on_the_way, *verdict.former]
        others = temporary + len(verdict.unseen)
        boundaries = paging.pages(count) - 1
        if not boundaries or not len(passing) + others:
            return Budget()
        least = min(len(names), max(0, -(-count // paging.size) - 1))
        if len(names) >= boundaries:
            return Budget(least, boundaries)
        written = {text for name in passing for text in (name, name.strip())}
        shown = (len(paging.found(form)) for name in written for form in unicode_forms(name))
        tells_nothing = any(count >= paging.size for count in shown)
        looks = sum(paging.looking(name, 0) for name in passing)
        return Budget(least, looks + others + boundaries * tells_nothing)

    def _ids(self) -> Budget:
        """Where creates are not answered with the client: a look for each, or the list as it is."""
        changes, paging, there = self.verdict.changes, self.paging, self.sight.listed
        creates = sum(change.kind == "create" for change in changes)
        if paging.tells_names or not creates:
            return Budget()
        restored = sum(change.kind == "restore" and change.id not in there for change in changes)
        longest = len(there) + creates + restored
        shortest = longest - sum(change.kind == "delete" for change in changes)
        looks = sum(paging.looking(change.name or "", 1) for change in changes)
        the_list = 2 * paging.pages(longest) - 1  # with a look at its boundaries
        most = paging.looks * max(looks, the_list)
        return Budget(min(creates, paging.pages(shortest)), most)

    def of_one(self) -> Budget:
        """The client, or the filter, once a name; its pages are checked at their boundaries."""
        verdict, paging, (entry,) = self.verdict, self.paging, self.entries
        by_name = self.sight.listed if entry.get("id") is None else {}
        seen = {*self.sight.by_id, *by_name}
        if verdict.needs_no_service:
            return Budget()
        names = [entry["name"], *(entry.get("former_names") or ())] if entry.get("name") else []
        looks = sum(paging.looking(name, 1) for name in names)
        if not names and (verdict.names_on_the_way or verdict.refused):
            client = self.sight.by_id.get(entry["id"])
            # without one, a name that only the journal tells, in two Unicode forms
            pages = paging.pages(len(self.sight.listed))
            looks = pages if client is None else paging.looking(client.name, 1)
        read = exactly(1) + up_to(2 * looks + paging.too_large + self.recalled + self.taken_back)
        if verdict.refused or not verdict.changes:
            return read
        updates = [c for c in verdict.changes if c.kind == "update" and c.id not in seen]
        writes = Budget(len(verdict.changes) - len(updates), len(verdict.changes))
        return read + writes + self._hidden() + self._ids() + self._currencies(seen)


def rings(changes: Sequence[Change], state: State, goal: State) -> Budget:
    """Temporary names: one for each ring of clients that take each other's names, also where case
    does not matter; a client that nobody sees, and is not in ``state``, may be in one. Where names
    differ in case alone, any client that may wait for another may get one."""
    restored = {change.id for change in changes if change.kind == "restore"}
    active = {i: c.name for i, c in state.items() if not c.deleted or i in restored}
    exact = _count_rings(changes, active, key)
    renamed = {change.id for change in changes if change.kind == "rename"}
    wanted = [client.name for i, client in goal.items() if not client.deleted or i in renamed]
    unseen = len(restored - set(state))
    if _are_unique(active.values()) and _are_unique(wanted):
        return exactly(max(exact, _count_rings(changes, active, _in_any_case))) + up_to(unseen)
    return Budget(exact, max(exact, _count_waiting(changes, state) + unseen))


def _are_unique(names: Iterable[str]) -> bool:
    folded = [_in_any_case(name) for name in names]
    return len(set(folded)) == len(folded)


def _in_any_case(name: str) -> str:
    return key(key(name).casefold())


def _count_rings(changes: Sequence[Change], active: Names, fold: Callable[[str], str]) -> int:
    bearer = {fold(name): client_id for client_id, name in active.items()}
    takes = {c.id: fold(c.name) for c in changes if c.kind == "rename" and c.name is not None}
    waits = {i: bearer[name] for i, name in takes.items() if bearer.get(name, i) != i}
    found: set[frozenset[int]] = set()
    for start in waits:
        path = [start]
        while path[-1] in waits and waits[path[-1]] not in path:
            path.append(waits[path[-1]])
        if waits.get(path[-1]) == start:
            found.add(frozenset(path))
    return len(found)


def _count_waiting(changes: Sequence[Change], state: State) -> int:
    """Clients that are to get the name of another one that changes as well."""
    moving = {change.id for change in changes} & state.keys()
    bearers = {(i, _in_any_case(state[i].name)) for i in moving}
    named = [c for c in changes if c.kind in ("rename", "restore") and c.name is not None]
    takes = {(c.id, _in_any_case(c.name or "")) for c in named}
    return len({i for i, taken in takes for j, name in bearers if i != j and name == taken})
