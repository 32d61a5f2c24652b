# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is desired to a plan. Pure: no I/O, no Ansible, no requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from .._errors import PlanRefused
from .._model import ACTIONS, DEFAULT_RULES, Action, Client, Desired, Plan, Planned, Rules, Step
from .._text import name_key
from . import problems
from .contradictions import contradictions, taken_names
from .digest import Row, digest, digest_by_client, row_of
from .guards import check_guards
from .match import Existing, Match, Matcher
from .warned import Warned


def plan(
    clients: Iterable[Client],
    desired: Sequence[Desired],
    rules: Rules = DEFAULT_RULES,
    workspace_id: int = 0,
    api_url: str = "",
    returned: Collection[int] = (),
) -> Plan:
    """Return what has to be written so that ``clients`` become as ``desired``.

    :arg clients: what was read; clients that no entry can stand for may be left out, except for a
        purge, which needs all
    :arg desired: the user's entries, each valid by itself, in the user's order
    :arg workspace_id: is part of the digest, as ``api_url`` is: the same names elsewhere are
        another plan
    :arg returned: ids of the hidden clients that this run has restored already
    :raises PlanRefused: with all contradictions; a plan that only guards refuse is returned, with
        what they say
    """
    existing = Existing(clients)
    repeated = list(contradictions(desired))
    contended = {entry for same in repeated for entry in same.entries}
    matcher = Matcher(existing, desired, rules, contended, workspace_id)
    matcher.run()
    matches = matcher.matches
    victims = matcher.purgeable() if rules.purge else []
    chains = [match.steps for match in matches if match.steps]
    chains += [(Step("delete", None, victim, victim.removed()),) for victim in victims]
    taken = taken_names(existing, matches, victims, matcher.warnings, returned)
    refused = [*repeated, *matcher.problems, *taken]
    if refused:
        raise PlanRefused(refused, [wanted.name for wanted in desired])
    steps = _in_order(chains, existing, matches) if chains else ()
    written = list(chain.from_iterable(chains))
    leaving = {victim.id for victim in victims}
    active = tuple(client for client in existing.by_id.values() if not client.deleted)
    guarded = check_guards(rules, len(active), written, victims)
    _warn_of_renames(matcher, written, desired)
    return Plan(
        entries=_entries(((match.desired, match.client) for match in matches), steps),
        steps=steps,
        warnings=tuple(matcher.warnings),
        shared_names=frozenset(key for key, same in existing.active.items() if len(same) > 1),
        active=active,
        unmanaged=tuple(client for client in matcher.unmanaged() if client.id not in leaving),
        forbidden=(*matcher.look_alikes.values(), *guarded),
        digest=digest_by_client(map(row_of, written), workspace_id, api_url),
    )


def first_part(steps: Sequence[Step]) -> int:
    """Return how many steps come before the rest is planned again, since hidden clients are known
    then; 0 where none is hidden."""
    return max((at for at, step in enumerate(steps, 1) if step.restores_hidden), default=0)


def after_steps(clients: Iterable[Client], steps: Iterable[Step]) -> list[Client]:
    """Return the clients as the steps leave them."""
    by_id = {client.id: client for client in clients}
    by_id.update((step.after.id, step.after) for step in steps)
    return list(by_id.values())


def by_their_ids(entries: Iterable[Planned], done: Sequence[Step]) -> list[Desired]:
    """Return what is desired for planning again in the same run, with the ids of active clients.

    A client that the run has renamed, to a temporary name for example, is the same client. Deleted
    ones are matched again: of those that were hidden, only now the names are known.
    """
    names: dict[int | None, tuple[str, str]] = {}
    for step in done:
        if step.before is not None:
            old, _last = names.get(step.id, (step.before.name, ""))
            names[step.id] = old, step.after.name
    return [
        _with_new_name(wanted, *names.get(wanted.id, ("", "")))
        for wanted in map(_by_its_id, entries)
    ]


def _by_its_id(entry: Planned) -> Desired:
    """Return the entry with its client's id. Former names agree to one that is given twice, so only
    an entry that gives none keeps them: they leave other clients alone."""
    wanted, client = entry.desired, entry.client
    if client is None or client.deleted or wanted.id is not None:
        return wanted
    former_names = wanted.former_names if entry.action == "none" else ()
    return wanted._replace(id=client.id, former_names=former_names)


