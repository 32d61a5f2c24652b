# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a list of desired clients, as data, each with its sentence.

A plan is refused with all its problems at once; nothing is written then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .._errors import listed
from .._model import Client, Step
from .._text import case_key, quoted, revealed, trimmed, yaml_text


class NameTwice(NamedTuple):
    entries: tuple[int, ...]
    name: str

    def __str__(self) -> str:
        return (
            f"The name {quoted(self.name)} is in the list more than once: "
            "keep one entry, or give each one its id."
        )


class IdTwice(NamedTuple):
    entries: tuple[int, ...]
    id: int

    def __str__(self) -> str:
        return f"The id {self.id} is in the list more than once: keep one entry."


class PresentAndAbsent(NamedTuple):
    entries: tuple[int, ...]
    name: str

    def __str__(self) -> str:
        return (
            f"The name {quoted(self.name)} is declared both present and absent: "
            "keep one of the entries, or give the id of the client to delete."
        )


class TwoEntriesOneClient(NamedTuple):
    entries: tuple[int, ...]
    client: Client

    def __str__(self) -> str:
        return (
            f"More than one entry stands for the client {_named(self.client)}: "
            "keep one, or change the names so that each finds its own client."
        )


class Ambiguous(NamedTuple):
    entries: tuple[int, ...]
    name: str
    clients: tuple[Client, ...]

    def __str__(self) -> str:
        return (
            f"Several active clients have the name {quoted(self.name)}, "
            f"with the ids {_ids(self.clients)}: give the id of the one that you mean."
        )


class AmbiguousFormer(NamedTuple):
    entries: tuple[int, ...]
    name: str
    clients: tuple[Client, ...]

    def __str__(self) -> str:
        names = ", ".join(map(_named, self.clients))
        return (
            f"Several active clients have former names of {quoted(self.name)}: {names}. "
            "Keep the former name of the one to rename."
        )


class LookAlike(NamedTuple):
    """A create beside an active client that looks like it.

    :arg former_names: those that the entry has already
    :arg in_list: whether the entry is one of a list
    """

    entries: tuple[int, ...]
    name: str
    client: Client
    former_names: tuple[str, ...] = ()
    in_list: bool = True

    def __str__(self) -> str:
        names = ", ".join(map(yaml_text, (*self.former_names, trimmed(self.client.name))))
        if self.in_list:
            two = f"If they are two, add an entry of its own: name: {yaml_text(self.client.name)}."
        else:
            two = "If they are two, use toggl.focus.focus_clients with an entry for each."
        return (
            f"The new client {_revealed(self.name)} looks like the active client "
            f"{_revealed(self.client.name)} (id {self.client.id}). If it is that one, add "
            f"former_names: [{names}] to rename it. {two}"
        )


class SeveralDeleted(NamedTuple):
    entries: tuple[int, ...]
    name: str
    clients: tuple[Client, ...]

    def __str__(self) -> str:
        when = ", ".join(
            f"{client.id} (deleted {quoted(client.deleted_at)})" for client in self.clients
        )
        return (
            f"Several deleted clients have the name {quoted(self.name)}: {when}. "
            "Give the id of the one to restore."
        )


class NothingToRestore(NamedTuple):
    entries: tuple[int, ...]
    name: str
    nearest: str | None = None

    def __str__(self) -> str:
        meant = f". Did you mean {quoted(self.nearest)}? Otherwise," if self.nearest else ":"
        return (
            f"The service lists no deleted client of the name {quoted(self.name)}{meant} "
            "give the id of the client to restore, or use state=present to create a new one."
        )


class UnknownId(NamedTuple):
    entries: tuple[int, ...]
    id: int

    def __str__(self) -> str:
        return (
            f"The service shows no client with the id {self.id}: check the id and the "
            "workspace_id. If the client was deleted, state=restored brings it back."
        )


class DeletedId(NamedTuple):
    entries: tuple[int, ...]
    client: Client

    def __str__(self) -> str:
        return (
            f"The client {_named(self.client)} is deleted: "
            "use state=restored with its id to bring it back first."
        )


class NamesDisagree(NamedTuple):
    entries: tuple[int, ...]
    client: Client
    name: str

    def __str__(self) -> str:
        return (
            f"The client with the id {self.client.id} is called {quoted(self.client.name)}, "
            f"not {quoted(self.name)}: nothing is deleted until id and name agree."
        )


class NameTaken(NamedTuple):
    entries: tuple[int, ...]
    name: str
    ids: tuple[int, ...]
    holders: tuple[Client, ...]

    def __str__(self) -> str:
        held = f", which {_clients([c.id for c in self.holders])} has," if self.holders else ""
        return (
            f"The name {quoted(self.name)}{held} would be given to {_clients(self.ids)}: "
            "only one active client may get a name. Rename or delete the other one first."
        )


class Protected(NamedTuple):
    entries: tuple[int, ...]
    name: str
    id: int
    glob: str
    kind: str

    def __str__(self) -> str:
        return (
            f"The client {quoted(self.name)} (id {self.id}) is protected by {quoted(self.glob)} "
            f"and would be {self.kind}d: leave it as it is, or change protected."
        )


