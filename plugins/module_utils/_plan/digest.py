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

from .._model import Step
from .._text import normal_address

Row = Mapping[str, Any]

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
    effects: dict[Any, list[Row]] = {}
    for number, row in enumerate(rows):
        shown = {key: value for key, value in row.items() if key not in _AFTERWARDS}
        client = repr(shown["id"]) if "id" in shown else number  # a create has no id
        _append(effects.setdefault(client, []), shown)
    ordered = sorted(json.dumps(of_client, sort_keys=True) for of_client in effects.values())
    parts = [normal_address(api_url), workspace_id, ordered]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _append(rows: list[Row], row: Row) -> None:
    """Add a step of a client to those before it. Two renames, the first to a temporary name, have
    the effect of one."""
    last = rows[-1] if rows else {}
    if last.get("step") == row.get("step") == "rename" and last.get("name") == row.get("from"):
        rows[-1] = {**_without_origin(row), **_origin(last)}
    else:
        rows.append(row)


def _origin(row: Row) -> dict[str, Any]:
    """Return what it shows of the client before the step."""
    return {key: value for key, value in row.items() if key.endswith("from")}


def _without_origin(row: Row) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not key.endswith("from")}
