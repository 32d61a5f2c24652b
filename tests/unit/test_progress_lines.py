# SPDX-License-Identifier: GPL-3.0-or-later
"""What a long run says of itself."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
import yaml
from support.notation import rows

from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress, Snapshot
from ansible_collections.toggl.focus.plugins.plugin_utils import _progress_lines
from ansible_collections.toggl.focus.plugins.plugin_utils._progress_lines import ProgressLines, line

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


def test_a_line_is_shown_once_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """So a quick run says nothing."""
    clock, progress, said = SimpleNamespace(), Progress(), list[str]()
    clock.now, clock.monotonic = 0.0, lambda: clock.now
    monkeypatch.setattr(_progress_lines, "time", clock)
    progress.set(total=2)
    progress.add(done=1)
    lines, shown = ProgressLines(progress, said.append), []
    for clock.now in (1, 4, 6, 8, 10.5, 12):
        lines.tick()
        shown.append(len(said))
    assert shown == [0, 0, 1, 1, 1, 2]
    assert said[0].startswith("toggl.focus: 1 of 2 changes done, ends about ")
