# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a list of desired clients, as data, each with its one sentence.

A plan is refused with all its problems at once; nothing is written then. They are named tuples
because every task defines them: that many dataclasses take some 8 ms more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ansible_collections.toggl.focus.plugins.module_utils._model import Client
from ansible_collections.toggl.focus.plugins.module_utils._text import quoted


class PlanRefused(Exception):
    """Raised by the planner with all problems that it found, before anything is written."""

    def __init__(self, problems: Sequence[Problem], entries_count: int) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)
        self.entries_count = entries_count

    def __str__(self) -> str:
        return " ".join(_located(problem, self.entries_count) for problem in self.problems)


class Problem(Protocol):
    """Its text is the sentence for the user."""

    @property
    def entries(self) -> tuple[int, ...]:
        """The positions in the user's list that are concerned."""


class NothingNamed(NamedTuple):
    entries: tuple[int, ...]

    def __str__(self) -> str:
        return "Neither name nor id is given: give at least one, so that the client can be found."


class BlankName(NamedTuple):
    entries: tuple[int, ...]
    option: str

    def __str__(self) -> str:
        return (
            f"The option {self.option} holds an empty or blank name: give a name or leave it out."
        )


class BadId(NamedTuple):
    entries: tuple[int, ...]
    id: int

    def __str__(self) -> str:
        return f"The id {self.id} is not a client's id: give a whole number above 0."


class NameTwice(NamedTuple):
    entries: tuple[int, ...]
    name: str

    def __str__(self) -> str:
        return (
            f"The name {quoted(self.name)} is in the list more than once: "
            "keep one entry, or tell them apart by id."
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
            f"The name {quoted(self.name)} is wanted and unwanted by one list: "
            "keep one of the entries, or give the id of the client to delete."
        )


class TwoEntriesOneClient(NamedTuple):
    entries: tuple[int, ...]
    client: Client

    def __str__(self) -> str:
        return (
            f"Two entries stand for the client {_named(self.client)}: "
            "keep one, or change the names so that each finds its own client."
        )


class Ambiguous(NamedTuple):
    entries: tuple[int, ...]
    name: str
    clients: tuple[Client, ...]

    def __str__(self) -> str:
        return (
            f"Several active clients answer to the name {quoted(self.name)}, "
            f"with the ids {_ids(self.clients)}: give the id of the one that is meant."
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
            f"Several deleted clients bear the name {quoted(self.name)}: {when}. "
            "Give the id of the one to restore."
        )


class NothingToRestore(NamedTuple):
    entries: tuple[int, ...]
    name: str
    nearest: str | None = None

    def __str__(self) -> str:
        meant = f". Did you mean {quoted(self.nearest)}? Otherwise," if self.nearest else ":"
        return (
            f"No deleted client of the name {quoted(self.name)} is listed by the service{meant} "
            "give the id of the client to restore, or use state=present to create a new one."
        )


class UnknownId(NamedTuple):
    entries: tuple[int, ...]
    id: int

    def __str__(self) -> str:
        return (
            f"No client with the id {self.id} is shown by the service: check the id and the "
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
        takers = ", ".join(str(taker) for taker in self.ids)
        held = f", which client {_ids(self.holders)} bears" if self.holders else ""
        return (
            f"The client {takers} would get the name {quoted(self.name)}{held}: "
            "a name is given to one active client alone. Rename or delete the other one first."
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
        return (
            f"{len(self.victims)} clients would be deleted, {_victims(self.victims)}, but "
            f"max_deletions is {self.limit}: to let them through, set it to {len(self.victims)}."
        )


class PurgeTooLarge(NamedTuple):
    entries: tuple[int, ...]
    victims: tuple[tuple[str, int], ...]
    active_count: int
    percent: int

    def __str__(self) -> str:
        count = len(self.victims)
        needed = -(-count * 100 // self.active_count)
        what = "the last client" if count == self.active_count == 1 else f"{count} clients"
        return (
            f"The purge would delete {what} of {self.active_count}, {_victims(self.victims)}, but "
            f"max_deletion_percent is {self.percent}: check that the list is whole. To let them "
            f"through, set it to {needed}."
        )


MOST_VICTIMS_NAMED = 20


def _victims(victims: Sequence[tuple[str, int]]) -> str:
    named = ", ".join(
        f"{quoted(name)} (id {client_id})" for name, client_id in victims[:MOST_VICTIMS_NAMED]
    )
    more = len(victims) - MOST_VICTIMS_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _located(problem: Problem, entries_count: int) -> str:
    if entries_count < 2 or not problem.entries:
        return str(problem)
    places = ", ".join(str(entry + 1) for entry in sorted(set(problem.entries)))
    word = "Entry" if len(set(problem.entries)) == 1 else "Entries"
    return f"{word} {places}: {problem}"


def former_left_alone(name: str, former: Sequence[Client]) -> str:
    names = ", ".join(_named(client) for client in former)
    return (
        f"The client {quoted(name)} exists and so does what it was formerly called, {names}: "
        "the latter is left alone. Remove it, or take its name out of former_names."
    )


def deleted_namesake(name: str, deleted: Sequence[Client]) -> str:
    return (
        f"A deleted client of the name {quoted(name)} exists, id {_ids(deleted)}: a new one is "
        "created. To bring the old one back instead, use restore_deleted=true or its id."
    )


def differs_in_case(name: str, clients: Sequence[Client]) -> str:
    names = ", ".join(_named(client) for client in clients)
    return (
        f"The client {quoted(name)} differs in case only from {names}: "
        "they are taken as different clients."
    )


def restored_unseen(client_id: int) -> str:
    return (
        f"The service does not show a client with the id {client_id}: only the restore itself "
        "tells whether it is a deleted client or none at all."
    )


def _ids(clients: Sequence[Client]) -> str:
    return ", ".join(str(client.id) for client in clients)


def _named(client: Client) -> str:
    return f"{quoted(client.name)} (id {client.id})"