def _with_new_name(wanted: Desired, old: str, new: str) -> Desired:
    """Return an entry that agreed to the old name of its client as one that agrees to the name that
    this run has given it."""
    if name_key(old) not in map(name_key, wanted.former_names):
        return wanted
    return wanted._replace(former_names=(*wanted.former_names, new))


def continued(first: Plan, done: Sequence[Step], rest: Plan) -> Plan:
    """Return the plan of a run that planned the ``rest`` again after the steps that are ``done``.

    Its steps are both, in this order; all have been tried, so what they ``need`` is as it was. What
    was there before, and what was reviewed, is the first plan's.
    """
    steps = (*done, *rest.steps)
    entries = zip(first.entries, rest.entries, strict=True)
    known = [(before.desired, before.client or after.client) for before, after in entries]
    return first._replace(
        entries=_entries(known, steps),
        steps=steps,
        warnings=tuple(dict.fromkeys([*first.warnings, *rest.warnings])),
        unmanaged=rest.unmanaged,
    )


def is_same_but_for(hidden: Collection[int], first: Iterable[Step], rest: Iterable[Step]) -> bool:
    """Return whether the ``rest`` of a run does what the ``first`` plan has left.

    A rename of a ``hidden`` client that is no longer needed, or whose old name is known by now, is
    no other plan.
    """

    def parts(steps: Iterable[Step]) -> tuple[list[Row], list[Row]]:
        rows = [(step.after.id in hidden, row_of(step)) for step in steps]
        known: list[Row] = [
            {key: row[key] for key in row if key != "from"} for is_hidden, row in rows if is_hidden
        ]
        return known, [row for is_hidden, row in rows if not is_hidden]

    (allowed, reviewed), (done, others) = parts(first), parts(rest)
    return all(row in allowed for row in done) and digest(reviewed, 0, "") == digest(others, 0, "")


def renamed_by_id(plan: Plan) -> Iterator[str]:
    """Yield a warning for each client that its entry's id renames from a name that is not listed.

    In a list that undoes a run, somebody has renamed it since.
    """
    warned = Warned()
    for entry in plan.entries:
        wanted, client = entry.desired, entry.client
        if not entry.steps or wanted.id is None or wanted.name is None or wanted.state == "absent":
            continue
        if client is None or client.hidden:
            continue
        if name_key(client.name) not in map(name_key, (wanted.name, *wanted.former_names)):
            warned.add(problems.renamed_by_id, client, wanted.name)
    return iter(warned)


def _in_order(
    chains: Sequence[Sequence[Step]], existing: Existing, matches: Sequence[Match]
) -> tuple[Step, ...]:
    from .order import in_order

    wanted = (match.desired.name or "" for match in matches)
    names = chain((client.name for client in existing.by_id.values()), wanted)
    return in_order(chains, names, _likely_names(matches))


def _warn_of_renames(matcher: Matcher, steps: Sequence[Step], desired: Sequence[Desired]) -> None:
    """Ask whether a deletion and a create are a rename, unless they are refused as look-alikes."""
    if not {"delete", "create"} <= {step.kind for step in steps}:
        return
    from .renames import renames_meant

    for old, new in renames_meant(steps):
        if (old.id, new.entry) not in matcher.look_alikes:
            former_names = () if new.entry is None else desired[new.entry].former_names
            matcher.warnings.add(problems.rename_meant, old, new, former_names)


def _likely_names(matches: Iterable[Match]) -> dict[int, str]:
    """The probable names of hidden clients: what the journal has, or what their entries have."""
    likely: dict[int, str] = {}
    for match in matches:
        client, wanted = match.client, match.desired
        if client is not None and client.hidden:
            names = (client.name, *wanted.former_names, wanted.name)
            likely[client.id] = next(filter(None, names), "")
    return likely


def _entries(
    known: Iterable[tuple[Desired, Client | None]], steps: Sequence[Step]
) -> tuple[Planned, ...]:
    """:arg known: each entry, with the client that it stands for"""
    positions: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for position, step in enumerate(steps):
        if step.entry is not None:
            positions[step.entry] += (position,)
    places = ((*of, positions.get(entry, ())) for entry, of in enumerate(known))
    return tuple(
        Planned(desired, client, action_of(steps[at] for at in own), own)
        for desired, client, own in places
    )


def action_of(steps: Iterable[Step]) -> Action:
    """Return the action that an entry's steps are together; a rename that only helps does not count
    beside the others."""
    kinds = {step.kind for step in steps}
    return next((action for kind, action in reversed(ACTIONS.items()) if kind in kinds), "none")
