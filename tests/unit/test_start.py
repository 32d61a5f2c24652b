# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task must not load before it is needed: Ansible compiles a collection's files anew in
every process, so each costs every task some milliseconds."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support.playbooks import TREE

from ansible_collections.toggl.focus.plugins.plugin_utils import _action

UTILS = "ansible_collections.toggl.focus.plugins.module_utils"

WRITES = {"_apply.apply", "_apply.creates", "_apply.errors", "_journal", "_plan.order"}
WRITES |= {"_plan.renames"}
NOT_LOADED_BY = {"_reconcile": WRITES, "_info": {*WRITES, "_plan", "_results"}}


def loaded_by(script: str) -> set[str]:
    script = f"{script}\nimport sys; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": TREE}
    return set(
        subprocess.check_output([sys.executable, "-c", script], env=environment, text=True).split()
    )


@pytest.mark.parametrize("module", NOT_LOADED_BY)
def test_what_only_some_runs_need_is_loaded_late(module: str) -> None:
    loaded = loaded_by(f"import {UTILS}.{module}")
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
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    no_proxy: str | None,
) -> None:
    """Python asks only where the environment has no such variable. Afterwards, it is as before."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "platform", platform)
    with _action._environment(environment):
        assert os.environ.get("no_proxy") == no_proxy
    assert "no_proxy" not in os.environ
