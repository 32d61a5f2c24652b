# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for GitLab's runner: rules, variables, artifacts, a job that somebody starts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml
from jinja2 import Environment

from .code_host import GITLAB, REQUEST, Texts
from .github import NEEDED_FROM_THERE
from .pipeline import PLAN, Job, Pipeline, Run
from .team import EXAMPLE, Team

PIPELINE = EXAMPLE / ".gitlab-ci.yml"
INTERNET = ["apt-get update && apt-get install --yes jq", *NEEDED_FROM_THERE]
"""What stands before each script and is not run: the machine has it."""

PROJECT, FORK = "42", "43"

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


def described_with(**inputs: object) -> dict[str, Any]:
    """Return the description of a pipeline with these inputs, which fit what its header says."""
    header, text = PIPELINE.read_text().split("\n---\nstages:")
    for name, known in yaml.safe_load(header)["spec"]["inputs"].items():
        value = str(inputs.get(name, known["default"]))
        assert re.search(known["regex"], value)
        text = text.replace(f"$[[ inputs.{name} ]]", json.dumps(value))
    return dict(yaml.safe_load(f"stages:{text}"))


class GitLab(Pipeline):
    dialect = GITLAB

    def __init__(self, team: Team) -> None:
        described = described_with()
        self.before, *installed = described["default"]["before_script"]
        assert installed == INTERNET
        jobs = {name: job for name, job in described.items() if name not in _NO_JOBS}
        in_order = sorted(jobs, key=lambda name: described["stages"].index(jobs[name]["stage"]))
        super().__init__(team, {name: jobs[name] for name in in_order})
        self.defaults: dict[str, str] = described["variables"]

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
        self.team.host.newest = self.team.git("rev-parse", "feature")
        return self._start("merge_request_event", "feature", request)

    def by_hand(self, **inputs: object) -> Run:
        given = described_with(**inputs)["variables"].items() - self.defaults.items()
        return self._start("web", more={"CI_COMMIT_BRANCH": "main", **dict(given)})

    def _start(self, source: str, branch: str = "main", more: Texts | None = None) -> Run:
        self.branch = branch
        key = {"TOGGL_FOCUS_API_TOKEN": self.team.service.token}
        bot = {"CLIENTS_BOT_TOKEN": self.team.host.token}
        # Variables of environments, which are unknown while rules are evaluated.
        self.scoped = {"plan": key, "production": key, "comments": bot}
        self.variables = {
            **self.defaults,  # those of the project go before them
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.team.host.url,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PIPELINE_SOURCE": source,
            "CI_PROJECT_ID": PROJECT,
            "CI_PROJECT_VISIBILITY": "private",
            "COMMIT": self.team.git("rev-parse", branch),
            "RUN": "https://gitlab.example.com/team/clients/-/pipelines/12",
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
        asked = environment_of(job) == "production" and self.team.host.is_protected
        return "waits" if when == "manual" or asked else "due"

    def _job(self, run: Run, name: str) -> bool:
        job = self.jobs[name]
        folder = Path(mkdtemp(prefix=name, dir=self.folder))
        of_environment = self.scoped.get(environment_of(job), {})
        variables = {**job.get("variables", {}), **self.variables, **of_environment}
        depth = variables.get("GIT_DEPTH", "20")
        some = ["--depth", depth] if depth != "0" else []
        where = ["--branch", self.branch, self.team.url, str(folder)]
        self.team.git("clone", "--quiet", *some, *where)
        for need in job.get("needs", []):
            shutil.copytree(self.folder / f"artifact {need}", folder, dirs_exist_ok=True)
        folder.chmod(0o777)  # as the runner for containers leaves it
        before = [] if "before_script" in job else [self.before]
        script = self._shorter("\n".join([*before, *job["script"]]))
        done = self.team.machine.run(script, folder, variables)
        self.obeyed += of_gitlab(done.stdout)
        run.output += f"$ {name}\n{done.stdout}"
        kept = self.folder / f"artifact {name}"
        kept.mkdir(exist_ok=True)
        for path in job.get("artifacts", {}).get("paths", []):
            if (folder / path).is_dir():
                shutil.copytree(folder / path, kept / path, dirs_exist_ok=True)
            elif (folder / path).exists():
                shutil.copy(folder / path, kept)
        if PLAN in script:
            self.planned = kept
        if name == "apply":
            run.number = str(len(self.team.host.artifacts))
            self.team.host.artifacts[run.number] = kept
        return done.returncode == 0

    def _holds(self, rule: str) -> bool:
        words = re.sub(r"\$(\w+)", r"\1", rule).replace("&&", " and ").replace("||", " or ")
        return bool(Environment().compile_expression(words)(**self.variables))


def of_gitlab(output: str) -> list[str]:
    """Return what could fold, colour or overwrite lines in the log: a mark of a section, too, has
    a carriage return and an escape sequence."""
    return re.findall(r".{0,60}[\r\x1b\b].{0,60}", output)
