# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what is desired to a plan. Pure: no I/O, no Ansible, no requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from .._errors import PlanRefused
from .._model import DEFAULT_RULES, Client, Desired, Plan, PlannedEntry, Rules, Step, ends
from .._text import name_key
from . import problems
from .contradictions import contradictions, taken_names
from .digest import digest, row_of
from .guards import check_guards
from .match import Matcher


def plan(
    clients: Iterable[Client],
    desired: Sequence[Desired],
    rules: Rules = DEFAULT_RULES,
    workspace_id: int = 0,
    api_url: str = "",
    returned: Collection[int] = (),
) -> Plan:
    """Return what has to be written so that ``clients`` become as ``desired``.

    :arg clients: what was read, the latest last where a client is there twice; clients that no
        entry can stand for may be left out, except for a purge, which needs all
    :arg desired: the user's entries, each valid by itself, in the user's order
    :arg workspace_id: is part of the digest, as ``api_url`` is: the same names elsewhere are
        another plan
    :arg returned: ids of the hidden clients that this run has restored already
    :raises PlanRefused: with all contradictions; a plan that only guards refuse is returned, with
        what they say
    """
    matcher = Matcher(clients, desired, rules, list(contradictions(desired)), workspace_id)
    matcher.run()
    matches = matcher.matches
    victims = matcher.purgeable() if rules.purge else []
    chains = [match.steps for match in matches if match.steps]
    chains += [(Step("delete", None, victim, victim.removed()),) for victim in victims]
    written = list(chain.from_iterable(chains))
    leaving = {step.after.id for step in written if step.moves_name}
    refused = [*matcher.problems, *taken_names(matcher, leaving, returned)]
    if refused:
        raise PlanRefused(refused, [wanted.name for wanted in desired])
    steps = _in_order(chains, matches) if chains else ()
    guarded = check_guards(rules, len(matcher.clients), written, matcher.unmanaged())
    renames = _possible_renames(matcher, written)
    matcher.warnings["rename"] += (rename["warning"] for rename in renames)
    return Plan(
        entries=tuple(matches),
        steps=steps,
        warnings=tuple(problems.limited(matcher.warnings.values())),
        possible_renames=renames[: problems.MOST_OF_A_KIND],
        shared_names=frozenset(key for key, same in matcher.active.items() if len(same) > 1),
        active=matcher.clients,
        unmanaged=tuple(client for client in matcher.unmanaged() if client.id not in leaving),
        forbidden=(*matcher.look_alikes.values(), *guarded),
        digest=digest(map(row_of, steps), workspace_id, api_url),
    )


def first_part(steps: Sequence[Step]) -> int:
    """Return how many steps come before the rest is planned again, since hidden clients are known
    then; 0 where none is hidden."""
    return max((at for at, step in enumerate(steps, 1) if step.restores_hidden), default=0)


def by_their_ids(planned: Plan, done: Iterable[Step]) -> list[Desired]:
    """Return what is desired for planning again in the same run, with the ids of active clients.

    A client that the run has renamed, to a temporary name for example, is the same client, and an
    entry that agreed to its old name agrees to the new one. Deleted ones are matched again: of
    those that were hidden, only now the names are known.
    """
    changed, desired = ends(done), []
    for entry in planned.entries:
        wanted, client = entry.desired, entry.client
        if client is not None and not client.deleted and wanted.id is None:
            # Former names agree to a name that is given twice, so only an entry that gives none
            # keeps them: they leave other clients alone.
            former_names = () if entry.moves_name else wanted.former_names
            wanted = wanted._replace(id=client.id, former_names=former_names)
        before, after = changed.get(wanted.id or 0, (None, None))
        if before and after and before.key in map(name_key, wanted.former_names):
            wanted = wanted._replace(former_names=(*wanted.former_names, after.name))
        desired.append(wanted)
    return desired


def continued(first: Plan, done: Sequence[Step], rest: Plan) -> Plan:
    """Return the plan of a run that planned the ``rest`` again after the steps that are ``done``.

    Its steps are both, in this order; all have been tried, so what they ``need`` is as it was. What
    was there before, and what was reviewed, is the first plan's.
    """
    pairs = zip(first.entries, rest.entries, strict=True)
    return first._replace(
        entries=tuple(old._replace(client=old.client or new.client) for old, new in pairs),
        steps=(*done, *rest.steps),
        warnings=tuple(dict.fromkeys([*first.warnings, *rest.warnings])),
        unmanaged=rest.unmanaged,
    )


def is_same(first: Iterable[Step], rest: Iterable[Step], may_go: Collection[int | str]) -> bool:
    """Return whether the ``rest`` of a run does what the ``first`` plan has left.

    :arg may_go: the clients for which a step that is no longer needed makes no other plan
    """
    planned, now = map(_effects, (first, rest))
    gone = planned.keys() - now.keys()
    return all(client in may_go for client, _of in gone) and now.items() <= planned.items()


def _effects(steps: Iterable[Step]) -> dict[tuple[int | str, str], object]:
    """Return what the steps make of each client, which is known by its name if it is created."""
    effects: dict[tuple[int | str, str], object] = {}
    for step in steps:
        if step.moves_name:
            effects[step.what, "name"] = step.after.name, step.after.deleted
        effects.update({(step.what, of): new for of, (_old, new) in step.changes.items()})
    return effects


def renamed_by_id(plan: Plan) -> Iterator[str]:
    """Yield a warning for each client that its entry's id renames from a name that is not listed.

    In a list that undoes a run, somebody has renamed it since.
    """
    warnings = []
    for wanted, client, steps in plan.entries:
        # A client that is found by a name, or that is deleted, has a name that is listed.
        if not steps or wanted.name is None or client is None or client.hidden:
            continue
        if name_key(client.name) not in map(name_key, (wanted.name, *wanted.former_names)):
            warnings.append(problems.renamed_by_id(client, wanted.name))
    return problems.limited([warnings])


def _in_order(
    chains: Sequence[Sequence[Step]], matches: Sequence[PlannedEntry]
) -> tuple[Step, ...]:
    from .order import in_order  # with renames, 3 ms; most plans have no steps

    # The probable names of hidden clients: what the journal has, or what their entries have.
    likely = {
        client.id: next(filter(None, (client.name, *wanted.former_names, wanted.name)), "")
        for wanted, client, _steps in matches
        if client is not None and client.hidden
    }
    return in_order(chains, likely)


def _possible_renames(matcher: Matcher, steps: Sequence[Step]) -> tuple[Mapping[str, Any], ...]:
    """Return each deletion and create that may be a rename, unless they are refused as
    look-alikes."""
    if not {"delete", "create"} <= {step.kind for step in steps}:
        return ()
    from .renames import renames_meant

    matches = matcher.matches
    return tuple(
        problems.possible_rename(old, new, matches[new.entry or 0].desired.former_names)
        for old, new in renames_meant(steps)
        if (old.id, new.entry) not in matcher.look_alikes
    )
