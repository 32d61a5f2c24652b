# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client_info`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from ansible_collections.toggl.focus.plugins.module_utils._arguments import CLIENT_INFO
from ansible_collections.toggl.focus.plugins.module_utils._listing import list_clients
from ansible_collections.toggl.focus.plugins.plugin_utils._action import FocusAction


class ActionModule(FocusAction):
    spec = CLIENT_INFO
    work = staticmethod(list_clients)
