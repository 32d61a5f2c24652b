# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a client after a write: the service may answer with old data for a moment."""

from __future__ import annotations

from collections.abc import Callable

from .._api.clients import FocusApi
from .._api.errors import NotFound
from .._model import Client


def read_until(
    api: FocusApi, client_id: int, shows: Callable[[Client | None], bool]
) -> Client | None:
    """Return the client as the service shows it, ``None`` if it does not; read twice if need be.

    :arg shows: whether what was read is what is expected
    :raises RequestError: it cannot be read
    """
    client = _read(api, client_id)
    if shows(client):
        return client
    api.session.let_settle()
    return _read(api, client_id)


def _read(api: FocusApi, client_id: int) -> Client | None:
    try:
        return api.get(client_id)
    except NotFound:
        return None
