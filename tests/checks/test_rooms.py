# SPDX-License-Identifier: GPL-3.0-or-later
"""Each contract of ``pyproject.toml`` notices what its room must not know."""

from __future__ import annotations

import re
import shutil

import pytest

from .commands import ROOT, run

PLUGINS = ROOT / "plugins"
CONTRACTS = dict(
    re.findall(r'(?m)^id = "(.+)"\nname = "(.+)"$', (ROOT / "pyproject.toml").read_text())
)

WRONG = """
relative | _text.py | import ansible_collections.toggl.focus.plugins | _text -> ansible_collections
thin | ../modules/focus_client.py | from ..module_utils._plan import plan | -> _plan.plan
thin | ../action/focus_client.py | from ..module_utils._apply import apply | -> _apply.
thin | ../filter/journal_undo.py | from ..module_utils._results import common | -> _results.
order | _plan/match.py | from .._task import entries | _plan.match -> _task.entries
order | _errors.py | from . import _model | _errors -> _model
order | _new.py | from . import _text | not listed as layers: - _new
task | _task/run.py | from .._plan import plan | _task.run -> _plan.plan
task | _task/options.py | import requests | _task.options -> requests
api | _api/session.py | import ansible | _api.session -> ansible
api | _api/clients.py | from .._plan import plan | _api.clients -> _plan.plan
plan | _plan/plan.py | import time | _plan.plan -> time
plan | _text.py | import os | _text -> os
apply | _apply/creates.py | from .._plan import match | _apply.creates -> _plan.match
results | _results/render.py | import os | _results.render -> os
results | _results/clients.py | from .._api import clients | clients -> _api.clients
"""
"""The contract, a file, a wrong line for it, and what is said then; ``_plan`` imports ``_text``."""

ROWS = [line.split(" | ") for line in WRONG.strip().splitlines()]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said under each contract, of a copy with all the wrong lines."""
    folder = tmp_path_factory.mktemp("rooms")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(PLUGINS, folder / "plugins")
    for _, file, line, _ in ROWS:
        with (folder / "plugins" / "module_utils" / file).open("a") as source:
            source.write(f"\n{line}\n")
    said = run("lint-imports --no-cache", folder=folder, status=1)
    _, _, broken = said.partition("\nBroken contracts\n")
    parts = re.split(rf"(?m)^({'|'.join(map(re.escape, CONTRACTS.values()))})$", broken)
    by_name = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {
        contract: " ".join(by_name[name].replace("plugins.module_utils.", "").split())
        for contract, name in CONTRACTS.items()
    }


@pytest.mark.parametrize(("contract", "file", "line", "shown"), ROWS)
def test_a_wrong_import_is_noticed(
    complaints: dict[str, str], contract: str, file: str, line: str, shown: str
) -> None:
    assert shown in complaints[contract], f"{line} in {file}"


def test_modules_actions_and_filters_are_short() -> None:
    """They decide nothing. What counts is neither a comment nor what Ansible reads."""
    files = [p for room in ("modules", "action", "filter") for p in (PLUGINS / room).glob("*.py")]
    for file in files:
        documented = r'(?ms)^(DOCUMENTATION|EXAMPLES|RETURN) = r""".*?^"""$'
        code = re.findall(r"(?m)^ *[^#\s]", re.sub(documented, "", file.read_text()))
        assert len(code) < 60, file
