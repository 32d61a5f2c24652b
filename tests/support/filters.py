# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters, as Ansible calls them."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def _loaded(name: str) -> Any:
    plugin = import_module(f"ansible_collections.toggl.focus.plugins.filter.{name}").FilterModule()
    return plugin.filters()[name]


clients_from_csv = _loaded("clients_from_csv")
clients_plan = _loaded("clients_plan")
journal_runs = _loaded("journal_runs")
journal_undo = _loaded("journal_undo")
plan_lines = _loaded("plan_lines")
workspaces = _loaded("workspaces")
