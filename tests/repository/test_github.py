# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of GitHub Actions: every step carried out, and what it may do."""

from __future__ import annotations

import re

import yaml
from checks.commands import run

from .github import INTERNET, NEEDED_FROM_THERE, WORKFLOW, GitHub, steps
from .scenarios import Scenarios

DESCRIBED = yaml.safe_load(WORKFLOW.read_text())
JOBS = DESCRIBED["jobs"]


class TestGitHub(Scenarios):
    code_host = GitHub

    def test_nobody_is_asked_where_nothing_is_to_be_done(self, pipeline: GitHub) -> None:
        run = pipeline.merged()
        assert (run.jobs["plan"], run.jobs["apply"]) == ("passed", "left out"), run.output
        assert "Plan for 3 workspaces: nothing to do" in run.page


def test_it_fits_the_schema() -> None:
    run("check-jsonschema --builtin-schema vendor.github-workflows", WORKFLOW)


def test_only_what_is_named_so_needs_the_internet() -> None:
    left_out = [
        step["run"].strip().splitlines() for step in steps() if step.get("name") == INTERNET
    ]
    assert left_out == [NEEDED_FROM_THERE] * len(JOBS)


def test_actions_are_the_code_host_s_own_and_pinned_by_commit() -> None:
    lines = [
        line.split("uses: ")[1] for line in WORKFLOW.read_text().splitlines() if "uses:" in line
    ]
    assert len(lines) == 10
    for line in lines:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    assert len(set(lines)) == len({line.split("@")[0] for line in lines}) == 4


def test_a_job_may_no_more_than_it_needs() -> None:
    read = {"contents": "read"}
    assert DESCRIBED["permissions"] == read
    own = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    assert own == {
        "plan": {**read, "pull-requests": "write"},
        "drift": {**read, "issues": "write"},
    }
    checkouts = [step for step in steps() if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_the_key_is_known_to_the_steps_that_ask_the_service_alone() -> None:
    holders = [step["run"].split()[1] for step in steps() if "secrets." in str(step)]
    assert holders == ["toggl.focus.plan", "toggl.focus.apply", "toggl.focus.plan"]
    assert "secrets." not in str([{**job, "steps": []} for job in JOBS.values()])


def test_no_name_from_outside_gets_into_a_script() -> None:
    """Nothing is filled into a script; what a step needs is in its environment."""
    assert not [step for step in steps() if "${{" in step.get("run", "")]


def test_one_run_at_a_time_and_none_is_broken_off() -> None:
    assert DESCRIBED["concurrency"]["cancel-in-progress"] is False
    assert JOBS["apply"]["environment"] == "production"
