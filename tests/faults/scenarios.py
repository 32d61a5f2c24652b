# SPDX-License-Identifier: GPL-3.0-or-later
"""Random workspaces, lists and networks. The same seed gives the same."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from simulator.switches import Switches, random_switches

from faults.model import Rules
from faults.network import ALL, IMPATIENT, KINDS

ODD_NAMES = (
    "Zo\u00eb \U0001f680",
    "\u202eesrever",
    "\u05e9\u05dc\u05d5\u05dd",
    "{{ name }}",
    'quote " and \\ back',
    "line\nbreak",
    "tab\tand \x1b[31mred",
    "%41?&#/..;",
    "null",
    "x" * 60,
)
FAMILIES = (
    ("Acme", "acme", "ACME", "Acme Ltd", "\uff21\uff23\uff2d\uff25"),
    ("M\u00fcller", "Mu\u0308ller", "m\u00fcller", "Muller"),
    ("Stra\u00dfe", "STRASSE", "strasse", "Gro\u00df", "GROSS"),
    ("Initech GmbH", "Initech\u00a0GmbH", "Initech  GmbH", "Initech\u200b GmbH"),
    ("Globex", "Globex Corporation", "Hooli", "Umbrella"),
)
"""Names that somebody might take for one another."""

BLANKS = (" {}", "{} ", "{}\u00a0", "\t{}")
UNKNOWN_ID = 99
PATTERNS = (["Acme"], ["acm*"], ["Gro?"], ["*e"], ["Initech*", "hooli"], ["x*"], ["M\u00dcLLER"])
WORST = ("dropped after", "reset after", "5xx after", "HTML after", "data that is no list")
"""Kinds of faults that are met alone as often as all others."""

REPORTS = ("changes", "all")
PAGE_SIZES = (2, 3, 5, 20, 50, 100)

_LATE = tuple(name for name, kind in KINDS.items() if kind.late)

Entry = dict[str, Any]
There = tuple[tuple[str, bool], ...]


class Drift(NamedTuple):
    """What moves while the list is read: ``kind`` is what somebody else does right before the
    ``at``-th page of a list, or what the service itself does to all its pages."""

    kind: str
    at: int
    pick: int
    name: str

    @property
    def is_by_the_service(self) -> bool:
        return self.kind in BY_THE_SERVICE


BY_THE_SERVICE = ("unstable order", "growing pages")
BY_HAND = ("delete", "delete", "create", "rename")


@dataclass(frozen=True)
class Network:
    """What the network does to a run; ``refusals``: connections that it refuses first.

    ``way``: how the service is reached, ``plain``, by ``tls``, or by TLS through a ``proxy``.
    """

    kinds: tuple[str, ...]
    chance: float
    patience: int
    refusals: int
    quota: int | None
    way: str
    latency: float = 0.0

    @property
    def may_hang(self) -> bool:
        return any(KINDS[kind].hangs for kind in self.kinds)


@dataclass(frozen=True)
class Scenario:
    """One workspace, one list, and one way to break its run.

    ``single``: the one entry goes through ``focus_client``. ``deleted_before``: names of clients
    that a run with the journal has deleted before, so that the journal tells of them.
    ``spare``: requests that the quota holds more than a run needs, if it holds but few.
    """

    seed: int
    switches: Switches
    there: There
    entries: tuple[Entry, ...]
    single: bool
    options: dict[str, Any]
    deleted_before: tuple[str, ...]
    spare: int | None
    network: Network
    drift: Drift | None

    @property
    def more_options(self) -> dict[str, Any]:
        """What a run in this network needs on top."""
        return {"api_timeout": IMPATIENT if self.network.may_hang else 10.0}

    @property
    def reports_all(self) -> bool:
        """Whether the report is to name what stays as it is, too."""
        return self.options.get("report") == "all"

    @property
    def rules(self) -> Rules:
        given = {name: self.options[name] for name in _RULES if name in self.options}
        return Rules(**given)


_RULES = ("purge", "protected", "max_deletions", "max_deletion_percent")


def scenario(seed: int) -> Scenario:
    chance = random.Random(seed)
    single = chance.random() < 0.25
    names = _names(chance)
    there = _workspace(chance, names)
    lister = _Lister(chance, there, names)
    entries = lister.entries(1 if single else chance.choice((1, 2, 2, 3, 3, 4, 5, 8)))
    size = chance.choice(PAGE_SIZES)
    switches = replace(random_switches(chance.randrange(1_000_000)), per_page_cap=size)
    if chance.random() < 0.5:
        switches = replace(switches, duplicates="allowed", longest_name=255)
    if chance.random() < 0.05:
        switches = replace(switches, read_after_write="old")
    case = Scenario(
        seed=seed,
        switches=switches,
        there=there,
        entries=entries,
        single=single,
        options=_options(chance, single) | ({} if single else {"report": REPORTS[seed % 2]}),
        deleted_before=_deleted_before(chance, there),
        spare=chance.randint(-3, 2) if not single and chance.random() < 0.15 else None,
        network=_network(chance),
        drift=_drift(chance, names) if chance.random() < 0.3 else None,
    )
    return _with_late_answers(case) if chance.random() < 0.03 else case


def _options(chance: random.Random, single: bool) -> dict[str, Any]:
    options: dict[str, Any] = {"api_retries": chance.choice((0, 1, 2, 2, 4))}
    if single:
        return options
    options["concurrency"] = chance.choice((1, 1, 2, 4, 8))
    options["purge"] = chance.random() < 0.3
    options["max_deletion_percent"] = chance.choice((100, 100, 100, 100, 30, 50, 0))
    options["allow_partial"] = chance.random() < 0.5
    if chance.random() < 0.2:
        options["protected"] = chance.choice(PATTERNS)
    if chance.random() < 0.15:
        options["max_deletions"] = chance.choice((0, 1, 2, 3))
    return options


def _with_late_answers(case: Scenario) -> Scenario:
    """The service does its work when nobody waits for it any more."""
    kinds = ("dropped after", *_LATE, *_LATE)
    network = replace(
        case.network, kinds=kinds, chance=0.7, refusals=0, quota=None, way="plain", latency=0.02
    )
    return replace(case, network=network, drift=None)


def _network(chance: random.Random) -> Network:
    kinds = [name for name in KINDS if name not in _LATE]
    if chance.random() < 0.95:
        kinds = [kind for kind in kinds if not KINDS[kind].hangs]
    fitting = [kind for kind in kinds if len(KINDS[kind].methods) == len(ALL)]
    chosen = {chance.choice(fitting), *chance.sample(kinds, chance.randint(0, 3))}
    if chance.random() < 0.3:
        chosen = {chance.choice(WORST)}
    way = chance.choice(("plain",) * 7 + ("tls", "proxy", "proxy"))
    return Network(
        kinds=tuple(sorted(chosen)),
        chance=chance.choice((0.1, 0.3, 0.5, 0.9)),
        patience=chance.choice((1, 1, 2, 3, 99)),
        refusals=chance.choice((0, 0, 0, 0, 1, 2, 9)),
        quota=chance.randint(1, 12) if chance.random() < 0.1 else None,
        way=way,
    )


def _drift(chance: random.Random, names: tuple[str, ...]) -> Drift:
    kind = chance.choice((*BY_THE_SERVICE, *BY_HAND))
    return Drift(kind, chance.choice((2, 2, 2, 3, 4)), chance.randrange(1000), chance.choice(names))


def _names(chance: random.Random) -> tuple[str, ...]:
    """The few names that all of a scenario is about, so that they meet."""
    families = [name for family in chance.sample(FAMILIES, 2) for name in family]
    odd = chance.sample(ODD_NAMES, 2)
    return tuple(chance.sample(families, min(len(families), chance.randint(4, 9))) + odd)


def _workspace(chance: random.Random, names: tuple[str, ...]) -> There:
    """Deleted clients, names that several bear, names with blanks around them, or of blanks."""
    there: list[tuple[str, bool]] = []
    for name in chance.sample(names, chance.choice((0, 2, 4, len(names)))):
        shown = chance.choice(BLANKS).format(name) if chance.random() < 0.1 else name
        there.append((shown, chance.random() < 0.25))
    if there and chance.random() < 0.4:
        again = chance.choice(there)[0]
        there.append((again, chance.random() < 0.7))
    if chance.random() < 0.03:
        there.append((" ", chance.random() < 0.5))
    if chance.random() < 0.2:
        there += [(f"Client {number}", False) for number in range(chance.randint(3, 25))]
    chance.shuffle(there)
    return tuple(there)


def _deleted_before(chance: random.Random, there: There) -> tuple[str, ...]:
    active = [name.strip() for name, deleted in there if not deleted and name.strip()]
    if not active or chance.random() < 0.9:
        return ()
    return tuple(chance.sample(active, 1))


class _Lister:
    """Entries, most of which fit together: each takes a client or a name of its own."""

    def __init__(self, chance: random.Random, there: There, names: tuple[str, ...]) -> None:
        self._chance = chance
        self._there = {1001 + at: client for at, client in enumerate(there)}
        self._names = names
        self._ids = list(self._there)
        self._unused = [name for name in names if name not in {known for known, _ in there}]
        chance.shuffle(self._ids)
        chance.shuffle(self._unused)

    def entries(self, count: int) -> tuple[Entry, ...]:
        if self._chance.random() < 0.25:
            return tuple(self._anything() for _ in range(count))
        made: list[Entry] = []
        if count > 1 and self._chance.random() < 0.3:
            made += self._ring()
        if count > 1 and self._chance.random() < 0.2:
            made += self._heirs()
        while len(made) < count:
            made.append(self._entry())
        self._chance.shuffle(made)
        return tuple(made)

    def _entry(self) -> Entry:
        if self._chance.random() < 0.05:
            return self._anything()
        if not self._ids or self._chance.random() < 0.25:
            return {"name": self._new_name(), "restore_deleted": self._chance.random() < 0.3}
        client_id = self._ids.pop()
        name, deleted = self._there[client_id]
        if not name.strip():
            return {"id": client_id, "state": self._chance.choice(("present", "absent"))}
        makers = (
            self._for_deleted(client_id, name) if deleted else self._for_active(client_id, name)
        )
        return self._chance.choice(makers)

    def _for_active(self, client_id: int, name: str) -> list[Entry]:
        new = self._new_name()
        return [
            {"name": name},
            {"id": client_id},
            {"id": client_id, "name": new},
            {"id": client_id, "name": self._chance.choice(self._names)},
            {"name": new, "former_names": [name, "Nobody"]},
            {"name": self._chance.choice(self._names), "former_names": [name]},
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
            {"id": client_id, "name": self._chance.choice(self._names), "state": "restored"},
            {"id": client_id, "state": "absent"},
        ]

    def _ring(self) -> list[Entry]:
        """Clients that exchange their names, some perhaps in another case."""
        ring = self._ids[: self._chance.choice((2, 2, 3))]
        names = [self._there[client_id][0] for client_id in [*ring[1:], *ring[:1]]]
        if len(ring) < 2 or len(set(names)) < len(ring) or not all(map(str.strip, names)):
            return []
        self._ids = [client_id for client_id in self._ids if client_id not in ring]
        made = []
        for client_id, name in zip(ring, names, strict=True):
            entry = {"id": client_id, "name": self._perhaps_in_another_case(name)}
            if self._there[client_id][1] or self._chance.random() < 0.2:
                entry["state"] = "restored"
            made.append(entry)
        return made

    def _heirs(self) -> list[Entry]:
        """A client that loses its name by its id, and another, or a new one, that gets it."""
        if not self._ids:
            return []
        client_id = self._ids.pop()
        name, deleted = self._there[client_id]
        if not name.strip():
            return []
        loser = {"id": client_id, "name": self._new_name()}
        if deleted:
            loser["state"] = "restored"
        elif self._chance.random() < 0.3:
            loser = {"id": client_id, "state": "absent"}
        heir: Entry = {"name": self._perhaps_in_another_case(name.strip())}
        if self._ids and self._chance.random() < 0.3:
            heir["id"] = self._ids.pop()
        return [loser, heir]

    def _perhaps_in_another_case(self, name: str) -> str:
        return name.swapcase() if self._chance.random() < 0.2 else name

    def _anything(self) -> Entry:
        """Whatever may be said, the names being of those that are there."""
        chance = self._chance
        entry: Entry = {"state": chance.choice(("present", "present", "absent", "restored"))}
        if chance.random() < 0.6 or not self._there:
            entry["name"] = chance.choice(self._names)
        if self._there and ("name" not in entry or chance.random() < 0.3):
            entry["id"] = chance.choice((*self._there, *self._there, UNKNOWN_ID))
        if chance.random() < 0.3:
            entry["former_names"] = chance.sample(self._names, chance.randint(1, 2))
        if chance.random() < 0.3:
            entry["restore_deleted"] = True
        return entry

    def _new_name(self) -> str:
        return self._unused.pop() if self._unused else f"New {self._chance.randrange(10**9)}"
