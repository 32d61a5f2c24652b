# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins for the runners of code hosts share: a run and its jobs."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from .code_host import Dialect
from .team import Team

Job = Mapping[str, Any]

GIVEN = '-e clients_api_url="$TOGGL_FOCUS_API_URL" -e clients_plan_file=plan.json'
PLAN = (
    f"ansible-playbook toggl.focus.plan {GIVEN}"
    ' -e clients_plan_commit="$COMMIT" -e clients_plan_run="$RUN"'
)
"""What the jobs of both code hosts run with the same words."""


def in_one_line(script: str) -> str:
    return re.sub(r" \\\n *", " ", script)


@dataclass
class Run:
    """What became of each job (``passed``, ``failed``, ``left out``, ``waits``), and its page."""

    folder: Path
    jobs: dict[str, str] = field(default_factory=dict)
    output: str = ""
    page: str = ""
    number: str = ""  # by which what was applied is undone


class Pipeline(ABC):
    dialect: ClassVar[Dialect]

    def __init__(self, team: Team, jobs: Mapping[str, Job]) -> None:
        self.team = team
        self.jobs = jobs
        self.obeyed: list[str] = []  # what was printed and is a command of the code host
        # Where the files of a plan are, of which jobs get copies: that takes longest.
        self.planned: Path | None = None

    @abstractmethod
    def proposed(self, from_fork: bool = False) -> Run: ...

    @abstractmethod
    def _start(self, event: str) -> Run:
        """Run the jobs for an event on the main branch."""

    def merged(self) -> Run:
        return self._start("push")

    def morning(self) -> Run:
        return self._start("schedule")

    @abstractmethod
    def by_hand(self, **inputs: object) -> Run:
        """Run the jobs for somebody who starts them on the main branch."""

    def again(self, run: Run, name: str) -> Run:
        self.folder = run.folder
        self._run_job(run, name)
        return run

    def approved(self, run: Run) -> Run:
        """Return the run, with what waited for somebody."""
        for name, became in run.jobs.items():
            if became == "waits":
                self._run_job(run, name)
        return run

    def _run_jobs(self) -> Run:
        self.folder = Path(mkdtemp(prefix="run", dir=self.team.folder))
        run = Run(self.folder)
        for name in self.jobs:
            run.jobs[name] = self._due(run, name)
            if run.jobs[name] == "due":
                self._run_job(run, name)
        return run

    def _run_job(self, run: Run, name: str) -> None:
        run.jobs[name] = "passed" if self._job(run, name) else "failed"

    def _shorter(self, script: str) -> str:
        """Return the script, which takes copies of a plan that is there."""
        copied = f"cp '{self.planned}'/plan.* ."
        return in_one_line(script).replace(PLAN, copied) if self.planned else script

    @abstractmethod
    def _due(self, run: Run, name: str) -> str:
        """Return ``due``, ``waits`` or ``left out``, by what became of the jobs before."""

    @abstractmethod
    def _job(self, run: Run, name: str) -> bool:
        """Run a job, and return whether it passed."""
