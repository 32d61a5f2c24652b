# SPDX-License-Identifier: GPL-3.0-or-later
"""A change's way from a pull request to the workspaces, with the steps that the pipelines of
``examples/repository/`` have: each is taken from the YAML and carried out."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.server import Simulator

from .conftest import WORKSPACES, Pipeline
from .team import Run

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
    """On each code host alike. Playbooks are most of what they cost, and both hosts run the same
    ones with the same words (``test_gitlab.py``), so each scenario has several promises in it."""

    def merged(
        self, pipeline: Pipeline, workspaces: Simulator, elsewhere: Simulator, tmp_path: Path
    ) -> Run:
        """From the pull request to the plan that waits for an approval. Neither names nor variables
        of a host lead it astray.

        The key goes to the address of the pipeline, from the machine that runs it. A plan is
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
        team.propose("asia", IN_ASIA)
        team.commit({"plan.json": "forged", "plan.md": f"forged\n\n{MARKER}\n"})
        proposed = pipeline.proposed()
        assert proposed.jobs["check"] == proposed.jobs["plan"] == "passed", proposed.output
        assert proposed.jobs["apply"] == proposed.jobs["drift"] == "left out"
        (comment,) = host.by_bot(host.comments)
        assert "Plan for 3 workspaces: create 5, rename 1, delete 2" in comment.text
        assert comment.text.rstrip().endswith(MARKER) and "forged" not in comment.text
        environments = [set(path.read_text().split()) for path in told.iterdir()]
        assert {"TOGGL_FOCUS_API_TOKEN" in variables for variables in environments} == {True, False}
        assert not set().union(*environments) & {"GITHUB_TOKEN", "CLIENTS_BOT_TOKEN"}

        team.merge()
        merged = pipeline.merged()
        assert (merged.jobs["plan"], merged.jobs["apply"]) == ("passed", "waits"), merged.output
        assert merged.jobs["check"] == merged.jobs["drift"] == "left out"
        assert workspaces.writes == []
        return merged

    def drifted(self, pipeline: Pipeline, elsewhere: Simulator, tmp_path: Path) -> None:
        """It opens one issue. Variables of a host lead neither it nor what was before it astray."""
        host = pipeline.team.host
        comments = [entry.text for entry in host.by_bot(host.comments)]
        assert host.issues == []
        assert pipeline.morning().jobs["drift"] == "failed"
        (issue,) = host.issues
        assert issue.title == "The workspaces differ from their lists"
        assert "delete 1" in issue.text and "forged" not in issue.text
        assert [entry.text for entry in host.by_bot(host.comments)] == comments
        assert elsewhere.log == [] and not (tmp_path / "moved.json").exists()

    def test_a_fork_without_a_key_gets_the_offline_plan(
        self, pipeline: Pipeline, workspaces: Simulator, tmp_path: Path
    ) -> None:
        """A list is code, so whatever the fork's check knows, the fork knows."""
        told = tmp_path / "told"
        pipeline.team.propose("europe", [*IN_EUROPE, code(f"env > {told}")])
        run = pipeline.proposed(from_fork=True)
        due = {name for name, became in run.jobs.items() if became != "left out"}
        assert (due, run.jobs["check"]) == ({"check"}, "passed"), run.output
        assert "Would create 2, rename 1" in run.output
        assert "Globex -> Globex Corporation" in run.output
        assert told.exists()
        assert not re.search("TOGGL_FOCUS_API_TOKEN|(CLIENTS_BOT|GITHUB)_TOKEN", told.read_text())
        assert workspaces.log == [] and pipeline.team.host.comments == []
        if run.page:  # GitLab has no such page
            assert "rename   Globex -> Globex Corporation" in run.page
