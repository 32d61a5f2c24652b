# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that applies a list, to be killed: options of ``focus_clients`` as JSON on stdin."""

from __future__ import annotations

import json
import signal
import sys

from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime

if __name__ == "__main__":
    # A shell starts what runs in its background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print("ready", flush=True)
    print(json.dumps(reconcile_clients(json.load(sys.stdin), False, Runtime())), flush=True)
