# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline of GitLab CI: every script carried out, and what it may do."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from checks.commands import run
from simulator.server import Simulator

from .conftest import WORKSPACES
from .github import steps
from .gitlab import PIPELINE, GitLab, environment_of
from .scenarios import COMMANDS, Scenarios, names

JOBS = yaml.safe_load(PIPELINE.read_text())
GIVEN = '-e clients_api_url="$TOGGL_FOCUS_API_URL" -e clients_plan_file=plan.json'


class TestGitLab(Scenarios):
    code_host = GitLab

    def test_nothing_is_written_where_something_changed_after_the_plan(
        self, pipeline: GitLab, workspaces: Simulator, elsewhere: Simulator, tmp_path: Path
    ) -> None:
        """The others are done, and the job is red."""
        merged = self.merged(pipeline, workspaces, elsewhere, tmp_path)
        in_asia = workspaces.workspaces[WORKSPACES["asia"]["clients_workspace_id"]]
        in_asia.add("Stark")
        in_asia.delete(in_asia.clients()[0].id)
        assert pipeline.approved(merged).jobs["apply"] == "failed"
        assert "The plan has changed since it was reviewed" in merged.output
        assert set(COMMANDS) < set(names(workspaces, "europe"))
        assert "Globex Corporation" in names(workspaces, "europe")
        assert names(workspaces, "asia") == ["Stark", "Umbrella"]
        self.drifted(pipeline, elsewhere, tmp_path)


def test_it_fits_the_schema() -> None:
    run("check-jsonschema --builtin-schema vendor.gitlab-ci", PIPELINE)


def test_somebody_starts_apply_and_one_runs_at_a_time() -> None:
    apply = JOBS["apply"]
    assert [rule["when"] for rule in apply["rules"]] == ["manual"]
    assert apply["needs"] == ["plan"]  # which has passed
    assert apply["environment"] == apply["resource_group"] == "production"


def test_only_drift_opens_an_issue() -> None:
    issue = JOBS["issue"]
    assert (issue["needs"], [rule["when"] for rule in issue["rules"]]) == (
        ["drift"],
        ["on_failure"],
    )


def test_the_key_and_the_bot_s_token_are_in_no_job_together() -> None:
    """A variable is bound to an environment; no other way keeps it out of a job."""
    environments = {name: environment_of(job) for name, job in JOBS.items() if "script" in job}
    assert environments == {
        "check": "",
        **dict.fromkeys(("plan", "drift"), "plan"),
        **dict.fromkeys(("comment", "issue"), "comments"),
        "apply": "production",
    }
    for name in ("comment", "issue"):
        job = JOBS[name]
        assert job["environment"]["action"] == JOBS["plan"]["environment"]["action"] == "access"
        assert not re.search("ansible|pip", str([job["before_script"], job["script"]]))


def test_it_runs_what_the_workflow_of_github_runs() -> None:
    """The same playbooks and the same script, with the same words and the same address."""
    assert JOBS["variables"] == {"TOGGL_FOCUS_API_URL": "https://focus.toggl.com/api"}
    ours = "\n".join(line for job in JOBS.values() if "script" in job for line in job["script"])
    theirs = "\n".join(step.get("run", "") for step in steps())
    for command in (
        "ansible-playbook check.yml -e base=",
        f"rm -rf plan.*\nansible-playbook toggl.focus.plan {GIVEN}\n",
        f"ansible-playbook toggl.focus.apply {GIVEN}\n",
        "jq --exit-status 'all(.workspaces[]; .steps == [])' plan.json",
        "bash ci/publish.sh comment plan.md",
        "bash ci/publish.sh issue plan.md",
    ):
        assert command in ours and command in theirs, command
