# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that somebody reads who copies the example, executed as it is written."""

from __future__ import annotations

import json
import re
import shutil
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from simulator.server import Simulator
from support.playbooks import access

from .github import NEEDED_FROM_THERE, steps
from .team import EXAMPLE, ROOT, Machine

OURS = {"python_version": "3.13", "python_full_version": "3.13.0", "extra": ""}
README = (EXAMPLE / "README.md").read_text()
(FROM_COPY_TO_PLAN,) = map(str.splitlines, re.findall(r"```shell\n(.*?)```", README, re.DOTALL))
GUIDE = (ROOT / "docs" / "docsite" / "rst" / "repository.rst").read_text()
JUNIT = re.findall(r"(?m)^   (export .*|ansible-playbook toggl.focus.drift)$", GUIDE)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    (tmp_path / "examples").mkdir()
    shutil.copytree(EXAMPLE, tmp_path / "examples" / "repository")
    return tmp_path


def test_from_the_copy_to_a_green_plan_are_five_commands(
    machine: Machine, workspaces: Simulator, copied: Path
) -> None:
    """Without those that ask the internet. Nothing is to be done, so the pipeline asks nobody."""
    assert len(FROM_COPY_TO_PLAN) == 5 and README.count("\n") <= 100
    own = [line for line in FROM_COPY_TO_PLAN if not line.endswith(tuple(NEEDED_FROM_THERE))]
    assert len(own) == 3
    asked, given = "read -rs TOGGL_FOCUS_API_TOKEN", f"TOGGL_FOCUS_API_TOKEN={workspaces.token}"
    script = "\n".join(own).replace(asked, given)
    done = machine.run(script, copied, {"TOGGL_FOCUS_API_URL": workspaces.url})
    assert done.returncode == 0, done.stdout
    plan = json.loads((copied / "clients" / "plan.json").read_text())
    assert set(plan["workspaces"]) == {"europe", "asia", "america"}
    assert not [one for one in plan["workspaces"].values() if one["refusal"] or one["steps"]]
    assert "3 workspaces: nothing to do" in (copied / "clients" / "plan.md").read_text()
    counting = re.findall(r"^.*\bjq .*", "\n".join(step.get("run", "") for step in steps()), re.M)
    done = machine.run("\n".join(counting), copied / "clients", {"GITHUB_OUTPUT": "/dev/stdout"})
    assert (done.returncode, done.stdout.split()) == (0, ["steps=0", "true"]), done.stdout


def test_packages_are_pinned_by_hash_with_all_that_they_need() -> None:
    """No address of an index is among them, and nothing is built: that needs what is not pinned."""
    text = re.sub(r"\s*\\\n\s*", " ", (EXAMPLE / "requirements.txt").read_text())
    lines = [line for line in text.splitlines() if line.partition("#")[0].strip()]
    assert lines[:2] == ["--require-hashes", "--only-binary :all:"]
    for line in lines[2:]:
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( --hash=sha256:[0-9a-f]{64})+", line), line
    assert needed("ansible-core", "requests") <= {line.split("==")[0] for line in lines[2:]}


def needed(*names: str) -> set[str]:
    """Return the names of packages, and of all that they need with the Python of the pipelines."""
    requirements = [Requirement(text) for name in names for text in metadata.requires(name) or ()]
    due = [one.name for one in requirements if not one.marker or one.marker.evaluate(OURS)]
    return {*map(canonicalize_name, names)} | (needed(*due) if due else set())


@pytest.mark.parametrize("asking", ["repository", "awx/project/collections"])
def test_the_collection_that_it_asks_for_is_this_one(asking: str) -> None:
    """Exactly its version, so that plan and apply have the same: a range could grow in between."""
    asked = yaml.safe_load((EXAMPLE.parent / asking / "requirements.yml").read_text())
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert asked == {"collections": [{"name": "toggl.focus", "version": version}]}


def test_workspaces_of_one_key_take_turns_and_awx_s_jobs_have_the_same_settings() -> None:
    """So each knows what the others have left of the quota."""
    ours, awx = (EXAMPLE / "ansible.cfg").read_text(), EXAMPLE.parent / "awx" / "project"
    shared, _, _ = (awx / "ansible.cfg").read_text().partition("\n[inventory]\n")
    assert ours == shared and "\nforks = 1\n" in ours


def test_a_workspace_that_differs_is_a_failed_case_for_junit(
    machine: Machine, workspaces: Simulator, copied: Path
) -> None:
    workspaces.workspaces[4712].add("Globex")
    folder = copied / "examples" / "repository"
    (client,) = [c for c in workspaces.workspaces[4713].clients() if c.name == "Hooli"]
    workspaces.workspaces[4713].delete(client.id)
    done = machine.run("\n".join(JUNIT), folder, access(workspaces))
    assert done.returncode == 2, done.stdout
    (report,) = (folder / "junit").glob("*.xml")
    cases = report.read_text()
    failed = re.findall(r'<testcase[^>]*name="([^"]*)"[^>]*>\s*<failure', cases)
    assert failed and all("america" in name for name in failed), failed
    assert workspaces.token not in cases and "Hooli" not in "".join(failed)
