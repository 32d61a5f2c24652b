# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's entries, as YAML gave them, to values. Pure: no service, no requests.

Ansible's own validation names neither the entry nor its name, and makes a text of everything: an
unquoted ``No`` would become a client called "False". So an entry is validated here. All problems
are reported together, and before credentials are needed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from ansible.module_utils.parsing.convert_bool import boolean

from .._errors import Problem
from .._model import Desired, State
from .._text import is_one_line, is_stand_in, look_key
from . import problems
from .arguments import ENTRY

OPTIONS = tuple(ENTRY)

STATES: tuple[State, ...] = get_args(State)

_DIGITS = re.compile("[0-9]{1,20}")


def read_list(given: Iterable[object]) -> list[Entry]:
    """Return the list of a task, entry by entry.

    :arg given: each a text, which is a name, or a mapping
    """
    return [Entry(position, entry) for position, entry in enumerate(given)]


def read_one(options: Mapping[str, Any]) -> Entry:
    """Return the entry of a ``focus_client`` task, from all of its ``options``."""
    return Entry(0, {name: options[name] for name in OPTIONS if name in options})


def problems_of(entries: Iterable[Entry]) -> list[Problem]:
    """Return what is wrong with each entry by itself. All names that YAML has made into something
    else are one problem."""
    others: list[Problem] = []
    unquoted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for entry in entries:
        others += entry.problems
        for option, became in entry.unquoted:
            unquoted[option].append((entry.position, became))
    return [*(_of_unquoted(option, unquoted[option]) for option in unquoted), *others]


def _of_unquoted(option: str, found: Iterable[tuple[int, str]]) -> Problem:
    at, became = (tuple(dict.fromkeys(values)) for values in zip(*found, strict=True))
    return _of_option(at, option, problems.not_text(became))


def _of_option(at: tuple[int, ...], option: str, predicate: str) -> Problem:
    return Problem(at, f"{option} {predicate}", f"The option {option} {predicate}")


class Entry:
    """One entry: ``desired`` is valid if there are no ``problems`` and no ``unquoted`` names, which
    are options with what YAML has made of the name."""

    def __init__(self, position: int, given: object) -> None:
        self.position = position
        self.problems: list[Problem] = []
        self.unquoted: list[tuple[str, str]] = []
        self._wrong: set[str] = set()
        """The options whose values, or names, cannot be used."""
        self._given = self._as_options(given)
        self._check_options()
        self.desired = Desired(
            self._name(), self._id(), self._state(), self._former_names(), self._restore_deleted()
        )
        if self.desired.name is None and self.desired.id is None and not self._wrong:
            self._refuse("", problems.NOTHING_NAMED)

    @property
    def label(self) -> str | None:
        """The name by which the user finds the entry."""
        return self.desired.name or None

    @property
    def comparable(self) -> Desired:
        """The part of the entry that may contradict others: nothing that is wrong by itself."""
        is_named = not self._wrong & {"name", "id", "state"}
        return self.desired._replace(name=self.label if is_named else None, restore_deleted=False)

    def _as_options(self, given: object) -> Mapping[str, object]:
        if isinstance(given, Mapping):
            return given
        if given is None or isinstance(given, (list, tuple)):
            self._refuse("name", problems.not_an_entry(given))
            return {}
        return {"name": given}  # a number or a date is a name without quotes

    def _refuse(self, option: str, sentence: str) -> None:
        self._wrong.add(option)
        self.problems.append(Problem((self.position,), sentence))

    def _refuse_value(self, option: str, predicate: str) -> None:
        self._wrong.add(option)
        self.problems.append(_of_option((self.position,), option, predicate))

    def _value(self, option: str) -> object:
        """Return the value of an option, ``None`` if it is not given or empty."""
        value = self._given.get(option)
        return None if isinstance(value, str) and not value.strip() else value

    def _check_options(self) -> None:
        strange = []
        for option in sorted(map(str, self._given.keys() - OPTIONS)):
            meant = problems.nearest_word(option, OPTIONS)
            if meant is None:
                strange.append(option)
            else:
                self._refuse(meant, problems.unknown_option(option, meant))
        if strange:
            is_alone = not {"name", "id"} & (self._given.keys() | self._wrong)
            sentence = problems.unknown_options(strange, OPTIONS, is_alone)
            self._refuse("name" if is_alone else "", sentence)

    def _name(self) -> str | None:
        given = self._given.get("name")
        if given is not None:
            return self._text("name", given)
        if "name" in self._given and self._value("id") is None:
            self._refuse_value("name", problems.NULL_NAME)
        return None

    def _text(self, option: str, given: object) -> str | None:
        if not isinstance(given, str):
            self._wrong.add(option)
            self.unquoted.append((option, problems.became(given)))
            return None
        if not is_one_line(given) or is_stand_in(given):
            self._refuse_value(option, problems.unfit_text(given))
            return None
        if not look_key(given):
            self._refuse(option, problems.blank_name(option))
        return given.strip()

    def _id(self) -> int | None:
        given = self._value("id")
        if given is None:
            return None
        is_text = isinstance(given, str) and _DIGITS.fullmatch(given.strip())
        number = int(str(given)) if is_text else given
        if isinstance(number, int) and not isinstance(number, bool) and number > 0:
            return int(number)
        self._refuse("id", problems.bad_id(given))
        return None

    def _state(self) -> State:
        given = self._value("state")
        if given is None:
            return "present"
        for state in STATES:
            if given == state:
                return state
        self._refuse_value("state", problems.bad_state(given, STATES))
        return "present"

    def _former_names(self) -> tuple[str, ...]:
        given = self._value("former_names")
        if given is None:
            return ()
        names = given if isinstance(given, (list, tuple)) else [given]
        texts = [self._text("former_names", name) for name in names]
        return tuple(text for text in texts if text is not None)

    def _restore_deleted(self) -> bool:
        given = self._value("restore_deleted")
        try:
            return given is not None and bool(boolean(given))
        except TypeError:
            self._refuse_value("restore_deleted", problems.bad_switch(given))
            return False
