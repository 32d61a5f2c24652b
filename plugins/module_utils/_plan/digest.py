# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan shows of each step, and the digest of what is shown. Pure.

Whoever approves a plan sees its rows. So the digest is a function of the rows alone, of the
workspace and of its address: it can be computed again from a plan file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from .._model import Step
from .._text import normal_address

Row = Mapping[str, Any]

_JSON = json.JSONEncoder(sort_keys=True)

_AFTERWARDS = ("status", "error")
"""What a row shows of what became of its step, which is no part of the plan."""


def row_of(step: Step) -> dict[str, Any]:
    """Return what is shown of a step, as an item of the result's ``plan``."""
    row: dict[str, Any] = {"step": step.kind, "id": step.id, "name": step.name}
    if step.kind == "rename":
        row["from"] = step.old_name
    if step.entry is None:
        row["purge"] = True
    return {key: value for key, value in row.items() if value is not None}


def digest(rows: Iterable[Row], workspace_id: int, api_url: str) -> str:
    """Return 64 hexadecimal digits: the same for the same effect, in whatever order it is written.

    Every part is quoted by JSON, so that two effects never look the same.
    """
    return digest_by_client(sorted(rows, key=_client), workspace_id, api_url)


def digest_by_client(rows: Iterable[Row], workspace_id: int, api_url: str) -> str:
    """Return the same of rows of which those of one client stand together. It holds few at once."""
    effects = sorted(_hash(effect).digest() for effect in _effects(rows))
    whole = _hash([normal_address(api_url), workspace_id])
    for effect in effects:
        whole.update(effect)
    return whole.hexdigest()


def _effects(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows of one client each. A create has no id: it is by itself."""
    for client, of_client in groupby(rows, _client):
        shown: Iterator[Row] = (
            {key: row[key] for key in row if key not in _AFTERWARDS} for row in of_client
        )
        yield from [_effect(shown)] if client else ([row] for row in shown)


def _client(row: Row) -> str:
    return repr(row["id"]) if "id" in row else ""


def _hash(of: object) -> hashlib._Hash:
    return hashlib.sha256(_JSON.encode(of).encode())


def _effect(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of one client, where two renames, the first to a temporary name, have the
    effect of one."""
    effect: list[Row] = []
    for row in rows:
        last = effect[-1] if effect else {}
        if last.get("step") == row["step"] == "rename" and last["name"] == row.get("from"):
            own = {key: row[key] for key in row if not key.endswith("from")}
            effect[-1] = {**own, **{key: last[key] for key in last if key.endswith("from")}}
        else:
            effect.append(row)
    return effect
