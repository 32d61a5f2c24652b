# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline of GitLab CI: every script is run, and what it may do."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from simulator.server import Simulator

from .github import steps
from .gitlab import GIVEN, PIPELINE, PLAN, GitLab, environment_of
from .scenarios import (
    COMMANDS,
    FORGED,
    IN_ASIA,
    IN_EUROPE,
    SECTION,
    Hostile,
    Scenarios,
    code,
    names,
    workspace,
)

JOBS = yaml.safe_load(PIPELINE.read_text())


class TestGitLab(Scenarios):
    code_host = GitLab

    def test_nothing_is_written_where_something_changed_after_the_plan(
        self, pipeline: GitLab, workspaces: Simulator, hostile: Hostile
    ) -> None:
        """The others are done, and the job is red."""
        team = pipeline.team
        workspace(workspaces, "europe").add(SECTION)
        team.propose("europe", [*IN_EUROPE, *COMMANDS], **hostile.variables())
        team.propose("asia", IN_ASIA)
        team.commit(FORGED)
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "passed", proposed.output
        comment = self.comment(pipeline)
        assert "Plan for 3 workspaces: create 6, rename 1, delete 2" in comment

        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "waits"), merged.output
        assert workspaces.writes == []
        in_asia = workspace(workspaces, "asia")
        in_asia.add("Stark")
        in_asia.delete(in_asia.clients()[0].id)
        assert pipeline.approved(merged).jobs["apply"] == "failed"
        assert "The plan has changed since it was reviewed" in merged.output
        assert set(COMMANDS) < set(names(workspaces, "europe"))
        assert "Globex Corporation" in names(workspaces, "europe")
        assert names(workspaces, "asia") == ["Stark", "Umbrella"]
        assert self.drifted(pipeline) == comment  # the same plan: see gitlab.py
        hostile.assert_in_vain()

    def test_a_fork_without_a_key_gets_the_offline_plan(
        self, pipeline: GitLab, workspaces: Simulator, tmp_path: Path
    ) -> None:
        """A list is code, so whatever the fork's check knows, the fork knows."""
        told = tmp_path / "told"
        pipeline.team.propose("europe", [*IN_EUROPE, code(f"env > {told}")])
        run = pipeline.proposed(from_fork=True)
        assert run.jobs["check"] == "passed", run.output
        assert "Would create 2, rename 1" in run.output
        assert "Globex -> Globex Corporation" in run.output
        assert told.exists()
        assert not re.search("TOGGL_FOCUS_API_TOKEN|(CLIENTS_BOT|GITHUB)_TOKEN", told.read_text())
        assert workspaces.log == [] and pipeline.team.host.comments == []


def test_somebody_starts_apply_one_runs_at_a_time_and_only_drift_opens_an_issue() -> None:
    apply, issue = JOBS["apply"], JOBS["issue"]
    assert [rule["when"] for rule in apply["rules"]] == ["manual"]
    assert apply["needs"] == ["plan"]  # which has passed
    assert apply["environment"] == apply["resource_group"] == "production"
    assert issue["needs"] == ["drift"]
    assert [rule["when"] for rule in issue["rules"]] == ["on_failure"]


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
    assert ours.count(PLAN) == theirs.count(PLAN) == 2
    for command in (
        "ansible-playbook check.yml -e base=",
        f"rm -rf plan.*\n{PLAN}\n",
        f"ansible-playbook toggl.focus.apply {GIVEN}\n",
        "jq --exit-status 'all(.workspaces[]; .steps == [])' plan.json",
        "bash ci/publish.sh comment plan.md",
        "bash ci/publish.sh issue plan.md",
    ):
        assert command in ours and command in theirs, command
