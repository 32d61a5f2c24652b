# SPDX-License-Identifier: GPL-3.0-or-later
"""What each room must not know is held by the contracts in ``pyproject.toml``; here, that each of
them notices."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from .commands import ROOT, run

UTILS = ROOT / "plugins" / "module_utils"
MOST_LINES = 60
DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN")

WRONG = (
    ("relative", "_text.py", "import ansible_collections.toggl.focus.plugins.module_utils._model"),
    ("thin", "../modules/focus_client.py", "from ..module_utils._plan import plan"),
    ("thin", "../action/focus_client.py", "from ..module_utils._apply import apply"),
    ("thin", "../filter/journal_undo.py", "from ..module_utils._results import diff"),
    ("order", "_plan/match.py", "from .._task import entries"),
    ("order", "_errors.py", "from . import _model"),
    ("order", "_new.py", "from . import _text"),
    ("task", "_task/run.py", "from .._plan import plan"),
    ("task", "_task/options.py", "import requests"),
    ("api", "_api/session.py", "import ansible"),
    ("api", "_api/clients.py", "from .._plan import plan"),
    ("plan", "_plan/plan.py", "import time"),
    ("plan", "_text.py", "import os"),  # by a detour
    ("apply", "_apply/creates.py", "from .._plan import match"),
    ("results", "_results/diff.py", "import os"),
    ("results", "_results/client.py", "from .._api import clients"),
)


@pytest.mark.parametrize(("contract", "file", "line"), WRONG)
def test_a_wrong_import_is_noticed(tmp_path: Path, contract: str, file: str, line: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "plugins", tmp_path / "plugins")
    with (tmp_path / "plugins" / "module_utils" / file).open("a") as source:
        source.write(f"\n{line}\n")
    said = run("lint-imports --no-cache --contract", contract, folder=tmp_path, status=1)
    assert "0 kept, 1 broken" in said


def test_the_rooms_are_seen_at_the_first_look() -> None:
    """Five rooms as folders, and at most nine files."""
    found = [path for path in UTILS.iterdir() if path.name != "__pycache__"]
    folders = {path.name for path in found if path.is_dir()}
    assert folders == {"_task", "_api", "_plan", "_apply", "_results"}
    assert len(found) - len(folders) <= 9


def lines_of_code(source: str) -> int:
    """Without blank lines, comments and the documentation that Ansible reads."""
    code = [line.strip() for line in source.splitlines()]
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in DOCUMENTATION:
            for at in range(node.lineno - 1, node.end_lineno or 0):
                code[at] = ""
    return sum(bool(line) and not line.startswith("#") for line in code)


@pytest.mark.parametrize("room", ["modules", "action", "filter"])
def test_modules_actions_and_filters_are_short(room: str) -> None:
    """They decide nothing."""
    files = list((ROOT / "plugins" / room).glob("*.py"))
    counts = {file.name: lines_of_code(file.read_text()) for file in files}
    assert files and max(counts.values()) < MOST_LINES, counts
