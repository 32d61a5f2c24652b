# SPDX-License-Identifier: GPL-3.0-or-later
"""Random workspaces, lists and networks. The same seed gives the same."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from simulator.switches import Switches, random_switches

from faults.network import ALL, IMPATIENT, KINDS

NAMES = (
    "Acme",
    "acme",
    "Globex",
    "Initech GmbH & Co. KG",
    "Mu\u0308ller",
    "M\u00fcller",
    "Zo\u00eb \U0001f680",
    "\u202eesrever",
    "\u05e9\u05dc\u05d5\u05dd",
    "{{ name }}",
    'quote " and \\ back',
    "line\nbreak",
    "tab\tand \x1b[31mred",
    "%41?&#/..;",
    "null",
    "\u200bzero width",
    "\uff21\uff23\uff2d\uff25",
    "x" * 60,
    "Stra\u00dfe",
    "STRASSE",
)
UNKNOWN_ID = 99
PADDED = (" Initech", "Hooli\u00a0")

_LATE = tuple(name for name, kind in KINDS.items() if kind.late)

Entry = dict[str, Any]


@dataclass(frozen=True)
class Network:
    """What the network does to a run; ``refusals``: connections that it refuses first."""

    kinds: tuple[str, ...]
    chance: float
    patience: int
    refusals: int
    quota: int | None
    latency: float = 0.0

    @property
    def may_hang(self) -> bool:
        return any(KINDS[kind].hangs for kind in self.kinds)


@dataclass(frozen=True)
class Scenario:
    """One run to break.

    ``single``: the one entry goes through ``focus_client``. ``tls``: the service is behind TLS.
    """

    seed: int
    switches: Switches
    there: tuple[tuple[str, bool], ...]
    entries: tuple[Entry, ...]
    single: bool
    tls: bool
    options: dict[str, Any]
    network: Network

    @property
    def more_options(self) -> dict[str, Any]:
        """What a run in this network needs on top."""
        return {"api_timeout": IMPATIENT if self.network.may_hang else 10.0}


def scenario(seed: int) -> Scenario:
    chance = random.Random(seed)
    single = chance.random() < 0.2
    there = _workspace(chance, single)
    entries = _Lister(chance, there).entries(1 if single else chance.randint(1, 8))
    options: dict[str, Any] = {"api_retries": chance.choice((0, 1, 2, 2, 4))}
    if not single:
        options["concurrency"] = chance.choice((1, 1, 2, 4, 8))
        options["purge"] = chance.random() < 0.25
        options["max_deletion_percent"] = chance.choice((100, 100, 100, 100, 30))
        options["allow_partial"] = chance.random() < 0.5
    switches = random_switches(chance.randrange(1_000_000))
    network, tls = _network(chance), chance.random() < 0.15
    late = random.Random(f"{seed} late")
    if late.random() < 0.03:
        duplicates = late.choice(("allowed", "allowed", switches.duplicates))
        switches = replace(switches, duplicates=duplicates)
        kinds = ("dropped after", *_LATE, *_LATE)
        network = replace(network, kinds=kinds, chance=0.7, refusals=0, quota=None, latency=0.02)
    return Scenario(seed, switches, there, entries, single, tls, options, network)


def _network(chance: random.Random) -> Network:
    kinds = [name for name in KINDS if name not in _LATE]
    if chance.random() < 0.85:
        kinds = [kind for kind in kinds if not KINDS[kind].hangs]
    fitting = [kind for kind in kinds if len(KINDS[kind].methods) == len(ALL)]
    chosen = {chance.choice(fitting), *chance.sample(kinds, chance.randint(0, 3))}
    return Network(
        kinds=tuple(sorted(chosen)),
        chance=chance.choice((0.1, 0.3, 0.5, 0.9)),
        patience=chance.choice((1, 1, 2, 3, 99)),
        refusals=chance.choice((0, 0, 0, 0, 1, 2, 9)),
        quota=chance.randint(1, 12) if chance.random() < 0.1 else None,
    )


def _workspace(chance: random.Random, single: bool) -> tuple[tuple[str, bool], ...]:
    """Deleted clients, names that several bear, names with blanks around them."""
    names = NAMES if single else NAMES + PADDED
    count = chance.choice((0, 3, 6, 12))
    drawn = chance.sample(names, count)
    if drawn and chance.random() < 0.3:
        drawn += chance.choices(drawn, k=2)
    there = [(name, chance.random() < 0.25) for name in drawn]
    if chance.random() < 0.1:
        there += [(f"Client {number}", False) for number in range(chance.randint(18, 45))]
    return tuple(there)


class _Lister:
    """Entries, most of which fit together: each takes a client or a name of its own."""

    def __init__(self, chance: random.Random, there: tuple[tuple[str, bool], ...]) -> None:
        self._chance = chance
        self._there = {1001 + at: client for at, client in enumerate(there)}
        self._ids = list(self._there)
        self._names = [name for name in NAMES if name not in {known for known, _ in there}]
        chance.shuffle(self._ids)
        chance.shuffle(self._names)

    def entries(self, count: int) -> tuple[Entry, ...]:
        made: list[Entry] = []
        if count > 2 and self._chance.random() < 0.3:
            made += self._ring()
        while len(made) < count:
            made.append(self._entry())
        self._chance.shuffle(made)
        return tuple(made)

    def _entry(self) -> Entry:
        if self._chance.random() < 0.05:
            return self._anything()
        if not self._ids or self._chance.random() < 0.35:
            return {"name": self._new_name(), "restore_deleted": self._chance.random() < 0.3}
        client_id = self._ids.pop()
        name, deleted = self._there[client_id]
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
            {"name": new, "former_names": [name, "Nobody"]},
            {"name": name, "state": "absent"},
            {"id": client_id, "state": "absent"},
            {"id": client_id, "name": name, "state": "absent"},
            {"id": client_id, "name": new, "state": "absent", "former_names": [name]},
            {"id": client_id, "name": new, "state": "restored"},
        ]

    def _for_deleted(self, client_id: int, name: str) -> list[Entry]:
        return [
            {"name": name},
            {"name": name, "restore_deleted": True},
            {"name": name, "state": "restored"},
            {"id": client_id, "state": "restored"},
            {"id": client_id, "name": self._new_name(), "state": "restored"},
            {"id": client_id, "state": "absent"},
        ]

    def _ring(self) -> list[Entry]:
        """Clients that exchange their names."""
        active = [client_id for client_id in self._ids if not self._there[client_id][1]]
        ring = active[: self._chance.choice((2, 3))]
        if len(ring) < 2 or len({self._there[client_id][0] for client_id in ring}) < len(ring):
            return []
        self._ids = [client_id for client_id in self._ids if client_id not in ring]
        names = [self._there[client_id][0] for client_id in [*ring[1:], ring[0]]]
        return [{"id": i, "name": name} for i, name in zip(ring, names, strict=True)]

    def _anything(self) -> Entry:
        chance = self._chance
        return {
            "name": chance.choice((None, *NAMES)),
            "id": chance.choice((None, None, UNKNOWN_ID, *self._there)),
            "state": chance.choice(("present", "absent", "restored")),
            "former_names": chance.sample(NAMES, chance.randint(0, 2)),
            "restore_deleted": chance.random() < 0.5,
        }

    def _new_name(self) -> str:
        return self._names.pop() if self._names else f"New {self._chance.randrange(10**9)}"
