# SPDX-License-Identifier: GPL-3.0-or-later
"""How entries of one list contradict each other. Pure.

Most lists have no contradictions, so a problem is imported where one is found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .._errors import Problem
from .._model import Client, Desired
from .._text import name_key
from .match import Existing, Match, is_set_apart
from .warned import Warned


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


def taken_names(
    existing: Existing, matches: Sequence[Match], victims: Sequence[Client], warnings: Warned
) -> Iterator[Problem]:
    """Names that more than one active client would have.

    Duplicates that are there already stay possible, and so does an undo that brings them back: an
    entry that gives the id and, in ``former_names``, the client's present name says so on purpose;
    one that renames before it deletes, by its own name among them.

    :arg warnings: gets a sentence for each name that is given twice on purpose
    """
    takers: dict[str, list[int]] = defaultdict(list)
    leaving = {victim.id for victim in victims}
    for entry, match in enumerate(matches):
        if match.steps and match.steps[0].kind in ("rename", "delete"):
            leaving.add(match.steps[0].client_id)
        for step in match.steps:
            if step.kind != "delete" and step.name is not None:
                takers[name_key(step.name)].append(entry)
    takers.pop("", None)  # a blank name: no list can give one, so the service decides
    for key, entries in takers.items():
        keepers = tuple(c for c in existing.active.get(key, []) if c.id not in leaving)
        if not keepers and len(entries) < 2:
            continue
        ends = [entry for entry in entries if _final_key(matches[entry]) == key]
        if not keepers and len(ends) < 2:
            continue
        if not all(_on_purpose(matches[entry]) for entry in entries):
            yield _name_taken(key, entries, matches, keepers)
        elif ends:
            from .problems import given_twice

            ids = [matches[entry].desired.id or 0 for entry in ends]
            warnings.add(given_twice, key, sorted({*ids, *(c.id for c in keepers)}))


def _name_taken(
    key: str, entries: Sequence[int], matches: Sequence[Match], keepers: tuple[Client, ...]
) -> Problem:
    from .problems import NameTaken

    ids = tuple(step.id for entry in entries for step in matches[entry].steps[:1] if step.id)
    return NameTaken(tuple(entries), key, ids, keepers)


def _final_key(match: Match) -> str | None:
    last = match.steps[-1]
    return None if last.kind == "delete" or last.name is None else name_key(last.name)


def _on_purpose(match: Match) -> bool:
    wanted = match.desired
    if wanted.id is None or wanted.name is None:
        return False
    agreed = {name_key(former) for former in wanted.former_names}
    if wanted.state == "absent":
        return name_key(wanted.name) in agreed
    if match.client is None:  # it is restored unseen: its present name is not known
        return bool(agreed)
    return name_key(match.client.name) in agreed
