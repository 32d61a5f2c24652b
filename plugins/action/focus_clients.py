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
from ..module_utils._task.options import check_patterns, reviewed_digest
from ..plugin_utils import _role_variables
from ..plugin_utils._reviewed import bind


class ActionModule(FocusAction):
    spec = CLIENTS
    work = staticmethod(reconcile_clients)

    def validate(self, arguments: dict[str, Any], variables: Mapping[str, Any]) -> None:
        role = self._task._role
        if role is not None and role.get_name(include_role_fqcn=True) == _role_variables.ROLE:
            for warning in _role_variables.warnings(variables):
                Display().warning(warning)
            bind(arguments, variables, self._templar.template, self._task.check_mode)
        if "clients" in arguments:
            desired_clients(arguments["clients"])
        check_patterns(arguments.get("protected"))
        if "plan_digest" in arguments:
            reviewed_digest(arguments["plan_digest"] or "")
