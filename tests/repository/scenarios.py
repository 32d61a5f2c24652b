# SPDX-License-Identifier: GPL-3.0-or-later
"""A change's way from pull request to workspaces, by the steps of ``examples/repository/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from simulator.server import Simulator

from .code_host import BOT
from .pipeline import Pipeline

MARKER = "<!-- toggl.focus plan -->"
LONG = "x" * 45 + " ::error file=a::b" * 8
"""Wherever its line is folded, the next one begins with a command."""
BEGINS = "section_start:1:a[collapsed=true]"
COMMANDS = ["##[error file=a]b", "::error file=a::b", "##[group]c", LONG, f"{BEGINS}\x1b[0Kb"]
SECTION = f"{BEGINS}\r\x1b[0Kb"  # a list refuses a line break; the service may have one
IN_EUROPE = ["Acme", {"name": "Globex Corporation", "former_names": ["Globex"]}, "Initech", "Stark"]
IN_ASIA = ["Acme", {"name": "Umbrella", "state": "absent"}]


def code(command: str) -> str:
    """Return a template that runs a command where it is evaluated, and stands for a text."""
    return f"{{{{ lookup('ansible.builtin.pipe', '{command}') }}}}Hooli"


FORGED = {"plan.json": "forged", "plan.md": f"forged\n\n{MARKER}\n"}
"""Files that somebody commits in place of a plan."""


class Hostile(NamedTuple):
    """Variables that try to lead a pipeline astray; a template tells what its environment has."""

    told: Path
    moved: Path
    elsewhere: Simulator

    def variables(self) -> dict[str, object]:
        self.told.mkdir(exist_ok=True)
        return {
            "clients_api_url": self.elsewhere.url,
            "clients_plan_file": str(self.moved),
            "clients_purge": True,
            "clients_protected": [code(f"env | cut -d= -f1 > {self.told}/$$")],
            "ansible_connection": "ssh",
            "ansible_host": "127.0.0.1",
            "ansible_become": True,
            "ansible_become_exe": "/nowhere/sudo",
            "ansible_python_interpreter": "/nowhere/python",
        }

    def assert_in_vain(self) -> None:
        """In ``check`` there is no key beside a list, and nowhere a token of the code host."""
        environments = [set(path.read_text().split()) for path in self.told.iterdir()]
        assert {"TOGGL_FOCUS_API_TOKEN" in variables for variables in environments} == {True, False}
        assert not set().union(*environments) & {"GITHUB_TOKEN", "CLIENTS_BOT_TOKEN"}
        assert self.elsewhere.log == [] and not self.moved.exists()


READ = {"digest": "0" * 64}
DUE = {
    "a fork": ("proposed", {"from_fork": True}, "", "check"),
    "proposed": ("proposed", {}, "", "check plan comment"),
    "refused": ("proposed", {}, "check plan", "check plan comment"),
    "by hand": ("by_hand", {}, "", "plan"),
    "by hand with a digest": ("by_hand", READ, "", "plan apply"),
    "by hand and refused": ("by_hand", READ, "plan", "plan"),
    "a morning": ("morning", {}, "", "drift"),
    "drifted": ("morning", {}, "drift", "drift issue"),
}
"""How a run starts, the jobs that fail in it, and those that are due, on both code hosts."""


class Scenarios:
    """On each code host alike. Playbooks are most of what they cost, and both hosts run the same
    ones with the same words (``test_gitlab.py``), so each scenario has several promises in it."""

    due: ClassVar[Mapping[str, tuple[str, Mapping[str, object], str, str]]]
    """As ``DUE``, of one code host alone."""

    @pytest.fixture
    def hostile(self, tmp_path: Path) -> Iterator[Hostile]:
        with Simulator() as elsewhere:
            yield Hostile(tmp_path / "told", tmp_path / "moved.json", elsewhere)

    def test_which_jobs_are_due(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        """By what a run is of, and by what became of the jobs before; none is run here."""
        pipeline.team.propose("europe", IN_EUROPE)
        for case, (start, given, failing, due) in {**DUE, **self.due}.items():
            became = {name: name not in failing.split() for name in pipeline.jobs}
            monkeypatch.setattr(pipeline, "_job", lambda _, name, became=became: became[name])
            jobs = getattr(pipeline, start)(**given).jobs
            assert {name for name in jobs if jobs[name] != "left out"} == {*due.split()}, case

    def test_a_push_whose_plan_fails_replaces_the_comment(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nor is a file that was committed taken for a plan."""
        host = pipeline.team.host
        host.add(host.comments, BOT, f"An earlier plan\n\n{MARKER}")
        pipeline.team.propose("europe", IN_EUROPE)
        pipeline.team.commit(FORGED)
        fails = lambda script: "exit 1" if "ansible-playbook" in script else script  # noqa: E731
        monkeypatch.setattr(pipeline, "_shorter", fails)
        run = pipeline.proposed()
        assert (run.jobs["plan"], run.jobs["comment"]) == ("failed", "passed"), run.output
        assert self.comment(pipeline).startswith(f"### No plan for {host.newest}\n")
        assert "forged" not in run.page

    def comment(self, pipeline: Pipeline) -> str:
        """Return the text of the one comment, which is a plan and not what was committed."""
        (comment,) = pipeline.team.host.comments
        assert comment.text.rstrip().endswith(MARKER) and "forged" not in comment.text
        return comment.text

    def drifted(self, pipeline: Pipeline) -> str:
        """Return the text of the one issue that it opens; the comment stays."""
        host, comment = pipeline.team.host, self.comment(pipeline)
        assert host.issues == []
        morning = pipeline.morning()
        assert pipeline.again(morning, "drift").jobs["drift"] == "failed", "each time"
        (issue,) = host.issues
        assert issue.title == "The workspaces differ from their lists"
        assert self.comment(pipeline) == comment
        return issue.text
