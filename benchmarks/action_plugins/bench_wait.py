# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits as long as an answer would take, and does nothing."""

from __future__ import annotations

import time
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        time.sleep(float(self._task.args["seconds"]))
        return {"changed": False}
