# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may fail with. ``str()`` of an error is the message for the user.

An error has a class of its own only where the code takes another branch for it.

.. code-block:: text

    FocusError
    ├── BadOption                                      before any request
    ├── PlanRefused                                    the list, or a guard; holds all its problems
    ├── QuotaTooSmall                                  the plan must not be applied now
    ├── JournalFailed                                  nothing is written without it
    ├── InternalError                                  a fault of the collection
    └── RequestError                                   a request
        ├── Interrupted                                ended from outside
        ├── Outdated                                   after a wait for the quota
        └── ...                                        ``_api.errors``: connections and answers
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from ._text import at_most, grouped, quoted, shown


class FocusError(Exception):
    """Base of all errors that a user may meet; ``str()`` is the message for the user."""

    stops_all = False
    """Whether every later request would fail too."""

    unclear = False
    """Whether a write may have been executed."""

    may_pass = False
    """Whether another run may not meet it."""

    not_processed = False
    """Whether a write was not even refused for what it is: it is still to be done."""


class BadOption(FocusError):
    """An option of the task cannot be used; raised before any request."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"The option {option} cannot be used: {reason}.")


class QuotaTooSmall(FocusError):
    """The plan needs more requests than are left; ``resets_in`` in seconds, if known.

    :arg may_be_partial: whether the task can do what fits
    """

    def __init__(
        self, needed: int, left: int, resets_in: int | None, may_be_partial: bool = True
    ) -> None:
        resets = "the service does not say when it resets"
        if resets_in is not None:
            resets = f"it resets in {-(-resets_in // 60)} minutes"
        partial = "; or let it do what fits with allow_partial" if may_be_partial else ""
        super().__init__(
            f"The plan needs {needed} requests, but the quota has {left} left; "
            f"{resets}. Run again then, or let the task wait with quota_wait{partial}."
        )


class JournalFailed(FocusError):
    """The journal could not be written; nothing is written to the service without it."""

    stops_all = not_processed = True

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The journal could not be written ({shown(reason)}), so nothing more is written "
            "to the service. Make room for it, and run again."
        )


class InternalError(FocusError):
    """A fault of the collection, or of a library that it uses.

    The message has the exception's type and the last line of the collection that it passed
    through. Its text is left out, since it may contain anything.
    """

    unclear = True

    def __init__(self, error: BaseException) -> None:
        where = "elsewhere"
        for frame, line in traceback.walk_tb(error.__traceback__):
            _before, is_here, file = frame.f_code.co_filename.partition("toggl/focus/plugins/")
            if is_here:
                where = f"{file}, line {line}"
        super().__init__(
            f"An unforeseen error occurred ({type(error).__name__} in {where}). Please report it."
        )


def as_focus_error(error: Exception) -> FocusError:
    """Return the error itself if it is a ``FocusError``, otherwise an ``InternalError``."""
    return error if isinstance(error, FocusError) else InternalError(error)


class RequestError(FocusError):
    """A request that did not end as the contract says."""

    status: int | None = None
    """Of the answer, if there is one."""

    retry_after: float | None = None
    """Seconds that the service asks to wait."""


class Interrupted(RequestError):
    """The run was ended from outside, so the request was not sent; ``by`` says who ended it."""

    stops_all = not_processed = True

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} ended the run: nothing more is written.")


class Outdated(RequestError):
    """A write that waited for the quota: what it is based on may be old, so it was not sent."""

    stops_all = may_pass = not_processed = True

    def __init__(self) -> None:
        super().__init__("The workspace may have changed while the run waited for the quota.")


MOST_SENTENCES = 20
"""In one message. The others show in the next run, when these are corrected."""

MOST_NUMBERS = 10
"""Entries, or values, that one sentence names."""


class Problem(NamedTuple):
    """What is wrong with entries of the user's list, which are named by their positions.

    If it is ``of_step``, the step of its entry shows it too.
    """

    entries: tuple[int, ...]
    sentence: str
    of_step: bool = False


class PlanRefused(FocusError):
    """Raised with all problems that were found, before anything is written.

    :arg names: of all entries of the list, ``None`` where an entry has none; none at all where
        there is no list
    """

    def __init__(self, problems: Sequence[Problem], names: Sequence[str | None]) -> None:
        self.problems = tuple(problems)
        same = grouped((problem.sentence, problem.entries) for problem in problems)
        sentences = [_located(text, sorted({*chain(*of)}), names) for text, of in same.items()]
        super().__init__(" ".join(at_most(sentences, MOST_SENTENCES, "And {} more.")))


def _located(sentence: str, entries: Sequence[int], names: Sequence[str | None]) -> str:
    if not names or not entries:
        return sentence
    numbers = listed([str(entry + 1) for entry in entries])
    if len(entries) > 1:
        return f"Entries {numbers}: {sentence}"
    name = names[entries[0]]
    is_named = name is None or quoted(name) in sentence
    return f"Entry {numbers}{'' if is_named else f' ({quoted(name)})'}: {sentence}"


def listed(words: Sequence[str]) -> str:
    """Return ``a, b and c``, of which at most ``MOST_NUMBERS`` are named."""
    *first, last = at_most(words, MOST_NUMBERS, "{} more")
    return f"{', '.join(first)} and {last}" if first else last
