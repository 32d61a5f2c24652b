# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that says what a run did. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .._apply.outcome import Outcome
from .._errors import FocusError
from .._model import ACTIONS
from .common import as_sentence, errors_of


def message_of(
    summary: Mapping[str, int], outcomes: Sequence[Outcome], refusal: FocusError | None
) -> str:
    """One line: the reason first, if there is one, then what was done or would be.

    :arg summary: what the entries and the purged clients are counted as
    """
    errors = errors_of(outcomes)
    if errors and refusal is None:
        from .failure import failure_of  # most runs have no errors

        return failure_of(outcomes, errors)
    is_planned = any(outcome.status == "planned" for outcome in outcomes)
    counts = counts_of(summary, is_planned)
    if refusal is not None:
        plan = f" Nothing was written. The plan would {_whole(counts, summary)}." if counts else ""
        return f"{refusal}{plan}"
    if counts:
        return as_sentence(_whole(counts, summary), is_planned)
    return _nothing_to_do(summary["unchanged"])


def counts_of(summary: Mapping[str, int], is_planned: bool = True) -> str:
    """``create 1, rename 1, delete 2``; empty if nothing is done."""
    numbers = Counter(summary)
    numbers["deleted"] += numbers["purged"]
    return ", ".join(
        f"{kind if is_planned else action} {numbers[action]}"
        for kind, action in ACTIONS.items()
        if numbers[action]
    )


def _whole(counts: str, summary: Mapping[str, int]) -> str:
    """``create 1, rename 1, delete 2 (1 by purge); 497 unchanged``."""
    purged, unchanged = summary["purged"], summary["unchanged"]
    by_purge = f" ({purged} by purge)" if purged else ""
    return f"{counts}{by_purge}{f'; {unchanged} unchanged' if unchanged else ''}"


def _nothing_to_do(entries: int) -> str:
    if entries == 0:
        return "Nothing to do: the list has no entries."
    each = f"all {entries} entries are" if entries > 1 else "the entry is"
    return f"Nothing to do: {each} as declared."
