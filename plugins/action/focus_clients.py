# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_clients`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.utils.display import Display

from ..plugin_utils._action import FocusAction  # first, since it loads requests

# isort: split
from ..module_utils._reconcile import desired_clients, reconcile_clients
from ..module_utils._task.arguments import CLIENTS
from ..module_utils._task.options import check_is_list, check_is_unsplit, reviewed_digest
from ..plugin_utils import _role_variables


class ActionModule(FocusAction):
    spec = CLIENTS
    work = staticmethod(reconcile_clients)

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        role = self._task._role
        if role is not None and role.get_name(include_role_fqcn=True) == _role_variables.ROLE:
            for warning in _role_variables.warnings(task_vars or {}):
                Display().warning(warning)
        return super().run(tmp, task_vars)

    @staticmethod
    def judge(arguments: Mapping[str, Any]) -> None:
        if "clients" in arguments:
            check_is_list(arguments["clients"])
            desired_clients(arguments["clients"])
        check_is_unsplit("protected", arguments.get("protected"))
        if "plan_digest" in arguments:
            reviewed_digest(arguments["plan_digest"] or "")
