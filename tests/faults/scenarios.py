# SPDX-License-Identifier: GPL-3.0-or-later
"""Random workspaces, lists and networks. The same seed gives the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from simulator.switches import ANSWERS, Switches, random_switches

from faults.network import ALL, IMPATIENT, KINDS

ODD_NAMES = (
    *("Zo\u00eb \U0001f680", "\u202eesrever", "\u05e9\u05dc\u05d5\u05dd", "{{ name }}"),
    *('quote " and \\ back', "line\nbreak", "tab\tand \x1b[31mred", "%41?&#/..;", "null", "x" * 60),
)
FAMILIES = (
    ("Acme", "acme", "ACME", "Acme Ltd", "\uff21\uff23\uff2d\uff25"),
    ("M\u00fcller", "Mu\u0308ller", "m\u00fcller", "Muller"),
    ("Stra\u00dfe", "STRASSE", "strasse", "Gro\u00df", "GROSS"),
    ("Initech GmbH", "Initech\u00a0GmbH", "Initech  GmbH", "Initech\u200b GmbH"),
    ("Globex", "Globex Corporation", "Hooli", "Umbrella"),
    ("R&D", "r&d", "R & D", "R&amp;D"),
)
"""Names that somebody might take for one another."""

BLANKS = (" {}", "{} ", "{}\u00a0", "\t{}")
UNKNOWN_ID = 99
GLOBS = ("Acme", "acm*", "Gro?", "*e", "Initech* hooli", "x*", "M\u00dcLLER")
WORST = ("dropped after", "reset after", "5xx after", "HTML after", "data that is no list")
"""Kinds of faults that are met alone as often as all others."""

_LATE = tuple(name for name, kind in KINDS.items() if kind.late)

Entry = dict[str, Any]
Entries = tuple[Entry, ...]


class There(NamedTuple):
    """A client that a history begins with."""

    name: str
    deleted: bool
    currency: str | None


class Act(NamedTuple):
    """What somebody else does to the ``pick``-th client that it can be done to, which gets the
    ``name``; while a list is read, right before the ``at``-th page."""

    kind: str
    pick: int
    name: str
    at: int = 0


BY_THE_SERVICE = ("unstable order", "growing pages")
BY_HAND = ("delete", "create", "create", "create", "rename", "rename", "restore", "currency")
CURRENCIES = ("USD", "CHF", None)
DECLARED = ("USD", "usd", "EUR", "CHF", "workspace", "Workspace")


class Network(NamedTuple):
    """What the network does to a run; ``refusals``: connections that it refuses first."""

    seed: int
    kinds: tuple[str, ...]
    chance: float
    patience: int
    refusals: int
    quota: int | None
    latency: float = 0.0

    @property
    def api_timeout(self) -> float:
        return IMPATIENT if any(KINDS[kind].hangs for kind in self.kinds) else 10.0


class Event(NamedTuple):
    """What happens next; for each ``kind`` there is a method of ``Trial``. ``entries``: which of
    the history's lists is applied. ``acts``: what others do, before the apply of a plan; ``drift``:
    while the list is read. ``spare``: requests that the quota holds more than a run needs."""

    kind: str
    entries: int = 0
    acts: tuple[Act, ...] = ()
    network: Network | None = None
    drift: Act | None = None
    runs_ago: int = 1
    spare: int = 0


class History(NamedTuple):
    """One workspace, its service, and what happens to it. ``single``: lists are of one entry, for
    ``focus_client``. ``lag``: reads that show what was before a write. ``clock``: seconds that the
    service's is ahead. ``way``: ``plain``, by ``tls``, or by TLS through a ``proxy``."""

    seed: int
    switches: Switches
    lag: int
    clock: float
    way: str
    there: tuple[There, ...]
    lists: tuple[Entries, ...]
    single: bool
    options: dict[str, Any]
    events: tuple[Event, ...]


