# SPDX-License-Identifier: GPL-3.0-or-later
"""Which client each entry stands for, and what has to be done to it. Pure.

Ids come first, then exact names, then former names, and last the names of entries that are absent.
So an entry's client never depends on the order of the list, and the run after one that was
interrupted finds the same clients again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise

from .._errors import Problem
from .._model import Client, Desired, Kind, PlannedEntry, Rules, Step
from .._text import confusable_key, grouped, name_key, nearest
from . import problems
from .guards import protecting


class Matcher:
    """Find the client of every entry of ``desired`` among ``clients``.

    :arg clients: what was read; of a client that is there twice, the last counts
    :arg contradictions: between entries, whatever the workspace: these stand for no client
    :arg workspace_id: of clients of which nothing else is known

    ``clients`` are the active ones, ``by_id`` all by their ids, ``active`` and ``deleted`` those by
    their names.
    After ``run()``, ``matches`` has one match for each entry in the list's order, ``problems`` why
    there is no plan, ``look_alikes`` why the plan is forbidden, by the id of the client that may be
    meant and the entry that would create one beside it, and ``warnings`` sentences by their kind.
    """

    def __init__(
        self,
        clients: Iterable[Client],
        desired: Sequence[Desired],
        rules: Rules,
        contradictions: Sequence[Problem],
        workspace_id: int,
    ) -> None:
        self.by_id = {client.id: client for client in clients}
        self.clients = tuple(client for client in self.by_id.values() if not client.deleted)
        ordered = sorted(self.by_id.values(), key=lambda client: client.id)
        self.active = grouped((client.key, client) for client in ordered if not client.deleted)
        self.deleted = grouped((client.key, client) for client in ordered if client.deleted)
        self._desired = desired
        self._rules = rules
        self._workspace_id = workspace_id
        contended = chain.from_iterable(problem.entries for problem in contradictions)
        self._found = {entry: PlannedEntry(desired[entry], None) for entry in contended}
        self._claims: dict[int, int] = {}
        """The entries that stand for clients, by the clients' ids."""
        self._left_alone: set[int] = set()
        self.problems = [*contradictions]
        self.look_alikes: dict[tuple[int, int], Problem] = {}
        self.warnings: dict[str, list[str]] = defaultdict(list)

    def run(self) -> None:
        self._match(self._by_id)
        self._match(self._by_name)
        self._by_former_names()
        self._match(self._absent_by_name)
        self._warn_of_former_names()
        self._warn_of_looks()

    @property
    def matches(self) -> list[PlannedEntry]:
        return [self._found[entry] for entry in range(len(self._desired))]

    def _open(self) -> list[tuple[int, Desired]]:
        """Return the entries that nothing has been decided about so far."""
        return [open_ for open_ in enumerate(self._desired) if open_[0] not in self._found]

    def _match(self, find: Callable[[int, Desired], PlannedEntry | None]) -> None:
        """Set what open entries stand for. Where one is refused on the way, that comes first."""
        for entry, wanted in self._open():
            match = find(entry, wanted)
            if match is not None:
                self._found.setdefault(entry, match)

    def _refuse(self, entry: int, sentence: str, *others: int) -> PlannedEntry:
        self.problems.append(Problem((*others, entry), sentence))
        return self._found.setdefault(entry, PlannedEntry(self._desired[entry], None))

    def unmanaged(self) -> list[Client]:
        """Return the active clients that no entry stands for."""
        return [client for client in self.clients if client.id not in self._claims]

    def purgeable(self) -> list[Client]:
        """Return those of them that a purge deletes: they are not protected, and no entry leaves
        them alone by a former name."""
        clients = [client for client in self.unmanaged() if client.id not in self._left_alone]
        return [client for client in clients if protecting(self._rules, client.name) is None]

    # by id

    def _by_id(self, entry: int, wanted: Desired) -> PlannedEntry | None:
        if wanted.id is None:
            return None
        client = self.by_id.get(wanted.id)
        if wanted.state == "absent":
            return self._absent_by_id(entry, wanted, client)
        if client is None and wanted.state == "restored":
            self.warnings["hidden"].append(problems.restored_while_hidden(wanted.id))
            client = Client.not_shown(wanted.id, self._workspace_id)
        if client is None:
            return self._refuse(entry, problems.unknown_id(wanted.id))
        if client.deleted and wanted.state == "present":
            return self._refuse(entry, problems.deleted_id(client))
        return self._keep(entry, client)

    def _absent_by_id(self, entry: int, wanted: Desired, client: Client | None) -> PlannedEntry:
        if client is None:
            return PlannedEntry(wanted, None)
        if client.deleted:
            return self._claim(entry, client)
        if wanted.name is None or wanted.key == client.key:
            return self._claim(entry, client, client.removed())
        if client.key not in map(name_key, wanted.former_names):
            self._claims[client.id] = entry
            return self._refuse(entry, problems.names_disagree(client, wanted.name))
        renamed = client.renamed(wanted.name)
        return self._claim(entry, client, renamed, renamed.removed())

    # by name

    def _by_name(self, entry: int, wanted: Desired) -> PlannedEntry | None:
        if wanted.state == "absent":
            return None
        client = self._one_of(entry, self.active.get(wanted.key, ()))
        if client is not None:
            return self._keep(entry, client)
        if wanted.state == "present":
            return None  # other entries may have the name as well, before a former one counts
        if wanted.key in self.deleted:
            return self._restored(entry, wanted)
        name, others = wanted.name or "", chain.from_iterable(self.deleted.values())
        meant = nearest(name, [client.name for client in others])
        return self._refuse(entry, problems.nothing_to_restore(name, meant))

    def _by_former_names(self) -> None:
        """Match by former names. All are compared before any client is claimed: if two entries may
        stand for one client, the order of the list must not decide which one gets it."""
        free = {entry: self._free(w) for entry, w in self._open() if w.state == "present"}
        takers = Counter(client.id for clients in free.values() for client in clients)
        for entry, clients in free.items():
            wanted = self._desired[entry]
            for client in clients:
                if takers[client.id] > 1:
                    self._refuse(entry, problems.two_entries_one_client(client))
            if len(clients) > 1:
                self._refuse(entry, problems.ambiguous_former(wanted.name or "", clients))
            made = self._keep(entry, clients[0]) if clients else self._added(entry, wanted)
            self._found.setdefault(entry, made)

    def _free(self, wanted: Desired) -> list[Client]:
        """Return the active clients of the former names of an entry that none stands for."""
        return [client for client in self._former(wanted) if client.id not in self._claims]

    def _former(self, wanted: Desired) -> list[Client]:
        """Return the active clients of the former names of an entry."""
        keys = dict.fromkeys(map(name_key, wanted.former_names))
        return [client for key in keys for client in self.active.get(key, [])]

    def _added(self, entry: int, wanted: Desired) -> PlannedEntry:
        deleted, name = self.deleted.get(wanted.key), wanted.name or ""
        if deleted and wanted.restore_deleted:
            return self._restored(entry, wanted)
        if deleted:
            self.warnings["deleted"].append(problems.deleted_namesake(name, deleted))
        new = Client.new(name, self._workspace_id).having(wanted.attributes)
        return PlannedEntry(wanted, None, (Step("create", entry, None, new),))

    def _restored(self, entry: int, wanted: Desired) -> PlannedEntry:
        client, *others = self.deleted[wanted.key]
        if others:
            return self._refuse(entry, problems.several([client, *others]))
        if client.id in self._claims:
            return self._refuse_second(entry, client)
        return self._keep(entry, client)

    def _absent_by_name(self, entry: int, wanted: Desired) -> PlannedEntry:
        named = (*self.active.get(wanted.key, ()), *self.deleted.get(wanted.key, ()))
        client = self._one_of(entry, filter(self._may_be_meant, named))
        if client is None:
            return PlannedEntry(wanted, None)
        return self._claim(entry, client, client.removed())

    def _may_be_meant(self, client: Client) -> bool:
        """Return whether an entry that wants its name absent may mean a client: an active one that
        no exact entry stands for, or one that an entry restores by its id, without a name."""
        if client.id not in self._claims:
            return not client.deleted
        other = self._desired[self._claims[client.id]]
        is_restored_by_id = other.state == "restored" and other.name is None
        return is_restored_by_id if client.deleted else not other.is_exact

    # claims

    def _keep(self, entry: int, client: Client) -> PlannedEntry:
        """Let an entry stand for a client that is to be active and as declared."""
        wanted, active = self._desired[entry], client.restored()
        is_renamed = wanted.name not in (None, client.name) and wanted.key != client.key
        named = active.renamed(wanted.name or "") if is_renamed else active
        return self._claim(entry, client, active, named.having(wanted.attributes))

    def _claim(self, entry: int, client: Client, *states: Client) -> PlannedEntry:
        """Let an entry stand for a client; a step each leads to each state that differs."""
        self._claims[client.id] = entry
        pairs = pairwise((client, *states))
        steps = [Step(_kind(*pair), entry, *pair) for pair in pairs if pair[0] != pair[1]]
        return PlannedEntry(self._desired[entry], client, tuple(steps))

    def _one_of(self, entry: int, clients: Iterable[Client]) -> Client | None:
        """Return the client of a name that no other entry stands for. It is a problem if another
        entry keeps or deletes it, or if there are several."""
        free = []
        for client in clients:
            if client.id not in self._claims:
                free.append(client)
            elif not self._is_renamed(client):
                self._refuse_second(entry, client)
        if len(free) > 1:
            self._refuse(entry, problems.several(free))
        return free[0] if free else None

    def _is_renamed(self, client: Client) -> bool:
        """Return whether a client leaves its name, which another entry may mean then."""
        steps = self._found[self._claims[client.id]].steps
        return bool(steps) and steps[-1].kind == "rename"

    def _refuse_second(self, entry: int, client: Client) -> PlannedEntry:
        return self._refuse(entry, problems.two_entries_one_client(client), self._claims[client.id])

    # warnings

    def _warn_of_former_names(self) -> None:
        for wanted, client, steps in self.matches:
            if not wanted.former_names or not wanted.name or wanted.state != "present":
                continue
            if client is None and steps and (kept := self._kept(wanted)):
                self.warnings["former"].append(problems.former_kept(wanted.name, kept))
            is_moved = any(step.moves_name for step in steps)
            if not is_moved and (left := self._free(wanted)):
                self.warnings["former"].append(problems.former_left_alone(wanted.name, left))
                self._left_alone.update(client.id for client in left)

    def _kept(self, wanted: Desired) -> list[Client]:
        """Return the clients that keep a former name of an entry, since other entries say so."""
        claims = self._claims
        claimed = [client for client in self._former(wanted) if client.id in claims]
        return [client for client in claimed if not self._found[claims[client.id]].moves_name]

    def _warn_of_looks(self) -> None:
        named = {wanted.key for wanted in self._desired if wanted.id is None}
        others = chain.from_iterable(same for key, same in self.active.items() if key not in named)
        unnamed = grouped((confusable_key(client.key), client) for client in others)
        for entry, match in enumerate(self.matches if unnamed else ()):
            wanted = match.desired
            if wanted.name is None:
                continue
            for client in unnamed.get(confusable_key(wanted.name), ()):
                is_new = bool(match.steps) and match.steps[0].kind == "create"
                is_other = client is not match.client and client.key != wanted.key
                if is_other and not (is_new and client.id in self._claims):
                    self._told_apart(entry, wanted, client, is_new)

    def _told_apart(self, entry: int, wanted: Desired, client: Client, is_new: bool) -> None:
        """Refuse to create a client beside an active look-alike; where it is protected, or where
        there are both already, warn."""
        if is_new and protecting(self._rules, client.name) is None:
            self.look_alikes[client.id, entry] = problems.look_alike(entry, wanted, client)
        else:
            self.warnings["look-alikes"].append(problems.looks_alike(wanted.name or "", client))


def _kind(before: Client, after: Client) -> Kind:
    if before.deleted == after.deleted:
        return "update" if before.name == after.name else "rename"
    return "delete" if after.deleted else "restore"
