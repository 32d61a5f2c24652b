# SPDX-License-Identifier: GPL-3.0-or-later
"""How entries of one list contradict each other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from .._errors import Problem
from .._model import Client, Desired
from .._text import look_key, name_key
from . import problems
from .match import Existing, Match, is_exact


def contradictions(desired: Sequence[Desired]) -> Iterator[Problem]:
    """Yield the contradictions between entries that do not depend on the workspace."""
    ids: dict[int, list[int]] = defaultdict(list)
    names: dict[str, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.id is not None:
            ids[wanted.id].append(entry)
        if wanted.name is not None and not (wanted.id is not None and wanted.state == "absent"):
            names[name_key(wanted.name)].append(entry)
    for client_id, entries in ids.items():
        if len(entries) > 1:
            yield Problem(tuple(entries), problems.id_twice(client_id))
    for entries in names.values():
        if len(entries) > 1:
            yield from _of_one_name(desired, entries)


def _of_one_name(desired: Sequence[Desired], entries: Sequence[int]) -> Iterator[Problem]:
    """A name may be there twice if each of its entries has an id. And it may be both present and
    absent if the entries that want it are exact."""
    name = desired[entries[0]].name or ""
    absent = [entry for entry in entries if desired[entry].state == "absent"]
    present = [entry for entry in entries if desired[entry].state != "absent"]
    if absent and not all(is_exact(desired[entry]) for entry in present):
        yield Problem(tuple(entries), problems.present_and_absent(name))
        return
    for same in (absent, present):
        if len(same) > 1 and any(desired[entry].id is None for entry in same):
            yield Problem(tuple(same), problems.name_twice(name))


def look_alikes(desired: Sequence[Desired]) -> Iterator[str]:
    """Yield a warning for each group of entries whose names differ only to a machine."""
    groups: dict[str, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.name is not None:
            groups[look_key(wanted.name)].append(entry)
    for entries in groups.values():
        names = dict.fromkeys(desired[entry].name or "" for entry in entries)
        if len(set(map(name_key, names))) > 1:
            yield problems.entries_look_alike(entries, names)


def taken_names(
    existing: Existing,
    matches: Sequence[Match],
    victims: Sequence[Client],
    warnings: dict[str, list[str]],
    returned: Collection[int] = (),
) -> Iterator[Problem]:
    """Yield the names that more than one active client would end with.

    Duplicates that are there already stay possible, and so does an undo that brings them back: an
    entry that gives the id and, in ``former_names``, the client's present name says so on purpose.

    :arg warnings: gets a sentence for each name that is given twice on purpose, by the kind
    :arg returned: ids of clients that this run has restored: they have just taken their names
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
        taking = [matches[entry] for entry in entries]
        ids = {match.client.id for match in taking if match.client is not None}
        active = existing.active.get(key, [])
        keepers = [c for c in active if c.id not in leaving and c.id not in ids]
        if not keepers and len(entries) < 2:
            continue
        if all(_on_purpose(match) for match in taking):
            having = sorted(ids.union(c.id for c in keepers))
            warnings["twice"].append(problems.given_twice(key, having))
        else:
            yield Problem(tuple(entries), problems.name_taken(key, sorted(ids), keepers))


def _name_taken_by(match: Match, returned: Collection[int]) -> str | None:
    """Return the name that the entry's client ends with, if it has not had it all along."""
    if match.steps:
        last = match.steps[-1]
        return None if last.kind == "delete" else last.name
    client = match.client
    return client.name if client is not None and client.id in returned else None


def _on_purpose(match: Match) -> bool:
    """Whether an exact entry has the present name of its client, or that name is not known."""
    client = match.client
    if client is None or not is_exact(match.desired):
        return False
    present = name_key(client.name)
    return client.hidden or present in map(name_key, match.desired.former_names)