PATTERNS: tuple[tuple[str, ...], ...] = (
    *(("broken", "undo"), ("broken", "undo by the journal"), ("broken", "night", "night")) * 2,
    ("night", "night", "undo"),
    ("night", "others", "undo"),
    ("night", "others", "undo by the journal"),
    ("night", "another list", "undo"),
    ("broken", "others", "undo"),
    ("night", "others", "night", "night"),
    ("two hosts", "night"),
    ("two lists at once", "night"),
    ("reviewed",),
    ("reviewed", "night"),
    ("another digest",),
    ("few requests", "night"),
)
"""Histories are put together of them."""


def history(seed: int) -> History:
    chance = random.Random(seed)
    single = chance.random() < 0.25
    names = _names(chance)
    there = _workspace(chance, names)
    lister = _Lister(chance, there, names)
    first = lister.entries(1 if single else chance.choice((1, 2, 2, 3, 3, 4, 5, 8)))
    if chance.random() < 0.4:
        first = tuple(
            {**entry, "currency": chance.choice(DECLARED)} if chance.random() < 0.6 else entry
            for entry in first
        )
    second = _edited(chance, first, _Lister(chance, there, names))
    switches = _switches(chance)
    way = chance.choice(("plain",) * 7 + ("tls", "proxy", "proxy"))
    lags = switches.read_after_write == "new" and chance.random() < 0.05
    return History(
        seed=seed,
        switches=switches,
        lag=chance.choice((2, 4, 12)) if lags else 0,
        clock=chance.choice((0.0, 0.0, 0.0, 7200.0, -7200.0)),
        way=way,
        there=there,
        lists=(first, second),
        single=single,
        options=_options(chance, single),
        events=tuple(_events(chance, names, way)),
    )


def _switches(chance: random.Random) -> Switches:
    size = chance.choice((2, 3, 5, 20, 50, 100))
    drawn = random_switches(chance.randrange(1_000_000))
    rest: dict[str, Any] = {"per_page_cap": size}
    if chance.random() < 0.5:
        rest |= {"duplicates": "allowed", "longest_name": 255}
    if chance.random() < 0.5:
        rest["currency"] = "replaces"
    if chance.random() < 0.05:
        rest["read_after_write"] = "old"
    if chance.random() < 0.2:
        longest = chance.choice((4, 8))
        rest["names_changed"] = chance.choice(ANSWERS["names_changed"][1:])
        rest |= {"longest_name": longest} if rest["names_changed"] == "cut" else {}
    return replace(drawn, **rest)


def _edited(chance: random.Random, entries: Entries, lister: _Lister) -> Entries:
    """The list after somebody has edited it: a part of it, and what is new."""
    if len(entries) == 1:
        return lister.entries(1)
    kept = [entry for entry in entries if chance.random() < 0.7]
    return (*kept, *lister.entries(chance.choice((1, 2))))


