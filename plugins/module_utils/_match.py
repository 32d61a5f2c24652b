# SPDX-License-Identifier: GPL-3.0-or-later
"""Which client each desired client stands for, and what has to be done to it. Pure.

Ids speak first, then exact names, then former names, and last the names that shall be absent.
So an entry's client never depends on the order of the list, and a run that was broken off
finds the same clients again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from ansible_collections.toggl.focus.plugins.module_utils import _problems
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Step
from ansible_collections.toggl.focus.plugins.module_utils._text import (
    case_key,
    name_key,
    nearest_name,
)

Fate = Literal["stays", "leaves its name", "is deleted"]


class Existing:
    """The clients that were read, by what they are looked up by; one seen twice counts once."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self.by_id = {client.id: client for client in clients}
        self.active: dict[str, list[Client]] = defaultdict(list)
        self.deleted: dict[str, list[Client]] = defaultdict(list)
        for client in sorted(self.by_id.values(), key=lambda client: client.id):
            names = self.deleted if client.deleted else self.active
            names[name_key(client.name)].append(client)

    @property
    def active_count(self) -> int:
        return sum(map(len, self.active.values()))


class Match(NamedTuple):
    """An entry, the client it stands for (``None``: there is none yet), its steps in order."""

    desired: Desired
    client: Client | None
    steps: tuple[Step, ...] = ()


class _Claim(NamedTuple):
    entry: int
    fate: Fate


