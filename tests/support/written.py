# SPDX-License-Identifier: GPL-3.0-or-later
"""What a result says was done, held against the requests that the service was sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.records import Entry
from simulator.server import Simulator

from support.running import rows

KINDS = {"POST": "create", "PUT": "rename", "DELETE": "delete", "PATCH": "restore"}


def assert_done_is_what_was_written(
    service: Simulator, result: Mapping[str, Any], in_order: bool = True
) -> None:
    """The steps that are called done are the writes that succeeded. A rename of a client that came
    back with the name, or with blanks around it, needs no write.

    :arg in_order: whether the writes went one after the other
    """
    done = [row for row in rows(result, "done") if row.get("from", "").strip() != row.get("name")]
    told = [_as_request(service, row) for row in done]
    written = [as_step(entry) for entry in service.writes if 200 <= entry.status < 300]
    if not in_order:
        told, written = sorted(told, key=str), sorted(written, key=str)
    assert told == written


def as_step(entry: Entry) -> dict[str, Any]:
    """A write as a step, as far as its request tells it."""
    step: dict[str, Any] = {"step": KINDS[entry.method]}
    if entry.method != "POST":
        step["id"] = int(entry.path.removesuffix("/restore").rpartition("/")[2])
    if entry.body:
        step["name"] = json.loads(entry.body)["name"]
    return step


def _as_request(service: Simulator, row: Mapping[str, Any]) -> dict[str, Any]:
    """A step as far as its request tells it; a new client has the id that the result says."""
    if row["step"] == "create":
        made = service.client(row["id"])
        assert made is not None and made.name == row["name"]
        return {"step": "create", "name": row["name"]}
    told = ("step", "id", "name") if row["step"] == "rename" else ("step", "id")
    return {key: row[key] for key in told}
