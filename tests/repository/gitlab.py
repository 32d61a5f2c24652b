# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for GitLab's runner: jobs, rules, variables, artifacts, a job that somebody starts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from typing import Any

import yaml
from jinja2 import Environment

from .code_host import GITLAB, REQUEST
from .github import NEEDED_FROM_THERE
from .team import EXAMPLE, Run, Team

PIPELINE = EXAMPLE / ".gitlab-ci.yml"
INTERNET = ["apt-get update && apt-get install --yes jq", *NEEDED_FROM_THERE]
"""What stands before each script is not carried out: it asks for packages on the internet. The
machine has them, and the collection from an archive."""

_NO_JOBS = ("stages", "default", "variables")
Job = Mapping[str, Any]


class GitLab:
    dialect = GITLAB

    def __init__(self, team: Team) -> None:
        self.team = team
        described = yaml.safe_load(PIPELINE.read_text())
        assert described["default"]["before_script"] == INTERNET
        self.jobs: dict[str, Job] = {
            name: job for name, job in described.items() if name not in _NO_JOBS
        }
        self.stages: list[str] = described["stages"]
        self.count = 0

    def proposed(self, from_fork: bool = False) -> Run:
        base = self.team.git("merge-base", "origin/main", "feature")
        request = {
            "CI_MERGE_REQUEST_IID": str(REQUEST),
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }
        return self._start("merge_request_event", "feature", request, not from_fork)

    def merged(self) -> Run:
        return self._start("push", "main", {"CI_COMMIT_BRANCH": "main"})

    def morning(self) -> Run:
        return self._start("schedule", "main", {"CI_COMMIT_BRANCH": "main"})

    def approved(self, run: Run) -> Run:
        """The run, with what waited for somebody to start it."""
        self._carry_out(run, [name for name, became in run.jobs.items() if became == "waits"])
        return run

    def _start(
        self, source: str, branch: str, more: Mapping[str, str], has_variables: bool = True
    ) -> Run:
        """A fork's pipeline has none of the variables of the project that it was forked from."""
        self.count += 1
        self.folder = self.team.folder / f"run{self.count}"
        self.folder.mkdir()
        self.branch = branch
        own = {
            "TOGGL_FOCUS_API_TOKEN": self.team.service.token,
            "CLIENTS_BOT_TOKEN": self.team.host.token,
        }
        self.variables = {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.team.host.url,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PIPELINE_SOURCE": source,
            "CI_PROJECT_ID": "42",
            **(own if has_variables else {}),
            **more,
        }
        run = Run()
        due = []
        for name, job in sorted(
            self.jobs.items(), key=lambda it: self.stages.index(it[1]["stage"])
        ):
            rule = next((rule for rule in job["rules"] if self._holds(rule["if"])), None)
            run.jobs[name] = "left out"
            if rule and rule.get("when") == "manual":
                run.jobs[name] = "waits"
            elif rule:
                due.append(name)
        self._carry_out(run, due)
        for name, became in run.jobs.items():
            needs = self.jobs[name].get("needs", [])
            if became == "waits" and any(run.jobs[need] != "passed" for need in needs):
                run.jobs[name] = "left out"
        return run

    def _carry_out(self, run: Run, names: list[str]) -> None:
        for name in names:
            run.jobs[name] = "passed" if self._job(run, name) else "failed"

    def _job(self, run: Run, name: str) -> bool:
        job = self.jobs[name]
        folder = self.folder / name
        variables = {**self.variables, **job.get("variables", {})}
        depth = variables.get("GIT_DEPTH", "20")
        some = ["--depth", depth] if depth != "0" else []
        where = ["--branch", self.branch, self.team.url, str(folder)]
        self.team.git("clone", "--quiet", *some, *where)
        for need in job.get("needs", []):
            shutil.copytree(self.folder / f"artifact {need}", folder, dirs_exist_ok=True)
        done = self.team.machine.run("\n".join(job["script"]), folder, variables)
        run.output += f"$ {name}\n{done.stdout}"
        kept = self.folder / f"artifact {name}"
        kept.mkdir()
        for path in job.get("artifacts", {}).get("paths", []):
            shutil.copy(folder / path, kept)
        return done.returncode == 0

    def _holds(self, rule: str) -> bool:
        words = re.sub(r"\$(\w+)", r"\1", rule).replace("&&", " and ").replace("||", " or ")
        return bool(Environment().compile_expression(words)(**self.variables))
