# SPDX-License-Identifier: GPL-3.0-or-later
"""How entries of one list contradict each other. Pure.

Most lists have no contradictions, so a problem is imported where one is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from .._errors import Problem
from .._model import Client, Desired
from .._text import look_key, name_key
from .match import Existing, Match, is_set_apart
from .warned import Warned

NO_NAMES: Mapping[int, str] = MappingProxyType({})


def contradictions(desired: Sequence[Desired]) -> Iterator[Problem]:
    """The contradictions between entries that do not depend on the workspace."""
    yield from _repeated_ids(desired)
    yield from _repeated_names(desired)


def _repeated_ids(desired: Sequence[Desired]) -> Iterator[Problem]:
    entries: dict[int, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.id is not None:
            entries[wanted.id].append(entry)
    for client_id, places in entries.items():
        if len(places) > 1:
            from .problems import IdTwice

            yield IdTwice(tuple(places), client_id)


def _repeated_names(desired: Sequence[Desired]) -> Iterator[Problem]:
    """A name may be there twice if each of its entries has an id. And it may be both present and
    absent if the entries that want it set their clients apart."""
    entries: dict[str, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.name is not None and not (wanted.id is not None and wanted.state == "absent"):
            entries[name_key(wanted.name)].append(entry)
    for places in entries.values():
        if len(places) < 2:
            continue
        from .problems import NameTwice, PresentAndAbsent

        name = desired[places[0]].name or ""
        unwanted = [entry for entry in places if desired[entry].state == "absent"]
        wanted_too = [entry for entry in places if desired[entry].state != "absent"]
        if unwanted and not all(is_set_apart(desired[entry]) for entry in wanted_too):
            yield PresentAndAbsent(tuple(places), name)
            continue
        for same in (unwanted, wanted_too):
            if len(same) > 1 and any(desired[entry].id is None for entry in same):
                yield NameTwice(tuple(same), name)


def look_alikes(desired: Sequence[Desired]) -> Iterator[str]:
    """Yield a warning for each group of entries whose names differ only to a machine."""
    groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for entry, wanted in enumerate(desired):
        if wanted.name is not None:
            groups[look_key(wanted.name)][wanted.name].append(entry)
    for names in groups.values():
        if len(set(map(name_key, names))) > 1:
            from .problems import entries_look_alike

            yield entries_look_alike(
                [at for places in names.values() for at in places], list(names)
            )


def taken_names(
    existing: Existing,
    matches: Sequence[Match],
    victims: Sequence[Client],
    warnings: Warned,
    returned: Mapping[int, str] = NO_NAMES,
) -> Iterator[Problem]:
    """Yield the names that more than one active client would end with.

    Duplicates that are there already stay possible, and so does an undo that brings them back: an
    entry that gives the id and, in ``former_names``, the client's present name says so on purpose.

    :arg warnings: gets a sentence for each name that is given twice on purpose
    :arg returned: the clients that this run has restored, with the names that they took by that
    """
    takers: dict[str, list[int]] = defaultdict(list)
    leaving = {victim.id for victim in victims}
    for entry, match in enumerate(matches):
        if match.steps and match.steps[0].kind in ("rename", "delete"):
            leaving.add(match.steps[0].after.id)
        name = _name_taken_by(match, returned)
        if name is not None:
            takers[name_key(name)].append(entry)
    takers.pop("", None)  # a blank name: no list can give one, so the service decides
    for key, entries in takers.items():
        taking = [matches[entry].client for entry in entries]
        ids = {client.id for client in taking if client is not None}
        keepers = tuple(
            client
            for client in existing.active.get(key, [])
            if client.id not in leaving and client.id not in ids
        )
        if not keepers and len(entries) < 2:
            continue
        if not all(_on_purpose(matches[entry], returned) for entry in entries):
            from .problems import NameTaken

            yield NameTaken(tuple(entries), key, tuple(sorted(ids)), keepers)
        else:
            from .problems import given_twice

            warnings.add(given_twice, key, sorted({*ids, *(client.id for client in keepers)}))


def _name_taken_by(match: Match, returned: Mapping[int, str]) -> str | None:
    """Return the name that the entry's client ends with, if it has not had it all along."""
    if match.steps:
        last = match.steps[-1]
        return None if last.kind == "delete" else last.name
    client = match.client
    return client.name if client is not None and client.id in returned else None


def _on_purpose(match: Match, returned: Mapping[int, str]) -> bool:
    wanted, client = match.desired, match.client
    if wanted.id is None or wanted.name is None or client is None:
        return False
    agreed = {name_key(former) for former in wanted.former_names}
    if client.hidden:
        return bool(agreed)  # its present name is not known
    return name_key(returned.get(client.id, client.name)) in agreed
