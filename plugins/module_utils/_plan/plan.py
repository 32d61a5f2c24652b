# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is desired to a plan. Pure: no I/O, no Ansible, no requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .._errors import PlanRefused, Problem
from .._model import DEFAULT_RULES, Action, Client, Desired, Kind, Plan, Planned, Rules, Step
from .contradictions import contradictions, taken_names
from .digest import digest, row_of
from .match import Existing, Match, Matcher
from .warned import Warned

# Most runs find nothing to do; what only the others need is imported where it is used.

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
    api_url: str = "",
) -> Plan:
    """What has to be written so that ``clients`` become as ``desired``.

    :arg clients: what was read; clients that no entry can stand for may be left out, except for a
        purge, which needs all
    :arg desired: the user's entries, each valid by itself, in the user's order
    :arg workspace_id: is part of the digest, as ``api_url`` is: the same names elsewhere are
        another plan
    :raises PlanRefused: with all contradictions; a plan that only guards refuse is returned, with
        what they say
    """
    existing = Existing(clients)
    repeated = list(contradictions(desired))
    matcher = Matcher(existing, desired, {entry for same in repeated for entry in same.entries})
    matcher.run()
    matches = matcher.matches
    victims = _victims(rules, matcher) if rules.purge else []
    chains = [match.steps for match in matches if match.steps]
    chains += [(_purge(victim),) for victim in victims]
    taken = taken_names(existing, matches, victims, matcher.warnings)
    problems = [*repeated, *matcher.problems, *taken]
    if problems:
        raise PlanRefused(problems, [wanted.name for wanted in desired])
    steps = _in_order(chains, existing, matches) if chains else ()
    written = [step for chain in chains for step in chain]
    _warn_of_renames(matcher.warnings, written, desired)
    return Plan(
        entries=_entries(matches, steps),
        steps=steps,
        warnings=tuple(matcher.warnings),
        shared_names=_shared_names(existing),
        active=tuple(client for client in existing.by_id.values() if not client.deleted),
        unmanaged=_unmanaged(matcher, victims),
        forbidden=_forbidden(rules, existing, written, victims) if written else (),
        digest=digest(map(row_of, written), workspace_id, api_url),
    )


def _in_order(
    chains: Sequence[Sequence[Step]], existing: Existing, matches: Sequence[Match]
) -> tuple[Step, ...]:
    from .order import in_order

    names = _all_names(existing, [match.desired for match in matches])
    return in_order(chains, names, _likely_names(matches))


def _warn_of_renames(warnings: Warned, steps: Sequence[Step], desired: Sequence[Desired]) -> None:
    if not {"delete", "create"} <= {step.kind for step in steps}:
        return
    from .problems import rename_meant
    from .renames import renames_meant

    for old, new in renames_meant(steps):
        warnings.add(rename_meant, old, new, _former_names(desired, new))


def _forbidden(
    rules: Rules, existing: Existing, steps: Sequence[Step], victims: Sequence[Client]
) -> tuple[Problem, ...]:
    from .guards import judge

    return tuple(judge(rules, existing.active_count, steps, victims))


def _victims(rules: Rules, matcher: Matcher) -> list[Client]:
    """What the purge deletes: it leaves protected clients alone."""
    purgeable = matcher.purgeable()
    if not purgeable:
        return []
    from .guards import protecting

    return [client for client in purgeable if protecting(rules, client.name) is None]


def _unmanaged(matcher: Matcher, victims: Iterable[Client]) -> tuple[Client, ...]:
    leaving = {victim.id for victim in victims}
    return tuple(client for client in matcher.unmanaged() if client.id not in leaving)


def _former_names(desired: Sequence[Desired], step: Step) -> tuple[str, ...]:
    return () if step.entry is None else desired[step.entry].former_names


def _purge(victim: Client) -> Step:
    return Step("delete", None, victim.id, victim.name, victim.name)


def _shared_names(existing: Existing) -> frozenset[str]:
    """Names of active clients that another client, active or deleted, has too."""
    return frozenset(
        key
        for key, clients in existing.active.items()
        if len(clients) > 1 or key in existing.deleted
    )


def _all_names(existing: Existing, desired: Sequence[Desired]) -> Iterator[str]:
    yield from (client.name for client in existing.by_id.values())
    yield from (wanted.name for wanted in desired if wanted.name is not None)


def _likely_names(matches: Iterable[Match]) -> dict[int, str]:
    """The probable names of clients that are restored unseen: those that their entries have."""
    likely: dict[int, str] = {}
    for match in matches:
        wanted = match.desired
        names = (*wanted.former_names, wanted.name)
        if match.client is None and wanted.id is not None and names[0] is not None:
            likely[wanted.id] = names[0]
    return likely


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
    """The action that an entry's steps are together; a rename that only helps does not count."""
    kinds = {step.kind for step in steps}
    if not kinds:
        return "none"
    return next(action for kind, action in _ACTIONS.items() if kind in kinds)
