# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clients must be read for what is desired, with the fewest requests, and how to make sure
that none is missing in what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ._api.clients import PAGE_SIZE, FocusApi
from ._api.errors import ListMoved
from ._api.listing import Listing, Page
from ._model import Client, Desired
from ._text import name_key, unicode_forms

Deletions = Mapping[int, Client]
"""What the journal says of deleted clients, by their ids: the service may hide them."""

Searches = Sequence["tuple[str, str]"]
"""Names, each with one of its Unicode forms; at most as many as there are pages."""


class Read(NamedTuple):
    """The clients that were read, and all ``pages`` of the workspace's list, if that was read.

    Before the plan gives names, it is made sure that no client of these names is missing in a list
    of several pages. Either each name is searched for, in each of its Unicode forms, or each page
    that another one follows is read once more, whichever is cheaper.
    """

    clients: list[Client]
    pages: Sequence[Page] = ()

    def searches(self, names: Iterable[str]) -> Searches:
        """Return what ``check`` asks for, a request each: where the filter is ignored, the pages
        are read too."""
        searches = ((name, form) for name in names for form in unicode_forms(name))
        return list(islice(searches, len(self.pages[:-1])))

    def check(self, api: FocusApi, searches: Searches) -> None:
        """Check that no client of these names is missing.

        :raises ListMoved: a client is missing in the list, or may be
        """
        pages = self.pages[:-1]

        def is_conclusive(search: tuple[str, str]) -> bool:
            """Search for a name; return whether the answer is complete, so that no client of the
            name is missing."""
            name, form = search
            answer = api.list_clients(form, enough=lambda _so_far: True)
            for client in answer.clients:
                has_it = not client.deleted and client.key == name_key(name)
                if has_it and not any(client.id in page.ids for page in self.pages):
                    raise ListMoved(f"it lacks the client {client.id}")
            return answer.pages[-1].is_last

        is_cheaper = len(searches) < len(pages)
        if not (is_cheaper and all(api.map_concurrently(is_conclusive, searches))):
            api.map_concurrently(api.verify_page, pages)


def of_one(api: FocusApi, deletions: Deletions, desired: Sequence[Desired]) -> Read:
    """Return the clients that one entry may stand for, and those that may have its name.

    One request if the client exists, one more for each former name if it does not. A look-up of
    several pages is checked before a client gets a name.

    :raises ListMoved: pages show that the list changed while it was read
    """
    (wanted,) = desired
    if wanted.id is not None:
        found = _by_id(api, wanted, wanted.id, deletions)
        given = _name_given(wanted, found)
        return Read(found if given is None else found + _found(api, given))
    name, is_kept = wanted.name or "", wanted.state != "absent"
    found = _found(api, name, enough=is_kept)
    if is_kept and not _has_active(found, name):
        found += _of_former_names(api, wanted.former_names, found)
        found += _from_journal(api, desired, found, deletions)
    return Read(found)


def of_all(api: FocusApi, deletions: Deletions, desired: Sequence[Desired]) -> Read:
    """All clients of the workspace, and those that entries name by ids which the list hides.

    :raises ListMoved: pages show that the list changed while it was read
    """
    listing = api.list_clients(expected=sum(wanted.state != "absent" for wanted in desired))
    clients = listing.clients
    shown = {client.id for client in clients}
    hidden = [(want, want.id) for want in desired if want.id is not None and want.id not in shown]
    for found in api.map_concurrently(lambda of: _by_id(api, *of, deletions), hidden):
        clients += found
    return Read(clients + _from_journal(api, desired, clients, deletions), listing.pages)


def by_id(api: FocusApi, client_id: int) -> list[Client]:
    """Return the client with the id, if the service shows it."""
    client = api.find(client_id)
    return [] if client is None else [client]


def _by_id(api: FocusApi, wanted: Desired, client_id: int, deletions: Deletions) -> list[Client]:
    """Return the client of an entry's id, or what the journal has of one that is to be restored."""
    found = by_id(api, client_id)
    if found or wanted.state != "restored" or client_id not in deletions:
        return found
    return [deletions[client_id]]


def _name_given(wanted: Desired, found: Sequence[Client]) -> str | None:
    """Return the name that an entry with an id gives its client, or restores it under."""
    client = found[0] if found else None
    if client is None or client.deleted:
        known = "" if client is None else client.name.strip()  # it may have any
        return (wanted.name or known or None) if wanted.state == "restored" else None
    is_kept = wanted.state == "absent" or wanted.name is None or wanted.key == client.key
    return None if is_kept else wanted.name


def _of_former_names(api: FocusApi, names: Sequence[str], found: Sequence[Client]) -> list[Client]:
    """Return the clients of former names. Where a look-up takes several pages, the service ignores
    its filter: then the list is read once."""
    if len(names) > 1 and len(found) > PAGE_SIZE:
        listing = api.list_clients()
        api.map_concurrently(api.verify_page, listing.pages[:-1])
        return listing.clients
    return [client for name in names for client in _found(api, name)]


def _found(api: FocusApi, name: str, enough: bool = True) -> list[Client]:
    """Return what the service lists for a name, in each of its Unicode forms. If that is no active
    client of the name, one may get it: then the pages are checked.

    :arg enough: whether the first active client of the name ends the search. For a deletion, all of
        them must be known, so that one of two is never taken for the only one.
    """

    def ends(so_far: Listing) -> bool:
        return enough and _has_active(so_far.pages[-1].clients, name)

    listings: list[Listing] = []
    for form in unicode_forms(name):
        listings.append(api.list_clients(form, enough=ends))
        if ends(listings[-1]):
            break
    if enough and not ends(listings[-1]):
        pages = [page for listing in listings for page in listing.pages[:-1]]
        api.map_concurrently(api.verify_page, pages)
    return [client for listing in listings for client in listing.clients]


def _has_active(clients: Iterable[Client], name: str) -> bool:
    key = name_key(name)
    return any(not client.deleted and client.key == key for client in clients)


def _from_journal(
    api: FocusApi, desired: Sequence[Desired], read: Sequence[Client], deletions: Deletions
) -> list[Client]:
    """Return the deleted clients that entries want restored by name and that the list hides. An
    active client that an entry has by its id may give the name away."""
    by_name = {deletion.key: deletion for deletion in deletions.values()}
    ids = {wanted.id for wanted in desired}
    shown = {client.key for client in read if client.deleted or client.id not in ids}
    restored = [want.key for want in desired if want.state == "restored" and want.id is None]
    hidden = [by_name[key] for key in restored if key in by_name and key not in shown]
    return [client for deletion in hidden for client in by_id(api, deletion.id) or [deletion]]
