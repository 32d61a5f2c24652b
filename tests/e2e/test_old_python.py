# SPDX-License-Identifier: GPL-3.0-or-later
"""On a host whose Python is too old, a module says so, in place of an error about an import."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.playbooks import played

# Options, and the keywords of a task.
MODULES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "focus_client": ({"name": "Acme"}, {"check_mode": True}),
    "focus_clients": ({"clients": ["Acme"]}, {}),
    "focus_client_info": ({}, {}),
}
OLD = "3.9"


@pytest.fixture(scope="module")
def old_python() -> str:
    """Not a placeholder that pyenv puts on PATH for a Python that is not there."""
    found = shutil.which(f"python{OLD}")
    if found is None or subprocess.run([found, "-c", ""], check=False).returncode:
        pytest.skip(f"no Python {OLD} is on this machine")
    return found


def test_an_old_python_is_one_sentence(service: Simulator, tmp_path: Path, old_python: str) -> None:
    """Which one is needed, which one is there, and what to do."""
    tasks = [
        {f"toggl.focus.{module}": options, "register": module, "ignore_errors": True, **more}
        for module, (options, more) in MODULES.items()
    ]
    there = {"ansible_connection": "elsewhere", "ansible_python_interpreter": old_python}
    ran = played(service, tmp_path, tasks, vars=there)
    for module in MODULES:
        result = ran.results[module]
        assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
        assert result["msg"] == (
            "The collection toggl.focus needs Python 3.10 or newer on the host that runs the task, "
            f"which has {OLD}: set ansible_python_interpreter to a newer one."
        )
    assert service.log == []
