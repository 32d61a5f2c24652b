# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order steps are written: what frees a name before what takes it. Pure.

The service may refuse a second active client of a name, whatever the case (facts.md). So steps
wait for one another by the name with its case folded: that order suits every answer.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ansible_collections.toggl.focus.plugins.module_utils._model import Step
from ansible_collections.toggl.focus.plugins.module_utils._text import case_key


def in_order(chains: Sequence[Sequence[Step]], taken_names: Iterable[str]) -> tuple[Step, ...]:
    """All steps of all chains so that each stands behind those it ``needs``.

    :arg chains: the steps of one client each, in their order
    :arg taken_names: names that a temporary name must not meet
    """
    return _Ordering(chains, taken_names).steps()


class _Ordering:
    """The steps as nodes of a graph. The steps of one chain follow each other."""

    def __init__(self, chains: Sequence[Sequence[Step]], taken_names: Iterable[str]) -> None:
        self._steps: list[Step] = []
        self._chains: list[int] = []
        self._needs: dict[int, set[int]] = defaultdict(set)
        self._dependents: dict[int, set[int]] = defaultdict(set)
        self._taken_names = taken_names
        self._taken: set[str] | None = None
        names = _Names()
        for number, chain in enumerate(chains):
            self._add_chain(number, chain, names)
        for earlier, later in names.waits():
            if earlier != later:
                self._wait(later, earlier)

    def steps(self) -> tuple[Step, ...]:
        order = self._walk()
        position = {node: place for place, node in enumerate(order)}
        return tuple(self._placed(node, position) for node in order)

    def _placed(self, node: int, position: Mapping[int, int]) -> Step:
        needs = self._needs.get(node)
        if not needs:
            return self._steps[node]
        return replace(self._steps[node], needs=tuple(sorted(position[need] for need in needs)))

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
        self._needs[later].add(earlier)
        self._dependents[earlier].add(later)

    def _walk(self) -> list[int]:
        order: list[int] = []
        open_needs = [len(self._needs.get(node, ())) for node in range(len(self._steps))]
        ready = deque(node for node, count in enumerate(open_needs) if not count)
        done: set[int] = set()
        oldest = 0
        while len(order) < len(self._steps):
            while not ready:
                while oldest in done:
                    oldest += 1
                added = self._break_ring(oldest, done)
                open_needs.append(0)
                for node in (added, *self._dependents[added]):
                    open_needs[node] = len(self._needs[node] - done)
                if not open_needs[added]:
                    ready.append(added)
            node = ready.popleft()
            order.append(node)
            done.add(node)
            for dependent in sorted(self._dependents.get(node, ())):
                open_needs[dependent] -= 1
                if not open_needs[dependent]:
                    ready.append(dependent)
        return order

    def _break_ring(self, start: int, done: set[int]) -> int:
        """Let one rename of the ring that ``start`` waits for go by way of a temporary name.

        It is one whose present name a step of another client waits for. Every ring has one: a
        name that a client only passes through is waited for in one direction.

        :returns: the node of the rename to that name
        """
        ring = self._ring(start, done)
        following = [*ring[1:], ring[0]]
        renames = [
            need
            for node, need in zip(ring, following, strict=True)
            if self._steps[need].kind == "rename" and self._chains[node] != self._chains[need]
        ]
        return self._split(min(renames, key=lambda node: self._steps[node].id or 0))

    def _ring(self, start: int, done: set[int]) -> list[int]:
        path: dict[int, int] = {}
        node = start
        while node not in path:
            path[node] = len(path)
            node = min(self._needs[node] - done)
        return list(path)[path[node] :]

    def _split(self, node: int) -> int:
        """Two renames for one: away, which frees the name at once, and later to the new name."""
        step, chain = self._steps[node], self._chains[node]
        temporary = self._temporary_name(step)
        away = self._add(replace(step, name=temporary), chain)
        self._steps[node] = replace(step, before=temporary)
        for need in [need for need in self._needs[node] if self._chains[need] == chain]:
            self._wait(away, need)
        for dependent in list(self._dependents[node]):
            if self._chains[dependent] == chain:
                continue
            self._dependents[node].discard(dependent)
            self._needs[dependent].discard(node)
            self._wait(dependent, away)
        self._wait(node, away)
        return away

    def _temporary_name(self, step: Step) -> str:
        if self._taken is None:
            self._taken = {case_key(name) for name in self._taken_names}
        name = f"toggl.focus-{step.id}"
        while case_key(name) in self._taken:
            name += "-"
        self._taken.add(case_key(name))
        return name


class _Names:
    """Who frees and who takes each name.

    A name passes from those that bear it at the start, through clients that bear it on their
    way only (restored under an old name, then renamed), to the one that keeps it.
    """

    def __init__(self) -> None:
        self._freed: dict[str, list[int]] = defaultdict(list)
        self._passing: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._kept: dict[str, list[int]] = defaultdict(list)

    def add(self, first: int, chain: Sequence[Step]) -> None:
        frees = _frees(chain[0])
        if frees is not None:
            self._freed[frees].append(first)
        hint = _hint(chain)
        if hint is not None:
            self._kept[hint].append(first)
        for place, step in enumerate(chain):
            takes = _takes(step)
            if takes is None:
                continue
            if place + 1 < len(chain):
                self._passing[takes].append((first + place, first + place + 1))
            else:
                self._kept[takes].append(first + place)

    def waits(self) -> Iterable[tuple[int, int]]:
        """Pairs of (earlier, later)."""
        for name in {**self._passing, **self._kept}:
            freeing = self._freed.get(name, [])
            for takes, frees in self._passing.get(name, []):
                yield from ((earlier, takes) for earlier in freeing)
                freeing = [frees]
            for takes in self._kept.get(name, []):
                yield from ((earlier, takes) for earlier in freeing)


def _frees(step: Step) -> str | None:
    if step.kind in ("rename", "delete") and step.before is not None:
        return case_key(step.before)
    return None


def _hint(chain: Sequence[Step]) -> str | None:
    """The name that a client, restored unseen, may come back with: the one its entry gives."""
    unseen = chain[0].kind == "restore" and chain[0].name is None
    if unseen and len(chain) > 1 and chain[1].name is not None:
        return case_key(chain[1].name)
    return None


def _takes(step: Step) -> str | None:
    if step.kind in ("create", "rename", "restore") and step.name is not None:
        return case_key(step.name)
    return None
