# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with an entry by itself, as data, each with its sentence."""

from __future__ import annotations

from typing import NamedTuple

from .._errors import listed
from .._text import quoted, shown


class NotAnEntry(NamedTuple):
    """``what`` it is instead of a name or of options."""

    entries: tuple[int, ...]
    what: str

    def __str__(self) -> str:
        return f"it is {self.what}; an entry is a name, or options such as name and id."


class NotText(NamedTuple):
    """``became``: what YAML has made of names without quotes."""

    entries: tuple[int, ...]
    option: str
    became: tuple[str, ...]

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


class BrokenText(NamedTuple):
    """A lone surrogate: half of a character, which cannot be sent."""

    entries: tuple[int, ...]
    option: str
    text: str

    def __str__(self) -> str:
        return (
            f"{self.option} is {quoted(self.text)}, which contains half of a character (a lone "
            "surrogate); write the character itself."
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

    def __str__(self) -> str:
        if self.meant:
            return f"state is {self.given}; did you mean {self.meant}?"
        return f"state is {self.given}; it must be one of {listed(self.known)}."


class BadSwitch(NamedTuple):
    entries: tuple[int, ...]
    option: str
    given: str

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

    def __str__(self) -> str:
        return f"The id {self.given} is not a client's id: give a whole number above 0."


def _word(option: str) -> str:
    return option if option.isascii() and option.isidentifier() else quoted(shown(option, 40))
