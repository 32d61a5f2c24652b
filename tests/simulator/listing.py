# SPDX-License-Identifier: GPL-3.0-or-later
"""Which clients a list shows, in what order and how many at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import NamedTuple

from simulator.records import Client, Refused
from simulator.switches import Switches

LARGEST_PER_PAGE = 100
CLOSE_ENOUGH = 0.6


class ListQuery(NamedTuple):
    """What a request for the list asks for; `order_by` holds names such as `-created_at`."""

    page: int = 1
    per_page: int | None = None
    order_by: tuple[str, ...] = ()
    name: str = ""


class Page(NamedTuple):
    """One page; `per_page` is the size that was really used."""

    clients: list[Client]
    page: int
    per_page: int


def page_of(clients: list[Client], query: ListQuery, switches: Switches) -> Page:
    size = _page_size(query, switches)
    shown = [client for client in clients if _is_shown(client, query, switches)]
    ordered = _ordered(shown, query, switches)
    start = (query.page - 1) * size
    return Page(ordered[start : start + size], query.page, size)


def _page_size(query: ListQuery, switches: Switches) -> int:
    usual = min(switches.default_per_page, switches.largest_per_page)
    asked = usual if query.per_page is None else query.per_page
    if asked > min(LARGEST_PER_PAGE, switches.largest_per_page):
        raise _invalid("PerPage", "max")
    return min(asked, switches.per_page_cap)


def _is_shown(client: Client, query: ListQuery, switches: Switches) -> bool:
    if client.deleted_at and not switches.list_shows_deleted:
        return False
    return not query.name or FILTERS[switches.name_filter](query.name, client.name)


def _fuzzy(wanted: str, name: str) -> bool:
    wanted, name = wanted.casefold(), name.casefold()
    return wanted in name or bool(
        difflib.get_close_matches(wanted, [name], n=1, cutoff=CLOSE_ENOUGH)
    )


FILTERS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda wanted, name: name == wanted,
    "contains": lambda wanted, name: wanted in name,
    "begins": lambda wanted, name: name.startswith(wanted),
    "any_case": lambda wanted, name: wanted.casefold() in name.casefold(),
    "fuzzy": _fuzzy,
    "ignored": lambda wanted, name: True,
}

DEFAULT_ORDERS = {"id": (), "name": ("name",), "newest": ("-created_at",)}
KEYS: dict[str, Callable[[Client], tuple[object, ...]]] = {
    "name": lambda client: (client.name,),
    "active": lambda client: (client.active,),
    "created_at": lambda client: (client.created_at, client.id),
    "updated_at": lambda client: (client.updated_at or "",),
}


def _ordered(clients: list[Client], query: ListQuery, switches: Switches) -> list[Client]:
    ordered = sorted(clients, key=lambda client: client.id)
    # Sorting is stable: the least important key goes first.
    for name in reversed((*query.order_by, *DEFAULT_ORDERS[switches.list_order])):
        key = KEYS.get(name.removeprefix("-"))
        if key is None:
            raise _invalid("OrderBy", "oneof")
        ordered.sort(key=key, reverse=name.startswith("-"))
    return ordered


def _invalid(field: str, tag: str) -> Refused:
    return Refused(400, "validation", f"Field validation for '{field}' failed on the '{tag}' tag")
