# SPDX-License-Identifier: GPL-3.0-or-later
"""What many of these tests vary: a test that takes one of these is run with each of its values."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.running import MODULES


@pytest.fixture(params=[True, False], ids=["check mode", "run"])
def check_mode(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> str:
    """A module that writes."""
    return str(request.param)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A file that is not there yet."""
    return tmp_path / "journal.jsonl"
