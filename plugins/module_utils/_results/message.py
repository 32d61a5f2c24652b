# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that says what a run did. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._apply.outcome import Outcome
from .._errors import FocusError
from .._model import ACTIONS


def message_of(
    summary: Mapping[str, int], outcomes: Sequence[Outcome], refusal: FocusError | None
) -> str:
    """One line: the reason first, if there is one, then what was done or would be.

    :arg summary: what the entries and the purged clients are counted as
    """
    if refusal is not None:
        counts = _counts(summary, is_planned=True)
        return (
            f"{refusal} Nothing was written. The plan would {counts}." if counts else f"{refusal}"
        )
    errors = errors_of(outcomes)
    if errors:
        from .failure import failure_of  # most runs have no errors

        return failure_of(outcomes, errors)
    is_planned = any(outcome.status == "planned" for outcome in outcomes)
    counts = _counts(summary, is_planned)
    if not counts:
        return _nothing_to_do(summary["unchanged"])
    return f"Would {counts}." if is_planned else f"{counts[0].upper()}{counts[1:]}."


def errors_of(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes with an error; what affects every request comes first."""
    errors = [outcome for outcome in outcomes if outcome.error is not None]
    return sorted(errors, key=lambda outcome: not (outcome.error and outcome.error.stops_all))


def _counts(summary: Mapping[str, int], is_planned: bool) -> str:
    """``create 1, rename 1, delete 2 (1 by purge); 497 unchanged``; empty if nothing is done."""
    numbers = {action: summary[action] for action in ACTIONS.values()}
    numbers["deleted"] += summary["purged"]
    words = (kind if is_planned else action for kind, action in ACTIONS.items())
    parts = [f"{word} {n}" for word, n in zip(words, numbers.values(), strict=True) if n]
    if not parts:
        return ""
    if summary["purged"]:
        parts[-1] += f" ({summary['purged']} by purge)"
    unchanged = summary["unchanged"]
    return ", ".join(parts) + (f"; {unchanged} unchanged" if unchanged else "")


def _nothing_to_do(entries: int) -> str:
    if entries == 0:
        return "Nothing to do: the list has no entries."
    each = f"all {entries} entries are" if entries > 1 else "the entry is"
    return f"Nothing to do: {each} as declared."
