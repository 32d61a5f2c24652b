# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is desired to a plan. Pure: no I/O, no Ansible, no requests."""

from __future__ import annotations

import gc
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ansible_collections.toggl.focus.plugins.module_utils import _problems
from ansible_collections.toggl.focus.plugins.module_utils._guards import Rules, judge
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

DEFAULT_RULES = Rules()

_ACTIONS: dict[Kind, Action] = {
    "create": "created",
    "delete": "deleted",
    "restore": "restored",
    "rename": "renamed",
}


def plan(
    clients: Iterable[Client],
    desired: Sequence[Desired],
    rules: Rules = DEFAULT_RULES,
    workspace_id: int = 0,
) -> Plan:
    """What has to be written so that ``clients`` become as ``desired``.

    :arg clients: what was read; a narrow look-up may leave out what no entry can stand for, but a
        purge needs all
    :arg desired: the user's entries, in the user's order
    :arg workspace_id: goes into the digest: the same names elsewhere are another plan
    :raises PlanRefused: with every contradiction found or, if there is none, with every guard
        that speaks against it; nothing may be written then
    """
    check_entries(desired)
    with _collector_paused():
        return _planned(clients, desired, rules, workspace_id)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A plan is made of values that point in no circle: to search millions of them for one, again
    and again as they are made, takes longer than to plan."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _planned(
    clients: Iterable[Client], desired: Sequence[Desired], rules: Rules, workspace_id: int
) -> Plan:
    existing = Existing(clients)
    repeated = [*_repeated_ids(desired), *_repeated_names(desired)]
    matcher = Matcher(existing, desired, {entry for same in repeated for entry in same.entries})
    matcher.run()
    matches = matcher.matches
    victims = matcher.unclaimed_active() if rules.purge else []
    chains = [match.steps for match in matches if match.steps]
    chains += [(_purge(victim),) for victim in victims]
    taken = _taken_names(existing, matches, victims)
    problems = [*repeated, *matcher.problems, *taken] or list(
        judge(rules, existing.active_count, [step for chain in chains for step in chain], victims)
    )
    if problems:
        raise PlanRefused(problems, len(desired))
    steps = in_order(chains, _all_names(existing, desired))
    return Plan(
        entries=_entries(matches, steps),
        steps=steps,
        warnings=tuple(matcher.warnings),
        shared_names=_shared_names(existing),
        active=tuple(client.name for client in existing.by_id.values() if not client.deleted),
        digest=_digest(chains, workspace_id),
    )


def _purge(victim: Client) -> Step:
    return Step("delete", None, victim.id, victim.name, victim.name)


def _digest(chains: Iterable[Sequence[Step]], workspace_id: int) -> str:
    """The same for the same effect, whatever the order of the lists; 64 hexadecimal digits.

    Every part is quoted by JSON, so that no two effects can be written alike.
    """
    lines = sorted(
        json.dumps([[step.kind, step.id, step.before, step.name] for step in chain])
        for chain in chains
    )
    return hashlib.sha256("\n".join([str(workspace_id), *lines]).encode()).hexdigest()


def check_entries(desired: Sequence[Desired]) -> None:
    """What makes no sense whatever the service holds: said before the first request.

    :raises PlanRefused: with every problem found
    """
    problems = [problem for entry, wanted in enumerate(desired) for problem in _own(entry, wanted)]
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


def _taken_names(
    existing: Existing, matches: Sequence[Match], victims: Sequence[Client]
) -> Iterator[Problem]:
    """Names that more than one active client would bear.

    Duplicates that are there already stay possible, and so does the way back to them: an entry
    that gives the id and, in ``former_names``, the client's present name says so on purpose; one
    that renames before it deletes, by its own name among them.
    """
    takers: dict[str, list[int]] = defaultdict(list)
    leaving = {victim.id for victim in victims}
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
    if match.client is None:  # it is restored unseen: its present name nobody knows
        return bool(agreed)
    return name_key(match.client.name) in agreed


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
        if step.entry is not None:
            positions[step.entry].append(position)
    return tuple(
        Planned(match.desired, match.client, action_of(match.steps), tuple(positions[entry]))
        for entry, match in enumerate(matches)
    )


def action_of(steps: Iterable[Step]) -> Action:
    """What an entry's steps are called together; a rename on the way is not the point of it."""
    kinds = {step.kind for step in steps}
    if not kinds:
        return "none"
    return next(action for kind, action in _ACTIONS.items() if kind in kinds)
