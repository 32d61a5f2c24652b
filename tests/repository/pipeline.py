# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-ins for the runners of code hosts share: a run and its jobs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from .code_host import Dialect
from .team import Team

Job = Mapping[str, Any]


@dataclass
class Run:
    """What became of each job: ``passed``, ``failed``, ``left out`` or ``waits``.

    ``page`` is what the code host shows on the page of the run.
    """

    jobs: dict[str, str] = field(default_factory=dict)
    output: str = ""
    page: str = ""


class Pipeline(ABC):
    dialect: ClassVar[Dialect]

    def __init__(self, team: Team, jobs: Mapping[str, Job]) -> None:
        self.team = team
        self.jobs = jobs
        self.obeyed: list[str] = []
        """What was printed and is a command of the code host."""

    @abstractmethod
    def proposed(self, from_fork: bool = False) -> Run: ...

    @abstractmethod
    def _start(self, event: str) -> Run:
        """Run the jobs for an event on the main branch."""

    def merged(self) -> Run:
        return self._start("push")

    def morning(self) -> Run:
        return self._start("schedule")

    def approved(self, run: Run) -> Run:
        """Return the run, with what waited for somebody."""
        for name in [name for name, became in run.jobs.items() if became == "waits"]:
            self._run_job(run, name)
        return run

    def _run_jobs(self) -> Run:
        self.folder = Path(mkdtemp(prefix="run", dir=self.team.folder))
        run = Run()
        for name in self.jobs:
            run.jobs[name] = self._due(run, name)
            if run.jobs[name] == "due":
                self._run_job(run, name)
        return run

    def _run_job(self, run: Run, name: str) -> None:
        run.jobs[name] = "passed" if self._job(run, name) else "failed"

    @abstractmethod
    def _due(self, run: Run, name: str) -> str:
        """Return ``due``, ``waits`` or ``left out``, by what became of the jobs before."""

    @abstractmethod
    def _job(self, run: Run, name: str) -> bool:
        """Run a job, and return whether it passed."""
