# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that somebody reads who copies the example, carried out as it is written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from simulator.server import Simulator

from .github import NEEDED_FROM_THERE
from .team import EXAMPLE, Machine

README = (EXAMPLE / "README.md").read_text()
FROM_COPY_TO_PLAN, JUNIT = (
    block.splitlines() for block in re.findall(r"```shell\n(.*?)```", README, re.DOTALL)
)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    (tmp_path / "examples").mkdir()
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "repository")
    return tmp_path


def key(workspaces: Simulator) -> Mapping[str, str]:
    return {"TOGGL_FOCUS_API_TOKEN": workspaces.token}


def test_from_the_copy_to_a_green_plan_are_five_commands(
    machine: Machine, workspaces: Simulator, copied: Path
) -> None:
    """Those that ask the package index and Galaxy are left out: the machine has what they get."""
    assert len(FROM_COPY_TO_PLAN) == 5 and README.count("\n") < 80
    own = [line for line in FROM_COPY_TO_PLAN if line not in NEEDED_FROM_THERE]
    assert len(own) == 3
    script = "\n".join(own).replace("toggl_sk_...", workspaces.token)
    done = machine.run(script, copied)
    assert done.returncode == 0, done.stdout
    plan = json.loads((copied / "clients" / "plan.json").read_text())
    assert set(plan["workspaces"]) == {"europe", "asia", "america"}
    assert not [one for one in plan["workspaces"].values() if one["refusal"] or one["steps"]]


def test_the_collection_that_it_asks_for_is_this_one(machine: Machine) -> None:
    """Galaxy is not asked where what is installed will do."""
    command = "ansible-galaxy collection install --offline -r requirements.yml"
    done = machine.run(command, EXAMPLE)
    assert done.returncode == 0 and "already installed" in done.stdout, done.stdout


def test_a_workspace_that_differs_is_a_failed_case_for_junit(
    machine: Machine, workspaces: Simulator, copied: Path
) -> None:
    workspaces.workspaces[4712].add("Globex")
    folder = copied / "examples" / "repository"
    (client,) = [c for c in workspaces.workspaces[4713].clients() if c.name == "Hooli"]
    workspaces.workspaces[4713].delete(client.id)
    done = machine.run("\n".join(JUNIT), folder, key(workspaces))
    assert done.returncode == 2, done.stdout
    (report,) = (folder / "junit").glob("*.xml")
    cases = report.read_text()
    failed = re.findall(r'<testcase[^>]*name="([^"]*)"[^>]*>\s*<failure', cases)
    assert failed and all("america" in name for name in failed), failed
    assert workspaces.token not in cases and "Hooli" not in "".join(failed)
