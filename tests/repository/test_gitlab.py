# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline of GitLab CI: every script carried out, and what it may do."""

from __future__ import annotations

import yaml
from checks.commands import run

from .github import steps
from .gitlab import PIPELINE, GitLab
from .scenarios import Scenarios

JOBS = yaml.safe_load(PIPELINE.read_text())


class TestGitLab(Scenarios):
    code_host = GitLab


def test_it_fits_the_schema() -> None:
    run("check-jsonschema --builtin-schema vendor.gitlab-ci", PIPELINE)


def test_somebody_starts_apply_and_one_runs_at_a_time() -> None:
    apply = JOBS["apply"]
    assert [rule["when"] for rule in apply["rules"]] == ["manual"]
    assert apply["environment"] == apply["resource_group"] == "production"


def test_it_runs_what_the_workflow_of_github_runs() -> None:
    """The same playbooks and the same script, with the same words."""
    ours = "\n".join(line for job in JOBS.values() if "script" in job for line in job["script"])
    theirs = "\n".join(step.get("run", "") for step in steps())
    for command in (
        "ansible-playbook check.yml -e base=",
        "ansible-playbook toggl.focus.plan",
        "ansible-playbook toggl.focus.apply -e clients_plan_file=plan.json",
        "jq --exit-status 'all(.workspaces[]; .steps == [])' plan.json",
        "bash ci/publish.sh comment plan.md",
        "bash ci/publish.sh issue plan.md",
    ):
        assert command in ours and command in theirs, command
