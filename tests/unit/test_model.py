# SPDX-License-Identifier: GPL-3.0-or-later
"""A client as the service shows it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.toggl.focus.plugins.filter.clients_plan import clients_plan
from ansible_collections.toggl.focus.plugins.module_utils._model import Client

UNSET: dict[str, dict[str, Any]] = {
    "left out": {},
    "null": {"deleted_at": None},
    "empty": {"deleted_at": ""},
    "blank": {"deleted_at": " "},
    "zero": {"deleted_at": 0},
    "false": {"deleted_at": False},
    "Go's zero time": {"deleted_at": "0001-01-01T00:00:00Z"},
    "Go's zero time with an offset": {"deleted_at": "0001-01-01T00:00:00+00:00"},
}


@pytest.mark.parametrize("case", UNSET)
def test_a_time_that_is_not_set_deletes_no_client(case: str) -> None:
    """In an answer, and in what the filter takes for existing."""
    fields = {"id": 1001, "name": "Acme", "workspace_id": 1, "active": True, **UNSET[case]}
    assert not Client.of(fields).deleted
    assert clients_plan(["Acme"], [fields], workspace_id=1)["plan"] == []


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00Z", "0101-01-01T00:00:00Z"])
def test_any_other_time_does(at: str) -> None:
    assert Client.of({"id": 1001, "name": "Acme", "deleted_at": at}).deleted_at == at
