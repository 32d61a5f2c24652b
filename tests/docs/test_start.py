# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to a first success: of the start page, of the README, and without an account."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Mapping
from pathlib import Path

from simulator.server import Simulator
from support.playbooks import ROOT, access
from support.stage import Stage, fill, workspaces

from tools.simulator import running

from .guide import read

FRONT = ROOT / "docs" / "docsite" / "index.rst"
FIRST_STEPS = ROOT / "docs" / "docsite" / "rst" / "first_steps.rst"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [block.text for block in read(page) if block.language == language]


(PLAYBOOK,) = blocks(FRONT, "yaml")
COMMANDS = blocks(FRONT, "shell")[0].splitlines()


def run_last(service: Simulator, folder: Path, variables: Mapping[str, str], *left_out: str) -> str:
    """Run the last command, with the playbook saved as the page says; return what it prints."""
    program, *arguments = shlex.split(COMMANDS[-1])
    assert program == "ansible-playbook" and arguments[0] == "clients.yml"
    stage = Stage(service, folder)
    stage.write("clients.yml", PLAYBOOK)
    given = [argument for argument in arguments if argument not in left_out]
    return stage.run(*given, environment=variables)


def test_a_playbook_needs_five_commands_and_the_readme_has_the_same() -> None:
    """In an environment where there is nothing; tests/slow/test_installed.py runs them all."""
    assert len(COMMANDS) == 5
    shown = [re.findall(rf"```{kind}\n(.*?)```", README, re.S) for kind in ("yaml", "shell")]
    assert shown == [[PLAYBOOK], ["\n".join([*COMMANDS, ""])]]


def test_the_first_success_with_a_playbook_is_a_check(tmp_path: Path) -> None:
    """Without it, the playbook changes the workspace once."""
    with workspaces(4242) as service:
        fill(service, 4242, "Acme", "Globex", "Initech")
        key = access(service)
        key.pop("TOGGL_FOCUS_WORKSPACE_ID")
        said = run_last(service, tmp_path, key)
        assert '# was "Globex"' in said and "Would rename 1, delete 1" in said
        assert not service.writes
        assert "changed=1" in run_last(service, tmp_path, key, "--check")
        assert "changed=0" in run_last(service, tmp_path, key, "--check")


# without an account


def test_without_an_account_the_same_command_does(tmp_path: Path) -> None:
    make, guide = ((ROOT / "Makefile").read_text(), FIRST_STEPS.read_text(encoding="utf-8"))
    assert "\n\t@PYTHONPATH=tests $(BIN)/python -m simulator " in make
    assert "make simulator\n" in blocks(FIRST_STEPS, "shell") and "`make simulator`" in README
    (options,) = re.findall(r'``make simulator ARGS="([^"]+)"``', guide)
    with running(*options.split()) as simulator:
        names = ("API_URL", "API_TOKEN", "WORKSPACE_ID")
        assert list(simulator.exported) == [f"TOGGL_FOCUS_{name}" for name in names]
        left_out = ("-e", "clients_workspace_id=4242")
        with Simulator() as other:
            said = run_last(other, tmp_path, simulator.exported, *left_out)
        assert "Would rename 1, delete 1" in said and not other.log
        simulator.process.send_signal(signal.SIGINT)
        assert simulator.process.wait(10) == 0, "Ctrl-C ends it"
