# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that applies a list, to be killed: options of ``focus_clients`` as JSON on stdin."""

from __future__ import annotations

import json
import sys

from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime

if __name__ == "__main__":
    print("ready", flush=True)
    print(json.dumps(reconcile_clients(json.load(sys.stdin), False, Runtime())), flush=True)
