# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's entries, as YAML gave them, to values. Pure: no service, no requests.

Ansible's own validation names neither the entry nor its name, and makes a text of everything: an
unquoted ``No`` would become a client called "False". So an entry is validated here. All problems
are reported together, and before credentials are needed.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from ansible.module_utils.parsing.convert_bool import boolean

from .._errors import Problem
from .._model import Desired, State
from .._text import has_lone_surrogate, look_key, quoted, trimmed
from .problems import (
    BadId,
    BadState,
    BadSwitch,
    BlankName,
    BrokenText,
    NotAnEntry,
    NothingNamed,
    NotText,
    NullName,
    UnknownOption,
    UnknownOptions,
)

OPTIONS = ("name", "id", "state", "former_names", "restore_deleted")

STATES: tuple[State, ...] = get_args(State)

_DIGITS = re.compile("[0-9]{1,20}")

_NEAR = 0.65
"""For ``difflib``: "former" is near former_names, "deleted" is not near restore_deleted."""


def read_list(given: Iterable[object]) -> list[Entry]:
    """The list of a task, entry by entry.

    :arg given: each a text, which is a name, or a mapping
    """
    return [Entry(position, entry) for position, entry in enumerate(given)]


def read_one(options: Mapping[str, Any]) -> Entry:
    """The entry of a ``focus_client`` task, from all of its ``options``."""
    return Entry(0, {name: options[name] for name in OPTIONS if name in options})


def problems_of(entries: Iterable[Entry]) -> list[Problem]:
    """What is wrong with each entry by itself."""
    return _merged(problem for entry in entries for problem in entry.problems)


class Entry:
    """One entry: ``desired`` is valid if there are no ``problems``."""

    def __init__(self, position: int, given: object) -> None:
        self._at = (position,)
        self._wrong: set[str] = set()
        """The options whose values, or names, cannot be used."""
        self.problems: list[Problem] = []
        self._given = self._as_options(given)
        self._check_options()
        self.desired = Desired(
            self._name(), self._id(), self._state(), self._former_names(), self._restore_deleted()
        )
        for problem in _own_problems(position, self.desired):
            if not (self._wrong and isinstance(problem, NothingNamed)):
                self.problems.append(problem)

    @property
    def label(self) -> str | None:
        """The name by which the user finds the entry."""
        return self.desired.name or None

    @property
    def judged(self) -> Desired:
        """The part of the entry that may contradict others: nothing that is wrong by itself."""
        is_named = not self._wrong & {"name", "id", "state"}
        client_id = self.desired.id
        return Desired(
            name=(self.desired.name or None) if is_named else None,
            id=client_id if client_id is not None and client_id > 0 else None,
            state=self.desired.state,
            former_names=self.desired.former_names,
        )

    def _as_options(self, given: object) -> Mapping[str, object]:
        if isinstance(given, Mapping):
            return given
        if given is None or isinstance(given, (list, tuple)):
            self._refuse("name", NotAnEntry(self._at, _became(given)))
            return {}
        return {"name": given}  # a number or a date is a name without quotes

    def _refuse(self, option: str, problem: Problem) -> None:
        self._wrong.add(option)
        self.problems.append(problem)

    def _value(self, option: str) -> object:
        """The value of an option, ``None`` if it is not given or empty."""
        value = self._given.get(option)
        return None if isinstance(value, str) and not value.strip() else value

    def _check_options(self) -> None:
        if self._given.keys() <= _KNOWN:
            return
        strange = []
        for option in sorted(map(str, self._given.keys() - _KNOWN)):
            meant = _nearest(option, OPTIONS)
            if meant is None:
                strange.append(option)
            else:
                self._refuse(meant, UnknownOption(self._at, option, meant))
        if strange:
            is_alone = not {"name", "id"} & (self._given.keys() | self._wrong)
            self._refuse(
                "name" if is_alone else "",
                UnknownOptions(self._at, tuple(strange), OPTIONS, is_alone),
            )

    def _name(self) -> str | None:
        if "name" not in self._given:
            return None
        given = self._given["name"]
        if given is None:
            if self._value("id") is None:
                self._refuse("name", NullName(self._at))
            return None
        return self._text("name", given)

    def _text(self, option: str, given: object) -> str | None:
        if not isinstance(given, str):
            self._refuse(option, NotText(self._at, option, (_became(given),)))
            return None
        if has_lone_surrogate(given):
            self._refuse(option, BrokenText(self._at, option, given))
            return None
        return trimmed(given)

    def _id(self) -> int | None:
        given = self._value("id")
        if given is None:
            return None
        if isinstance(given, str) and _DIGITS.fullmatch(given.strip()):
            return int(given)
        if isinstance(given, int) and not isinstance(given, bool):
            return int(given)
        self._refuse("id", BadId(self._at, _shown(given)))
        return None

    def _state(self) -> State:
        given = self._value("state")
        if given is None:
            return "present"
        for state in STATES:
            if given == state:
                return state
        meant = _nearest(given, STATES) if isinstance(given, str) else None
        self._refuse("state", BadState(self._at, _shown(given), STATES, meant))
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
        if given is None:
            return False
        try:
            return bool(boolean(given))
        except TypeError:
            problem = BadSwitch(self._at, "restore_deleted", _shown(given))
            self._refuse("restore_deleted", problem)
            return False


_KNOWN = frozenset(OPTIONS)


def _merged(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with all names that YAML has made into something else as one problem."""
    merged: list[Problem] = []
    unquoted: dict[str, list[NotText]] = defaultdict(list)
    for problem in problems:
        if isinstance(problem, NotText):
            unquoted[problem.option].append(problem)
        else:
            merged.append(problem)
    return [*map(_as_one, unquoted.values()), *merged]


def _as_one(problems: Sequence[NotText]) -> Problem:
    entries = dict.fromkeys(entry for problem in problems for entry in problem.entries)
    became = dict.fromkeys(value for problem in problems for value in problem.became)
    return NotText(tuple(entries), problems[0].option, tuple(became))


def _nearest(word: str, words: Sequence[str]) -> str | None:
    written = word.strip().lower()
    near = difflib.get_close_matches(written, words, n=1, cutoff=_NEAR)
    if not near or (near[0][0] != written[0] and not _is_very_near(written, near[0])):
        return None
    return near[0]


def _is_very_near(word: str, other: str) -> bool:
    """Whether only letters at the ends differ; "acme" is another word than "name"."""
    return word in other or other in word


def _became(value: object) -> str:
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
    return "a mapping" if isinstance(value, Mapping) else f"a value of type {type(value).__name__}"


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else _became(value).removeprefix("the number ")


def _own_problems(entry: int, wanted: Desired) -> Iterator[Problem]:
    """What is wrong with an entry whose options have the right types."""
    if wanted.name is None and wanted.id is None:
        yield NothingNamed((entry,))
    if wanted.name is not None and not look_key(wanted.name):
        yield BlankName((entry,), "name")
    if any(not look_key(name) for name in wanted.former_names):
        yield BlankName((entry,), "former_names")
    if wanted.id is not None and wanted.id < 1:
        yield BadId((entry,), str(wanted.id))