class Matcher:
    """Finds the client of every entry of ``desired`` among ``existing``.

    :arg contended: positions of entries that contradict each other by themselves; they stand for
        none

    After ``run()``, ``matches`` holds one match per entry in the list's order, ``problems`` what
    speaks against writing anything, ``warnings`` sentences for the user.
    """

    def __init__(
        self, existing: Existing, desired: Sequence[Desired], contended: Iterable[int] = ()
    ) -> None:
        self._existing = existing
        self._desired = desired
        self._found = {entry: Match(desired[entry], None) for entry in contended}
        self._claims: dict[int, _Claim] = {}
        self.problems: list[_problems.Problem] = []
        self.warnings: list[str] = []

    def run(self) -> None:
        self._each(self._by_id, lambda wanted: wanted.id is not None)
        self._each(self._by_name, lambda wanted: wanted.state != "absent")
        self._by_former_names()
        self._each(self._absent_by_name, lambda wanted: wanted.state == "absent")
        self._warn_of_former_names()
        self._warn_of_case()

    @property
    def matches(self) -> list[Match]:
        return [self._found[entry] for entry in range(len(self._desired))]

    def _each(
        self, find: Callable[[int, Desired], Match | None], concerns: Callable[[Desired], bool]
    ) -> None:
        for entry, wanted in enumerate(self._desired):
            if entry in self._found or not concerns(wanted):
                continue
            problems = len(self.problems)
            match = find(entry, wanted)
            if len(self.problems) > problems:
                match = Match(wanted, None)
            if match is not None:
                self._found[entry] = match

    def unclaimed_active(self) -> list[Client]:
        """The active clients that no entry stands for, by id."""
        return [
            client
            for client in self._existing.by_id.values()
            if not client.deleted and client.id not in self._claims
        ]

    # by id

    def _by_id(self, entry: int, wanted: Desired) -> Match:
        client = self._existing.by_id.get(wanted.id or 0)
        if wanted.state == "present":
            return self._present_by_id(entry, wanted, client)
        if wanted.state == "absent":
            return self._absent_by_id(entry, wanted, client)
        return self._restored_by_id(entry, wanted, client)

    def _present_by_id(self, entry: int, wanted: Desired, client: Client | None) -> Match:
        if client is None:
            return self._problem(_problems.UnknownId((entry,), wanted.id or 0), wanted)
        if client.deleted:
            return self._problem(_problems.DeletedId((entry,), client), wanted)
        return self._kept(entry, wanted, client)

    def _absent_by_id(self, entry: int, wanted: Desired, client: Client | None) -> Match:
        if client is None:
            return Match(wanted, None)
        self._claim(client, entry, "is deleted")
        if client.deleted:
            return Match(wanted, client)
        key = name_key(client.name)
        if wanted.name is None or name_key(wanted.name) == key:
            return Match(wanted, client, (_delete(entry, client, client.name),))
        if key not in map(name_key, wanted.former_names):
            return self._problem(_problems.NamesDisagree((entry,), client, wanted.name), wanted)
        rename = _rename(entry, client.id, wanted.name, client.name)
        return Match(wanted, client, (rename, _delete(entry, client, wanted.name)))

    def _restored_by_id(self, entry: int, wanted: Desired, client: Client | None) -> Match:
        if client is None:
            return self._restored_unseen(entry, wanted)
        if not client.deleted:
            return self._kept(entry, wanted, client)
        self._claim(client, entry, "stays")
        restore = Step("restore", entry, client.id, client.name, client.name)
        return Match(wanted, client, (restore, *_rename_if_needed(entry, wanted, client)))

    def _restored_unseen(self, entry: int, wanted: Desired) -> Match:
        client_id = wanted.id or 0
        self.warnings.append(_problems.restored_unseen(client_id))
        restore = Step("restore", entry, client_id)
        if wanted.name is None:
            return Match(wanted, None, (restore,))
        return Match(wanted, None, (restore, _rename(entry, client_id, wanted.name, None)))

    def _kept(self, entry: int, wanted: Desired, client: Client) -> Match:
        rename = _rename_if_needed(entry, wanted, client)
        self._claim(client, entry, "leaves its name" if rename else "stays")
        return Match(wanted, client, rename)

    # by name

    def _by_name(self, entry: int, wanted: Desired) -> Match | None:
        key = name_key(wanted.name or "")
        active = self._existing.active.get(key, [])
        client = self._one_of(entry, wanted.name or "", self._unclaimed(entry, active))
        if client is not None:
            self._claim(client, entry, "stays")
            return Match(wanted, client)
        if wanted.state == "restored":
            return self._restored_by_name(entry, wanted, key)
        return None

    def _restored_by_name(self, entry: int, wanted: Desired, key: str) -> Match:
        name = wanted.name or ""
        deleted = self._existing.deleted.get(key, [])
        if deleted:
            return self._restored(entry, wanted, name, deleted)
        nearest = nearest_name(name, [c.name for c in self._existing.by_id.values() if c.deleted])
        return self._problem(_problems.NothingToRestore((entry,), name, nearest), wanted)

    def _by_former_names(self) -> None:
        """All of them are compared before any is claimed: which entry comes first in the list must
        not decide which one gets a client that two may stand for."""
        free = {
            entry: self._free_former(wanted)
            for entry, wanted in enumerate(self._desired)
            if wanted.state == "present" and entry not in self._found
        }
        takers: dict[int, list[int]] = defaultdict(list)
        for entry, clients in free.items():
            for client in clients:
                takers[client.id].append(entry)
        self._each(
            lambda entry, wanted: self._by_former_name(entry, wanted, free[entry], takers),
            lambda wanted: wanted.state == "present",
        )

    def _free_former(self, wanted: Desired) -> list[Client]:
        """The active clients of its former names that no entry has by id or by exact name."""
        keys = dict.fromkeys(map(name_key, wanted.former_names))
        former = [client for key in keys for client in self._existing.active.get(key, [])]
        return [client for client in former if client.id not in self._claims]

    def _by_former_name(
        self,
        entry: int,
        wanted: Desired,
        clients: Sequence[Client],
        takers: Mapping[int, Sequence[int]],
    ) -> Match:
        for client in clients:
            first = takers[client.id][0]
            if first != entry:
                self.problems.append(_problems.TwoEntriesOneClient((first, entry), client))
        name = wanted.name or ""
        former = self._one_of(entry, name, clients)
        if former is None:
            return self._restored_or_created(entry, wanted, name)
        if any(len(takers[client.id]) > 1 for client in clients):
            return Match(wanted, None)
        self._claim(former, entry, "leaves its name")
        return Match(wanted, former, (_rename(entry, former.id, name, former.name),))

    def _restored_or_created(self, entry: int, wanted: Desired, name: str) -> Match:
        deleted = self._existing.deleted.get(name_key(name), [])
        if deleted and wanted.restore_deleted:
            return self._restored(entry, wanted, name, deleted)
        if deleted:
            self.warnings.append(_problems.deleted_namesake(name, deleted))
        return Match(wanted, None, (Step("create", entry, name=name),))

    def _restored(self, entry: int, wanted: Desired, name: str, deleted: Sequence[Client]) -> Match:
        if len(deleted) > 1:
            problem = _problems.SeveralDeleted((entry,), name, tuple(deleted))
            return self._problem(problem, wanted)
        client = deleted[0]
        if not self._unclaimed(entry, deleted):
            return Match(wanted, client)
        self._claim(client, entry, "stays")
        return Match(wanted, client, (Step("restore", entry, client.id, client.name, client.name),))

    def _absent_by_name(self, entry: int, wanted: Desired) -> Match:
        key = name_key(wanted.name or "")
        bearers = [*self._existing.active.get(key, []), *self._coming_back(key)]
        client = self._one_of(entry, wanted.name or "", self._unclaimed(entry, bearers))
        if client is None:
            return Match(wanted, None)
        self._claim(client, entry, "is deleted")
        return Match(wanted, client, (_delete(entry, client, client.name),))

    def _coming_back(self, key: str) -> list[Client]:
        """The deleted clients of a name that entries bring back under it by their id alone."""
        return [
            client
            for client in self._existing.deleted.get(key, [])
            if client.id in self._claims and self._is_kept_by_id(self._claims[client.id])
        ]

    def _is_kept_by_id(self, claim: _Claim) -> bool:
        return claim.fate == "stays" and self._desired[claim.entry].name is None

    # claims

    def _claim(self, client: Client, entry: int, fate: Fate) -> None:
        self._claims[client.id] = _Claim(entry, fate)

    def _unclaimed(self, entry: int, clients: Iterable[Client]) -> list[Client]:
        """Those that no other entry stands for; one that another entry keeps is a problem."""
        free = []
        for client in clients:
            claim = self._claims.get(client.id)
            if claim is None:
                free.append(client)
            elif claim.fate in ("stays", "is deleted"):
                self.problems.append(_problems.TwoEntriesOneClient((claim.entry, entry), client))
        return free

    def _one_of(self, entry: int, name: str, clients: Sequence[Client]) -> Client | None:
        if len(clients) > 1:
            self.problems.append(_problems.Ambiguous((entry,), name, tuple(clients)))
        return clients[0] if clients else None

    def _problem(self, problem: _problems.Problem, wanted: Desired) -> Match:
        self.problems.append(problem)
        return Match(wanted, None)

    # warnings

    def _warn_of_former_names(self) -> None:
        for entry, wanted in enumerate(self._desired):
            if wanted.state != "present" or wanted.name is None or not wanted.former_names:
                continue
            left = [
                client
                for key in dict.fromkeys(map(name_key, wanted.former_names))
                for client in self._existing.active.get(key, [])
                if client.id not in self._claims
            ]
            if left and not self._found[entry].steps:
                self.warnings.append(_problems.former_left_alone(wanted.name, left))

    def _warn_of_case(self) -> None:
        named = {name_key(wanted.name) for wanted in self._desired if wanted.name is not None}
        unnamed: dict[str, list[Client]] = defaultdict(list)
        for key, clients in self._existing.active.items():
            if key not in named:
                unnamed[case_key(key)] += clients
        for entry, wanted in enumerate(self._desired if unnamed else ()):
            if wanted.name is None:
                continue
            own = self._found[entry].client
            alike = unnamed.get(case_key(wanted.name), [])
            others = [client for client in alike if client is not own]
            if others:
                self.warnings.append(_problems.differs_in_case(wanted.name, others))


def _rename(entry: int, client_id: int, name: str, before: str | None) -> Step:
    return Step("rename", entry, client_id, name, before)


def _rename_if_needed(entry: int, wanted: Desired, client: Client) -> tuple[Step, ...]:
    if wanted.name is None or name_key(wanted.name) == name_key(client.name):
        return ()
    return (_rename(entry, client.id, wanted.name, client.name),)


def _delete(entry: int, client: Client, name: str) -> Step:
    return Step("delete", entry, client.id, name, name)
