# SPDX-License-Identifier: GPL-3.0-or-later
"""From the user's entries, as YAML gave them, to values. Pure: no service, no requests.

Ansible's own validation names neither the entry nor its name, and makes a text of everything: an
unquoted ``No`` would become a client called "False". So an entry is validated here. All problems
are reported together, and before credentials are needed. Most lists have none, so a problem is
imported where it is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from ansible.module_utils.parsing.convert_bool import boolean

from .._errors import Problem
from .._model import Desired, State
from .._text import is_one_line, is_stand_in, look_key, trimmed

OPTIONS = ("name", "id", "state", "former_names", "restore_deleted")

STATES: tuple[State, ...] = get_args(State)

_DIGITS = re.compile("[0-9]{1,20}")


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
    problems = [problem for entry in entries for problem in entry.problems]
    if not problems:
        return []
    from .problems import merged

    return merged(problems)


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
        self._check_values()

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
            from .problems import NotAnEntry

            self._refuse("name", NotAnEntry.of(self._at, given))
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
        from .problems import UnknownOption, UnknownOptions, nearest

        strange = []
        for option in sorted(map(str, self._given.keys() - _KNOWN)):
            meant = nearest(option, OPTIONS)
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
                from .problems import NullName

                self._refuse("name", NullName(self._at))
            return None
        return self._text("name", given)

    def _text(self, option: str, given: object) -> str | None:
        if isinstance(given, str) and is_one_line(given) and not is_stand_in(given):
            return trimmed(given)
        from .problems import NotText, UnfitText

        if isinstance(given, str):
            self._refuse(option, UnfitText(self._at, option, given))
        else:
            self._refuse(option, NotText.of(self._at, option, given))
        return None

    def _id(self) -> int | None:
        given = self._value("id")
        if given is None:
            return None
        if isinstance(given, str) and _DIGITS.fullmatch(given.strip()):
            return int(given)
        if isinstance(given, int) and not isinstance(given, bool):
            return int(given)
        self._refuse("id", self._bad_id(given))
        return None

    def _bad_id(self, given: object) -> Problem:
        from .problems import BadId

        return BadId.of(self._at, given)

    def _state(self) -> State:
        given = self._value("state")
        if given is None:
            return "present"
        for state in STATES:
            if given == state:
                return state
        from .problems import BadState

        self._refuse("state", BadState.of(self._at, given, STATES))
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
            from .problems import BadSwitch

            self._refuse("restore_deleted", BadSwitch.of(self._at, "restore_deleted", given))
            return False

    def _check_values(self) -> None:
        """Whether options of the right types have values that can be used."""
        wanted = self.desired
        if wanted.name is None and wanted.id is None and not self._wrong:
            from .problems import NothingNamed

            self.problems.append(NothingNamed(self._at))
        if wanted.name is not None and not look_key(wanted.name):
            self.problems.append(self._blank("name"))
        if not all(map(look_key, wanted.former_names)):
            self.problems.append(self._blank("former_names"))
        if wanted.id is not None and wanted.id < 1:
            self.problems.append(self._bad_id(wanted.id))

    def _blank(self, option: str) -> Problem:
        from .problems import BlankName

        return BlankName(self._at, option)


_KNOWN = frozenset(OPTIONS)
