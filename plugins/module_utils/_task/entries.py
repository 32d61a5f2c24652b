# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's entries, as YAML gave them, to values. Pure: no service, no requests.

Ansible's own validation names neither the entry nor its name, and makes a text of everything: an
unquoted ``No`` would become a client called "False". So an entry is validated here. All problems
are reported together, and before credentials are needed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, get_args

from ansible.module_utils.parsing.convert_bool import boolean

from .._errors import Problem, listed
from .._model import ATTRIBUTES, Desired, State
from .._text import nearest, quoted, why_no_name
from .arguments import ENTRY

Value = TypeVar("Value")

OPTIONS = tuple(ENTRY)

_ADVICE = f"an entry has {listed(OPTIONS)}. A name with a colon in it needs quotes."

STATES: tuple[State, ...] = get_args(State)

_OTHER_WORDS = dict.fromkeys(("delete", "deleted", "remove", "removed"), "absent")
"""What users call a state that has another name."""

OF_THE_SERVICE = frozenset({"workspace_id", "created_at", "updated_at", "deleted_at"})
"""Fields of a client that nobody takes for options of an entry."""

_NEAR = 0.65
"""For ``difflib``: "former" is near former_names, "deleted" is near no option."""


def described(value: object) -> str:
    """Return a value that YAML has made, in the user's words."""
    if isinstance(value, str):
        return quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, datetime.date):
        return f"the date {value}"
    return "a mapping" if isinstance(value, Mapping) else f"a {type(value).__name__}"


class Entry:
    """One entry: ``desired`` is valid if there are no ``problems``, and ``comparable`` is the part
    of it that may contradict other entries: nothing that is wrong by itself.

    :arg given: a text, which is a name, or a mapping
    """

    def __init__(self, position: int, given: object) -> None:
        self._position = position
        self.problems: list[Problem] = []
        self._wrong: set[str | None] = set()
        """The options that cannot be used; ``None`` stands for what is no option."""
        self._given = self._as_options(given)
        self._check_options()
        self.desired = Desired(
            self._name(),
            self._parsed("id", _id, None),
            self._parsed("state", _state, "present"),
            self._parsed("former_names", self._former_names, ()),
            self._parsed("restore_deleted", _truth, False),
            self._attributes(),
        )
        if self.desired.name is None and self.desired.id is None and not self.problems:
            self._refuse(
                "Neither name nor id is given: give at least one. A name that YAML takes for "
                "nothing, such as null or ~, needs quotes.",
            )
        is_named = not self._wrong & {"name", "id", "state"}
        self.comparable = self.desired if is_named else self.desired._replace(name=None)

    def _as_options(self, given: object) -> Mapping[str, object]:
        if isinstance(given, Mapping):
            return given
        if given is None or isinstance(given, (list, tuple)):
            kind = described(given)
            self._refuse(f"it is {kind}; an entry is a name, or options such as name and id.")
            return {}
        return {"name": given}  # a number or a date is a name without quotes

    def _refuse(self, sentence: str, option: str | None = None) -> None:
        self._wrong.add(option)
        self.problems.append(Problem((self._position,), sentence))

    def _check_options(self) -> None:
        if not OF_THE_SERVICE.isdisjoint(self._given):
            self._refuse(
                "it is a client as focus_client_info lists it, not an entry; of what that module "
                "returns, give desired in place of clients.",
            )
            return
        for option in sorted(map(str, self._given.keys() - OPTIONS)):
            meant = _nearest_word(option, OPTIONS)
            advice = f"did you mean {meant}?" if meant else _ADVICE
            self._refuse(f"the option {quoted(option)} is not known; {advice}", meant)

    def _parsed(self, option: str, parse: Callable[[object], Value], default: Value) -> Value:
        """Return the value of an option; the default where it is not given, or empty, or wrong.

        :arg parse: raises ``ValueError``, which says what to give
        """
        given = self._given.get(option)
        if given is None or (isinstance(given, str) and not given.strip()):
            return default
        try:
            return parse(given)
        except ValueError as advice:
            self._refuse(f"{option} is {described(given)}; {advice}", option)
            return default

    def _name(self) -> str | None:
        given = self._given.get("name")
        return None if given is None else self._text("name", given)

    def _former_names(self, given: object) -> tuple[str, ...]:
        names = given if isinstance(given, (list, tuple)) else [given]
        return tuple(filter(None, [self._text("former_names", name) for name in names]))

    def _attributes(self) -> dict[str, str]:
        parsed = {of: self._parsed(of, rule.parse, None) for of, rule in ATTRIBUTES.items()}
        return {of: value for of, value in parsed.items() if value is not None}

    def _text(self, option: str, given: object) -> str | None:
        if isinstance(given, str):
            reason = why_no_name(given)
            if reason is None:
                return given.strip()
        else:
            reason = f"is not a text, it became {described(given)}; put the name in quotes."
        self._refuse(f"{option} {reason}", option)
        return None


def whole_number(given: object) -> int | None:
    """Return a whole number above 0, which may be given as a text; ``None`` if it is none."""
    if isinstance(given, str) and re.fullmatch("[0-9]{1,20}", given.strip()):
        given = int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) and given > 0 else None


def _id(given: object) -> int:
    number = whole_number(given)
    if number is None:
        raise ValueError("give a whole number above 0.")
    return number


def _state(given: object) -> State:
    if given in STATES:
        return given
    word = given if isinstance(given, str) else ""
    meant = _OTHER_WORDS.get(word.strip().lower()) or _nearest_word(word, STATES)
    raise ValueError(f"did you mean {meant}?" if meant else f"it must be one of {listed(STATES)}.")


def _truth(given: object) -> bool:
    try:
        return bool(boolean(given))
    except TypeError:
        raise ValueError("it must be true or false.") from None


def _nearest_word(word: str, words: Sequence[str]) -> str | None:
    """Return the one that was probably meant; "acme" is another word than "name"."""
    first = word.strip()[:1].lower()
    return nearest(word, [other for other in words if other[:1] == first], _NEAR)
