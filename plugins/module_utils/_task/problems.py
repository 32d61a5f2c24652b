# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with an entry by itself, as data, each with its sentence."""

from __future__ import annotations

import datetime
import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .._errors import Problem, listed
from .._text import has_lone_surrogate, has_omitted_part, is_stand_in, quoted, shown

_NEAR = 0.65
"""For ``difflib``: "former" is near former_names, "deleted" is near no option."""


class NotAnEntry(NamedTuple):
    """``what`` it is instead of a name or of options."""

    entries: tuple[int, ...]
    what: str

    @classmethod
    def of(cls, entries: tuple[int, ...], given: object) -> NotAnEntry:
        return cls(entries, became(given))

    def __str__(self) -> str:
        return f"it is {self.what}; an entry is a name, or options such as name and id."


class NotText(NamedTuple):
    """``became``: what YAML has made of names without quotes."""

    entries: tuple[int, ...]
    option: str
    became: tuple[str, ...]

    @classmethod
    def of(cls, entries: tuple[int, ...], option: str, given: object) -> NotText:
        return cls(entries, option, (became(given),))

    def __str__(self) -> str:
        names = "the name" if len(self.became) == 1 else "the names"
        became = listed(self.became)
        return f"{self.option} is not a text, it became {became}; put {names} in quotes."


class NullName(NamedTuple):
    entries: tuple[int, ...]

    def __str__(self) -> str:
        return (
            "name is empty (null); give a name or an id. A name that YAML takes for nothing, "
            "such as null or ~, needs quotes."
        )


class UnfitText(NamedTuple):
    """A text that cannot be a name."""

    entries: tuple[int, ...]
    option: str
    text: str

    def __str__(self) -> str:
        if has_omitted_part(self.text):
            return (
                f"{self.option} has a part that is omitted (default(omit)); only a whole value can "
                "be. Give the part another default, such as ''."
            )
        option, text = self.option, quoted(self.text)
        if has_lone_surrogate(self.text):
            return (
                f"{option} is {text}, which contains half of a character (a lone surrogate); write "
                "the character itself."
            )
        if is_stand_in(self.text):
            return (
                f"{option} is {text}, which Ansible has written in place of a secret; give the "
                "name itself, or the client's id."
            )
        return (
            f"{option} is {text}, which has a line break; write the name on one line, or give the "
            "client's id."
        )


class UnknownOption(NamedTuple):
    """``meant``: the known option with nearly that name."""

    entries: tuple[int, ...]
    option: str
    meant: str

    def __str__(self) -> str:
        return f"the option {_word(self.option)} is not known; did you mean {self.meant}?"


class UnknownOptions(NamedTuple):
    """``alone``: the entry has neither a name nor an id."""

    entries: tuple[int, ...]
    options: tuple[str, ...]
    known: tuple[str, ...]
    alone: bool

    def __str__(self) -> str:
        words = listed([_word(option) for option in self.options])
        subject = f"options {words} are" if len(self.options) > 1 else f"option {words} is"
        colon = " A name with a colon in it needs quotes." if self.alone else ""
        return f"the {subject} not known; an entry has {listed(self.known)}.{colon}"


class BadState(NamedTuple):
    entries: tuple[int, ...]
    given: str
    known: tuple[str, ...]
    meant: str | None

    @classmethod
    def of(cls, entries: tuple[int, ...], given: object, known: tuple[str, ...]) -> BadState:
        meant = nearest(given, known) if isinstance(given, str) else None
        return cls(entries, _shown(given), known, meant)

    def __str__(self) -> str:
        if self.meant:
            return f"state is {self.given}; did you mean {self.meant}?"
        return f"state is {self.given}; it must be one of {listed(self.known)}."


class BadSwitch(NamedTuple):
    entries: tuple[int, ...]
    option: str
    given: str

    @classmethod
    def of(cls, entries: tuple[int, ...], option: str, given: object) -> BadSwitch:
        return cls(entries, option, _shown(given))

    def __str__(self) -> str:
        return f"{self.option} is {self.given}; it must be true or false."


class NothingNamed(NamedTuple):
    entries: tuple[int, ...]

    def __str__(self) -> str:
        return "Neither name nor id is given: give at least one, so that the client can be found."


class BlankName(NamedTuple):
    entries: tuple[int, ...]
    option: str

    def __str__(self) -> str:
        return f"The option {self.option} has an empty or blank name: give a name or leave it out."


class BadId(NamedTuple):
    """``given``: as it is shown to the user."""

    entries: tuple[int, ...]
    given: str

    @classmethod
    def of(cls, entries: tuple[int, ...], given: object) -> BadId:
        return cls(entries, _shown(given))

    def __str__(self) -> str:
        return f"The id {self.given} is not a client's id: give a whole number above 0."


def merged(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with all names that YAML has made into something else as one problem."""
    others: list[Problem] = []
    unquoted: dict[str, list[NotText]] = defaultdict(list)
    for problem in problems:
        if isinstance(problem, NotText):
            unquoted[problem.option].append(problem)
        else:
            others.append(problem)
    return [*map(_as_one, unquoted.values()), *others]


def _as_one(problems: Sequence[NotText]) -> Problem:
    entries = dict.fromkeys(entry for problem in problems for entry in problem.entries)
    became = dict.fromkeys(value for problem in problems for value in problem.became)
    return NotText(tuple(entries), problems[0].option, tuple(became))


def nearest(word: str, words: Sequence[str]) -> str | None:
    written = word.strip().lower()
    near = difflib.get_close_matches(written, words, n=1, cutoff=_NEAR)
    if not near or (near[0][0] != written[0] and not _is_very_near(written, near[0])):
        return None
    return near[0]


def _is_very_near(word: str, other: str) -> bool:
    """Whether only letters at the ends differ; "acme" is another word than "name"."""
    return word in other or other in word


def became(value: object) -> str:
    """What YAML has made of a name, in the user's words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(bool(value)).lower()
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, datetime.datetime):
        return f"the time {value}"
    if isinstance(value, datetime.date):
        return f"the date {value}"
    if isinstance(value, (list, tuple)):
        return "a list"
    return "a mapping" if isinstance(value, Mapping) else "something else"


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else became(value).removeprefix("the number ")


def _word(option: str) -> str:
    return option if option.isascii() and option.isidentifier() else quoted(shown(option, 40))
