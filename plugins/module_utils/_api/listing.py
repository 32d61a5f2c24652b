# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of clients while it is read: its pages, and whether they fit together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple, TypeVar

from .._errors import RequestError
from .._model import Client
from .._progress import Progress
from .errors import ListMoved

MOST_PAGES = 2_000
"""In one list, which is 200,000 clients; the largest quota allows 600 pages an hour."""

MOST_REREADS = 2
"""Of a list that changed while it was read; after that, it is an error."""

LARGEST_LIST = 128 * 1024 * 1024
"""Bytes of all pages of one list."""


Parameters = Sequence[tuple[str, str]]


Seen = TypeVar("Seen")


class Page(NamedTuple):
    """A page of a list, as the service shows it. ``size`` in bytes."""

    filters: Parameters
    number: int
    clients: list[Client]
    per_page: int | None
    size: int

    @property
    def ids(self) -> list[int]:
        return [client.id for client in self.clients]

    @property
    def is_last(self) -> bool:
        """Return whether the list ends with it. Without ``per_page``, only an empty page is the
        last: the service may have limited the size."""
        if self.per_page is None:
            return not self.clients
        return len(self.clients) < self.per_page


_QUOTA_LEFT = 10
"""Times the pages: with less, or where the service does not say what is left, no request is risked
for a page that may not be there."""


def pages_ahead(expected: int, per_page: int | None, quota_left: int | None) -> int:
    """Return how many pages after the first one are probably there, so that it is safe to read
    them concurrently.

    :arg expected: how many clients the list probably has
    :arg quota_left: requests, ``None`` if the service does not say
    """
    if per_page is None or quota_left is None:
        return 0
    ahead = min(expected // per_page, MOST_PAGES - 1)  # the last one shows the end
    return ahead if quota_left >= _QUOTA_LEFT * (ahead + 1) else 0


class Listing:
    """A list, page by page. Pages are given in their order, whatever order they arrived in."""

    def __init__(self, progress: Progress) -> None:
        self.pages: list[Page] = []
        """After all but the last of them is a boundary: the page that follows was read later."""
        self._progress = progress
        self._seen: set[int] = set()

    @property
    def clients(self) -> list[Client]:
        return [client for page in self.pages for client in page.clients]

    def ends_with(self, page: Page) -> bool:
        """Add a page; return whether it is the last one.

        :raises ListMoved: it shows, without a request, that the list changed while it was read
        :raises RequestError: the list is too large
        """
        self.pages.append(page)
        if sum(read.size for read in self.pages) > LARGEST_LIST:
            raise list_incomplete(page.number, "which is too large")
        per_page = self.pages[0].per_page
        if None not in (page.per_page, per_page) and page.per_page != per_page:
            raise ListMoved(f"page {page.number} has the size {page.per_page}, not {per_page}")
        for client_id in page.ids:
            if client_id in self._seen:
                raise ListMoved(f"page {page.number} shows client {client_id} a second time")
            self._seen.add(client_id)
        self._progress.add(read=len(page.clients))
        return page.is_last

    def ends_within(
        self, read: Callable[[int], Page], numbers: Iterator[int], concurrency: int
    ) -> bool:
        """Add pages; return whether one of them is the last one. ``concurrency`` are in flight.

        The next one is begun when the one before is there, so that at most ``concurrency`` - 1 are
        read for nothing when the list ends early. These must be empty, unless they fail.

        :raises ListMoved: as ``ends_with``
        """
        from concurrent.futures import ThreadPoolExecutor  # 1 to 2 ms, and most runs need none

        ended = False
        with ThreadPoolExecutor(concurrency) as pool:
            in_flight = deque(pool.submit(read, number) for number in islice(numbers, concurrency))
            while in_flight:
                future = in_flight.popleft()
                if not ended:
                    ended = self.ends_with(future.result())
                    in_flight.extend(pool.submit(read, n) for n in islice(numbers, 1 - ended))
                elif future.exception() is None and future.result().clients:
                    raise ListMoved(f"page {future.result().number} follows the last one")
        return ended


def retry_if_changed(read: Callable[[], Seen]) -> Seen:
    """Return what ``read`` returns; read again if the list changed meanwhile.

    A client that somebody deletes between two pages moves another one over the page boundary, to a
    page that was already read: the client is on none of the pages. From such a list, a create would
    make a second client of its name.

    :raises ListMoved: it changed each time
    """
    for _turn in range(MOST_REREADS):
        with suppress(ListMoved):
            return read()
    return read()


def list_incomplete(page: int, reason: str) -> RequestError:
    """Return the error of a list that could not be read to its end: nothing may be concluded."""
    return RequestError(
        f"The list of clients could not be read to its end, {reason} at page {page}: the partial "
        "list was discarded. Run it again."
    )
