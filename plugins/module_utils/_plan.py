# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is desired to a plan. Pure: no I/O, no Ansible, no requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.toggl.focus.plugins.module_utils import _problems
from ansible_collections.toggl.focus.plugins.module_utils._match import Existing, Match, Matcher
from ansible_collections.toggl.focus.plugins.module_utils._model import (
    Action,
    Client,
    Desired,
    Kind,
    Plan,
    Planned,
    Step,
)
from ansible_collections.toggl.focus.plugins.module_utils._order import in_order
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused, Problem
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key

_ACTIONS: dict[Kind, Action] = {
    "create": "created",
    "delete": "deleted",
    "restore": "restored",
    "rename": "renamed",
}


def plan(clients: Iterable[Client], desired: Sequence[Desired]) -> Plan:
    """What has to be written so that ``clients`` become as ``desired``.

    :arg clients: what was read; a narrow look-up may leave out what no entry can stand for
    :arg desired: the user's entries, in the user's order
    :raises PlanRefused: with every problem found; nothing may be written then
    """
    check_entries(desired)
    existing = Existing(clients)
    matcher = Matcher(existing, desired)
    matcher.run()
    matches = matcher.matches
    problems = [*matcher.problems, *_taken_names(existing, matches)]
    if problems:
        raise PlanRefused(problems, len(desired))
    steps = in_order(
        [match.steps for match in matches if match.steps], _all_names(existing, desired)
    )
    return Plan(_entries(matches, steps), steps, tuple(matcher.warnings), _shared_names(existing))


def check_entries(desired: Sequence[Desired]) -> None:
    """What can be said of the entries alone, before the first request.

    :raises PlanRefused: with every problem found
    """
    problems = [
        *(problem for entry, wanted in enumerate(desired) for problem in _own(entry, wanted)),
        *_repeated_ids(desired),
        *_repeated_names(desired),
    ]
    if problems:
        raise PlanRefused(problems, len(desired))


def _own(entry: int, wanted: Desired) -> Iterator[Problem]:
    if wanted.name is None and wanted.id is None:
        yield _problems.NothingNamed((entry,))
    if wanted.name is not None and not name_key(wanted.name):
        yield _problems.BlankName((entry,), "name")
    if any(not name_key(name) for name in wanted.former_names):
        yield _problems.BlankName((entry,), "former_names")
    if wanted.id is not None and wanted.id < 1:
        yield _problems.BadId((entry,), wanted.id)


def _repeated_ids(desired: Sequence[Desired]) -> Iterator[Problem]:
    entries: dict[int, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.id is not None:
            entries[wanted.id].append(entry)
    for client_id, places in entries.items():
        if len(places) > 1:
            yield _problems.IdTwice(tuple(places), client_id)


def _repeated_names(desired: Sequence[Desired]) -> Iterator[Problem]:
    """One name twice is no contradiction where every entry of it gives an id."""
    entries: dict[str, list[int]] = defaultdict(list)
    for entry, wanted in enumerate(desired):
        if wanted.name is not None and not (wanted.id is not None and wanted.state == "absent"):
            entries[name_key(wanted.name)].append(entry)
    for places in entries.values():
        twins = [desired[entry] for entry in places]
        if len(places) < 2 or all(twin.id is not None for twin in twins):
            continue
        name = twins[0].name or ""
        if len({twin.state == "absent" for twin in twins}) > 1:
            yield _problems.PresentAndAbsent(tuple(places), name)
        else:
            yield _problems.NameTwice(tuple(places), name)


def _taken_names(existing: Existing, matches: Sequence[Match]) -> Iterator[Problem]:
    """Names that more than one active client would bear.

    Duplicates that are there already stay possible, and so does the way back to them: an entry
    that gives the id and, in ``former_names``, the client's present name says so on purpose; one
    that renames before it deletes, by its own name among them.
    """
    takers: dict[str, list[int]] = defaultdict(list)
    leaving: set[int] = set()
    for entry, match in enumerate(matches):
        if match.steps and match.steps[0].kind in ("rename", "delete"):
            leaving.add(match.steps[0].id or 0)
        for step in match.steps:
            if step.kind != "delete" and step.name is not None:
                takers[name_key(step.name)].append(entry)
    for key, entries in takers.items():
        keepers = tuple(c for c in existing.active.get(key, []) if c.id not in leaving)
        ends = [entry for entry in entries if _final_key(matches[entry]) == key]
        contested = keepers or len(ends) > 1
        if contested and not all(_on_purpose(matches[entry]) for entry in entries):
            yield _name_taken(key, entries, matches, keepers)


def _name_taken(
    key: str, entries: Sequence[int], matches: Sequence[Match], keepers: tuple[Client, ...]
) -> Problem:
    ids = tuple(step.id for entry in entries for step in matches[entry].steps[:1] if step.id)
    return _problems.NameTaken(tuple(entries), key, ids, keepers)


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
    return name_key(match.client.name if match.client else wanted.name) in agreed


def _shared_names(existing: Existing) -> frozenset[str]:
    """Names of active clients that another client bears too, active or deleted."""
    return frozenset(
        key
        for key, clients in existing.active.items()
        if len(clients) > 1 or key in existing.deleted
    )


def _all_names(existing: Existing, desired: Sequence[Desired]) -> Iterator[str]:
    yield from (client.name for client in existing.by_id.values())
    yield from (wanted.name for wanted in desired if wanted.name is not None)


def _entries(matches: Sequence[Match], steps: Sequence[Step]) -> tuple[Planned, ...]:
    positions: dict[int, list[int]] = defaultdict(list)
    for position, step in enumerate(steps):
        positions[step.entry].append(position)
    return tuple(
        Planned(match.desired, match.client, action_of(match.steps), tuple(positions[entry]))
        for entry, match in enumerate(matches)
    )


def action_of(steps: Iterable[Step]) -> Action:
    """What an entry's steps are called together; a rename on the way is not the point of it."""
    kinds = {step.kind for step in steps}
    return next((action for kind, action in _ACTIONS.items() if kind in kinds), "none")
