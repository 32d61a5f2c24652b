# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a play has registered into a file, without the processes that a module takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        Path(self._task.args["path"]).write_text(str(self._task.args["content"]))
        return {"changed": False}
