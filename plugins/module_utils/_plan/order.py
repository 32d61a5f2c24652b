# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which steps are written: a step that frees a name before one that takes it. Pure.

The service may refuse a second active client of a name, perhaps whatever its case. So steps wait
for one another by the name with its case folded: that order suits every service.

Such waits can form rings, that is dependency cycles. A ring is broken by splitting a rename in it:
first to a temporary name that no client has or takes, and later to its own. Two facts make that
end:

- Each ring has a rename that another client waits for and that itself waits for another client.
  Where a ring enters a client's steps at one step and leaves them at another, that client has one
  name only in between (see ``_Passage``). Such clients pass their names on in one direction, so a
  ring cannot consist of them alone.
- No rename is split twice. The first half waits only for its own client, and no other client waits
  for the second half, since that leaves only the temporary name.

So there are at most as many splits as renames.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from .._model import Step
from .._text import case_key

_TEMPORARY = "toggl.focus-"


def temporary_name(client_id: int) -> str:
    """A name for a client that has to free its own, or that will be deleted."""
    return f"{_TEMPORARY}{client_id}"


def in_order(
    chains: Sequence[Sequence[Step]],
    taken_names: Iterable[str],
    likely_names: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Step, ...]:
    """All steps of all chains, each after those that it ``needs``.

    :arg chains: the steps of one client each, in their order
    :arg taken_names: names that a temporary name must differ from
    :arg likely_names: the probable names of hidden clients that are restored, by id
    """
    return _Ordering(chains, taken_names, likely_names).steps()


class _Ordering:
    """The steps as nodes of a graph. The steps of one chain follow each other."""

    def __init__(
        self,
        chains: Sequence[Sequence[Step]],
        taken_names: Iterable[str],
        likely_names: Mapping[int, str],
    ) -> None:
        self._steps: list[Step] = []
        self._chains: list[int] = []
        self._needs: dict[int, list[int]] = defaultdict(list)
        self._dependents: dict[int, list[int]] = defaultdict(list)
        self._taken_names = taken_names
        self._taken: set[str] | None = None
        names = _Names(likely_names)
        for number, chain in enumerate(chains):
            self._add_chain(number, chain, names)
        for earlier, later in names.waits():
            if earlier != later:
                self._wait(later, earlier)

    def steps(self) -> tuple[Step, ...]:
        order = self._walk()
        places = sorted(range(len(order)), key=order.__getitem__)  # by node
        return tuple(self._placed(node, places) for node in order)

    def _placed(self, node: int, places: Sequence[int]) -> Step:
        needs = self._needs.get(node)
        if not needs:
            return self._steps[node]
        return self._steps[node]._replace(needs=tuple(sorted({places[need] for need in needs})))

    def _add_chain(self, number: int, chain: Sequence[Step], names: _Names) -> None:
        first = len(self._steps)
        for place, step in enumerate(chain):
            node = self._add(step, number)
            if place:
                self._wait(node, node - 1)
        names.add(first, chain)

    def _add(self, step: Step, chain: int) -> int:
        self._steps.append(step)
        self._chains.append(chain)
        return len(self._steps) - 1

    def _wait(self, later: int, earlier: int) -> None:
        self._needs[later].append(earlier)
        self._dependents[earlier].append(later)

    def _walk(self) -> list[int]:
        order: list[int] = []
        open_needs = [len(self._needs.get(node, ())) for node in range(len(self._steps))]
        ready = deque(node for node, count in enumerate(open_needs) if not count)
        done = [False] * len(self._steps)
        oldest = 0
        while len(order) < len(self._steps):
            while not ready:
                while done[oldest]:
                    oldest += 1
                added = self._break_ring(oldest, done)
                open_needs.append(0)
                done.append(False)
                for node in (added, *self._dependents[added]):
                    open_needs[node] = sum(not done[need] for need in self._needs[node])
                if not open_needs[added]:
                    ready.append(added)
            node = ready.popleft()
            order.append(node)
            done[node] = True
            for dependent in sorted(self._dependents.get(node, ())):
                open_needs[dependent] -= 1
                if not open_needs[dependent]:
                    ready.append(dependent)
        return order

    def _break_ring(self, start: int, done: Sequence[bool]) -> int:
        """Split one rename of the ring that ``start`` waits for; see the module's docstring.

        :returns: the node of the rename to the temporary name
        """
        ring = self._ring(start, done)
        waiting = [ring[-1], *ring[:-1]]
        waited_for = [*ring[1:], ring[0]]
        renames = [
            node
            for before, node, after in zip(waiting, ring, waited_for, strict=True)
            if self._steps[node].kind == "rename"
            and self._chains[node] not in (self._chains[before], self._chains[after])
        ]
        return self._split(min(renames, key=lambda node: self._steps[node].after.id))

    def _ring(self, start: int, done: Sequence[bool]) -> list[int]:
        path: dict[int, int] = {}
        node = start
        while node not in path:
            path[node] = len(path)
            node = min(need for need in self._needs[node] if not done[need])
        return list(path)[path[node] :]

    def _split(self, node: int) -> int:
        """Two renames instead of one: one that frees the name at once, and later one to the new
        name."""
        step, chain = self._steps[node], self._chains[node]
        temporary = self._temporary_name(step)
        moved = step._replace(after=step.after.renamed(temporary))
        away = self._add(moved, chain)
        self._steps[node] = step._replace(before=moved.after)
        for need in [need for need in self._needs[node] if self._chains[need] == chain]:
            self._wait(away, need)
        others = [other for other in self._dependents[node] if self._chains[other] != chain]
        for dependent in others:
            self._dependents[node].remove(dependent)
            self._needs[dependent].remove(node)
            self._wait(dependent, away)
        self._wait(node, away)
        return away

    def _temporary_name(self, step: Step) -> str:
        if self._taken is None:
            keys = map(case_key, self._taken_names)
            self._taken = {key for key in keys if key.startswith(_TEMPORARY)}
        name = temporary_name(step.after.id)
        while case_key(name) in self._taken:
            name += "-"
        self._taken.add(case_key(name))
        return name


