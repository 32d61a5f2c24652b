# SPDX-License-Identifier: GPL-3.0-or-later
"""A change's way from a pull request to the workspaces, with the steps that the pipelines of
``examples/repository/`` have: each is taken from the YAML and carried out."""

from __future__ import annotations

from pathlib import Path

from simulator.server import Simulator

from .code_host import BOT, PERSON
from .conftest import WORKSPACES, Pipeline

MARKER = "<!-- toggl.focus plan -->"
LONG = "x" * 45 + " ::error file=a::b" * 8
"""Wherever its line is folded, the next one begins with a command."""
COMMANDS = ["##[error file=a]b", "::error file=a::b", "##[group]c", LONG]
SECTION = "section_start:1:a[collapsed=true]\r\x1b[0Kb"
"""A list refuses a line break; the service may have one."""
IN_EUROPE = ["Acme", {"name": "Globex Corporation", "former_names": ["Globex"]}, "Initech", "Stark"]
IN_ASIA = ["Acme", {"name": "Umbrella", "state": "absent"}]


def code(command: str) -> str:
    """Return a template that runs a command where it is evaluated, and stands for a text."""
    return f"{{{{ lookup('ansible.builtin.pipe', '{command}') }}}}Hooli"


def names(workspaces: Simulator, host: str) -> list[str]:
    of = workspaces.workspaces[WORKSPACES[host]["clients_workspace_id"]]
    return sorted(client.name for client in of.clients() if not client.deleted_at)


