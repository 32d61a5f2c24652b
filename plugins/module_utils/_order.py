# SPDX-License-Identifier: GPL-3.0-or-later
"""In which order steps are written: what frees a name before what takes it. Pure.

The service may refuse a second active client of a name, whatever the case (facts.md). So steps
wait for one another by the name with its case folded: that order suits every answer.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ansible_collections.toggl.focus.plugins.module_utils._model import Step
from ansible_collections.toggl.focus.plugins.module_utils._text import case_key


@dataclass
class _Node:
    """A step with its chain (the steps of one client follow each other) and its waits."""

    step: Step
    chain: int
    needs: set[int] = field(default_factory=set)


def in_order(chains: Sequence[Sequence[Step]], taken_names: Iterable[str]) -> tuple[Step, ...]:
    """All steps of all chains so that each stands behind those it ``needs``.

    :arg chains: the steps of one client each, in their order
    :arg taken_names: names that a temporary name must not meet
    """
    return _Ordering(chains, taken_names).steps()


class _Ordering:
    def __init__(self, chains: Sequence[Sequence[Step]], taken_names: Iterable[str]) -> None:
        self._nodes: list[_Node] = []
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
        return tuple(
            replace(
                self._nodes[number].step,
                needs=tuple(sorted(position[need] for need in self._nodes[number].needs)),
            )
            for number in order
        )

    def _add_chain(self, number: int, chain: Sequence[Step], names: _Names) -> None:
        first = len(self._nodes)
        for place, step in enumerate(chain):
            node = len(self._nodes)
            self._nodes.append(_Node(step, number))
            if place:
                self._wait(node, node - 1)
        names.add(first, chain)

    def _wait(self, later: int, earlier: int) -> None:
        self._nodes[later].needs.add(earlier)
        self._dependents[earlier].add(later)

    def _walk(self) -> list[int]:
        order: list[int] = []
        open_needs = {number: len(node.needs) for number, node in enumerate(self._nodes)}
        ready = deque(number for number, count in open_needs.items() if not count)
        done: set[int] = set()
        oldest = 0
        while len(order) < len(self._nodes):
            while not ready:
                while oldest in done:
                    oldest += 1
                self._break_ring(oldest, done)
                added = len(self._nodes) - 1
                for number in (added, *self._dependents[added]):
                    open_needs[number] = len(self._nodes[number].needs - done)
                if not open_needs[added]:
                    ready.append(added)
            number = ready.popleft()
            order.append(number)
            done.add(number)
            for dependent in sorted(self._dependents[number]):
                open_needs[dependent] -= 1
                if not open_needs[dependent]:
                    ready.append(dependent)
        return order

    def _break_ring(self, start: int, done: set[int]) -> None:
        """Let one rename of the ring that ``start`` waits for go by way of a temporary name."""
        ring = self._ring(start, done)
        following = [*ring[1:], ring[0]]
        renames = [
            number
            for number, need in zip(ring, following, strict=True)
            if self._nodes[number].step.kind == "rename"
            and self._nodes[number].chain != self._nodes[need].chain
        ]
        self._split(min(renames, key=lambda number: self._nodes[number].step.id or 0))

    def _ring(self, start: int, done: set[int]) -> list[int]:
        path: dict[int, int] = {}
        number = start
        while number not in path:
            path[number] = len(path)
            number = min(self._nodes[number].needs - done)
        return list(path)[path[number] :]

    def _split(self, number: int) -> None:
        """Two renames for one: away, which frees the name at once, and later to the new name."""
        node = self._nodes[number]
        away = len(self._nodes)
        temporary = self._temporary_name(node.step)
        self._nodes.append(_Node(replace(node.step, name=temporary), node.chain))
        node.step = replace(node.step, before=temporary)
        for need in [need for need in node.needs if self._nodes[need].chain == node.chain]:
            self._wait(away, need)
        for dependent in list(self._dependents[number]):
            if self._nodes[dependent].chain == node.chain:
                continue
            self._dependents[number].discard(dependent)
            self._nodes[dependent].needs.discard(number)
            self._wait(dependent, away)
        self._wait(number, away)

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


def _takes(step: Step) -> str | None:
    if step.kind in ("create", "rename", "restore") and step.name is not None:
        return case_key(step.name)
    return None
