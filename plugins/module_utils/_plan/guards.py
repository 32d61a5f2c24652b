# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards that protect clients from mistakes in the list. Pure.

They are checked before the first write, in check mode too. If one of them refuses a plan, nothing
of it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import translate
from functools import cache

from .._errors import Problem
from .._model import Client, Rules, Step, temporary_name
from .._text import case_key, name_key
from . import problems


def check_guards(
    rules: Rules, active_count: int, steps: Sequence[Step], unmanaged: Iterable[Client]
) -> Iterator[Problem]:
    """Yield the problems of a plan's ``steps``; those without an entry are of the purge.

    :arg unmanaged: the active clients that no entry stands for, those among them that it deletes
    """
    yield from _protected(rules, steps)
    yield from _temporary(steps, unmanaged)
    deleted = [step.after for step in steps if step.kind == "delete"]
    most = len(deleted) if rules.max_deletions is None else rules.max_deletions
    too_many = len(deleted) > most
    victims = [step.after for step in steps if step.entry is None]
    percent = rules.max_deletion_percent
    # One deletion is always allowed, but never that of the last active client.
    is_large = len(victims) > max(active_count * percent // 100, 1)
    leaves_none = len(deleted) >= active_count
    if victims and (is_large or (leaves_none and percent < 100)):
        sentence = problems.purge_too_large(victims, active_count, percent, leaves_none, too_many)
        yield Problem((), sentence)
    if too_many:  # last, since it names them
        yield Problem((), problems.too_many_deletions(deleted, most))


def protecting(rules: Rules, name: str) -> str | None:
    """Return the glob that protects a client of this name; ``None`` if there is none."""
    for glob in rules.protected:
        by_character, in_full = _patterns(glob)
        if by_character.match(name_key(name)) or in_full.match(case_key(name)):
            return glob
    return None


def _protected(rules: Rules, steps: Iterable[Step]) -> Iterator[Problem]:
    """Yield a problem for each step that would delete or rename a protected client."""
    for step in steps if rules.protected else ():
        is_touched = step.kind in ("delete", "rename") and step.old_name is not None
        glob = protecting(rules, step.old_name or "") if is_touched else None
        if glob is not None:
            entries = () if step.entry is None else (step.entry,)
            yield Problem(entries, problems.protected(step, glob))


def _temporary(steps: Sequence[Step], unmanaged: Iterable[Client]) -> Iterator[Problem]:
    """Yield a problem for each client that an interrupted run left with its temporary name: what is
    created or purged now may be what some entry means by that client."""
    deleted = {step.after.id for step in steps if step.kind == "delete"}
    creates = any(step.kind == "create" for step in steps)
    for client in unmanaged:
        if client.name == temporary_name(client.id) and (creates or client.id in deleted):
            yield Problem((), problems.temporary_name_left(client))


@cache
def _patterns(glob: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what a glob means in any case: character by character, so that each stays one for
    ``?``, and in full, where one character may become two."""
    return re.compile(translate(name_key(glob)), re.I), re.compile(translate(case_key(glob)))
