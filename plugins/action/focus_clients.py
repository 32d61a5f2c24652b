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
from ..module_utils._task.options import check_is_list, reviewed_digest


class ActionModule(FocusAction):
    spec = CLIENTS
    work = staticmethod(reconcile_clients)

    def run(
        self, tmp: str | None = None, task_vars: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        if self._task._role is not None:
            self._warn_of_role_variables(self._task._role, task_vars or {})
        return super().run(tmp, task_vars)

    @staticmethod
    def _warn_of_role_variables(role: Any, variables: Mapping[str, Any]) -> None:
        from ..plugin_utils import _role_variables

        if role.get_name(include_role_fqcn=True) == _role_variables.ROLE:
            for warning in _role_variables.warnings(variables):
                Display().warning(warning)

    @staticmethod
    def judge(arguments: Mapping[str, Any]) -> None:
        if "clients" in arguments:
            check_is_list(arguments["clients"])
            desired_clients(arguments["clients"])
        if "plan_digest" in arguments:
            reviewed_digest(arguments["plan_digest"] or "")
