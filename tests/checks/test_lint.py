# SPDX-License-Identifier: GPL-3.0-or-later
"""Style, types, licences and imports: one test a tool. ansible-lint is in ``tests/slow``."""

from __future__ import annotations

import pytest

from .commands import run

PLUGINS = "ansible_collections.toggl.focus.plugins"
TYPED = ("module_utils", "plugin_utils", "action", "filter")
CI = "examples/repository/ci"
OF_PIPELINES = " ".join(f"{CI}/{n}.sh" for n in ("approval", "digest", "page", "publish"))
SCRIPTS = f".ci/run {OF_PIPELINES} {CI}/stop-commands.sh tools/environment.sh tools/tree.sh"
TOOLS = {
    "imports": "lint-imports --no-cache --no-logo",
    "mypy": " ".join(["mypy", *(f"-p {PLUGINS}.{room}" for room in TYPED)]),
    "reuse": "reuse lint --quiet",
    "ruff": "ruff check --no-cache .",
    "format": "ruff format --no-cache --check .",
    "shellcheck": f"shellcheck {SCRIPTS}",
}


@pytest.mark.parametrize("command", TOOLS.values(), ids=TOOLS)
def test_a_tool_has_no_complaint(command: str) -> None:
    run(command)
