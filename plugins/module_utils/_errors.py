# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task may fail with, as typed exceptions with data; ``str()`` is the message for the user.

.. code-block:: text

    FocusError
    ├── BadOption  MissingOption  NoAuthentication     an option; before any request
    ├── MissingLibrary                                 on the host that runs the task
    ├── PlanRefused                                    the list, or a guard; holds all its problems
    ├── PlanChanged  QuotaTooSmall                     the plan must not be applied now
    ├── NamesMasked                                    no list can be returned without a secret
    ├── JournalFailed                                  nothing is written without it
    ├── Unforeseen                                     a fault of the collection
    ├── NotOnce  AmongOthers  NotShown  NotChecked     ``_apply.errors``: a create that was sent
    ├── NameShared  StepRefused                        ``_apply.errors``: a step
    │   └── StepForbidden  HasReturned  MayHaveReturned  TakenAndUnlisted
    └── RequestError                                   a request
        ├── Interrupted                                ended from outside
        └── ...                                        ``_api.errors``: connections and answers

Two flags decide what happens next: ``stops_all`` (every later request would fail too) and
``unclear`` (the request may have been carried out).
"""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from ._text import quoted, shown

Failed = TypeVar("Failed", bound="RequestError")


class FocusError(Exception):
    """Base of all errors that a user may meet; ``str()`` is the message for the user."""

    stops_all = False
    unclear = False


class BadOption(FocusError):
    """An option of the task cannot be used; raised before any request."""

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(option, reason)
        self.option = option
        self.reason = reason

    def __str__(self) -> str:
        return f"The option {self.option} cannot be used: {self.reason}."


class MissingOption(FocusError):
    """A required option is given neither in the task nor in the environment."""

    def __init__(self, option: str, variable: str) -> None:
        super().__init__(option, variable)
        self.option = option
        self.variable = variable

    def __str__(self) -> str:
        return (
            f"The option {self.option} is missing: give it, or set the environment variable "
            f"{self.variable}."
        )


class NoAuthentication(FocusError):
    """Neither an API key nor a login is given anywhere."""

    def __str__(self) -> str:
        return (
            "No authentication is given: give api_token or set TOGGL_FOCUS_API_TOKEN, or give "
            "username and password or set TOGGL_FOCUS_USERNAME and TOGGL_FOCUS_PASSWORD."
        )


class MissingLibrary(FocusError):
    """A Python library is missing on the host that runs the task."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class PlanChanged(FocusError):
    """The plan is not the one that was reviewed."""

    def __str__(self) -> str:
        return "The plan has changed since it was reviewed. Run toggl.focus.plan again."


class QuotaTooSmall(FocusError):
    """The plan needs more requests than are left; ``resets_in`` in seconds, if known.

    :arg may_be_partial: whether the task can do what fits
    """

    def __init__(
        self, needed: int, left: int, resets_in: int | None, may_be_partial: bool = True
    ) -> None:
        super().__init__(needed, left, resets_in, may_be_partial)
        self.may_be_partial = may_be_partial
        self.needed = needed
        self.left = left
        self.resets_in = resets_in

    def __str__(self) -> str:
        if self.resets_in is None:
            resets = "the service does not say when it resets"
        else:
            resets = f"it resets in {-(-self.resets_in // 60)} minutes"
        partial = "; or let it do what fits with allow_partial" if self.may_be_partial else ""
        return (
            f"The plan needs {self.needed} requests, but the quota has {self.left} left; "
            f"{resets}. Run again then, or let the task wait with quota_wait{partial}."
        )


class NamesMasked(FocusError):
    """A list that is returned would have masked names. Which ones is not said, since that would
    show a part of the secret.

    :arg is_key: whether the secret is an API key
    """

    def __init__(self, is_key: bool) -> None:
        super().__init__(is_key)
        self.is_key = is_key

    def __str__(self) -> str:
        secret, advice = (
            ("API key", "Make a new API key, and use that.")
            if self.is_key
            else ("password", "Use an API key (api_token) in place of the password.")
        )
        return (
            f"The {secret} is a part of what undo or desired would say, such as a client's name. "
            f"Applied with the {secret} masked, such a list would change other names. {advice}"
        )


class JournalFailed(FocusError):
    """The journal could not be written; nothing is written to the service without it."""

    stops_all = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The journal could not be written ({shown(self.reason)}), so nothing more is written "
            "to the service. Make room for it, and run again."
        )


