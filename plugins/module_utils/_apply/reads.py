# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads after a write: the service may answer with old data for a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from .._api.clients import FocusApi
from .._api.errors import NotFound
from .._model import Client

Seen = TypeVar("Seen")


def read_until(api: FocusApi, read: Callable[[], Seen], shows: Callable[[Seen], bool]) -> Seen:
    """Return what ``read`` returns; read again after a pause unless it ``shows`` what is expected.

    :raises RequestError: it cannot be read
    """
    seen = read()
    if shows(seen):
        return seen
    api.session.let_settle()
    return read()


def client_until(
    api: FocusApi, client_id: int, shows: Callable[[Client | None], bool]
) -> Client | None:
    """Return the client as the service shows it, ``None`` if it does not: as ``read_until``."""

    def read() -> Client | None:
        try:
            return api.get(client_id)
        except NotFound:
            return None

    return read_until(api, read, shows)


def is_shown(client: Client | None) -> bool:
    return client is not None
