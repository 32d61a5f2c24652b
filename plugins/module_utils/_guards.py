# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between a mistake in the list and the loss of clients. Pure.

Judged before the first write, in check mode too; nothing of a plan is written that one of them
refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ansible_collections.toggl.focus.plugins.module_utils import _problems
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Step
from ansible_collections.toggl.focus.plugins.module_utils._problems import Problem
from ansible_collections.toggl.focus.plugins.module_utils._text import case_key


@dataclass(frozen=True)
class Rules:
    """What a plan may do. ``protected`` are globs, compared without regard to case.

    ``max_deletions`` caps all deletions; ``max_deletion_percent`` those of the purge alone, of
    the clients that are active before it.
    """

    purge: bool = False
    protected: tuple[str, ...] = ()
    max_deletions: int | None = None
    max_deletion_percent: int = 30


def judge(
    rules: Rules, active_count: int, steps: Sequence[Step], victims: Sequence[Client]
) -> Iterator[Problem]:
    """The problems of a plan's ``steps``, of which the purge deletes ``victims``."""
    yield from _protected(rules, steps)
    yield from _too_many(rules, steps)
    yield from _too_large_a_purge(rules, active_count, victims)


def _protected(rules: Rules, steps: Sequence[Step]) -> Iterator[Problem]:
    if not rules.protected:
        return
    globs = [(glob, case_key(glob)) for glob in rules.protected]
    for step in steps:
        if step.kind not in ("delete", "rename") or step.before is None:
            continue
        key = case_key(step.before)
        glob = next((glob for glob, pattern in globs if fnmatchcase(key, pattern)), None)
        if glob is not None:
            entries = () if step.entry is None else (step.entry,)
            yield _problems.Protected(entries, step.before, step.id or 0, glob, step.kind)


def _too_many(rules: Rules, steps: Sequence[Step]) -> Iterator[Problem]:
    deletions = [step for step in steps if step.kind == "delete"]
    if rules.max_deletions is not None and len(deletions) > rules.max_deletions:
        victims = tuple((step.before or "", step.id or 0) for step in deletions)
        yield _problems.TooManyDeletions((), victims, rules.max_deletions)


def _too_large_a_purge(
    rules: Rules, active_count: int, victims: Sequence[Client]
) -> Iterator[Problem]:
    allowed = active_count * rules.max_deletion_percent // 100
    one_of_several = len(victims) == 1 and active_count > 1
    if len(victims) > allowed and not one_of_several:
        named = tuple((client.name, client.id) for client in victims)
        yield _problems.PurgeTooLarge((), named, active_count, rules.max_deletion_percent)
