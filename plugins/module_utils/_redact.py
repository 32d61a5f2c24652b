# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks secrets in what is returned, also where the service repeats one. No I/O."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

from ._text import CUT, shown

MASK = "********"

_FROM_SERVICE = frozenset({"client", "clients"})
"""Keys of a result whose values the service returned, with its own names of fields."""

LEAST = 4
"""Characters. Where a text was cut within a secret, a part of at least this length is masked."""


def forms_of(*secrets: str) -> tuple[str, ...]:
    """Return the secrets as they are, in an address, in JSON and escaped; longer ones first, so
    that masking a part of a longer one does not leave the rest of it."""
    forms: set[str] = set()
    for secret in filter(None, secrets):
        forms |= {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
        forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
        forms |= {shown(secret, longest=len(secret)), repr(secret)[1:-1]}
    return tuple(sorted(forms, key=len, reverse=True))


def mask(text: str, secrets: Collection[str]) -> str:
    """Return the text with all ``secrets`` masked, including the first part of one where the text
    was cut."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    if CUT not in text:
        return text
    for secret in secrets:
        for length in range(len(secret) - 1, LEAST - 1, -1):
            text = text.replace(secret[:length] + CUT, MASK + CUT)
    return text


def is_affected(value: Any, secrets: Collection[str]) -> bool:
    """Return whether masking would change a text in the value. Numbers count: Ansible masks them in
    what a module returns."""
    if isinstance(value, Mapping):
        return is_affected(list(value.values()), secrets)
    if isinstance(value, (list, tuple)):
        return any(is_affected(item, secrets) for item in value)
    return value is not None and mask(str(value), secrets) != str(value)


def masked(result: dict[str, Any], secrets: Collection[str]) -> dict[str, Any]:
    """Return the result with all ``secrets`` masked, in the service's names of fields too. The
    other keys stay: with a password ``failed``, a task that failed would not say so."""
    return {key: _masked(item, secrets, key in _FROM_SERVICE) for key, item in result.items()}


def _masked(value: Any, secrets: Collection[str], in_keys: bool) -> Any:
    if isinstance(value, str):
        return mask(value, secrets)
    if isinstance(value, Mapping):
        return {
            mask(key, secrets) if in_keys else key: _masked(item, secrets, in_keys)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_masked(item, secrets, in_keys) for item in value]
    return value
