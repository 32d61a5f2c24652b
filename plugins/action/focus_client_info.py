# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client_info`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils._action import FocusAction  # first, since it loads requests

# isort: split
from ..module_utils._info import list_clients
from ..module_utils._task.arguments import CLIENT_INFO
from ..module_utils._task.options import check_text


class ActionModule(FocusAction):
    spec = CLIENT_INFO
    work = staticmethod(list_clients)

    def validate(self, arguments: dict[str, Any], variables: Mapping[str, Any]) -> None:
        for option in arguments.keys() & {"name", "name_contains"}:
            check_text(option, "" if arguments[option] is None else arguments[option])
