# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of desired clients that undoes a run. Pure.

It is made from the steps that were executed, or may have been, so it also works after a run that
was interrupted anywhere: each entry says how a client was, not what was done to it.

Three things make it work with every service:

- A client that the run created is renamed before it is deleted, if another client gets its name
  back: the service may count the names of deleted clients too.
- An entry matches only its own client (id, name and ``former_names``) if another client had the
  same name before the run, too. No other entry may take a name that somebody else has by then.
- A name that no list can give, of which nothing can be seen or that has a line break, is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from .._model import ATTRIBUTES, Client, Desired, State, Step, ends, temporary_name
from .._text import case_key, grouped, is_listable, name_key
from . import problems


def undo(steps: Iterable[Step], shared_names: Collection[str] = ()) -> tuple[Desired, ...]:
    """Return the entries that bring back every name and deletion state.

    :arg steps: the steps in the order in which they were executed, creates with the id from the
        answer, or without one if it is not known or the create may not have been executed
    :arg shared_names: keys of names that several active clients had before the run
    """
    steps = list(steps)
    nameless: dict[str, str] = {}
    for step in steps:
        if step.id is None:
            nameless.setdefault(step.after.key, step.after.name)
    changed = ends(steps).values()
    given = grouped((step.id, step.after.name) for step in steps if is_listable(step.after.name))
    regained = {case_key(before.name) for before, _after in changed if before and before.name}
    shared = {*shared_names, *nameless}
    entries = (
        _entry(before, after, given.get(after.id, [])[::-1], regained, shared)
        for before, after in reversed(changed)
    )
    created = (Desired(name, state="absent") for name in nameless.values())
    return (*created, *filter(None, entries))


def undo_warnings(steps: Iterable[Step], without_id: Iterable[str] = ()) -> Iterator[str]:
    """Yield what the undo list cannot give back, or not for certain.

    :arg without_id: the names of created clients, of which the list has nothing else
    """
    lost: list[str] = []
    for before, after in ends(steps).values():
        if before is None:
            continue
        values = _given_back(before, after) if before.deleted else {}
        for of, value in before.attributes.items():
            if of in after.set_to and of not in before.declared:
                values[of] = value
        if before.name and before.name != after.name and not is_listable(before.name):
            values["name"] = before.name
        lost += [problems.not_given_back(before.id, of, value) for of, value in values.items()]
    return problems.limited([[*map(problems.created_without_id, without_id)], lost])


def _entry(
    before: Client | None,
    after: Client,
    given: Sequence[str],
    regained: Collection[str],
    shared: Collection[str],
) -> Desired | None:
    """Return the entry that makes a client as it was, or deletes it: under an unused name if
    another client gets its name back.

    :arg given: the names that the steps gave it, the last one first; if a step was not executed
        after all, the client has an earlier one
    """
    name, current = _listable_name(before), _listable_name(after)
    if name is None and current is not None and case_key(current) in regained:
        name = temporary_name(after.id)
    elif before is None:
        name = current
    is_deleted = before is None or before.deleted
    attributes = _given_back(before, after)
    if (name or current, is_deleted, attributes) == (current, after.deleted, {}):
        return None
    if is_deleted:
        own = [] if before is None or name is None else [name]
        former = tuple(dict.fromkeys([*given, *own])) if _is_renamed(name, current) else ()
        return Desired(name, after.id, "absent", former)
    state: State = "restored" if after.deleted else "present"
    former = tuple(dict.fromkeys(given)) if name and current and name_key(name) in shared else ()
    return Desired(name, after.id, state, former, attributes=attributes)


def _given_back(before: Client | None, after: Client) -> dict[str, str]:
    """Return the attributes that the client had before, as far as an entry can give them."""
    if before is None or before.hidden:
        return {}
    old, new = before.declared, after.declared
    changed = (of for of in ATTRIBUTES if old.get(of) != new.get(of))
    listable = (of for of in changed if of in old or of not in before.attributes)
    return {of: old.get(of, ATTRIBUTES[of].none) for of in listable}


def _listable_name(client: Client | None) -> str | None:
    """Return a client's name, as far as a list can declare it."""
    name = None if client is None else client.shown_name
    return name if name is not None and is_listable(name) else None


def _is_renamed(name: str | None, current: str | None) -> bool:
    """Return whether a client gets another name before it is deleted.

    It gets its own name back even if another client has it, since it is deleted at once.
    """
    return name is not None and current is not None and name_key(name) != name_key(current)
