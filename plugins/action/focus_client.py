# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FocusAction  # first, since it loads requests

# isort: split
from ..module_utils._reconcile import desired_client, reconcile_client
from ..module_utils._task.arguments import CLIENT
from ..module_utils._task.options import check_texts


class ActionModule(FocusAction):
    spec = CLIENT
    work = staticmethod(reconcile_client)

    def validate(self, arguments: dict[str, Any], variables: Mapping[str, Any]) -> None:
        check_texts("former_names", arguments.get("former_names"))
        if arguments.keys() <= CLIENT.keys():  # Ansible names the others
            desired_client(arguments)
