# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks up a client by its name, over a kept connection, and does nothing with it."""

from __future__ import annotations

import os
from typing import Any

import requests
from ansible.plugins.action import ActionBase

_SESSION = requests.Session()
"""One worker process runs all items of a loop."""
_SESSION.headers["Authorization"] = f"Bearer {os.environ['TOGGL_FOCUS_API_TOKEN']}"
_SESSION.headers["Content-Type"] = "application/json"


class ActionModule(ActionBase):  # type: ignore[misc]
    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        address = "{TOGGL_FOCUS_API_URL}/workspaces/{TOGGL_FOCUS_WORKSPACE_ID}/clients"
        answer = _SESSION.get(
            address.format(**os.environ),
            params={"name": self._task.args["name"], "per_page": 100, "page": 1},
            timeout=30,
        )
        answer.raise_for_status()
        return {"changed": False, "clients": len(answer.json()["data"])}
