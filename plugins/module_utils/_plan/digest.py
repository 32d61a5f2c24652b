# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan shows of each step, and the digest of what is shown. Pure.

Whoever approves a plan sees its rows. So the digest is a function of the rows alone, of the
workspace and of its address: it can be computed again from a plan file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from .._model import ATTRIBUTES, Changes, Step
from .._text import normal_address

_AFTERWARDS = ("status", "error")
"""What a row shows of what became of its step, which is no part of the plan."""

_ENCODER = json.JSONEncoder(sort_keys=True)


def row_of(step: Step) -> dict[str, Any]:
    """Return what is shown of a step, as an item of the result's ``plan``."""
    old_name = step.old_name if step.kind == "rename" else None
    row = {"step": step.kind, "id": step.id, "name": step.name, "from": old_name}
    purge = {"purge": True} if step.entry is None else {}
    known = {key: value for key, value in row.items() if value is not None}
    return {**known, **columns(step.changes), **purge}


def columns(changes: Changes) -> dict[str, str]:
    """Return the part of a row about the attributes that a step sets."""
    part: dict[str, str] = {}
    for of, (old, new) in changes.items():
        part[of] = new or ATTRIBUTES[of].none
        if old is not None:
            part[f"{of}_from"] = old
    return part


def digest(rows: Iterable[Mapping[str, Any]], workspace_id: int, api_url: str) -> str:
    """Return 64 hexadecimal digits: the same for the same rows, in whatever order they are written.

    Every part is quoted by JSON, so that two rows never look the same.
    """
    plain = ({key: row[key] for key in row if key not in _AFTERWARDS} for row in rows)
    whole = _hash([normal_address(api_url), workspace_id])
    for effect in sorted(_hash(row).digest() for row in plain):  # few bytes of each at once
        whole.update(effect)
    return whole.hexdigest()


def _hash(of: object) -> hashlib._Hash:
    return hashlib.sha256(_ENCODER.encode(of).encode())
