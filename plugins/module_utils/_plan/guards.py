# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards that protect clients from mistakes in the list. Pure.

They are checked before the first write, in check mode too. If one of them refuses a plan, nothing
of it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache

from .._errors import Problem
from .._model import Client, Rules, Step
from .._text import case_key, name_key
from .problems import Protected, PurgeTooLarge, TooManyDeletions


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
    if step.kind not in ("delete", "rename") or step.before is None:
        return None
    glob = protecting(rules, step.before)
    if glob is None:
        return None
    entries = () if step.entry is None else (step.entry,)
    return Protected(entries, step.before, step.client_id, glob, step.kind)


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
        victims = tuple((step.old_name, step.client_id) for step in deletions)
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
