# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflow of GitHub Actions: every step is run, and what it may do."""

from __future__ import annotations

import re
from typing import ClassVar

import pytest
import yaml

from .github import WORKFLOW, GitHub, filled, steps
from .scenarios import COMMANDS, FORGED, IN_ASIA, IN_EUROPE, SECTION, Hostile, Scenarios, code

DESCRIBED = yaml.safe_load(WORKFLOW.read_text())
JOBS = DESCRIBED["jobs"]


class TestGitHub(Scenarios):
    code_host = GitHub
    due: ClassVar = {
        "merged": ("merged", {}, "", "plan apply"),
        "merged and refused": ("merged", {}, "plan", "plan"),
        "by hand to undo": ("by_hand", {"undo": "901"}, "", "undo-plan undo"),
        "by hand to undo what is not kept": ("by_hand", {"undo": "901"}, "undo-plan", "undo-plan"),
    }

    def test_a_change_goes_from_the_pull_request_to_the_workspaces(
        self, pipeline: GitHub, hostile: Hostile
    ) -> None:
        """Pull request, refusal, correction, merge; nobody is asked, so exactly the plan that was
        read by hand, twice; undone with approval. One workspace of two is refused at first; a plan
        that was committed is removed."""
        team = pipeline.team
        for name in (*COMMANDS, SECTION):  # the refusal names them, in long lines
            team.workspace("europe").add(name)
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
        team.propose("asia", [*IN_ASIA, *COMMANDS, "Sixth"])
        team.merge()
        team.host.is_protected = False
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "failed"), merged.output
        assert "Plan for 3 workspaces: create 7, rename 1, delete 2" in merged.page
        assert "forged" not in merged.page and team.service.writes == []
        assert "the environment production has no required reviewers" in merged.page
        before = [team.names(host) for host in ("europe", "asia")]

        pipeline.planned = merged.folder / "artifact plan"
        (digest,) = re.findall("The digest of the whole plan is `([0-9a-f]{64})`", merged.page)
        started = pipeline.by_hand(digest=f" {digest}")
        assert started.jobs["apply"] == "passed", started.output
        kept = ["Acme", "Globex Corporation", "Initech", "Stark"]
        assert team.names("europe") == sorted([*kept, *COMMANDS])
        assert team.names("asia") == sorted(["Acme", "Sixth", *COMMANDS])
        assert pipeline.again(started, "apply").jobs["apply"] == "passed", started.output
        assert "Nothing to do: already applied." in started.output

        team.host.is_protected = True
        assert "that run has no journal" in pipeline.by_hand(undo="901").page
        forged = pipeline.by_hand(undo=started.number, undo_run=code("id"))
        assert "undo_run has to be the id of a run" in forged.page
        undone = pipeline.by_hand(undo=started.number, max_deletions="6")
        assert (undone.jobs["undo-plan"], undone.jobs["undo"]) == ("passed", "waits"), undone.output
        assert "rename   Globex Corporation -> Globex" in undone.page
        assert team.names("asia") == sorted(["Acme", "Sixth", *COMMANDS])
        assert pipeline.approved(undone).jobs["undo"] == "passed", undone.output
        assert [team.names(host) for host in ("europe", "asia")] == before

        issue = self.drifted(pipeline)
        assert "delete 2" in issue and "forged" not in issue
        hostile.assert_in_vain()

    def test_nobody_is_asked_where_nothing_is_to_be_done_or_apply_is_started_by_hand(
        self, pipeline: GitHub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """That ``plan`` gives this number of steps then is in ``test_newcomer.py``."""
        monkeypatch.setattr(pipeline, "_job", lambda *_: True)
        for steps_to_do, apply, asked in (
            ("1", "", ["waits", "waits"]),
            ("1", "by hand", ["left out", "waits"]),
            ("0", "", ["left out", "left out"]),
        ):
            pipeline.outputs["plan"] = {"steps": steps_to_do}
            pipeline.variables["CLIENTS_APPLY"] = apply
            runs = pipeline.merged(), pipeline.by_hand(digest="0" * 64)
            assert [run.jobs["apply"] for run in runs] == asked

    @pytest.mark.parametrize("has_read", [False, True])
    def test_where_nobody_is_asked_an_undo_needs_somebody_who_has_read_its_plan(
        self, pipeline: GitHub, has_read: bool
    ) -> None:
        pipeline.team.host.is_protected = False
        plan, undo = pipeline.jobs["undo-plan"], pipeline.jobs["undo"]
        until_asked = {**undo, "steps": undo["steps"][:2]}
        pipeline.jobs = {"undo-plan": {**plan, "steps": []}, "undo": until_asked}
        run = pipeline.by_hand(undo="901", has_read=has_read)
        assert run.jobs["undo"] == ("passed" if has_read else "failed"), run.output


def test_a_job_may_no_more_than_it_needs() -> None:
    read = {"contents": "read"}
    assert DESCRIBED["permissions"] == read
    own = {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job}
    writing = {"comment": "pull-requests", "issue": "issues"}
    asking = dict.fromkeys(("apply", "undo-plan", "undo"), {**read, "actions": "read"})
    assert own == {**asking, **{name: {**read, what: "write"} for name, what in writing.items()}}
    checkouts = [step for step in steps() if "checkout" in step.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_runs_the_lists_may_not_write_and_what_may_write_runs_no_list() -> None:
    """Each token is known to the steps that need it alone."""
    asking = [step["run"] for step in steps() if "secrets." in str(step)]
    playbooks = re.findall(r"^ansible-playbook toggl.focus.(\S+)", "\n".join(asking), re.MULTILINE)
    assert playbooks == ["plan", "apply", "undo", "undo", "plan"]
    assert len(asking) == 5
    asking = [step.get("run", step.get("uses")) for step in steps() if "github.token" in str(step)]
    publish, download = "bash ci/publish.sh", "actions/download-artifact"
    assert [re.split(r"[@ ](?!ci)", text)[0] for text in asking] == [
        *(publish, "bash ci/approval.sh", download, "bash ci/approval.sh", download, publish),
    ]
    for name, job in JOBS.items():
        writes = "write" in job.get("permissions", {}).values()
        assert writes == ("ansible" not in str(job["steps"])), name
    outside = str([{**job, "steps": 0} for job in JOBS.values()])
    assert not re.search(r"secrets\.|github\.token", outside)


def test_commands_of_the_log_are_stopped_wherever_names_are_printed() -> None:
    """And nothing is filled into a script; what a step needs is in its environment."""
    printing = [step for step in steps() if "ansible-playbook" in step.get("run", "")]
    assert len(printing) == 6
    assert {step["run"].splitlines()[0] for step in printing} == {". ci/stop-commands.sh"}
    assert all("|& tee" in step["run"] for step in printing)  # errors are on the run's page, too
    assert not [step for step in steps() if "${{" in step.get("run", "")]


def test_the_address_is_a_variable_of_the_repository_or_the_one_of_the_service() -> None:
    text, own = DESCRIBED["env"]["TOGGL_FOCUS_API_URL"], "https://a.example"
    assert filled(text, {"vars": {}}) == "https://focus.toggl.com/api"
    assert filled(text, {"vars": {"TOGGL_FOCUS_API_URL": own}}) == own


def test_one_run_at_a_time_and_none_is_broken_off() -> None:
    assert DESCRIBED["concurrency"]["cancel-in-progress"] is False
    for name in ("apply", "undo"):
        assert JOBS[name]["environment"] == JOBS[name]["concurrency"] == "production"


def test_a_journal_is_kept_whatever_became_of_the_job_for_some_time_and_not_in_public() -> None:
    kept = [step for step in steps() if "journal" in step.get("with", {}).get("name", "")]
    assert [step["if"] for step in kept] == [
        "${{ always() && github.event.repository.private }}",
    ] * 2
    assert {step["with"]["retention-days"] for step in kept} == {30}
