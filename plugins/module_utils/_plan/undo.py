# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of desired clients that undoes a run. Pure.

It is made from the steps that were carried out, or may have been, so it also works after a run that
was interrupted anywhere: each entry says how a client was, not what was done to it.

Three things make it work with every service:

- A client that the run created is renamed before it is deleted, if another client gets its name
  back: the service may count the names of deleted clients too.
- An entry sets its client apart (id, name and ``former_names``) if another client may have the same
  name for a while.
- A name that no list can give, of which nothing can be seen or that has a line break, is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from .._model import Desired, Step
from .._text import case_key, is_listable, name_key
from .order import temporary_name
from .problems import created_without_id, name_lost
from .warned import Warned


class _Stage(NamedTuple):
    """A client at one time; ``exists`` is false before its creation."""

    name: str | None
    deleted: bool
    exists: bool = True


def undo(steps: Iterable[Step], shared_names: Collection[str] = ()) -> tuple[Desired, ...]:
    """The entries that bring back every name and deletion state.

    :arg steps: the steps in the order in which they were carried out, creates with the id from the
        answer, or without one if it is not known or the create may not have been carried out
    :arg shared_names: names of active clients that another client also had before the run
    """
    steps = list(steps)
    created: dict[str, str] = {}
    for step in steps:
        if step.id is None:
            created.setdefault(name_key(step.new_name), step.new_name)
    first, last = _stages(steps)
    ways = [(id_, _listed(first[id_]), _listed(last[id_])) for id_ in reversed(last)]
    regained = {case_key(way[1].name) for way in ways if way[1].exists and way[1].name}
    shared = {*shared_names, *created}
    entries = (
        _entry(id_, _goal(id_, before, after, regained), after, shared)
        for id_, before, after in ways
    )
    return (
        *(Desired(name, state="absent") for name in created.values()),
        *(entry for entry in entries if entry is not None),
    )


def _stages(steps: Iterable[Step]) -> tuple[dict[int, _Stage], dict[int, _Stage]]:
    """Return how each client was before the steps, and how it is after them, by its id."""
    first: dict[int, _Stage] = {}
    last: dict[int, _Stage] = {}
    for step in steps:
        if step.id is None:
            continue
        known = first.setdefault(step.id, _before(step))
        if known.name is None:  # restored unseen: a read has shown its name since
            first[step.id] = known._replace(name=step.before)
        last[step.id] = _after(step)
    return first, last


def names_lost(steps: Iterable[Step]) -> Iterator[str]:
    """Yield warnings about clients whose names the undo list cannot give back."""
    warned = Warned()
    first, last = _stages(steps)
    for id_, before in first.items():
        name = before.name if before.exists else None
        if name is not None and _listed(before).name is None and last[id_].name != name:
            warned.add(name_lost, id_, name)
    return iter(warned)


def unsure(names: Iterable[str]) -> Iterator[str]:
    """Warnings about created clients without an id, of which the undo list has only the names."""
    warned = Warned()
    for name in names:
        warned.add(created_without_id, name)
    return iter(warned)


def _before(step: Step) -> _Stage:
    if step.kind == "create":
        return _Stage(step.name, deleted=True, exists=False)
    return _Stage(step.before, deleted=step.kind == "restore")


def _after(step: Step) -> _Stage:
    return _Stage(step.name, deleted=step.kind == "delete")


def _listed(stage: _Stage) -> _Stage:
    """The stage as far as a list can declare it: no list can give some names."""
    is_hidden = stage.name is not None and not is_listable(stage.name)
    return stage._replace(name=None) if is_hidden else stage


def _goal(id_: int, before: _Stage, after: _Stage, regained: Collection[str]) -> _Stage:
    """The stage that the client has to reach: as it was, or with a name that is in nobody's way."""
    if before.exists and before.name is not None:
        return before
    if after.name is not None and case_key(after.name) in regained:
        return before._replace(name=temporary_name(id_))
    return before._replace(name=None if before.exists else after.name)


def _entry(id_: int, goal: _Stage, after: _Stage, shared: Collection[str]) -> Desired | None:
    if goal == after:
        return None
    former = _renamed_from(goal, after)
    if goal.deleted:
        # Under its name, even if another client has it: the client is deleted at once.
        own = (goal.name,) if goal.exists and goal.name is not None and former else ()
        return Desired(goal.name, id_, "absent", former + own)
    if goal.name is not None and after.name is not None and name_key(goal.name) in shared:
        former = (after.name,)
    if after.deleted:
        return Desired(goal.name, id_, "restored", former)
    return Desired(goal.name, id_, former_names=former) if goal.name is not None else None


def _renamed_from(goal: _Stage, after: _Stage) -> tuple[str, ...]:
    if goal.name is None or after.name is None or name_key(goal.name) == name_key(after.name):
        return ()
    return (after.name,)
