# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step prints is no command of the code host, whatever names are in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .github import of_github
from .team import EXAMPLE, Machine

SOURCED = f". '{EXAMPLE}/ci/stop-commands.sh'"
OBEYED = {
    "at the beginning": "::error::a",
    "after blanks": "  \t::error file=a,line=1::b",
    "without data": "::group::",
    "in any case": "::Add-Mask::a",
    "the other form": "##[error file=a]b",
    "the other form within a line": "- create   ##[group]a",
    "on a line of its own for the runner alone": "a\r::error::b",
}


@pytest.mark.parametrize("ends", ["true", "false", "exit 3"])
def test_commands_are_stopped_to_the_end_of_a_step(tmp_path: Path, ends: str) -> None:
    """The runner would obey them. The token is another each time, and the step's status stays."""
    printed = "\n".join(f"printf '%s\\n' '{text}'" for text in OBEYED.values())
    machine = Machine(tmp_path)
    done = [machine.run(f"{SOURCED}\n{printed}\n{ends}", tmp_path) for _ in range(2)]
    assert {run.returncode for run in done} == {machine.run(ends, tmp_path).returncode}
    first, second = (run.stdout for run in done)
    assert len(of_github(machine.run(printed, tmp_path).stdout)) == len(OBEYED)
    assert of_github(first) == of_github(second) == []
    assert len(of_github(first + "::error::after the end")) == 1
    assert first.splitlines()[0] != second.splitlines()[0]


def test_errors_keep_their_place_between_the_marks(tmp_path: Path) -> None:
    """The runner reads each stream by itself: what comes late would be after the end."""
    script = f"{{ {SOURCED}; echo '::error::late' >&2; }} 2>/dev/null"
    assert "\n::error::late\n" in Machine(tmp_path).run(script, tmp_path).stdout
