# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a client that is deleted and one that is created are meant to be one. Pure.

A name that was changed in the list without ``former_names`` is a deletion and a creation. Names are
alike if they share a key, so that ten thousand of each are compared in no time.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, takewhile

from .._model import Step
from .._text import look_key

_SHORTEST = 5
"""Letters of a word: shorter words that differ in one are other words."""

_LONG_ENOUGH = 3
"""Letters: a name of shorter words says nothing about a longer name that has them."""

_MOST_SHARING = 20
"""A word that more of the created names have says nothing about one of them."""

_MOST_COMPARED = 20_000
"""Deletions and creations: with more, nobody reads five pairs, and comparing takes seconds."""

_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """
        the and und et y e of group groupe gruppe grupo holding holdings
        company co corp corporation inc incorporated ltd limited llc llp lp plc pty pte pvt private
        ag gmbh mbh kg kgaa ohg gbr ug ev eg se sa sarl sas spa srl sl bv nv
        ab oy oyj as asa aps doo sro kft zrt kk
        """,
    )
)
"""Legal forms and other words that come and go while a firm stays the same."""

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "æ": "ae", "œ": "oe"})

_ACCENTS = re.compile("[\u0300-\u036f]")

_ABBREVIATED = re.compile(r"\b(\w)[./](?=\w\b)")

_WORDS = re.compile(r"[^\W_]+")

Words = Sequence[str]

Names = Mapping[int, Words]
"""The words of names by position."""

Pairs = dict[int, int]


def renames_meant(steps: Iterable[Step]) -> list[tuple[Step, Step]]:
    """Each deletion that has a creation like it, with that creation."""
    deleted, created = [], []
    for step in steps:
        if step.kind == "delete":
            deleted.append(step)
        elif step.kind == "create":
            created.append(step)
    if not deleted or not created or len(deleted) + len(created) > _MOST_COMPARED:
        return []
    pairs = pairs_alike([s.after.name for s in deleted], [s.after.name for s in created])
    return [(deleted[old], created[new]) for old, new in pairs.items()]


def pairs_alike(deleted: Sequence[str], created: Sequence[str]) -> Pairs:
    """The positions of deleted names, each with that of the created name like it, sorted; each
    name is in one pair at most. What is most alike comes together first."""
    old, new = list(map(words_of, deleted)), list(map(words_of, created))
    pairs: Pairs = {}
    for likeness in (_same, _mistyped, _longer):
        left = {at: words for at, words in enumerate(old) if words and at not in pairs}
        paired = set(pairs.values())
        free = {at: words for at, words in enumerate(new) if words and at not in paired}
        pairs.update(likeness(left, free))
    return dict(sorted(pairs.items()))


def words_of(name: str) -> Words:
    """Without case, accents, signs and what comes and goes; all words if there are no others."""
    text = look_key(name)
    if not text.isascii():
        plain = unicodedata.normalize("NFD", text.translate(_SPELLED_OUT))
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    words = _WORDS.findall(_ABBREVIATED.sub(r"\1", text))
    return [word for word in words if word not in _FILLERS] or words


def _same(old: Names, new: Names) -> Pairs:
    """The same words in any order, or written apart."""
    return _by_key(old, new, lambda words: (" ".join(sorted(words)), "".join(words)))


def _mistyped(old: Names, new: Names) -> Pairs:
    """The same words but for one letter that is added, left out, replaced or moved."""
    return {
        at: other
        for at, other in _by_key(old, new, _without_a_letter).items()
        if _is_slip("".join(old[at]), "".join(new[other]))
    }


def _without_a_letter(words: Words) -> Sequence[str]:
    """A word with a digit keeps its letters: "Project 7" is not "Project 8"."""
    whole = "".join(words)
    keys, start = [whole], 0
    for word in words:
        end = start + len(word)
        if len(word) >= _SHORTEST and word.isalpha():
            keys += [whole[:at] + whole[at + 1 :] for at in range(start, end)]
        start = end
    return keys if len(keys) > 1 else ()


def _is_slip(old: str, new: str) -> bool:
    """Whether it is one letter, or two that changed places: "Telia" and "Tesla" are both "Tela"
    without a letter, but it is not the same slip."""
    for _end in range(2):
        same = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))))
        old, new = old[same:][::-1], new[same:][::-1]
    return max(len(old), len(new)) == 1 or (len(old) == 2 and old == new[::-1])


def _by_key(old: Names, new: Names, keys: Callable[[Words], Iterable[str]]) -> Pairs:
    having: dict[str, int] = {}
    for at, words in new.items():
        for key in keys(words):
            having.setdefault(key, at)
    pairs: Pairs = {}
    paired: set[int] = set()
    for at, words in old.items():
        found = (having[key] for key in keys(words) if key in having)
        other = next((other for other in found if other not in paired), None)
        if other is not None:
            pairs[at] = other
            paired.add(other)
    return pairs


def _longer(old: Names, new: Names) -> Pairs:
    """A name and the only one that has all of it and more words: "Hooli" and "Hooli Labs"."""
    having: dict[str, list[int]] = defaultdict(list)
    for at, words in new.items():
        for word in set(words):
            having[word].append(at)
    found = {
        at: [other for other in _sharing(words, having) if _is_part(words, new[other])]
        for at, words in old.items()
    }
    claims = Counter(chain.from_iterable(found.values()))
    only = {at: others[0] for at, others in found.items() if len(others) == 1}
    return {at: other for at, other in only.items() if claims[other] == 1}


def _sharing(words: Words, having: Mapping[str, Sequence[int]]) -> set[int]:
    """The names that have one of the words, if few have it."""
    few = (at for word in words if len(at := having.get(word, ())) <= _MOST_SHARING)
    return set(chain.from_iterable(few))


def _is_part(some: Words, other: Words) -> bool:
    """Whether one is the other with more words around it, of which no number is one."""
    shorter, longer = (f" {' '.join(words)} " for words in sorted((some, other), key=len))
    before, found, behind = longer.partition(shorter)
    return (
        bool(found)
        and max(map(len, shorter.split())) >= _LONG_ENOUGH
        and not any(char.isdigit() for char in before + behind)
    )