class Scenarios:
    """On each code host alike."""

    def test_a_change_goes_from_the_pull_request_to_the_workspaces(
        self, pipeline: Pipeline, workspaces: Simulator
    ) -> None:
        """Pull request, review, merge, approval, and exactly the plan that was seen."""
        team, host = pipeline.team, pipeline.team.host
        spoken = [f"I agree, {number} times.\n\n{MARKER}" for number in range(150)]
        for text in spoken:
            host.add(host.comments, PERSON, text)
        team.propose("europe", IN_EUROPE)
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "passed", proposed.output
        assert proposed.jobs["apply"] == proposed.jobs["drift"] == "left out"
        (comment,) = host.by_bot(host.comments)
        assert "Plan for 3 workspaces: create 1, rename 1" in comment.text
        assert comment.text.rstrip().endswith(MARKER)

        team.propose("asia", IN_ASIA)
        again = pipeline.proposed()
        assert again.jobs["plan"] == "passed", again.output
        assert host.by_bot(host.comments) == [comment]
        assert "create 1, rename 1, delete 1" in comment.text
        assert [c.text for c in host.comments if c.author == PERSON] == spoken

        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "waits"), merged.output
        assert merged.jobs["check"] == merged.jobs["drift"] == "left out"
        assert workspaces.writes == []
        assert pipeline.approved(merged).jobs["apply"] == "passed", merged.output
        assert names(workspaces, "europe") == ["Acme", "Globex Corporation", "Initech", "Stark"]
        assert names(workspaces, "asia") == ["Acme"]
        assert len(host.by_bot(host.comments)) == 1 and host.issues == []

    def test_neither_names_nor_variables_of_a_host_lead_a_pipeline_astray(
        self, pipeline: Pipeline, workspaces: Simulator, elsewhere: Simulator, tmp_path: Path
    ) -> None:
        """The key goes to the address of the pipeline, from the machine that runs it. A plan is
        where the pipeline says, and what is committed in its place is removed. A list is code: in
        ``check`` there is no key beside it, and nowhere a token of the code host. What names do to
        the log is judged after each test."""
        team, host = pipeline.team, pipeline.team.host
        in_europe = workspaces.workspaces[WORKSPACES["europe"]["clients_workspace_id"]]
        in_europe.add(SECTION)
        told = tmp_path / "told"
        told.mkdir()
        hostile = {
            "clients_api_url": elsewhere.url,
            "clients_plan_file": str(tmp_path / "moved.json"),
            "clients_purge": True,
            "clients_protected": [code(f"env | cut -d= -f1 > {told}/$$")],
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_become": True,
            "ansible_become_exe": "/nowhere/sudo",
            "ansible_python_interpreter": "/nowhere/python",
        }
        team.propose("europe", [*IN_EUROPE, *COMMANDS], **hostile)
        team.commit({"plan.json": "forged", "plan.md": f"forged\n\n{MARKER}\n"})
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "passed", proposed.output
        (comment,) = host.comments
        assert "create 5, rename 1, delete 1" in comment.text
        environments = [set(path.read_text().split()) for path in told.iterdir()]
        assert {"TOGGL_FOCUS_API_TOKEN" in variables for variables in environments} == {True, False}
        assert not set().union(*environments) & {"GITHUB_TOKEN", "CLIENTS_BOT_TOKEN"}

        team.merge()
        assert pipeline.approved(pipeline.merged()).jobs["apply"] == "passed"
        assert set(COMMANDS) < set(names(workspaces, "europe"))
        in_europe.add(SECTION)
        assert pipeline.morning().jobs["drift"] == "failed"
        (issue,) = host.issues
        assert "delete 1" in issue.text
        assert "forged" not in comment.text + issue.text
        assert elsewhere.log == [] and not (tmp_path / "moved.json").exists()

    def test_nothing_is_written_where_something_changed_after_the_plan(
        self, pipeline: Pipeline, workspaces: Simulator
    ) -> None:
        """The others are done, and the job is red."""
        pipeline.team.propose("europe", IN_EUROPE)
        pipeline.team.propose("asia", IN_ASIA)
        pipeline.team.merge()
        merged = pipeline.merged()
        workspaces.workspaces[WORKSPACES["europe"]["clients_workspace_id"]].add("Stark")
        assert pipeline.approved(merged).jobs["apply"] == "failed"
        assert "The plan has changed since it was reviewed" in merged.output
        assert names(workspaces, "europe") == ["Acme", "Globex", "Initech", "Stark"]
        assert names(workspaces, "asia") == ["Acme"]

    def test_a_fork_without_a_key_gets_the_offline_plan(
        self, pipeline: Pipeline, workspaces: Simulator
    ) -> None:
        pipeline.team.propose("europe", IN_EUROPE)
        run = pipeline.proposed(from_fork=True)
        assert (run.jobs["check"], run.jobs["plan"]) == ("passed", "left out"), run.output
        assert "Would create 1, rename 1" in run.output
        assert "Globex -> Globex Corporation" in run.output
        assert workspaces.log == [] and pipeline.team.host.comments == []
        if run.page:  # GitLab has no such page
            assert "rename   Globex -> Globex Corporation" in run.page

    def test_a_workspace_that_has_no_plan_stops_the_way_for_all(
        self, pipeline: Pipeline, workspaces: Simulator
    ) -> None:
        """Of two that are changed, one is refused. The comment has both; nothing is applied."""
        team = pipeline.team
        for name in (*COMMANDS, SECTION):  # the refusal names them, in long lines
            workspaces.workspaces[WORKSPACES["europe"]["clients_workspace_id"]].add(name)
        team.propose("asia", IN_ASIA)
        team.propose("europe", ["Acme"], clients_purge=True)
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "failed"
        (comment,) = team.host.comments
        assert "**`europe` cannot be applied:**" in comment.text
        assert "`asia`: `Umbrella`" in comment.text
        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("failed", "left out")
        assert workspaces.writes == []

    def test_drift_opens_one_issue_and_updates_it(
        self, pipeline: Pipeline, workspaces: Simulator
    ) -> None:
        host = pipeline.team.host
        assert pipeline.morning().jobs["drift"] == "passed"
        assert host.issues == []
        in_asia = workspaces.workspaces[WORKSPACES["asia"]["clients_workspace_id"]]
        host.add(host.issues, PERSON, MARKER, "Mine")
        host.add(host.issues, BOT, MARKER, "From the last time").is_open = False
        in_asia.delete(in_asia.clients()[0].id)
        assert pipeline.morning().jobs["drift"] == "failed"
        closed, issue = host.by_bot(host.issues)
        assert "create 1" in issue.text and issue.title == "The workspaces differ from their lists"
        in_asia.delete(in_asia.clients()[1].id)
        run = pipeline.morning()
        assert host.by_bot(host.issues) == [closed, issue], run.output
        assert "create 2" in issue.text and closed.text == MARKER
        assert {other.text for other in host.issues if other.author == PERSON} == {MARKER}
        assert workspaces.writes == []
