# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences about a plan: what refuses it, and what it warns of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .._errors import Problem, listed
from .._model import Client, Desired, Step, shown_id, with_id
from .._text import LONGEST_SHOWN, at_most, counted, quoted, revealed, yaml_text

MOST_VICTIMS_NAMED = 20

MOST_OF_A_KIND = 5  # warnings; it limits noise


def limited(kinds: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the first sentences of each kind, and how many more there are."""
    for sentences in kinds:
        yield from at_most(sentences, MOST_OF_A_KIND, "And {} more of this kind.")


def name_twice(name: str) -> str:
    return (
        f"The name {quoted(name)} is in the list more than once: keep one entry, or give each one "
        "its id. YAML cuts off what follows ' #': put such a name in quotes."
    )


def id_twice(client_id: int) -> str:
    return f"The id {client_id} is in the list more than once: keep one entry."


def present_and_absent(name: str) -> str:
    return (
        f"The name {quoted(name)} is declared both present and absent: "
        "keep one of the entries, or give the id of the client to delete."
    )


def two_entries_one_client(client: Client) -> str:
    return (
        f"More than one entry stands for the client {_named([client])}: "
        "keep one, or change the names so that each finds its own client."
    )


def several(clients: Sequence[Client]) -> str:
    """Return that some clients, all active or all deleted, have one name."""
    kind = "deleted" if clients[0].deleted else "active"
    when = (f" (deleted {quoted(c.deleted_at)})" if c.deleted else "" for c in clients)
    ids = ", ".join(f"{shown_id(c.id)}{at}" for c, at in zip(clients, when, strict=True))
    return (
        f"Several {kind} clients have the name {quoted(clients[0].name)}, with the ids {ids}: "
        "give the id of the one that you mean."
    )


def ambiguous_former(name: str, clients: Sequence[Client]) -> str:
    return (
        f"Several active clients have former names of {quoted(name)}: {_named(clients)}. "
        "Keep the former name of the one to rename."
    )


def look_alike(entry: int, wanted: Desired, client: Client) -> Problem:
    """Return that a client would be created beside an active one that looks like it."""
    names = _former_names(wanted.former_names, client.name)
    sentence = (
        f"The new client {_revealed(wanted.name or '')} looks like the active client "
        f"{with_id(_revealed(client.name), client.id)}. If it is that one, add former_names: "
        f"[{names}] to rename it. If they are two, give the other one an entry of its own in "
        f"toggl.focus.focus_clients: name: {yaml_text(client.name)}."
    )
    return Problem((entry,), sentence, of_step=True)


def nothing_to_restore(name: str, nearest: str | None) -> str:
    meant = f". Did you mean {quoted(nearest)}? Otherwise," if nearest else ":"
    return (
        f"The service lists no deleted client of the name {quoted(name)}{meant} "
        "give the id of the client to restore, or use state=present to create a new one."
    )


def unknown_id(client_id: int) -> str:
    return (
        f"The service shows no client with the id {client_id}: check the id and the "
        "workspace_id. If the client was deleted, state=restored brings it back."
    )


def deleted_id(client: Client) -> str:
    return (
        f"The client {_named([client])} is deleted: "
        "use state=restored with its id to bring it back first."
    )


def names_disagree(client: Client, name: str) -> str:
    return (
        f"The client with the id {client.id} is called {quoted(client.name)}, "
        f"not {quoted(name)}: nothing is deleted until id and name agree."
    )


def name_taken(name: str, ids: Sequence[int], holders: Sequence[Client]) -> str:
    held = f", which {_clients([c.id for c in holders])} has," if holders else ""
    return (
        f"The name {quoted(name)}{held} would be given to {_clients(ids)}: "
        "only one active client may get a name. Rename or delete the other one first."
    )


def protected(step: Step, glob: str) -> str:
    return (
        f"The option protected has {quoted(glob)}: leave the client as it is, or change protected. "
        f"It would be {step.kind}d: {with_id(quoted(step.old_name), step.after.id)}."
    )


def too_many_deletions(victims: Sequence[Client], limit: int) -> str:
    count = len(victims)
    return (
        f"{counted(count, 'client')} would be deleted, but max_deletions is {limit}. If that is "
        f"right, set max_deletions to {count}. {_victims(victims)}"
    )


def purge_too_large(
    victims: Sequence[Client], active: int, percent: int, leaves_none: bool, are_named: bool
) -> str:
    """:arg are_named: whether another sentence names the victims"""
    count = len(victims)
    needed = 100 if leaves_none else -(-count * 100 // active)
    none = " and leave none" if leaves_none else ""
    return (
        f"The purge would delete {count} of {active} active clients{none}, but "
        f"max_deletion_percent is {percent}. Is the list complete? If so, set "
        f"max_deletion_percent to {needed}.{'' if are_named else f' {_victims(victims)}'}"
    )


def temporary_name_left(client: Client) -> str:
    return (
        f"The client {client.id} has the temporary name {quoted(client.name)} of a run that was "
        "interrupted, and is in no entry: apply that run's undo list, or add an entry with the id "
        f"{client.id} and the client's name."
    )


# warnings


def former_kept(name: str, former: Sequence[Client]) -> str:
    return (
        f"The client {quoted(name)} is created, since another entry keeps the name of "
        f"{_named(former)}. If that is to be renamed, take the other entry out."
    )


def former_left_alone(name: str, former: Sequence[Client]) -> str:
    return (
        f"The client {quoted(name)} exists, and so does a client of a former name, {_named(former)}"
        ": the latter is left alone. Delete it, or take its name out of former_names."
    )


def given_twice(name: str, ids: Sequence[int]) -> str:
    return (
        f"The active {_clients(ids)} will have the name {quoted(name)}: an "
        "entry that gives the id and former_names says so on purpose."
    )


def deleted_namesake(name: str, deleted: Sequence[Client]) -> str:
    ids = ", ".join(shown_id(client.id) for client in deleted)
    return (
        f"A deleted client of the name {quoted(name)} exists, id {ids}: a new one is "
        "created. To bring the old one back instead, use restore_deleted=true or its id."
    )


def looks_alike(name: str, client: Client) -> str:
    return (
        f"The client {_revealed(name)} looks like "
        f"{with_id(_revealed(client.name), client.id)}: they are treated as different clients."
    )


def entries_look_alike(entries: Iterable[int], names: Iterable[str]) -> str:
    numbers = listed([str(entry + 1) for entry in sorted(entries)])
    return (
        f"Entries {numbers} have names that look alike, {listed(list(map(_revealed, names)))}: "
        "they are treated as different clients."
    )


def renamed_by_id(client: Client, name: str) -> str:
    return (
        f"The client with the id {client.id} is called {quoted(client.name)}, and its entry gives "
        f"it the name {quoted(name)}."
    )


def possible_rename(old: Step, new: Step, former_names: Iterable[str]) -> dict[str, Any]:
    """Return that a deletion and a create may be a rename, as the result has it: as a warning, and
    what that is made of. Entries are numbered from 1.

    :arg former_names: those that the new client's entry has already
    """
    entry = (new.entry or 0) + 1
    obsolete = None if old.entry is None else old.entry + 1
    line = f"former_names: [{_former_names(former_names, old.old_name or '')}]"
    warning = (
        f"The client {old.after.label} is deleted, and {quoted(new.name)} is created. If that is a "
        f"rename, give entry {entry} the line {line}"
        f"{f', and take entry {obsolete} out' if obsolete else ''}."
    )
    return {
        **{"id": old.id, "name": old.old_name, "new_name": new.name, "entry": entry},
        **{"line": line, "obsolete_entry": obsolete, "warning": warning},
    }


def created_without_id(name: str) -> str:
    return (
        f"The id of the new client {quoted(name)} is not known, so the undo list finds it by "
        "its name: before you apply it, check that the client of this name is the one to delete."
    )


def not_given_back(client_id: int, of: str, value: str) -> str:
    """Return that an undo list does not have what a client had, such as its name."""
    return (
        f"The client {client_id} had the {of} {_revealed(value)}. The undo list cannot give it "
        f"back: if you need it, set the {of} by hand."
    )


def deleted_since(client_id: int) -> str:
    return f"The client {client_id} has been deleted since that run: it is left as it is."


def restored_while_hidden(client_id: int) -> str:
    return (
        f"The service does not show a client with the id {client_id}: only the restore itself "
        "will show whether there is one."
    )


# parts of sentences


def _victims(victims: Sequence[Client]) -> str:
    labels = at_most([client.label for client in victims], MOST_VICTIMS_NAMED, "and {} more")
    return f"They are: {', '.join(labels)}."


def _clients(ids: Sequence[int]) -> str:
    if not ids:
        return "a new client"
    return f"client{'' if len(ids) == 1 else 's'} {listed(list(map(shown_id, ids)))}"


def _named(clients: Iterable[Client]) -> str:
    return ", ".join(client.label for client in clients)


def _revealed(name: str) -> str:
    return f'"{revealed(name[:LONGEST_SHOWN])}"'


def _former_names(given: Iterable[str], name: str) -> str:
    """Return those to paste into an entry, with a name that it does not have yet."""
    return ", ".join(map(yaml_text, (*given, name.strip())))
