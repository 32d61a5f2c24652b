# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long run says of itself."""

from __future__ import annotations

from datetime import datetime

import pytest
import yaml
from support.notation import rows

from ansible_collections.toggl.focus.plugins.module_utils._progress import Snapshot
from ansible_collections.toggl.focus.plugins.plugin_utils._progress_lines import line

NOON = datetime(2026, 1, 1, 12, 0, 0)

LINES = rows("""
reading | read: 300 | 6 | 300 clients read
writing | total: 100, done: 25, quota: 80 | 10
    | 25 of 100 changes done, quota left 80, ends about 12:00:30
another run has the workspace | holder: process 4711 | 6
    | waiting for another run on this workspace (process 4711)
some failed | total: 10, done: 4, failed: 2 | 8
    | 4 of 10 changes done, 2 failed, ends about 12:00:08
nothing done yet | total: 10 | 8 | 0 of 10 changes done
waiting | total: 100, done: 25, quota: 0, wakes: 100.0 | 10
    | 25 of 100 changes done, quota left 0, waiting for the quota until 12:01:30
""")


@pytest.mark.parametrize(("snapshot", "elapsed", "expected"), LINES)
def test_line(snapshot: str, elapsed: str, expected: str) -> None:
    so_far = Snapshot(**yaml.safe_load(f"{{{snapshot}}}"))
    assert line(so_far, 0.0, float(elapsed), NOON) == f"toggl.focus: {expected}"
