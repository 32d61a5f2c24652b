# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences for the user about a plan that is not refused, few of each kind. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec

from .._text import counted

MOST_OF_A_KIND = 5
"""Hundreds of them would bury all others."""

About = ParamSpec("About")


class Warned:
    """Collects what to warn of; as an iterator, the sentences by kind, and how many more."""

    def __init__(self) -> None:
        self._given: dict[Callable[..., str], list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, sentence: Callable[About, str], *about: About.args, **none: About.kwargs) -> None:
        """:arg sentence: what makes the sentence from ``about``; it is the kind"""
        self._given[sentence].append(about)

    def __iter__(self) -> Iterator[str]:
        for sentence, given in self._given.items():
            yield from (sentence(*about) for about in given[:MOST_OF_A_KIND])
            more = len(given) - MOST_OF_A_KIND
            if more > 0:
                yield f"And {counted(more, 'more warning')} of this kind."
