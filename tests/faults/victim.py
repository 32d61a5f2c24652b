# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a list in a process of its own, to be killed."""

from __future__ import annotations

import signal
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime


def apply(given: dict[str, Any]) -> None:
    """:arg given: options of ``focus_clients``"""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    reconcile_clients(given, False, Runtime())