class Unforeseen(FocusError):
    """An unforeseen error: a fault of the collection or of a library that it uses.

    :arg kind: the exception's type; its text is left out, since it may contain anything
    :arg where: the last line of the collection that it passed through
    """

    def __init__(self, kind: str, where: str) -> None:
        super().__init__(kind, where)
        self.kind = kind
        self.where = where

    @classmethod
    def of(cls, error: BaseException) -> Unforeseen:
        places = [
            f"{frame.f_code.co_filename.partition(_HERE)[2]}, line {line}"
            for frame, line in traceback.walk_tb(error.__traceback__)
            if _HERE in frame.f_code.co_filename
        ]
        return cls(type(error).__name__, places[-1] if places else "elsewhere")

    def __str__(self) -> str:
        return f"An unforeseen error occurred ({self.kind} in {self.where}). Please report it."


_HERE = "toggl/focus/plugins/"


def foreseen(error: Exception) -> FocusError:
    """The error itself if it is a ``FocusError``, otherwise ``Unforeseen`` in its place."""
    return error if isinstance(error, FocusError) else Unforeseen.of(error)


class RequestError(FocusError):
    """A request that did not end as the contract says.

    :arg method: HTTP method
    :arg path: path below ``api_url``; it contains no secrets
    """

    retry_after: float | None = None
    """Seconds that the service asks to wait."""

    repeated_unclear = False
    """Whether an earlier try of the same request may have been carried out."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path)
        self.method = method
        self.path = path

    def repeated(self, unclear: bool) -> RequestError:
        """The error of the last one of several tries, of which one may have been carried out."""
        return self._with(repeated_unclear=unclear)

    def _with(self: Failed, **more: object) -> Failed:
        """The error with more data. Not by ``copy``, which makes an exception from its ``args``."""
        error = self.__class__.__new__(self.__class__, *self.args)
        error.__dict__.update(self.__dict__, **more)
        return error

    @property
    def where(self) -> str:
        return f"{self.method} {shown(self.path)}"


class Interrupted(RequestError):
    """The run was ended from outside, so the request was not sent; ``by`` says who ended it."""

    stops_all = True

    def __init__(self, by: str, method: str = "", path: str = "") -> None:
        super().__init__(method, path)
        self.by = by

    def __str__(self) -> str:
        return f"{self.by} ended the run: nothing more is written."


MOST_SENTENCES = 20
"""In one message. The others show in the next run, when these are corrected."""

MOST_NUMBERS = 10
"""Entries, or values, that one sentence names."""


class Problem(NamedTuple):
    """What is wrong with entries of the user's list, which are named by their positions.

    ``alone`` is the sentence for a task of one client, which has no list, where it differs. It may
    be ``of_step``: then the step of its entry shows it too.
    """

    entries: tuple[int, ...]
    sentence: str
    alone: str = ""
    of_step: bool = False


class PlanRefused(FocusError):
    """Raised with all problems that were found, before anything is written.

    :arg names: of all entries of the list, ``None`` where an entry has none; none at all where
        there is no list
    """

    def __init__(self, problems: Sequence[Problem], names: Sequence[str | None]) -> None:
        super().__init__(problems, names)
        self.problems = tuple(problems)
        self.names = tuple(names)

    def __str__(self) -> str:
        entries: dict[str, set[int]] = defaultdict(set)  # one sentence for all entries that have it
        for problem in self.problems:
            sentence = problem.sentence if self.names else problem.alone or problem.sentence
            entries[sentence].update(problem.entries)
        sentences = [self._located(sentence, sorted(entries[sentence])) for sentence in entries]
        more = len(sentences) - MOST_SENTENCES
        if more > 0:
            sentences[MOST_SENTENCES:] = [_and_more(more)]
        return " ".join(sentences)

    def _located(self, sentence: str, entries: Sequence[int]) -> str:
        if not self.names or not entries:
            return sentence
        numbers = listed([str(entry + 1) for entry in entries])
        if len(entries) > 1:
            return f"Entries {numbers}: {sentence}"
        name = self.names[entries[0]]
        is_named = name is None or quoted(name) in sentence
        return f"Entry {numbers}{'' if is_named else f' ({quoted(name)})'}: {sentence}"


def _and_more(count: int) -> str:
    return f"And {count} more {'problem' if count == 1 else 'problems'}."


def listed(words: Sequence[str]) -> str:
    """``a, b and c``, of which at most ``MOST_NUMBERS`` are named."""
    more = len(words) - MOST_NUMBERS
    if more > 0:
        return f"{', '.join(words[:MOST_NUMBERS])} and {more} more"
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
