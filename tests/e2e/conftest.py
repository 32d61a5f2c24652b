# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook as a fixture."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from simulator.server import Simulator
from support.playbooks import Play, played


@pytest.fixture
def play(service: Simulator, tmp_path: Path) -> Play:
    """Run tasks as a playbook; a task with ``register`` is found in the results."""
    return functools.partial(played, service, tmp_path)
