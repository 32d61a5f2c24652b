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
FIRST_STEPS = (ROOT / "docs/docsite/rst/first_steps.rst").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
(PLAYBOOK,) = (block.text for block in read(FRONT) if block.language == "yaml")
COMMANDS = next(block.text for block in read(FRONT) if block.language == "shell").splitlines()


def run_last(service: Simulator, folder: Path, variables: Mapping[str, str], *left_out: str) -> str:
    """Run the last command, with the playbook saved as the page says; return what it prints."""
    program, name, *arguments = shlex.split(COMMANDS[-1])
    assert (program, name) == ("ansible-playbook", "playbook.yml")
    stage = Stage(service, folder)
    stage.write(name, PLAYBOOK)
    return stage.run(name, *(a for a in arguments if a not in left_out), environment=variables)


def test_a_playbook_needs_five_commands_and_the_readme_has_the_same() -> None:
    """``tests/slow/test_installed.py`` runs them all, in an environment where there is nothing."""
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


def test_without_an_account_the_same_command_does(tmp_path: Path) -> None:
    assert "\n\t@PYTHONPATH=tests $(BIN)/python -m simulator " in (ROOT / "Makefile").read_text()
    assert "\n   make simulator\n" in FIRST_STEPS and "`make simulator`" in README
    (options,) = re.findall(r'``make simulator ARGS="([^"]+)"``', FIRST_STEPS)
    with running(*options.split()) as simulator, Simulator() as other:
        assert simulator.exported.keys() == access(other).keys()
        given = (other, tmp_path, simulator.exported, "-e", "clients_workspace_id=4242")
        assert "Would rename 1, delete 1" in run_last(*given) and not other.log
        simulator.process.send_signal(signal.SIGINT)
        assert simulator.process.wait(10) == 0, "Ctrl-C ends it"
