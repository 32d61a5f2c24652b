# SPDX-License-Identifier: GPL-3.0-or-later
"""Which client each entry stands for, and what has to be done to it. Pure.

Ids come first, then exact names, then former names, and last the names of entries that are absent.
So an entry's client never depends on the order of the list, and the run after one that was
interrupted finds the same clients again.

Most plans have no problems and no warnings, so these are imported where one is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from .._errors import Problem
from .._model import Client, Desired, Step
from .._text import look_key, name_key, nearest_name
from .warned import Warned

Fate = Literal["stays", "leaves its name", "is deleted"]


class Existing:
    """The clients that were read, by id and by name; a client that was read twice counts once."""

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
    """An entry, the client that it stands for (``None``: there is none yet), its steps in order."""

    desired: Desired
    client: Client | None
    steps: tuple[Step, ...] = ()


class LookAlikes(NamedTuple):
    """An entry that creates a client, and the active clients that look like it and that no entry
    stands for."""

    entry: int
    clients: tuple[Client, ...]


class _Claim(NamedTuple):
    entry: int
    fate: Fate


class Matcher:
    """Finds the client of every entry of ``desired`` among ``existing``.

    :arg contended: positions of entries that contradict each other, whatever the workspace; they
        stand for no client
    :arg workspace_id: of clients of which nothing else is known

    After ``run()``, ``matches`` has one match for each entry in the list's order, ``problems`` what
    forbids to write anything, ``look_alikes`` which creates would stand beside a client that may be
    the one that is meant, and ``warnings`` sentences for the user.
    """

    def __init__(
        self,
        existing: Existing,
        desired: Sequence[Desired],
        contended: Iterable[int] = (),
        workspace_id: int = 0,
    ) -> None:
        self._existing = existing
        self._desired = desired
        self._workspace_id = workspace_id
        self._found = {entry: Match(desired[entry], None) for entry in contended}
        self._claims: dict[int, _Claim] = {}
        self._left_alone: set[int] = set()
        self.problems: list[Problem] = []
        self.look_alikes: list[LookAlikes] = []
        self.warnings = Warned()

    def run(self) -> None:
        for entry, wanted in self._open():
            if wanted.id is not None:
                self._note(entry, self._by_id(entry, wanted, wanted.id))
        for entry, wanted in self._open():
            if wanted.name is not None and wanted.state != "absent":
                self._note(entry, self._by_name(entry, wanted, wanted.name))
        self._by_former_names()
        for entry, wanted in self._open():
            if wanted.name is not None:
                self._note(entry, self._absent_by_name(entry, wanted, wanted.name))
        self._warn_of_former_names()
        self._warn_of_looks()

    @property
    def matches(self) -> list[Match]:
        return [self._found[entry] for entry in range(len(self._desired))]

    def _open(self) -> list[tuple[int, Desired]]:
        """The entries that nothing has been decided about so far."""
        return [
            (entry, wanted)
            for entry, wanted in enumerate(self._desired)
            if entry not in self._found
        ]

    def _note(self, entry: int, match: Match | None) -> None:
        """A refusal, noted while the match was sought, stays."""
        if match is not None:
            self._found.setdefault(entry, match)

    def _refuse(self, entry: int, problem: Problem) -> Match:
        self.problems.append(problem)
        return self._found.setdefault(entry, Match(self._desired[entry], None))

    def unmanaged(self) -> list[Client]:
        """The active clients that no entry stands for."""
        return [
            client
            for client in self._existing.by_id.values()
            if not client.deleted and client.id not in self._claims
        ]

    def purgeable(self) -> list[Client]:
        """Those of them that no entry leaves alone by a former name."""
        return [client for client in self.unmanaged() if client.id not in self._left_alone]

    # by id

    def _by_id(self, entry: int, wanted: Desired, client_id: int) -> Match:
        client = self._existing.by_id.get(client_id)
        if wanted.state == "present":
            return self._present_by_id(entry, wanted, client_id, client)
        if wanted.state == "absent":
            return self._absent_by_id(entry, wanted, client)
        return self._restored_by_id(entry, wanted, client_id, client)

    def _present_by_id(
        self, entry: int, wanted: Desired, client_id: int, client: Client | None
    ) -> Match:
        if client is not None and not client.deleted:
            return self._kept(entry, wanted, client)
        from .problems import DeletedId, UnknownId

        if client is None:
            return self._refuse(entry, UnknownId((entry,), client_id))
        return self._refuse(entry, DeletedId((entry,), client))

    def _absent_by_id(self, entry: int, wanted: Desired, client: Client | None) -> Match:
        if client is None:
            return Match(wanted, None)
        self._claim(client, entry, "is deleted")
        if client.deleted:
            return Match(wanted, client)
        key = name_key(client.name)
        if wanted.name is None or name_key(wanted.name) == key:
            return Match(wanted, client, (_delete(entry, client),))
        if key not in map(name_key, wanted.former_names):
            from .problems import NamesDisagree

            return self._refuse(entry, NamesDisagree((entry,), client, wanted.name))
        rename = _rename(entry, client, wanted.name)
        return Match(wanted, client, (rename, _delete(entry, rename.after)))

    def _restored_by_id(
        self, entry: int, wanted: Desired, client_id: int, client: Client | None
    ) -> Match:
        if client is None:
            from .problems import restored_unseen

            self.warnings.add(restored_unseen, client_id)
            client = Client.unseen(client_id, self._workspace_id)
        if not client.deleted:
            return self._kept(entry, wanted, client)
        self._claim(client, entry, "stays")
        restore = _restore(entry, client)
        return Match(wanted, client, (restore, *_rename_if_needed(entry, wanted, restore.after)))

    def _kept(self, entry: int, wanted: Desired, client: Client) -> Match:
        rename = _rename_if_needed(entry, wanted, client)
        self._claim(client, entry, "leaves its name" if rename else "stays")
        return Match(wanted, client, rename)

    # by name

    def _by_name(self, entry: int, wanted: Desired, name: str) -> Match | None:
        active = self._existing.active.get(name_key(name), [])
        client = self._one_of(entry, name, self._unclaimed(entry, active))
        if client is not None:
            self._claim(client, entry, "stays")
            return Match(wanted, client)
        if wanted.state == "restored":
            return self._restored_by_name(entry, wanted, name)
        return None

    def _restored_by_name(self, entry: int, wanted: Desired, name: str) -> Match:
        deleted = self._existing.deleted.get(name_key(name), [])
        if deleted:
            return self._restored(entry, wanted, name, deleted)
        from .problems import NothingToRestore

        nearest = nearest_name(name, [c.name for c in self._existing.by_id.values() if c.deleted])
        return self._refuse(entry, NothingToRestore((entry,), name, nearest))

    def _by_former_names(self) -> None:
        """All of them are compared before any is claimed: if two entries may stand for one client,
        the order of the list must not decide which one gets it."""
        seeking = [(e, wanted) for e, wanted in self._open() if wanted.state == "present"]
        free = {entry: self._free_former(wanted) for entry, wanted in seeking}
        takers: dict[int, list[int]] = defaultdict(list)
        for entry, clients in free.items():
            for client in clients:
                takers[client.id].append(entry)
        for entry, wanted in seeking:
            if wanted.name is not None:
                match = self._by_former_name(entry, wanted, wanted.name, free[entry], takers)
                self._note(entry, match)

    def _free_former(self, wanted: Desired) -> list[Client]:
        """The active clients of its former names that no entry stands for by id or exact name."""
        keys = dict.fromkeys(map(name_key, wanted.former_names))
        former = [client for key in keys for client in self._existing.active.get(key, [])]
        return [client for client in former if client.id not in self._claims]

    def _by_former_name(
        self,
        entry: int,
        wanted: Desired,
        name: str,
        clients: Sequence[Client],
        takers: Mapping[int, Sequence[int]],
    ) -> Match:
        for client in clients:
            first = takers[client.id][0]
            if first != entry:
                self._refuse_second(first, entry, client)
        if len(clients) > 1:
            from .problems import AmbiguousFormer

            return self._refuse(entry, AmbiguousFormer((entry,), name, tuple(clients)))
        if not clients:
            return self._restored_or_created(entry, wanted, name)
        former = clients[0]
        if any(len(takers[client.id]) > 1 for client in clients):
            return Match(wanted, None)
        self._claim(former, entry, "leaves its name")
        return Match(wanted, former, (_rename(entry, former, name),))

    def _restored_or_created(self, entry: int, wanted: Desired, name: str) -> Match:
        deleted = self._existing.deleted.get(name_key(name), [])
        if deleted and wanted.restore_deleted:
            return self._restored(entry, wanted, name, deleted)
        if deleted:
            from .problems import deleted_namesake

            self.warnings.add(deleted_namesake, name, deleted)
        new = Client.unborn(name, self._workspace_id)
        return Match(wanted, None, (Step("create", entry, None, new),))

    def _restored(self, entry: int, wanted: Desired, name: str, deleted: Sequence[Client]) -> Match:
        if len(deleted) > 1:
            from .problems import SeveralDeleted

            return self._refuse(entry, SeveralDeleted((entry,), name, tuple(deleted)))
        client = deleted[0]
        if not self._unclaimed(entry, deleted):
            return Match(wanted, client)
        self._claim(client, entry, "stays")
        return Match(wanted, client, (_restore(entry, client),))

    def _absent_by_name(self, entry: int, wanted: Desired, name: str) -> Match:
        key = name_key(name)
        named = [*self._existing.active.get(key, []), *self._coming_back(key)]
        meant = [client for client in named if not self._is_set_apart(client)]
        client = self._one_of(entry, name, self._unclaimed(entry, meant))
        if client is None:
            return Match(wanted, None)
        self._claim(client, entry, "is deleted")
        return Match(wanted, client, (_delete(entry, client),))

    def _coming_back(self, key: str) -> list[Client]:
        """The deleted clients of a name that entries restore by id, without another name."""
        return [
            client
            for client in self._existing.deleted.get(key, [])
            if client.id in self._claims and self._is_kept_by_id(self._claims[client.id])
        ]

    def _is_kept_by_id(self, claim: _Claim) -> bool:
        return claim.fate == "stays" and self._desired[claim.entry].name is None

    def _is_set_apart(self, client: Client) -> bool:
        claim = self._claims.get(client.id)
        return claim is not None and is_set_apart(self._desired[claim.entry])

    # claims

    def _claim(self, client: Client, entry: int, fate: Fate) -> None:
        self._claims[client.id] = _Claim(entry, fate)

    def _unclaimed(self, entry: int, clients: Iterable[Client]) -> list[Client]:
        """The clients that no other entry stands for; one that another entry keeps is a problem."""
        free = []
        for client in clients:
            claim = self._claims.get(client.id)
            if claim is None:
                free.append(client)
            elif claim.fate in ("stays", "is deleted"):
                self._refuse_second(claim.entry, entry, client)
        return free

    def _refuse_second(self, first: int, second: int, client: Client) -> None:
        from .problems import TwoEntriesOneClient

        self._refuse(second, TwoEntriesOneClient((first, second), client))

    def _one_of(self, entry: int, name: str, clients: Sequence[Client]) -> Client | None:
        if len(clients) > 1:
            from .problems import Ambiguous

            self._refuse(entry, Ambiguous((entry,), name, tuple(clients)))
        return clients[0] if clients else None

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
                from .problems import former_left_alone

                self.warnings.add(former_left_alone, wanted.name, left)
                self._left_alone.update(client.id for client in left)

    def _warn_of_looks(self) -> None:
        named = {name_key(wanted.name) for wanted in self._desired if wanted.name is not None}
        unnamed: dict[str, list[Client]] = defaultdict(list)
        for key, clients in self._existing.active.items():
            if key not in named:
                unnamed[look_key(key)] += clients
        for entry, wanted in enumerate(self._desired if unnamed else ()):
            if wanted.name is None:
                continue
            match = self._found[entry]
            alike = unnamed.get(look_key(wanted.name), [])
            others = [client for client in alike if client is not match.client]
            if match.steps and match.steps[0].kind == "create":
                free = tuple(client for client in others if client.id not in self._claims)
                self.look_alikes += [LookAlikes(entry, free)] if free else []
            elif others:
                from .problems import looks_alike

                self.warnings.add(looks_alike, wanted.name, others)


def is_set_apart(wanted: Desired) -> bool:
    """Whether the entry is about only its own client, whatever other client has the name: it has
    the id, and former names as well. Undo lists need this (see ``undo``)."""
    return wanted.id is not None and wanted.name is not None and bool(wanted.former_names)


def _rename(entry: int, client: Client, name: str) -> Step:
    return Step("rename", entry, client, client.renamed(name))


def _rename_if_needed(entry: int, wanted: Desired, client: Client) -> tuple[Step, ...]:
    if wanted.name is None or name_key(wanted.name) == name_key(client.name):
        return ()
    return (_rename(entry, client, wanted.name),)


def _delete(entry: int, client: Client) -> Step:
    return Step("delete", entry, client, client.removed())


def _restore(entry: int, client: Client) -> Step:
    return Step("restore", entry, client, client.restored())
