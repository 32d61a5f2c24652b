# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client`` in Ansible's own process, where the connection is local."""

from __future__ import annotations

from ansible_collections.toggl.focus.plugins.module_utils._arguments import CLIENT
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_client
from ansible_collections.toggl.focus.plugins.plugin_utils._action import FocusAction


class ActionModule(FocusAction):
    spec = CLIENT
    work = staticmethod(reconcile_client)
