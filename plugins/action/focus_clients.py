# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_clients`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from ansible_collections.toggl.focus.plugins.module_utils._arguments import CLIENTS
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients
from ansible_collections.toggl.focus.plugins.plugin_utils._action import FocusAction


class ActionModule(FocusAction):
    spec = CLIENTS
    work = staticmethod(reconcile_clients)
