# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of desired clients that takes a run back. Pure.

It is made from the steps that were carried out, or may have been, so it also holds after a run
that was broken off anywhere: each entry says where a client was, not what was done to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ansible_collections.toggl.focus.plugins.module_utils._model import Desired, Step
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key


class _Stage(NamedTuple):
    """Where a client is at one time; ``exists`` is false before its creation."""

    name: str | None
    deleted: bool
    exists: bool = True


def undo(steps: Iterable[Step], shared_names: Collection[str] = ()) -> tuple[Desired, ...]:
    """The entries that bring back every name and deletion state.

    :arg steps: the steps in the order in which they were carried out, creates with the id that
        the service gave; one whose id nobody knows, or that may not have happened, by its name
    :arg shared_names: names of active clients that another client bore too before the run
    """
    first: dict[int, _Stage] = {}
    last: dict[int, _Stage] = {}
    created: list[str] = []
    for step in steps:
        if step.id is None:
            created.append(step.name or "")
            continue
        known = first.setdefault(step.id, _before(step))
        if known.name is None and step.before is not None:
            first[step.id] = known._replace(name=step.before)
        last[step.id] = _after(step)
    way_back = (_way_back(id_, first[id_], last[id_], shared_names) for id_ in reversed(last))
    entries = [entry for entry in way_back if entry is not None]
    return (*_uncreated(created, entries), *entries)


def _uncreated(created: Iterable[str], entries: Iterable[Desired]) -> Iterator[Desired]:
    """Clients that only their name tells. No active client bore it before the run, so it is safe
    to say that none shall; unless the way back gives the name to another one."""
    taken = {name_key(entry.name) for entry in entries if entry.name is not None}
    for name in created:
        if name_key(name) not in taken:
            yield Desired(name, state="absent")


def _before(step: Step) -> _Stage:
    if step.kind == "create":
        return _Stage(step.name, deleted=True, exists=False)
    return _Stage(step.before, deleted=step.kind == "restore")


def _after(step: Step) -> _Stage:
    return _Stage(step.name, deleted=step.kind == "delete")


def _way_back(
    client_id: int, first: _Stage, last: _Stage, shared_names: Collection[str]
) -> Desired | None:
    if not first.exists:
        return None if last.deleted else Desired(last.name, client_id, "absent")
    if first == last:
        return None
    shared = first.name is not None and name_key(first.name) in shared_names
    renamed_from = _renamed_from(first, last)
    if first.deleted:
        on_purpose = (first.name or "",) if renamed_from and shared else ()
        return Desired(first.name, client_id, "absent", renamed_from + on_purpose)
    if shared and last.name is not None:
        renamed_from = (last.name,)
    return Desired(first.name, client_id, "restored" if last.deleted else "present", renamed_from)


def _renamed_from(first: _Stage, last: _Stage) -> tuple[str, ...]:
    if first.name is None or last.name is None or name_key(first.name) == name_key(last.name):
        return ()
    return (last.name,)
