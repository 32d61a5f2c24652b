# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes the real API, then runs the modules on it. ``make live`` runs this,
and goes on where the last call stopped; ``ARGS='-k earlier'`` only cleans up."""

from __future__ import annotations

from pathlib import Path

import pytest
from live.run import Run

pytestmark = pytest.mark.live


def test_what_an_earlier_call_left_is_removed(run: Run) -> None:
    run.clean()


def test_how_the_service_behaves(run: Run) -> None:
    run.questions()


def test_the_modules_do_what_they_say(run: Run, tmp_path: Path) -> None:
    run.modules(tmp_path)
