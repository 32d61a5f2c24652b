# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the output of ``make test`` says how to run alone what failed."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest
from support.alone import MOST, alone

ROOT = Path(__file__).resolve().parents[2]
FILE = "tests/unit/test_plan.py"
NAMES = ("test_a", "test_a[two words]", 'test_a[it\'s $HOME `x` "y" \\xeb #1]', "test_a['x'-!]")


@pytest.mark.parametrize("name", NAMES)
def test_the_command_names_the_test_to_pytest(name: str) -> None:
    """Whatever the shell and make take for their own."""
    (line,) = alone([f"{FILE}::{name}"])
    dry = subprocess.run(
        f"{line} --dry-run", shell=True, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert f"{FILE}::{name}" in shlex.split(dry.stdout.replace("\\\n", ""))


def test_the_commands_fit_into_the_last_lines() -> None:
    """Each test is named once, though its fixture fails too."""
    lines = [*alone([f"{FILE}::test_{at // 2}" for at in range(60)])]
    assert len(lines) == MOST + 1
    assert lines[-1] == f"and {30 - MOST} more: make test ARGS=--last-failed"
