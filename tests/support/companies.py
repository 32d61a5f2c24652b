# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of firms, and plans in which one list of names takes the place of another."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Plan, Rules
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan

COMPANIES = [
    line
    for line in (Path(__file__).with_name("company_names.txt")).read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]
"""Hundreds of firms that exist: no two of them are the same."""

PURGE = Rules(purge=True, max_deletion_percent=100)


def replaced(old: list[str], new: list[str]) -> Plan:
    """What is planned where a list of names takes the place of another."""
    existing = [Client(at, name, None, {}) for at, name in enumerate(old, 1)]
    return plan(existing, [Desired(name) for name in new], PURGE)