def _events(chance: random.Random, names: tuple[str, ...], way: str) -> Iterator[Event]:
    patterns = [chance.choice(PATTERNS) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    entries = 0
    for kind in (kind for pattern in patterns for kind in pattern):
        if kind == "another list":
            entries, kind = 1 - entries, "night"
        acts = [_act(chance, names) for _ in range(chance.choice((0, 1, 1, 2)))]
        if kind == "others":
            acts.append(_act(chance, names))
        network = _network(chance, way) if kind == "broken" else None
        may_drift = network is not None and not network.latency
        yield Event(
            kind=kind,
            entries=entries,
            acts=tuple(acts) if kind in ("others", "reviewed") else (),
            network=network,
            drift=_drift(chance, names) if may_drift and chance.random() < 0.3 else None,
            runs_ago=chance.choice((1, 1, 1, 2)),
            spare=chance.randint(-3, 2),
        )


def _act(chance: random.Random, names: tuple[str, ...]) -> Act:
    return Act(chance.choice(BY_HAND), chance.randrange(1000), chance.choice(names))


def _options(chance: random.Random, single: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"api_retries": chance.choice((0, 1, 2, 2, 4))}
    if single:
        return options
    options["concurrency"] = chance.choice((1, 1, 2, 4, 8))
    options["purge"] = chance.random() < 0.3
    options["max_deletion_percent"] = chance.choice((100, 100, 100, 100, 30, 50, 0))
    options["allow_partial"] = chance.random() < 0.5
    if chance.random() < 0.2:
        options["protected"] = chance.choice(GLOBS).split()
    if chance.random() < 0.15:
        options["max_deletions"] = chance.choice((0, 1, 2, 3))
    return options


def _network(chance: random.Random, way: str) -> Network:
    seed = chance.randrange(1_000_000)
    if way == "plain" and chance.random() < 0.04:
        # the service does its work when nobody waits for it any more
        late = ("dropped after", *_LATE, *_LATE)
        return Network(seed, late, 0.7, chance.choice((1, 2, 3)), 0, None, latency=0.02)
    kinds = [name for name in KINDS if name not in _LATE]
    if chance.random() < 0.95:
        kinds = [kind for kind in kinds if not KINDS[kind].hangs]
    fitting = [kind for kind in kinds if len(KINDS[kind].methods) == len(ALL)]
    chosen = {chance.choice(fitting), *chance.sample(kinds, chance.randint(0, 3))}
    if chance.random() < 0.3:
        chosen = {chance.choice(WORST)}
    odds, patience = chance.choice((0.1, 0.3, 0.5, 0.9)), chance.choice((1, 1, 2, 3, 99))
    refusals = chance.choice((0, 0, 0, 0, 1, 2, 9))
    quota = chance.randint(1, 12) if chance.random() < 0.1 else None
    return Network(seed, tuple(sorted(chosen)), odds, patience, refusals, quota)


def _drift(chance: random.Random, names: tuple[str, ...]) -> Act:
    act = _act(chance, names)
    if chance.random() < 0.3:
        act = act._replace(kind=chance.choice(BY_THE_SERVICE))
    return act._replace(at=chance.choice((2, 2, 2, 3, 4)))


def _names(chance: random.Random) -> tuple[str, ...]:
    """The few names that all of a scenario is about, so that they meet."""
    families = [name for family in chance.sample(FAMILIES, 2) for name in family]
    odd = chance.sample(ODD_NAMES, 2)
    return tuple(chance.sample(families, min(len(families), chance.randint(4, 9))) + odd)


def _workspace(chance: random.Random, names: tuple[str, ...]) -> tuple[There, ...]:
    """Deleted clients, names that several bear, names with blanks around them, or of blanks."""
    there: list[tuple[str, bool]] = []
    for name in chance.sample(names, chance.choice((0, 2, 4, len(names)))):
        shown = chance.choice(BLANKS).format(name) if chance.random() < 0.1 else name
        there.append((shown, chance.random() < 0.25))
    if there and chance.random() < 0.4:
        there.append((chance.choice(there)[0], chance.random() < 0.7))
    if chance.random() < 0.03:
        there.append((" ", chance.random() < 0.5))
    if chance.random() < 0.2:
        there += [(f"Client {number}", False) for number in range(chance.randint(3, 25))]
    chance.shuffle(there)
    return tuple(There(*client, chance.choice(CURRENCIES)) for client in there)


class _Lister:
    """Entries, most of which fit together: each takes a client or a name of its own."""

    def __init__(
        self, chance: random.Random, there: Sequence[There], names: tuple[str, ...]
    ) -> None:
        self.chance = chance
        self.there = {1001 + at: client[:2] for at, client in enumerate(there)}
        self.names = names
        self.ids = list(self.there)
        self.unused = [name for name in names if name not in {client.name for client in there}]
        chance.shuffle(self.ids)
        chance.shuffle(self.unused)

    def entries(self, count: int) -> tuple[Entry, ...]:
        if self.chance.random() < 0.25:
            return tuple(self._anything() for _ in range(count))
        made: list[Entry] = []
        if count > 1 and self.chance.random() < 0.3:
            made += self._ring()
        if count > 1 and self.chance.random() < 0.2:
            made += self._heirs()
        while len(made) < count:
            made.append(self._entry())
        self.chance.shuffle(made)
        return tuple(made)

    def _entry(self) -> Entry:
        if self.chance.random() < 0.05:
            return self._anything()
        if not self.ids or self.chance.random() < 0.25:
            return {"name": self._new_name(), "restore_deleted": self.chance.random() < 0.3}
        client_id = self.ids.pop()
        name, deleted = self.there[client_id]
        if not name.strip():
            return {"id": client_id, "state": self.chance.choice(("present", "absent"))}
        makers = self._for_deleted if deleted else self._for_active
        return self.chance.choice(makers(client_id, name))

    def _for_active(self, client_id: int, name: str) -> list[Entry]:
        new = self._new_name()
        return [
            {"name": name},
            {"id": client_id},
            {"id": client_id, "name": new},
            {"id": client_id, "name": self.chance.choice(self.names)},
            {"name": new, "former_names": [name, "Nobody"]},
            {"name": self.chance.choice(self.names), "former_names": [name]},
            {"name": name, "state": "absent"},
            {"id": client_id, "state": "absent"},
            {"id": client_id, "name": name, "state": "absent"},
            {"id": client_id, "name": new, "state": "absent", "former_names": [name]},
            {"id": client_id, "name": new, "former_names": [name]},
            {"id": client_id, "name": new, "state": "restored"},
        ]

    def _for_deleted(self, client_id: int, name: str) -> list[Entry]:
        return [
            {"name": name},
            {"name": name, "restore_deleted": True},
            {"name": name, "state": "restored"},
            {"id": client_id, "state": "restored"},
            {"id": client_id, "name": name, "state": "restored", "former_names": [name]},
            {"id": client_id, "name": self._new_name(), "state": "restored"},
            {"id": client_id, "name": self.chance.choice(self.names), "state": "restored"},
            {"id": client_id, "state": "absent"},
        ]

    def _ring(self) -> list[Entry]:
        """Clients that exchange their names, some perhaps in another case."""
        ring = self.ids[: self.chance.choice((2, 2, 3))]
        names = [self.there[client_id][0] for client_id in [*ring[1:], *ring[:1]]]
        if len(ring) < 2 or len(set(names)) < len(ring) or not all(map(str.strip, names)):
            return []
        self.ids, made = self.ids[len(ring) :], []
        for client_id, name in zip(ring, names, strict=True):
            entry = {"id": client_id, "name": self._perhaps_in_another_case(name)}
            if self.there[client_id][1] or self.chance.random() < 0.2:
                entry["state"] = "restored"
            made.append(entry)
        return made

    def _heirs(self) -> list[Entry]:
        """A client that loses its name by its id, and another, or a new one, that gets it."""
        if not self.ids:
            return []
        client_id = self.ids.pop()
        name, deleted = self.there[client_id]
        if not name.strip():
            return []
        loser = {"id": client_id, "name": self._new_name()}
        if deleted:
            loser["state"] = "restored"
        elif self.chance.random() < 0.3:
            loser = {"id": client_id, "state": "absent"}
        heir: Entry = {"name": self._perhaps_in_another_case(name.strip())}
        if self.ids and self.chance.random() < 0.3:
            heir["id"] = self.ids.pop()
        return [loser, heir]

    def _perhaps_in_another_case(self, name: str) -> str:
        return name.swapcase() if self.chance.random() < 0.2 else name

    def _anything(self) -> Entry:
        """Whatever may be said, the names being of those that are there."""
        chance = self.chance
        entry: Entry = {"state": chance.choice(("present", "present", "absent", "restored"))}
        if chance.random() < 0.6 or not self.there:
            entry["name"] = chance.choice(self.names)
        if self.there and ("name" not in entry or chance.random() < 0.3):
            entry["id"] = chance.choice((*self.there, *self.there, UNKNOWN_ID))
        if chance.random() < 0.3:
            entry["former_names"] = chance.sample(self.names, chance.randint(1, 2))
        if chance.random() < 0.3:
            entry["restore_deleted"] = True
        return entry

    def _new_name(self) -> str:
        return self.unused.pop() if self.unused else f"New {self.chance.randrange(10**9)}"
