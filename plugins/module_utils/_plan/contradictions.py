# SPDX-License-Identifier: GPL-3.0-or-later
"""How entries of one list contradict each other. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from .._errors import Problem
from .._model import Desired, PlannedEntry
from .._text import confusable_key, grouped, name_key
from . import problems
from .match import Matcher


def contradictions(desired: Sequence[Desired]) -> Iterator[Problem]:
    """Yield the contradictions between entries that do not depend on the workspace."""
    ids = grouped((want.id, entry) for entry, want in enumerate(desired) if want.id is not None)
    names = grouped(
        (wanted.key, entry)
        for entry, wanted in enumerate(desired)
        if wanted.name is not None and (wanted.id is None or wanted.state != "absent")
    )
    for client_id, entries in ids.items():
        if len(entries) > 1:
            yield Problem(tuple(entries), problems.id_twice(client_id))
    for entries in names.values():
        if len(entries) > 1:
            yield from _of_one_name(desired, entries)


def _of_one_name(desired: Sequence[Desired], entries: Sequence[int]) -> Iterator[Problem]:
    """Yield what is wrong with several entries of one name.

    A name may be there twice if each of its entries has an id. And it may be both present and
    absent if the entries that want it are exact."""
    name = desired[entries[0]].name or ""
    absent = [entry for entry in entries if desired[entry].state == "absent"]
    present = [entry for entry in entries if desired[entry].state != "absent"]
    if absent and not all(desired[entry].is_exact for entry in present):
        yield Problem(tuple(entries), problems.present_and_absent(name))
        return
    for same in (absent, present):
        if len(same) > 1 and any(desired[entry].id is None for entry in same):
            yield Problem(tuple(same), problems.name_twice(name))


def look_alikes(desired: Sequence[Desired]) -> Iterator[str]:
    """Yield a warning for each group of entries whose names differ only to a machine."""
    groups = grouped((confusable_key(w.name), entry) for entry, w in enumerate(desired) if w.name)
    for entries in groups.values():
        names = dict.fromkeys(desired[entry].name or "" for entry in entries)
        if len(set(map(name_key, names))) > 1:
            yield problems.entries_look_alike(entries, names)


def taken_names(
    matcher: Matcher, leaving: Collection[int], returned: Collection[int]
) -> Iterator[Problem]:
    """Yield the names that more than one active client would end with.

    Duplicates that are there already stay possible, and so does an undo that brings them back: an
    exact entry that gives the client's present name as a former one says so on purpose, and is
    warned of.

    :arg leaving: ids of the clients whose steps take or leave a name
    :arg returned: ids of clients that this run has restored: they have just taken their names
    """
    matches, takers = matcher.matches, defaultdict[str, list[int]](list)
    moving = {*leaving, *returned}
    for entry, match in enumerate(matches):
        after = match.steps[-1].after if match.steps else match.client
        if after is not None and not after.deleted and after.id in moving:
            takers[name_key(after.name)].append(entry)
    takers.pop("", None)  # a blank name: no list can give one, so the service decides
    for key, entries in takers.items():
        keepers = [client for client in matcher.active.get(key, ()) if client.id not in moving]
        if not keepers and len(entries) < 2:
            continue
        taking = [matches[entry] for entry in entries]
        ids = {match.client.id for match in taking if match.client is not None}
        if all(_on_purpose(match) for match in taking):
            all_ids = sorted(ids.union(client.id for client in keepers))
            matcher.warnings["twice"].append(problems.given_twice(key, all_ids))
        else:
            yield Problem(tuple(entries), problems.name_taken(key, sorted(ids), keepers))


def _on_purpose(match: PlannedEntry) -> bool:
    """Return whether an exact entry has the present name of its client, or that is not known."""
    client = match.client
    if client is None or not match.desired.is_exact:
        return False
    return client.hidden or client.key in map(name_key, match.desired.former_names)
