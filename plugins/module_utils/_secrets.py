# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in what is given back, also where the service repeats one. No I/O."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping
from typing import Any

MASK = "********"


def masked(result: dict[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """The result with every one of ``secrets`` masked, in names of fields too.

    To search the whole as one piece first is fast, and mostly the end of it. A pickle holds each
    text as its own bytes, and is the fastest way to that piece; it is never loaded.
    """
    piece = pickle.dumps(result, protocol=5)
    if not any(secret.encode(errors="surrogatepass") in piece for secret in secrets):
        return result
    cleaned: dict[str, Any] = _masked(result, secrets)
    return cleaned


def _masked(value: Any, secrets: Collection[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, Mapping):
        return {_masked(key, secrets): _masked(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(item, secrets) for item in value]
    return value
