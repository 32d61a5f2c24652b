# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with an entry by itself, in words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from .._errors import listed
from .._text import has_lone_surrogate, has_omitted_part, is_stand_in, nearest, quoted, shown

_NEAR = 0.65
"""For ``difflib``: "former" is near former_names, "deleted" is near no option."""

_OTHER_WORDS = {"deleted": "absent", "removed": "absent"}
"""What users call a state that has another name."""

NULL_NAME = (
    "is empty (null); give a name or an id. A name that YAML takes for nothing, "
    "such as null or ~, needs quotes."
)

NOTHING_NAMED = "Neither name nor id is given: give at least one, so that the client can be found."


def not_an_entry(given: object) -> str:
    return f"it is {became(given)}; an entry is a name, or options such as name and id."


def not_text(values: Sequence[str]) -> str:
    """:arg values: what YAML has made of names without quotes"""
    names = "the name" if len(values) == 1 else "the names"
    return f"is not a text, it became {listed(values)}; put {names} in quotes."


def unfit_text(text: str) -> str:
    """Return why a text cannot be a name."""
    if has_omitted_part(text):
        return (
            "has a part that is omitted (default(omit)); only a whole value can be. Give the part "
            "another default, such as ''."
        )
    name = quoted(text)
    if has_lone_surrogate(text):
        return (
            f"is {name}, which contains half of a character (a lone surrogate); write the "
            "character itself."
        )
    if is_stand_in(text):
        return (
            f"is {name}, which Ansible has written in place of a secret; give the name itself, or "
            "the client's id."
        )
    return (
        f"is {name}, which has a line break; write the name on one line, or give the client's id."
    )


def unknown_option(option: str, meant: str) -> str:
    return f"the option {_word(option)} is not known; did you mean {meant}?"


def unknown_options(options: Sequence[str], known: Sequence[str], is_alone: bool) -> str:
    """:arg is_alone: whether the entry has neither a name nor an id"""
    words = listed(list(map(_word, options)))
    subject = f"options {words} are" if len(options) > 1 else f"option {words} is"
    colon = " A name with a colon in it needs quotes." if is_alone else ""
    return f"the {subject} not known; an entry has {listed(known)}.{colon}"


def bad_state(given: object, known: Sequence[str]) -> str:
    meant = isinstance(given, str) and (_OTHER_WORDS.get(given) or nearest_word(given, known))
    if meant:
        return f"is {_shown(given)}; did you mean {meant}?"
    return f"is {_shown(given)}; it must be one of {listed(known)}."


def bad_switch(given: object) -> str:
    return f"is {_shown(given)}; it must be true or false."


def blank_name(option: str) -> str:
    return f"The option {option} has an empty or blank name: give a name or leave it out."


def bad_id(given: object) -> str:
    return f"The id {_shown(given)} is not a client's id: give a whole number above 0."


def nearest_word(word: str, words: Sequence[str]) -> str | None:
    """Return the one that was probably meant; "acme" is another word than "name"."""
    first = word.strip()[:1].lower()
    return nearest(word, [other for other in words if other[:1] == first], _NEAR)


def became(value: object) -> str:
    """Return what YAML has made of a name, in the user's words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    kinds = (kind for types, kind in _KINDS.items() if isinstance(value, types))
    return next(kinds, "something else").format(value)


_KINDS: dict[type | tuple[type, ...], str] = {
    (int, float): "the number {}",
    datetime.datetime: "the time {}",
    datetime.date: "the date {}",
    (list, tuple): "a list",
    Mapping: "a mapping",
}
"""Of the values that YAML makes, in the order in which they are asked for."""


def _shown(value: object) -> str:
    """Return a value that was given; of a number, only the number."""
    return quoted(value) if isinstance(value, str) else became(value).removeprefix("the number ")


def _word(option: str) -> str:
    return option if option.isascii() and option.isidentifier() else quoted(shown(option, 40))
