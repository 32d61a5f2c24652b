# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests a run may send where nothing fails, by the table of the design."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from faults.model import Change, Entry, Sight, State, Verdict, forms, key


class Budget(NamedTuple):
    """Where the design leaves a choice, or asks for what depends on the order of writes, the two
    differ; mostly they are the same."""

    least: int
    most: int

    def __add__(self, other: object) -> Budget:
        assert isinstance(other, Budget)
        return Budget(self.least + other.least, self.most + other.most)


NOTHING = Budget(0, 0)


def exactly(requests: int) -> Budget:
    return Budget(requests, requests)


def up_to(requests: int) -> Budget:
    return Budget(0, requests)


class Paging(NamedTuple):
    """How the service shows its list: ``size`` clients a page; ``found``: what its filter finds
    for a text; ``tells_names``: whether a create is answered with the client. ``too_large``:
    requests for larger pages that are refused first. ``looks``: how often one must look after a
    write, as the first answer may be older than it. ``at_once``: pages that may be under way.
    """

    size: int
    found: Callable[[str], State]
    tells_names: bool
    too_large: int = 0
    looks: int = 1
    at_once: int = 1

    def pages(self, clients: int) -> int:
        """A list is read to a page that is not full."""
        return clients // self.size + 1

    def full_or_not(self, clients: int) -> int:
        """Pages with anything on them."""
        return -(-clients // self.size)


# the whole list


def reading(entries: Sequence[Entry], sight: Sight, paging: Paging) -> Budget:
    """The list, and each id that it does not show. Pages that the entries foretell are read side by
    side, so that fewer than are under way at once may turn out not to be there."""
    ids = {entry["id"] for entry in entries if entry.get("id") is not None}
    hidden = len(ids - set(sight.listed))
    pages = paging.pages(len(sight.listed))
    staying = sum(entry.get("state") != "absent" for entry in entries)
    missing = paging.pages(staying) - pages if pages > 1 else 0
    risked = up_to(max(0, min(missing, paging.at_once - 1)))
    return exactly(paging.too_large + pages + hidden) + risked


def of_list(
    verdict: Verdict,
    entries: Sequence[Entry],
    sight: Sight,
    paging: Paging,
    temporary: int,
    remembered: int = 0,
) -> Budget:
    """Of a whole run.

    :arg temporary: renames to temporary names, one for each ring
    :arg remembered: clients that only a journal tells of
    """
    if verdict.needs_no_service:
        return NOTHING
    read = reading(entries, sight, paging) + exactly(remembered)
    if verdict.refused:
        return read + up_to(_looks(verdict, sight, paging, temporary).most)
    return read + after_reading(verdict, sight, paging, temporary) + ids(verdict, sight, paging)


def after_reading(verdict: Verdict, sight: Sight, paging: Paging, temporary: int) -> Budget:
    """What the quota must still hold, as far as it is known before: the looks whether a name is
    taken, the writes, and what unseen clients are called."""
    if not verdict.changes:
        return NOTHING
    writes = exactly(len(verdict.changes) + temporary)
    return _looks(verdict, sight, paging, temporary) + writes + _hidden(verdict, sight, paging)


def _hidden(verdict: Verdict, sight: Sight, paging: Paging) -> Budget:
    """Clients that are restored unseen, and those that only a journal tells of, are read after
    it."""
    restored = {change.id for change in verdict.changes if change.kind == "restore"}
    recalled = restored - set(sight.by_id) - verdict.unseen
    return up_to((1 + paging.looks) * len(verdict.unseen) + paging.looks * len(recalled))


def _looks(verdict: Verdict, sight: Sight, paging: Paging, temporary: int) -> Budget:
    """Where the list had several pages: each name that is given, and each former one of a client
    that is created, or each page boundary.

    What an unseen client will be called, and names for a moment, may count or not. A look that
    finds a full page tells nothing: then it takes the boundaries as well.
    """
    names, count = verdict.names_given | verdict.former, len(sight.listed)
    passing = [*verdict.names_on_the_way, *verdict.former]
    most_names = len(passing) + temporary + len(verdict.unseen)
    boundaries = paging.pages(count) - 1
    least = min(len(names), max(0, paging.full_or_not(count) - 1))
    if not most_names or not boundaries:
        return NOTHING
    if len(names) >= boundaries:
        return Budget(least, boundaries)
    looks = sum(_looking(name, paging, 0).most for name in passing) + temporary
    shown = (len(paging.found(form)) for name in passing for form in forms(name.strip()))
    tells_nothing = any(count >= paging.size for count in shown)
    return Budget(least, looks + len(verdict.unseen) + boundaries * tells_nothing)


def ids(verdict: Verdict, sight: Sight, paging: Paging) -> Budget:
    """A look for each client whose id or name the answer to its create does not show, or one list
    for all of them, as it is then."""
    creates = sum(change.kind == "create" for change in verdict.changes)
    if paging.tells_names or not creates:
        return NOTHING
    deleted = sum(change.kind == "delete" for change in verdict.changes)
    restored = sum(c.kind == "restore" and c.id not in sight.listed for c in verdict.changes)
    longest = len(sight.listed) + creates + restored
    shortest = longest - deleted
    most = sum(_looking(change.name or "", paging, 1).most for change in verdict.changes)
    the_list = 2 * paging.pages(longest) - 1  # with a look at its boundaries
    most = paging.looks * max(most, the_list)
    return Budget(min(creates, paging.pages(shortest)), most)


# one client


def of_one(verdict: Verdict, entry: Entry, sight: Sight, paging: Paging, remembered: int) -> Budget:
    """By name: the filter, once a name; by id: the client, and the filter if it is given a name. A
    look-up of several pages is checked at their boundaries."""
    if verdict.needs_no_service:
        return NOTHING
    names = [entry["name"], *(entry.get("former_names") or ())] if entry.get("name") else []
    looks = up_to(2 * sum(_looking(name, paging, 1).most for name in names))
    by_id = entry.get("id") is not None
    if by_id and not names and (verdict.names_on_the_way or verdict.refused):
        if entry["id"] in sight.by_id:
            looks = up_to(2 * _looking(sight.by_id[entry["id"]][0], paging, 1).most)
        else:  # a name that only the journal tells, in two Unicode forms
            looks = up_to(2 * paging.pages(len(sight.listed)))
    read = exactly(1) + looks + up_to(paging.too_large + remembered)
    if verdict.refused or not verdict.changes:
        return read
    return (
        read
        + exactly(len(verdict.changes))
        + _hidden(verdict, sight, paging)
        + ids(verdict, sight, paging)
    )


def _looking(name: str, paging: Paging, new: int) -> Budget:
    """A look for a name goes on until it has found it; a name of several Unicode forms may need one
    for each, as nobody knows how the filter compares."""
    return Budget(
        1, sum(paging.pages(len(paging.found(form)) + new) for form in forms(name.strip()))
    )


# rings


def rings(changes: Sequence[Change], state: State, goal: State) -> Budget:
    """Temporary names: one for each ring of clients that take each other's names, where case does
    not matter to the service either; a client that nobody sees may be in one. Where names are
    there, or are to be, that such a service would not let in, any client that may wait for another
    may get one.

    :arg state: without the clients that nobody sees
    """
    restored = {change.id for change in changes if change.kind == "restore"}
    active = {i: n for i, (n, deleted) in state.items() if not deleted or i in restored}
    exact = _count_rings(changes, active, key)
    renamed = {change.id for change in changes if change.kind == "rename"}
    wanted = [name for i, (name, deleted) in goal.items() if not deleted or i in renamed]
    unseen = len(restored - set(state))
    if _are_unique(active.values()) and _are_unique(wanted):
        return exactly(max(exact, _count_rings(changes, active, _in_any_case))) + up_to(unseen)
    return Budget(exact, max(exact, _count_waiting(changes, state) + unseen))


def _are_unique(names: Iterable[str]) -> bool:
    folded = [_in_any_case(name) for name in names]
    return len(set(folded)) == len(folded)


def _in_any_case(name: str) -> str:
    return key(key(name).casefold())


def _count_rings(
    changes: Sequence[Change], active: Mapping[int, str], fold: Callable[[str], str]
) -> int:
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
    moving = {change.id for change in changes}
    waiting = {
        change.id
        for change in changes
        for other, (name, _) in state.items()
        if change.kind in ("rename", "restore") and change.name is not None
        if other != change.id and other in moving
        if _in_any_case(name) == _in_any_case(change.name)
    }
    return len(waiting)