class _Passage(NamedTuple):
    """The nodes that give a client a name for a while, and take it away again.

    When sorted, those that are restored under the name come first: a service that counts deleted
    clients too takes the name as used until they are renamed.
    """

    is_given: bool
    takes: int
    frees: int


class _Names:
    """Which nodes free and which take each name.

    A name passes from the clients that have it at the start, through clients that have it only for
    a while (restored under it and then renamed, or renamed to it and then deleted), to the one that
    keeps it.
    """

    def __init__(self, likely_names: Mapping[int, str]) -> None:
        self._likely_names = likely_names
        # Tuples: nearly all are of one node, and a list takes twice the memory.
        self._freed: dict[str, tuple[int, ...]] = defaultdict(tuple)
        self._passing: dict[str, list[_Passage]] = defaultdict(list)
        self._kept: dict[str, tuple[int, ...]] = defaultdict(tuple)

    def add(self, first: int, chain: Sequence[Step]) -> None:
        frees = _frees(chain[0])
        if frees is not None:
            self._freed[frees] += (first,)
        for place, step in enumerate(chain):
            takes = self._takes(step)
            if takes is None:
                continue
            if place + 1 < len(chain):
                passage = _Passage(step.kind == "rename", first + place, first + place + 1)
                self._passing[takes].append(passage)
            else:
                self._kept[takes] += (first + place,)

    def _takes(self, step: Step) -> str | None:
        if step.kind == "delete":
            return None
        name = self._likely_names.get(step.after.id) if step.restores_hidden else step.name
        return None if name is None else case_key(name)

    def waits(self) -> Iterable[tuple[int, int]]:
        """Pairs of (earlier, later)."""
        kept_alone = (name for name in self._kept if name not in self._passing)
        for name in itertools.chain(self._passing, kept_alone):
            freeing = self._freed.get(name, ())
            for passage in sorted(self._passing.get(name, [])):
                yield from ((earlier, passage.takes) for earlier in freeing)
                freeing = (passage.frees,)
            for takes in self._kept.get(name, ()):
                yield from ((earlier, takes) for earlier in freeing)


def _frees(step: Step) -> str | None:
    if step.kind in ("rename", "delete") and step.old_name is not None:
        return case_key(step.old_name)
    return None
