# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which steps are written: a step that frees a name before one that takes it. Pure.

The service may refuse a second active client of a name, perhaps whatever its case. So steps wait
for one another by the name with its case folded: that order suits every service.

Such waits can form rings, that is dependency cycles. A ring is broken by splitting a rename in it:
first to a temporary name, which no client has, and later to its own. Two facts make that
end:

- Each ring has a rename that another client waits for and that itself waits for another client.
  Where a ring enters a client's steps at one step and leaves them at another, that client has one
  name only in between (see ``_Stay``). Such clients pass their names on in one direction, so a
  ring cannot consist of them alone.
- No rename is split twice. The first half waits only for its own client, and no other client waits
  for the second half, since that leaves only the temporary name.

So there are at most as many splits as renames.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from .._model import Step, temporary_name
from .._text import case_key


def in_order(
    chains: Sequence[Sequence[Step]], likely_names: Mapping[int, str] = MappingProxyType({})
) -> tuple[Step, ...]:
    """Return all steps of all chains, each after those that it ``needs``.

    The restores of hidden clients come first, with what they need: the rest is planned again after
    them. Purges, and what needs them, come last, since they wait for all creates.

    :arg chains: the steps of one client each, in their order
    :arg likely_names: the probable names of hidden clients that are restored, by id
    """
    ordering = _Ordering(chains, likely_names)
    order = ordering.order()
    steps, needs = ordering.steps, ordering.needs
    first: set[int] = set()
    for node in reversed(order):
        if node in first or steps[node].restores_hidden:
            first.update((node, *needs.get(node, ())))
    # A flag for each node; a set takes forty times as much.
    is_late = bytearray(step.entry is None for step in steps)
    for node in filter(needs.get, order):
        is_late[node] |= any(is_late[need] for need in needs[node])
    order.sort(key=lambda node: (node not in first, is_late[node]))
    places = sorted(range(len(order)), key=order.__getitem__)  # by node
    for node, of_node in needs.items():
        steps[node] = steps[node]._replace(needs=tuple(sorted({places[need] for need in of_node})))
    return tuple(steps[node] for node in order)


class _Ordering:
    """The ``steps`` as nodes of a graph, and the nodes that each of them ``needs``."""

    def __init__(self, chains: Sequence[Sequence[Step]], likely_names: Mapping[int, str]) -> None:
        self.steps = [step for chain in chains for step in chain]
        self.needs: dict[int, tuple[int, ...]] = defaultdict(tuple)
        self._dependents: dict[int, list[int]] = defaultdict(list)
        stays: list[_Stay] = []
        first = 0
        for chain in chains:
            for node in range(first + 1, first + len(chain)):
                self._wait(node, node - 1)
            stays += _stays(chain, first, likely_names)
            first += len(chain)
        stays.sort()
        for _name, of_name in groupby(stays, attrgetter("name")):
            self._pass_on(of_name)
        self._open = [len(self.needs.get(node, ())) for node in range(len(self.steps))]
        """How many of its needs each node still waits for."""

    def _pass_on(self, stays: Iterable[_Stay]) -> None:
        """Let those who get a name wait for those who have it before them."""
        freeing: list[int] = []
        for stay in stays:
            if stay.takes is not None and freeing:
                self._wait(stay.takes, *(node for node in freeing if node != stay.takes))
            if stay.frees is not None:
                if stay.rank:
                    freeing = []
                freeing.append(stay.frees)

    def order(self) -> list[int]:
        """Return the nodes in order. Rings are broken one after the other, so that few clients have
        a temporary name at once."""
        order: list[int] = []
        ready = deque(node for node, count in enumerate(self._open) if not count)
        halves = self._first_halves()
        while len(order) < len(self.steps):
            node = ready.popleft() if ready else next(halves)
            order.append(node)
            for other in sorted(self._dependents.get(node, ())):  # in the list's order
                self._open[other] -= 1
                if not self._open[other]:
                    ready.append(other)
        return order

    def _first_halves(self) -> Iterator[int]:
        """Yield the first half of a rename of each ring that is left."""
        # By the clients' ids, so that the list's order does not decide which ring is found. Nothing
        # waits for a create.
        there = (node for node in self.needs if self.steps[node].id is not None)
        for node in sorted(there, key=lambda node: self.steps[node].after.id):
            while self._open[node]:
                yield self._break(node)

    def _wait(self, node: int, *needs: int) -> None:
        self.needs[node] += needs
        for need in needs:
            self._dependents[need].append(node)

    def _break(self, node: int) -> int:
        """Find a ring that a node waits for, and split one rename of it; see the module's
        docstring. Return the first half. It is ready: where a node waits for one of its own client,
        the ring goes there."""
        path: dict[int, None] = {}
        while node not in path:
            path[node] = None
            node = next(need for need in self.needs[node] if self._open[need])
        nodes = [*path]
        ring = nodes[nodes.index(node) :]
        ids = [self.steps[node].after.id for node in ring]
        neighbours = zip(ring, ids, [ids[-1], *ids], [*ids[1:], ids[0]], strict=False)
        _id, node = min(
            (client, node)
            for node, client, before, after in neighbours
            if self.steps[node].kind == "rename" and client not in (before, after)
        )
        return self._split(node)

    def _split(self, node: int) -> int:
        """Make two renames of one: one that frees the name at once, and later one to the new
        name."""
        step, away = self.steps[node], len(self.steps)
        old = step.before or step.after
        moved = step._replace(after=old.renamed(temporary_name(old.id)))
        self.steps[node] = step._replace(before=moved.after)
        self.steps.append(moved)
        own = [need for need in self.needs[node] if self.steps[need].after.id == old.id]
        for other in self._dependents.pop(node, []):
            now = node if self.steps[other].after.id == old.id else away
            self._dependents[now].append(other)
            self.needs[other] = tuple(now if need == node else need for need in self.needs[other])
        self._wait(away, *own)
        self._wait(node, away)
        self._open[node] += 1
        self._open.append(0)
        return away


class _Stay(NamedTuple):
    """That a client, by its id, has a name, and the nodes that give it and take it away.

    A name passes from the clients that have it at the start (``rank`` 0), through clients that have
    it only for a while, to those that keep it (3). Those that are restored under it and then
    renamed (1) come before those that are renamed to it and then deleted (2): a service that counts
    deleted clients too takes the name as used until they are renamed. Among equals the lower id is
    first: neither the list's order nor the service's changes the plan, and so its digest.
    """

    name: str
    rank: int
    client: int
    takes: int | None
    frees: int | None


def _stays(chain: Sequence[Step], first: int, likely_names: Mapping[int, str]) -> Iterator[_Stay]:
    """Yield the names that one client has, where ``first`` is the node of its first step."""
    client, before = chain[0].after.id, chain[0].before
    name = None if before is None or before.deleted else before.name
    takes, rank = None, 0
    for node, step in enumerate(chain, first):
        if not step.moves_name:
            if step.name is not None:  # its PUT sends the name again
                yield _Stay(case_key(step.name), 3, client, node, None)
            continue
        if name is not None:
            yield _Stay(case_key(name), rank, client, takes, node)
        takes, rank = node, 2 if step.kind == "rename" else 1
        likely = likely_names.get(client) if step.restores_hidden else step.name
        name = None if step.kind == "delete" else likely
    if takes is not None and name is not None:
        yield _Stay(case_key(name), 3, client, takes, None)
