# SPDX-License-Identifier: GPL-3.0-or-later
"""A naive model of the service, for every answer that nobody has given: plain loops
over names and states. It shares no rule with what it judges."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Step
from support.steps import active, deleted


class Manners(NamedTuple):
    """``counts``: whose names may not be given a second time; ``any_case``: names that differ in
    case only are one name there; ``hides``: deleted clients are neither listed nor shown by id."""

    counts: str = "none"
    any_case: bool = False
    hides: bool = False

    def same(self, one: str, other: str) -> bool:
        if self.any_case:
            one, other = one.casefold(), other.casefold()
        return written(one) == written(other)


MANNERS = [
    Manners(counts, any_case, hides)
    for counts in ("none", "active", "all")
    for any_case in (False, True)
    for hides in (False, True)
    if not (counts == "none" and any_case)
]


def written(name: str) -> str:
    """How a name is compared, by the design: trimmed, as Unicode NFC, case kept."""
    return unicodedata.normalize("NFC", name.strip())


class Refused(Exception):
    """``bearer``: the id of the client that has the name already, if that is the reason."""

    def __init__(self, step: Step, bearer: int | None = None) -> None:
        super().__init__(step, bearer)
        self.bearer = bearer


class Held(NamedTuple):
    name: str
    deleted: bool
    attributes: Mapping[str, str]


class Service:
    """Clients by id. New ids are none that a list may name."""

    def __init__(self, manners: Manners, clients: Iterable[Client]) -> None:
        self.manners = manners
        self.held = {c.id: Held(c.name, c.deleted, c.attributes) for c in clients}
        self._next_id = 1001

    def shown(self) -> list[Client]:
        """What a list of all clients, and a read of each id, tell."""
        return [
            (deleted if held.deleted else active)(id_, held.name, **held.attributes)
            for id_, held in self.held.items()
            if not (held.deleted and self.manners.hides)
        ]

    def state(self) -> dict[int, tuple[str, bool]]:
        """Names are the same if they compare so: a plan never touches a mere way of writing."""
        return {id_: (written(held.name), held.deleted) for id_, held in self.held.items()}

    def attributes(self) -> dict[int, Mapping[str, str]]:
        """Those of the active clients."""
        return {id_: held.attributes for id_, held in self.held.items() if not held.deleted}

    def is_possible(self) -> bool:
        """Whether no two clients have a name that only one may have."""
        return all(
            self._bearer(id_, held.name) is None
            for id_, held in self.held.items()
            if self._counts(held)
        )

    def execute(self, step: Step) -> Step:
        """Execute a step; it comes back with its id, and with the name that was found."""
        if step.kind == "create":
            created, self._next_id = self._next_id, self._next_id + 1
            self._give(step, created, step.after.name, self._put(step, {}))
            return step._replace(after=step.after._replace(id=created))
        held_id = step.id or 0
        held = self.held.get(held_id)
        if held is None or held.deleted != (step.kind == "restore"):
            raise Refused(step)
        if step.kind == "delete":
            self.held[held_id] = held._replace(deleted=True)
        elif step.kind == "restore":
            self._give(step, held_id, held.name, held.attributes)
        else:
            is_same = step.kind == "update" or written(held.name) == written(step.after.name)
            name = held.name if is_same else step.after.name
            # What is not known of a hidden client is read before the write.
            unread = held.attributes if step.after.hidden else {}
            self._give(step, held_id, name, self._put(step, unread))
        if step.before is not None and not step.old_name:
            step = step._replace(before=step.before._replace(name=held.name, hidden=False))
        if step.kind in ("restore", "update"):
            step = step._replace(after=step.after._replace(name=held.name, hidden=False))
        return step

    @staticmethod
    def _put(step: Step, unread: Mapping[str, str]) -> dict[str, str]:
        """A write of a client replaces all that may be written."""
        body = {**unread, **step.after.body}
        return {of: value for of, value in body.items() if value and of != "name"}

    def _give(self, step: Step, id_: int, name: str, attributes: Mapping[str, str]) -> None:
        bearer = self._bearer(id_, name)
        if bearer is not None:
            raise Refused(step, bearer)
        self.held[id_] = Held(name, False, attributes)

    def _bearer(self, id_: int, name: str) -> int | None:
        """The other client, if any, because of which the service refuses the name."""
        for other, held in self.held.items():
            if other != id_ and self._counts(held) and self.manners.same(held.name, name):
                return other
        return None

    def _counts(self, held: Held) -> bool:
        return {"none": False, "active": not held.deleted, "all": True}[self.manners.counts]


class Run(NamedTuple):
    done: list[Step]
    refused: list[Refused]


def executed(
    service: Service, steps: Sequence[Step], chance: random.Random, most: int | None = None
) -> Run:
    """The steps in an order by chance that keeps what they need; at most so many of them. A step
    stays undone where one that it needs was refused."""
    left = dict(enumerate(steps))
    succeeded: set[int] = set()
    run = Run([], [])
    while most is None or len(run.done) < most:
        ready = [at for at, step in left.items() if succeeded >= set(step.needs)]
        if not ready:
            break
        at = chance.choice(ready)
        try:
            run.done.append(service.execute(left.pop(at)))
            succeeded.add(at)
        except Refused as refused:
            run.refused.append(refused)
    return run
