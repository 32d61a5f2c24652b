# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task must not load before it is needed: each file costs every task some milliseconds."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from support.playbooks import TREE

from ansible_collections.toggl.focus.plugins.plugin_utils import _action

UTILS = "ansible_collections.toggl.focus.plugins.module_utils"

WRITES = {"_apply.apply", "_apply.creates", "_apply.errors", "_journal", "_plan.order"}
WRITES |= {"_plan.renames"}
NOT_LOADED_BY = {"_reconcile": WRITES, "_info": {*WRITES, "_plan", "_results"}}


@pytest.mark.parametrize("module", NOT_LOADED_BY)
def test_what_only_some_runs_need_is_loaded_late(module: str) -> None:
    script = f"import sys, {UTILS}.{module}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": TREE}
    shown = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    loaded = set(shown.split())
    late = {f"{UTILS}.{of}" for of in NOT_LOADED_BY[module]}
    assert f"{UTILS}.{module}" in loaded
    assert not loaded & {"concurrent.futures", "difflib", *late}


PROXIES = [
    ("darwin", {}, "*"),
    ("darwin", {"HTTPS_PROXY": "http://127.0.0.1:3128"}, None),
    ("darwin", {"no_proxy": "localhost"}, "localhost"),
    ("linux", {}, None),
]


@pytest.mark.parametrize(("platform", "environment", "no_proxy"), PROXIES)
def test_on_macos_a_forked_process_never_asks_the_system_for_proxies(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: Any, no_proxy: Any
) -> None:
    """Python asks only where the environment has no such variable. Afterwards, it is as before."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "platform", platform)
    with _action._environment(environment):
        assert os.environ.get("no_proxy") == no_proxy
    assert "no_proxy" not in os.environ
