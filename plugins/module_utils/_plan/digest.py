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

from .._model import ATTRIBUTES, NOT_YET, Changes, Step
from .._text import normal_address

_AT_ONCE = 1000
"""Rows that are encoded together; it limits memory."""


def row_of(step: Step) -> dict[str, Any]:
    """Return what is shown of a step, as an item of the result's ``plan``."""
    row: dict[str, Any] = {"step": step.kind}
    if step.id is not None:
        row["id"] = step.id
    if step.name is not None:
        row["name"] = step.name
    if step.kind == "rename" and step.old_name is not None:
        row["from"] = step.old_name
    row |= columns(step.changes)
    if step.entry is None:
        row["purge"] = True
    return row


def columns(changes: Changes) -> dict[str, str]:
    """Return the part of a row about the attributes that a step sets."""
    part: dict[str, str] = {}
    for of, (old, new) in changes.items():
        part[of] = new or ATTRIBUTES[of].none
        if old is not None:
            part[f"{of}_from"] = old
    return part


def digest(rows: Iterable[Mapping[str, Any]], workspace_id: int, api_url: str) -> str:
    """Return 64 hexadecimal digits: the same for the same rows, in whatever order they are.

    :raises AttributeError, TypeError: no steps are shown like that
    """
    whole = [normal_address(api_url), workspace_id, *sorted(rows, key=_sort_key)]
    hashed = hashlib.sha256()
    for first in range(0, len(whole), _AT_ONCE):
        hashed.update(json.dumps(whole[first : first + _AT_ONCE], sort_keys=True).encode())
    return hashed.hexdigest()


def _sort_key(row: Mapping[str, Any]) -> tuple[int, str, str]:
    """Return what no two rows of a plan have in common: no two clients are created with one name,
    and no client gets a name twice."""
    return row.get("id", NOT_YET), row.get("name", ""), row.get("step", "")
