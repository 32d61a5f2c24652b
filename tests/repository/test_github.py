# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of GitHub Actions: every step is run, and what it may do."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from simulator.server import Simulator

from .github import INTERNET, NEEDED_FROM_THERE, WORKFLOW, GitHub, filled, steps
from .pipeline import Run
from .scenarios import (
    COMMANDS,
    FORGED,
    IN_ASIA,
    IN_EUROPE,
    SECTION,
    Hostile,
    Scenarios,
    names,
    workspace,
)

DESCRIBED = yaml.safe_load(WORKFLOW.read_text())
JOBS = DESCRIBED["jobs"]


class TestGitHub(Scenarios):
    code_host = GitHub

    def test_a_change_goes_from_the_pull_request_to_the_workspaces(
        self, pipeline: GitHub, workspaces: Simulator, hostile: Hostile
    ) -> None:
        """Pull request, refusal, correction, merge, approval, and exactly the plan that was seen.

        Of two workspaces that are changed, one is refused at first: the comment has both. Drift, at
        the end, is what somebody has added. A plan is where the pipeline says, and what was
        committed in its place is removed. What names do to the log is checked after each test."""
        team = pipeline.team
        in_europe = workspace(workspaces, "europe")
        for name in (*COMMANDS, SECTION):  # the refusal names them, in long lines
            in_europe.add(name)
        team.propose("asia", [*IN_ASIA, *COMMANDS])
        team.propose("europe", ["Acme"], **hostile.variables())
        team.commit(FORGED)
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "failed"
        assert "- delete   Umbrella" in proposed.page
        comment = self.comment(pipeline)
        assert "**`europe` cannot be applied:**" in comment and "`asia`: `Umbrella`" in comment
        hostile.assert_in_vain()

        team.propose("europe", [*IN_EUROPE, *COMMANDS], **hostile.variables())
        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "waits"), merged.output
        assert "Plan for 3 workspaces: create 6, rename 1, delete 2" in merged.page
        assert "forged" not in merged.page and workspaces.writes == []
        assert pipeline.approved(merged).jobs["apply"] == "passed", merged.output
        kept = ["Acme", "Globex Corporation", "Initech", "Stark"]
        assert names(workspaces, "europe") == sorted([*kept, *COMMANDS])
        assert names(workspaces, "asia") == sorted(["Acme", *COMMANDS])

        in_europe.add(SECTION)
        issue = self.drifted(pipeline)
        assert "delete 1" in issue and "forged" not in issue
        hostile.assert_in_vain()

    def test_nobody_is_asked_where_nothing_is_to_be_done(
        self, pipeline: GitHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """That ``plan`` gives this number then is in ``test_newcomer.py``."""

        def job(_: Run, name: str) -> bool:
            pipeline.outputs[name] = {"steps": "0"}
            return True

        monkeypatch.setattr(pipeline, "_job", job)
        run = pipeline.merged()
        assert (run.jobs["plan"], run.jobs["apply"]) == ("passed", "left out")


def test_only_what_is_named_so_needs_the_internet() -> None:
    """That actions are pinned is in ``tests/checks/test_house.py``."""
    left_out = [
        step["run"].strip().splitlines() for step in steps() if step.get("name") == INTERNET
    ]
    assert left_out == [NEEDED_FROM_THERE] * 4


def test_a_job_may_no_more_than_it_needs() -> None:
    read = {"contents": "read"}
    assert DESCRIBED["permissions"] == read
    own = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    writing = {"comment": "pull-requests", "issue": "issues"}
    assert own == {name: {**read, what: "write"} for name, what in writing.items()}
    checkouts = [step for step in steps() if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_runs_the_lists_may_not_write_and_what_may_write_runs_no_list() -> None:
    """Each token is known to the steps that need it alone."""
    asking = [step["run"] for step in steps() if "secrets." in str(step)]
    playbooks = re.findall(r"^ansible-playbook (\S+)", "\n".join(asking), re.MULTILINE)
    assert playbooks == ["toggl.focus.plan", "toggl.focus.apply", "toggl.focus.plan"]
    assert len(asking) == 3
    writing = [step["run"].split()[:2] for step in steps() if "github.token" in str(step)]
    assert writing == [["bash", "ci/publish.sh"]] * 2
    for name, job in JOBS.items():
        assert ("permissions" in job) == ("ansible" not in str(job["steps"])), name
    outside = str([{**job, "steps": 0} for job in JOBS.values()])
    assert not re.search(r"secrets\.|github\.token", outside)


def test_commands_of_the_log_are_stopped_wherever_names_are_printed() -> None:
    """And nothing is filled into a script; what a step needs is in its environment."""
    printing = [step for step in steps() if "ansible-playbook" in step.get("run", "")]
    assert len(printing) == 4
    assert {step["run"].splitlines()[0] for step in printing} == {". ci/stop-commands.sh"}
    assert not [step for step in steps() if "${{" in step.get("run", "")]


def test_the_address_is_a_variable_of_the_repository_or_the_one_of_the_service() -> None:
    (text,) = DESCRIBED["env"].values()
    own: dict[str, Any] = {"vars": {"TOGGL_FOCUS_API_URL": "https://a.example"}}
    unset: tuple[dict[str, Any], ...] = ({}, {"vars": {}})
    addresses = [filled(text, known) for known in (*unset, own)]
    assert addresses == [*["https://focus.toggl.com/api"] * 2, "https://a.example"]


def test_one_run_at_a_time_and_none_is_broken_off() -> None:
    assert DESCRIBED["concurrency"]["cancel-in-progress"] is False
    assert JOBS["apply"]["environment"] == "production"
