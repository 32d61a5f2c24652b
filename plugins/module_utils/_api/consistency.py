# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices a list that changed while it was read, and reads it again.

A client that somebody deletes between two pages moves another one over the page boundary, to a page
that was already read: the client is on none of the pages. From such a list, a create would make a
second client of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import NamedTuple, TypeVar

from .._text import name_key, unicode_forms
from .clients import FocusApi
from .errors import ListMoved
from .listing import Listing, Page

MOST_REREADS = 2
"""After that, it is an error."""

Seen = TypeVar("Seen")


def retry_if_changed(read: Callable[[], Seen]) -> Seen:
    """Return what ``read`` returns; read again if the list changed meanwhile.

    :raises ListMoved: it changed each time
    """
    for _turn in range(MOST_REREADS):
        with suppress(ListMoved):
            return read()
    return read()


class Check(NamedTuple):
    """How to make sure that no client is missing in a list, before names are given.

    Either each name is searched for, in each of its Unicode forms, or each page before a boundary
    is read once more. ``pages`` has the latter in both cases: a search may show that the filter is
    ignored. ``known`` are the ids in the list.
    """

    searches: Sequence[tuple[str, str]] = ()
    pages: Sequence[Page] = ()
    known: frozenset[int] = frozenset()

    @property
    def requests(self) -> int:
        """Return how many it costs; where the filter is ignored, ``pages`` are read besides."""
        return len(self.searches) or len(self.pages)


def check_of(listing: Listing | None, names: Collection[str]) -> Check:
    """Return the cheaper one of the two; an empty one if no names are given, or the list was not
    read or has one page."""
    if listing is None or not listing.boundaries or not names:
        return Check()
    pages = listing.boundaries
    searches = [(name, form) for name in names for form in unicode_forms(name)]
    known = frozenset(client.id for client in listing.clients)
    return Check(searches if len(searches) < len(pages) else (), pages, known)


def run_check(check: Check, api: FocusApi) -> None:
    """Send the requests of a check.

    :raises ListMoved: a client is missing in the list, or may be
    """

    def is_conclusive(search: tuple[str, str]) -> bool:
        """Search for a name; return whether the answer is complete, so that no client of the name
        is missing."""
        name, form = search
        answer = api.list_clients(form, enough=lambda _so_far: True)
        for client in answer.clients:
            is_known = client.deleted or client.id in check.known
            if not is_known and name_key(client.name) == name_key(name):
                raise ListMoved(f"it lacks the client {client.id}")
        return answer.pages[-1].is_last

    conclusive = api.map_concurrently(is_conclusive, check.searches)
    if not conclusive or not all(conclusive):
        api.verify_pages(check.pages)
