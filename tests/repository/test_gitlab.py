# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipeline of GitLab CI: every script is run, and what it may do."""

from __future__ import annotations

import re
from typing import ClassVar

from .github import steps
from .gitlab import GitLab, described_with, environment_of
from .pipeline import GIVEN, PLAN, in_one_line
from .scenarios import COMMANDS, FORGED, IN_ASIA, IN_EUROPE, SECTION, Hostile, Scenarios

DESCRIBED = described_with()
JOBS = {name: job for name, job in DESCRIBED.items() if "script" in job}


class TestGitLab(Scenarios):
    code_host = GitLab
    due: ClassVar = {
        "merged": ("merged", {}, "", "plan"),
        "by hand to undo": ("by_hand", {"undo": "901"}, "", "journal undo-plan undo"),
        "by hand to undo what is not kept": ("by_hand", {"undo": "901"}, "journal", "journal"),
    }

    def test_nothing_is_written_where_something_changed_after_the_plan(
        self, pipeline: GitLab, hostile: Hostile
    ) -> None:
        """The others are done, the job is red, and ``check`` needs no key, which a fork has not."""
        team = pipeline.team
        team.workspace("europe").add(SECTION)
        team.propose("europe", [*IN_EUROPE, *COMMANDS], **hostile.variables())
        team.propose("asia", IN_ASIA)
        team.commit(FORGED)
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "passed", proposed.output
        check, *_ = proposed.output.split("\n$ ")
        assert "rename   Globex -> Globex Corporation" in check
        comment = self.comment(pipeline)
        assert "Plan for 3 workspaces: create 6, rename 1, delete 2" in comment

        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "left out"), merged.output
        digest = re.findall("The digest of the whole plan is ([0-9a-f]{64})", merged.output)[0]
        team.host.is_protected = False
        plan = (merged.folder / "artifact plan/plan.json").read_text()
        of_one = re.findall('"digest": "([0-9a-f]{64})"', plan)[0]
        for given, why in (
            (digest[::-1], "the plan is not the one that was read"),
            (of_one, "this is the digest of the workspace"),
        ):
            another = pipeline.by_hand(digest=given)
            assert another.jobs["apply"] == "failed"
            _, said = another.output.split("$ apply\n")
            assert f"Nothing was applied: {why}" in said and digest not in said
        assert team.service.writes == []

        before, in_asia = team.names("europe"), team.workspace("asia")
        in_asia.add("Stark")
        in_asia.delete(in_asia.clients()[0].id)
        merged = pipeline.by_hand(digest=digest)
        assert merged.jobs["apply"] == "failed"
        assert "The plan has changed since it was reviewed" in merged.output
        assert set(COMMANDS) < set(team.names("europe"))
        assert "Globex Corporation" in team.names("europe")
        assert team.names("asia") == ["Stark", "Umbrella"]
        assert self.drifted(pipeline) == comment  # the same plan: see pipeline.py
        hostile.assert_in_vain()

        journal = (merged.folder / "artifact apply/journal-private/journal.jsonl").read_text()
        assert "Globex Corporation" in journal  # though the job has failed
        team.host.is_protected = True
        assert "901 has no journal" in pipeline.by_hand(undo="901").output
        undo = pipeline.by_hand(undo=merged.number, max_deletions="6")
        assert (undo.jobs["journal"], undo.jobs["undo"]) == ("passed", "waits"), undo.output
        kept = undo.folder / "artifact journal/journal-private/journal.jsonl"
        assert kept.read_text() == journal
        assert "Would rename 1, restore 1, delete 6." in undo.output
        assert pipeline.approved(undo).jobs["undo"] == "passed", undo.output
        assert team.names("europe") == before and team.names("asia") == ["Stark", "Umbrella"]


def test_somebody_starts_what_writes_one_runs_at_a_time_and_only_drift_opens_an_issue() -> None:
    for name in ("apply", "undo"):
        (rule,) = JOBS[name]["rules"]
        assert '$CI_PIPELINE_SOURCE == "web"' in rule["if"]
        assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"]
        assert JOBS[name]["environment"] == JOBS[name]["resource_group"] == "production"
    issue = JOBS["issue"]
    assert issue["needs"] == ["drift"]
    assert [rule["when"] for rule in issue["rules"]] == ["on_failure"]


def test_a_journal_is_kept_whatever_became_of_the_job_for_some_time_and_not_in_public() -> None:
    for name in ("apply", "journal", "undo"):
        kept = JOBS[name]["artifacts"]
        assert (kept["when"], kept["expire_in"]) == ("always", "30 days")
        assert kept["paths"] == ["journal-private/", "journal-internal/"]
        assert "journal-$CI_PROJECT_VISIBILITY/journal.jsonl" in JOBS[name]["script"][-1]


def test_the_key_and_the_bot_s_token_are_in_no_job_together() -> None:
    """A variable is bound to an environment; no other way keeps it out of a job."""
    assert {name: environment_of(job) for name, job in JOBS.items()} == {
        "check": "",
        **dict.fromkeys(("plan", "undo-plan", "drift"), "plan"),
        **dict.fromkeys(("comment", "issue", "journal"), "comments"),
        **dict.fromkeys(("apply", "undo"), "production"),
    }
    for name in ("comment", "issue", "journal"):
        job = JOBS[name]
        assert job["environment"]["action"] == JOBS["plan"]["environment"]["action"] == "access"
        assert not re.search("ansible|pip", str([job["before_script"], job["script"]]))


def test_it_runs_what_the_workflow_of_github_runs() -> None:
    """The same playbooks and the same script, with the same words and the same address."""
    address = "https://focus.toggl.com/api"
    assert DESCRIBED["variables"]["TOGGL_FOCUS_API_URL"] == address
    ours = "\n".join(line for job in JOBS.values() for line in job["script"])
    theirs = in_one_line("\n".join(step.get("run", "") for step in steps()))
    assert ours.count(PLAN) == theirs.count(PLAN) == 2
    for command in (
        "ansible-playbook check.yml -e base=",
        f"ansible-playbook toggl.focus.apply {GIVEN} ",
        'ansible-playbook toggl.focus.undo --check -e clients_api_url="$TOGGL_FOCUS_API_URL" ',
        'ansible-playbook toggl.focus.undo -e clients_api_url="$TOGGL_FOCUS_API_URL" ',
        "${UNDO_RUN:+-e clients_undo_run=$UNDO_RUN}",
        "${MAX_DELETIONS:+-e clients_max_deletions=$MAX_DELETIONS}",
        'bash ci/digest.sh plan.json "$DIGEST"',
        "jq --exit-status 'all(.workspaces[]; .steps == [])' plan.json",
        "bash ci/publish.sh comment plan.md",
        "bash ci/publish.sh issue plan.md",
    ):
        assert command in ours and command in theirs, command
