# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a client that is deleted and one that is created are meant to be one. Pure.

A name that was changed in the list without ``former_names`` is a deletion and a creation.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from .._model import Step
from .._text import confusable_key

_MOST_COMPARED = 250_000
"""Pairs of a deletion and a creation: more take seconds, and only five pairs are shown."""

_SHORTEST = 5
"""Letters of a word: shorter words that differ in one are other words."""

_ALIKE = 0.82
"""For ``difflib``: one letter of six is another one, or left out, or two have changed places."""

_LONG_ENOUGH = 3
"""Letters: a name of shorter words says nothing about a longer name that has them."""

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe"})

_WORDS = re.compile(r"[^\W_]+")


def renames_meant(steps: Sequence[Step]) -> list[tuple[Step, Step]]:
    """Return each deletion that has a creation like it, with the only one. The best matches are
    paired first."""
    deleted = [at for at, step in enumerate(steps) if step.kind == "delete"]
    created = [at for at, step in enumerate(steps) if step.kind == "create"]
    if len(deleted) * len(created) > _MOST_COMPARED:
        return []
    words = {at: _words_of(steps[at].after.name) for at in (*deleted, *created)}
    old, new = ({at for at in of_kind if words[at]} for of_kind in (deleted, created))
    pairs: dict[int, int] = {}
    for is_like in (_is_same, _is_mistyped, _is_longer):
        found = [(at, to) for at in old for to in new if is_like(words[at], words[to])]
        of_old, of_new = Counter(at for at, _to in found), Counter(to for _at, to in found)
        pairs |= {at: to for at, to in found if of_old[at] == of_new[to] == 1}
        old -= pairs.keys()
        new -= set(pairs.values())
    return [(steps[at], steps[to]) for at, to in sorted(pairs.items())]


def _words_of(name: str) -> Sequence[str]:
    """Return the words without case, accents and signs."""
    letters = unicodedata.normalize("NFD", confusable_key(name).translate(_SPELLED_OUT))
    return _WORDS.findall("".join(char for char in letters if not unicodedata.combining(char)))


def _is_same(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether the words are the same in any order, or written apart."""
    return "".join(old) == "".join(new) or sorted(old) == sorted(new)


def _is_mistyped(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether one word is another by a slip. One with a digit is not: "Project 7" is not
    "Project 8"."""
    gone, added = set(old).difference(new), set(new).difference(old)
    if len(gone) != 1 or len(added) != 1:
        return False
    (one,), (other,) = gone, added
    is_long = min(len(one), len(other)) >= _SHORTEST and abs(len(one) - len(other)) <= 1
    is_told = is_long and (one + other).isalpha()
    return is_told and difflib.SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _is_longer(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether one has all words of the other and more of them, of which none has a digit:
    "Hooli" and "Hooli Labs"."""
    some, more = sorted((old, new), key=len)
    if len(some) == len(more) or not set(some).issubset(more):
        return False
    others = Counter(more) - Counter(some)
    is_told = max(map(len, some)) >= _LONG_ENOUGH and len(some) + others.total() == len(more)
    return is_told and not any(map(str.isdigit, "".join(others)))