class TooManyDeletions(NamedTuple):
    entries: tuple[int, ...]
    victims: tuple[tuple[str, int], ...]
    limit: int

    def __str__(self) -> str:
        count = len(self.victims)
        clients, them = ("client", "it") if count == 1 else ("clients", "them")
        return (
            f"{count} {clients} would be deleted, {_victims(self.victims)}, but "
            f"max_deletions is {self.limit}: to let {them} through, set max_deletions to {count}."
        )


class PurgeTooLarge(NamedTuple):
    """``by_entries``: how many clients the entries delete as well."""

    entries: tuple[int, ...]
    victims: tuple[tuple[str, int], ...]
    active_count: int
    percent: int
    by_entries: int = 0
    victims_named: bool = False
    """Whether another sentence already names the victims."""

    def __str__(self) -> str:
        count = len(self.victims)
        leaves_none = count + self.by_entries >= self.active_count
        needed = 100 if leaves_none else -(-count * 100 // self.active_count)
        clients = "client" if count == 1 else f"{count} clients"
        what = f"the last {clients}" if leaves_none else clients
        what += f" of {self.active_count}" if self.active_count > 1 else ""
        named = "" if self.victims_named else f"{_victims(self.victims)}, "
        return (
            f"The purge would delete {what}, {named}but "
            f"max_deletion_percent is {self.percent}: check that the list is complete. To let "
            f"{'it' if count == 1 else 'them'} through, set it to {needed}."
        )


MOST_VICTIMS_NAMED = 20


def _victims(victims: Sequence[tuple[str, int]]) -> str:
    named = ", ".join(
        f"{quoted(name)} (id {client_id})" for name, client_id in victims[:MOST_VICTIMS_NAMED]
    )
    more = len(victims) - MOST_VICTIMS_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _clients(ids: Sequence[int]) -> str:
    if not ids:
        return "a new client"
    return f"client{'' if len(ids) == 1 else 's'} {listed([str(client_id) for client_id in ids])}"


def former_left_alone(name: str, former: Sequence[Client]) -> str:
    names = ", ".join(_named(client) for client in former)
    return (
        f"The client {quoted(name)} exists, and so does a client of a former name, {names}: "
        "the latter is left alone. Delete it, or take its name out of former_names."
    )


def given_twice(name: str, ids: Sequence[int]) -> str:
    return (
        f"The active clients {listed([str(client_id) for client_id in ids])} will have the name "
        f"{quoted(name)}: an entry that gives the id and former_names says so on purpose."
    )


def deleted_namesake(name: str, deleted: Sequence[Client]) -> str:
    return (
        f"A deleted client of the name {quoted(name)} exists, id {_ids(deleted)}: a new one is "
        "created. To bring the old one back instead, use restore_deleted=true or its id."
    )


def looks_alike(name: str, clients: Sequence[Client]) -> str:
    if all(case_key(client.name) == case_key(name) for client in clients):
        names = ", ".join(_named(client) for client in clients)
        return (
            f"The client {quoted(name)} differs only in case from {names}: "
            "they are treated as different clients."
        )
    names = ", ".join(f"{_revealed(client.name)} (id {client.id})" for client in clients)
    return (
        f"The client {_revealed(name)} looks like {names}, but differs in blanks or in invisible "
        "characters: they are treated as different clients."
    )


def entries_look_alike(entries: Sequence[int], names: Sequence[str]) -> str:
    numbers = listed([str(entry + 1) for entry in sorted(entries)])
    return (
        f"Entries {numbers} have names that look alike, {listed(list(map(_revealed, names)))}: "
        "they are treated as different clients."
    )


def protected_look_alike(name: str, client: Client, glob: str) -> str:
    return (
        f"The new client {_revealed(name)} looks like the active client {_revealed(client.name)} "
        f"(id {client.id}), which {quoted(glob)} protects: they are treated as different clients."
    )


def renamed_by_id(client: Client, name: str) -> str:
    return (
        f"The client with the id {client.id} is called {quoted(client.name)}, and its entry gives "
        f"it the name {quoted(name)}."
    )


def rename_meant(old: Step, new: Step, former_names: Sequence[str] = ()) -> str:
    """:arg former_names: those that the new one's entry has already"""
    without = "" if old.entry is None else f", and take entry {old.entry + 1} out"
    entry = "" if new.entry is None else f"entry {new.entry + 1}"
    names = ", ".join(map(yaml_text, (*former_names, trimmed(old.old_name or ""))))
    return (
        f"The client {quoted(old.old_name)} (id {old.id}) is deleted, and {quoted(new.name)} is "
        f"created. If that is a rename, give {entry} the line "
        f"former_names: [{names}]{without}."
    )


def created_without_id(name: str) -> str:
    return (
        f"The id of the new client {quoted(name)} is not known, so the undo list finds it by "
        "its name: before you apply that list, check that the client of this name is the one "
        "to delete."
    )


def name_lost(client_id: int, name: str) -> str:
    return (
        f"The client {client_id} had the name {_revealed(name)}, which no list can give, so the "
        "undo list does not give it back. Keep the name if you need it."
    )


def restored_unseen(client_id: int) -> str:
    return (
        f"The service does not show a client with the id {client_id}: only the restore itself "
        "will show whether there is one."
    )


def _ids(clients: Sequence[Client]) -> str:
    return ", ".join(str(client.id) for client in clients)


def _revealed(name: str) -> str:
    return f'"{revealed(name)}"'


def _named(client: Client) -> str:
    return f"{quoted(client.name)} (id {client.id})"
