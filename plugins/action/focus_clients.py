# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_clients`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.release import __version__
from ansible.utils.display import Display

# First, since it loads requests.
from ..plugin_utils._action import SHOWS_LONG_PLANS, UNDOES, FocusAction

# isort: split
from ..module_utils._reconcile import desired_clients, reconcile_clients
from ..module_utils._task.arguments import CLIENTS
from ..module_utils._task.options import check_texts, checked_list, reviewed_digest
from ..module_utils._text import shown
from ..plugin_utils import _role_variables
from ..plugin_utils._reviewed import bind

_SHOWS_REASONS = not __version__.startswith(("2.16.", "2.17.", "2.18."))
"""Whether Ansible shows why a task failed on a line of its own; earlier ones do so within JSON."""


class ActionModule(FocusAction):
    spec = CLIENTS
    work = staticmethod(reconcile_clients)

    def finish(self, result: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result as it is to be shown. In the role and in an undo, a failure is that of
        the last task, which prints the reason alone: Ansible prints the whole result of a task that
        fails."""
        result = super().finish(result, variables)
        if self._has_role_variables and "requests" in result and result.pop("failed", False):
            result["failure"] = result["msg"]
            result["_ansible_verbose_override"] = Display().verbosity < SHOWS_LONG_PLANS
            if not _SHOWS_REASONS:
                Display().error(shown(result["msg"], len(result["msg"])), wrap_text=False)
        return result

    @property
    def _is_of_the_role(self) -> bool:
        role = self._task._role
        return role is not None and role.get_name(include_role_fqcn=True) == _role_variables.ROLE

    @property
    def _has_role_variables(self) -> bool:
        return self._is_of_the_role or UNDOES in self._task.vars

    def validate(self, arguments: dict[str, Any], variables: Mapping[str, Any]) -> None:
        if self._has_role_variables:
            for warning in _role_variables.warnings(variables):
                Display().warning(warning)
        if self._is_of_the_role:
            arguments.update(_role_variables.options(variables, self._templar.template))
            bind(arguments, str(variables["inventory_hostname"]), self._task.check_mode)
        if "clients" in arguments:  # here, the run itself checks the entries, as they were given
            check = checked_list if self._runs_here() else desired_clients
            check(arguments["clients"])
        check_texts("protected", arguments.get("protected"))
        if "plan_digest" in arguments:
            reviewed_digest(arguments["plan_digest"] or "")
