# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards that protect clients from mistakes in the list. Pure.

They are checked before the first write, in check mode too. If one of them refuses a plan, nothing
of it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from .._errors import Problem
from .._model import Client, Desired, Rules, Step
from .._text import case_key, name_key
from .match import LookAlikes
from .problems import (
    LookAlike,
    Protected,
    PurgeTooLarge,
    TooManyDeletions,
    protected_look_alike,
)
from .warned import Warned


def judge(
    rules: Rules, active_count: int, steps: Sequence[Step], victims: Sequence[Client]
) -> Iterator[Problem]:
    """The problems of a plan's ``steps``, of which the purge deletes ``victims``."""
    deletions = [step for step in steps if step.kind == "delete"]
    yield from filter(None, (protected(rules, step) for step in steps))
    too_many = list(_too_many(rules, deletions))
    yield from too_many
    for problem in _too_large_a_purge(rules, active_count, len(deletions), victims):
        yield problem._replace(victims_named=bool(too_many))


def look_alikes(
    rules: Rules, found: Iterable[LookAlikes], desired: Sequence[Desired], warnings: Warned
) -> Iterator[Problem]:
    """Yield a problem for each create beside an active client that looks like it.

    :arg warnings: gets a sentence where that client is protected instead
    """
    for entry, clients in found:
        wanted = desired[entry]
        for client in clients:
            glob = protecting(rules, client.name)
            if glob is None:
                name, former_names = wanted.name or "", wanted.former_names
                yield LookAlike((entry,), name, client, former_names)
            else:
                warnings.add(protected_look_alike, wanted.name or "", client, glob)


def protecting(rules: Rules, name: str) -> str | None:
    """The glob that protects a client of this name; ``None`` if there is none."""
    if not rules.protected:
        return None
    forms = _forms(name)
    for glob, patterns in _patterns(rules.protected):
        if any(map(fnmatchcase, forms, patterns)):
            return glob
    return None


def protected(rules: Rules, step: Step) -> Problem | None:
    """Whether a step would delete or rename a protected client."""
    if step.kind not in ("delete", "rename") or step.old_name is None:
        return None
    glob = protecting(rules, step.old_name)
    if glob is None:
        return None
    entries = () if step.entry is None else (step.entry,)
    return Protected(entries, step.old_name, step.after.id, glob, step.kind)


@lru_cache
def _patterns(globs: tuple[str, ...]) -> tuple[tuple[str, tuple[str, str]], ...]:
    return tuple((glob, _forms(glob)) for glob in globs)


def _forms(text: str) -> tuple[str, str]:
    """The text with its case folded: character by character, so that each stays one for ``?``, and
    in full, where one character may become two."""
    key = name_key(text)
    single = key.lower() if key.isascii() else "".join(map(_folded, key))
    return single, case_key(text)


def _folded(character: str) -> str:
    folded = character.casefold()
    return folded if len(folded) == 1 else character.lower()[0]


def _too_many(rules: Rules, deletions: Sequence[Step]) -> Iterator[Problem]:
    if rules.max_deletions is not None and len(deletions) > rules.max_deletions:
        victims = tuple((step.after.name, step.after.id) for step in deletions)
        yield TooManyDeletions((), victims, rules.max_deletions)


def _too_large_a_purge(
    rules: Rules, active_count: int, deletions_count: int, victims: Sequence[Client]
) -> Iterator[PurgeTooLarge]:
    """One deletion is always allowed, but never that of the last active client: only with 100
    percent may nothing be left."""
    percent = rules.max_deletion_percent
    too_many = len(victims) > max(active_count * percent // 100, 1)
    leaves_none = deletions_count >= active_count and percent < 100
    if victims and (too_many or leaves_none):
        named = tuple((client.name, client.id) for client in victims)
        by_entries = deletions_count - len(victims)
        yield PurgeTooLarge((), named, active_count, percent, by_entries)
