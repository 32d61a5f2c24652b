# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for GitLab's runner: rules, variables, artifacts, a job that somebody starts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import yaml
from jinja2 import Environment

from .code_host import GITLAB, REQUEST, Texts
from .github import NEEDED_FROM_THERE
from .log_commands import of_gitlab
from .pipeline import Job, Pipeline, Run
from .team import EXAMPLE, Team

PIPELINE = EXAMPLE / ".gitlab-ci.yml"
INTERNET = ["apt-get update && apt-get install --yes jq", *NEEDED_FROM_THERE]
"""What stands before each script is not run: it asks for packages on the internet. The
machine has them, and the collection from an archive."""

PROJECT, FORK = "42", "43"

GIVEN = '-e clients_api_url="$TOGGL_FOCUS_API_URL" -e clients_plan_file=plan.json'
PLAN = f"ansible-playbook toggl.focus.plan {GIVEN}"
"""What takes longest, and what GitHub's jobs run with the same words. It is run once: later
jobs get copies of the files that it wrote then."""

_NO_JOBS = ("stages", "default", "variables")
_WHEN: dict[str, Callable[[set[str]], bool]] = {
    "on_success": lambda before: before <= {"passed"},
    "manual": lambda before: before <= {"passed"},
    "on_failure": lambda before: "failed" in before,
    "always": lambda before: True,
    "never": lambda before: False,
}
"""Whether a job is due, by what became of those that it needs."""


def environment_of(job: Job) -> str:
    """Return the name of the environment whose variables a job has; it is written in two ways."""
    environment = job.get("environment", "")
    return str(environment["name"] if isinstance(environment, dict) else environment)


class GitLab(Pipeline):
    dialect = GITLAB

    def __init__(self, team: Team) -> None:
        described = yaml.safe_load(PIPELINE.read_text())
        assert described["default"]["before_script"] == INTERNET
        jobs = {name: job for name, job in described.items() if name not in _NO_JOBS}
        in_order = sorted(jobs, key=lambda name: described["stages"].index(jobs[name]["stage"]))
        super().__init__(team, {name: jobs[name] for name in in_order})
        self.defaults: dict[str, str] = described["variables"]
        self.planned: Path | None = None

    def proposed(self, from_fork: bool = False) -> Run:
        """Of a branch, or of a fork: a member starts it in the parent project, which has variables
        that are not bound to an environment. In the fork's own project there is none at all."""
        base = self.team.git("merge-base", "origin/main", "feature")
        request = {
            "CI_MERGE_REQUEST_IID": str(REQUEST),
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_MERGE_REQUEST_PROJECT_ID": PROJECT,
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": FORK if from_fork else PROJECT,
        }
        return self._start("merge_request_event", "feature", request)

    def _start(self, source: str, branch: str = "main", more: Texts | None = None) -> Run:
        self.branch = branch
        key = {"TOGGL_FOCUS_API_TOKEN": self.team.service.token}
        bot = {"CLIENTS_BOT_TOKEN": self.team.host.token}
        self.scoped = {"plan": key, "production": key, "comments": bot}
        """Variables of environments, which are unknown while rules are evaluated."""
        self.variables = {
            **self.defaults,  # those of the project go before them
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.team.host.url,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PIPELINE_SOURCE": source,
            "CI_PROJECT_ID": PROJECT,
            "TOGGL_FOCUS_API_URL": self.team.service.url,
            **(more or {"CI_COMMIT_BRANCH": branch}),
        }
        return self._run_jobs()

    def _due(self, run: Run, name: str) -> str:
        """By the first rule that holds."""
        job = self.jobs[name]
        rule = next((rule for rule in job["rules"] if self._holds(rule["if"])), None)
        when = rule.get("when", "on_success") if rule else "never"
        if not _WHEN[when]({run.jobs[need] for need in job.get("needs", [])}):
            return "left out"
        return "waits" if when == "manual" else "due"

    def _job(self, run: Run, name: str) -> bool:
        job = self.jobs[name]
        folder = self.folder / name
        of_environment = self.scoped.get(environment_of(job), {})
        variables = {**job.get("variables", {}), **self.variables, **of_environment}
        depth = variables.get("GIT_DEPTH", "20")
        some = ["--depth", depth] if depth != "0" else []
        where = ["--branch", self.branch, self.team.url, str(folder)]
        self.team.git("clone", "--quiet", *some, *where)
        for need in job.get("needs", []):
            shutil.copytree(self.folder / f"artifact {need}", folder, dirs_exist_ok=True)
        script = "\n".join(job["script"])
        if self.planned:
            script = script.replace(PLAN, f"cp '{self.planned}'/plan.* .")
        done = self.team.machine.run(script, folder, variables)
        self.obeyed += of_gitlab(done.stdout)
        run.output += f"$ {name}\n{done.stdout}"
        kept = self.folder / f"artifact {name}"
        kept.mkdir()
        for path in job.get("artifacts", {}).get("paths", []):
            shutil.copy(folder / path, kept)
        if PLAN in script:
            self.planned = kept
        return done.returncode == 0

    def _holds(self, rule: str) -> bool:
        words = re.sub(r"\$(\w+)", r"\1", rule).replace("&&", " and ").replace("||", " or ")
        return bool(Environment().compile_expression(words)(**self.variables))
