# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the runner of GitHub Actions: jobs, conditions, files, artifacts, an approval."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import yaml
from jinja2 import ChainableUndefined, Environment

from .code_host import GITHUB, REQUEST
from .log_commands import of_github
from .team import EXAMPLE, Run, Team

WORKFLOW = EXAMPLE / ".github" / "workflows" / "clients.yml"
INTERNET = "Install from the internet"
"""The step that is not run: it asks the package index and Galaxy. The machine has Ansible,
and the collection from an archive."""
NEEDED_FROM_THERE = [
    "pip install --requirement requirements.txt",
    "ansible-galaxy collection install --requirements-file requirements.yml",
]

_RESULTS = {"passed": "success", "failed": "failure", "left out": "skipped"}
Job = Mapping[str, Any]


class GitHub:
    dialect = GITHUB

    def __init__(self, team: Team) -> None:
        self.team = team
        described = yaml.safe_load(WORKFLOW.read_text())
        assert described["defaults"]["run"]["shell"] == "bash"  # else without pipefail
        self.jobs: dict[str, Job] = described["jobs"]
        self.environment: dict[str, str] = described["env"]
        self.count = 0
        self.obeyed: list[str] = []

    def proposed(self, from_fork: bool = False) -> Run:
        repository = "mallory/clients" if from_fork else "team/clients"
        self._merge_for_the_pull_request()
        request = {"number": REQUEST, "head": {"repo": {"full_name": repository}}}
        key = {} if from_fork else self._key()
        return self._start("pull_request", f"refs/pull/{REQUEST}/merge", key, request)

    def merged(self) -> Run:
        return self._start("push", "refs/heads/main", self._key())

    def morning(self) -> Run:
        return self._start("schedule", "refs/heads/main", self._key())

    def approved(self, run: Run) -> Run:
        """The run, with what waited for somebody to approve the environment."""
        for name in [name for name, became in run.jobs.items() if became == "waits"]:
            self._run_job(run, name)
        return run

    def _key(self) -> dict[str, str]:
        return {"TOGGL_FOCUS_API_TOKEN": self.team.service.token}

    def _merge_for_the_pull_request(self) -> None:
        """What GitHub does for each pull request."""
        git = self.team.git
        git("switch", "--quiet", "--detach", "origin/main")
        git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
        git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{REQUEST}/merge")
        git("switch", "--quiet", "feature")

    def _start(self, event: str, ref: str, secrets: Mapping[str, str], request: Any = None) -> Run:
        self.count += 1
        self.folder = self.team.folder / f"run{self.count}"
        self.folder.mkdir()
        payload = {"pull_request": request} if request else {}
        (self.folder / "event.json").write_text(json.dumps(payload))
        self.ref = ref
        self.known: dict[str, Any] = {
            "github": {
                "event_name": event,
                "event": payload,
                "repository": "team/clients",
                "token": self.team.host.token,
            },
            "secrets": secrets,
            "vars": {"TOGGL_FOCUS_API_URL": self.team.service.url},
            "needs": {},
        }
        run = Run()
        for name, job in self.jobs.items():
            run.jobs[name] = "waits" if self._is_due(run, job) else "left out"
            if run.jobs[name] == "waits" and "environment" not in job:
                self._run_job(run, name)
            self.known["needs"].setdefault(name, {})["result"] = _RESULTS.get(run.jobs[name])
        return run

    def _run_job(self, run: Run, name: str) -> None:
        run.jobs[name] = "passed" if self._job(run, name) else "failed"

    def _is_due(self, run: Run, job: Job) -> bool:
        before = {run.jobs[name] for name in ([job["needs"]] if "needs" in job else [])}
        return self._holds(job["if"], before)

    def _job(self, run: Run, name: str) -> bool:
        job = self.jobs[name]
        folder = self.folder / name
        folder.mkdir()
        (self.folder / f"temporary-{name}").mkdir()
        self.known["steps"] = {}
        failed = False
        for number, step in enumerate(job["steps"]):
            if not self._holds(step.get("if", "success()"), {"failed"} if failed else set()):
                continue
            if "uses" in step:
                failed |= not self._action(step, folder)
            elif step["name"] != INTERNET:
                failed |= not self._step(run, step, folder, self.folder / f"{name}{number}")
        outputs = {key: filled(text, self.known) for key, text in job.get("outputs", {}).items()}
        self.known["needs"][name] = {"outputs": outputs}
        return not failed

    def _step(self, run: Run, step: Job, folder: Path, files: Path) -> bool:
        files.mkdir()
        paths = {word: files / word for word in ("OUTPUT", "STEP_SUMMARY", "ENV")}
        for path in paths.values():
            path.touch()
        done = self.team.machine.run(
            step["run"],
            folder,
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.team.host.url,
                "GITHUB_REPOSITORY": "team/clients",
                "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
                "GITHUB_EVENT_NAME": self.known["github"]["event_name"],
                "RUNNER_TEMP": str(folder.with_name(f"temporary-{folder.name}")),
                **{f"GITHUB_{word}": str(path) for word, path in paths.items()},
                **{key: filled(text, self.known) for key, text in self.environment.items()},
                **{key: filled(text, self.known) for key, text in step.get("env", {}).items()},
            },
        )
        self.obeyed += of_github(done.stdout)
        run.output += f"$ {step['name']}\n{done.stdout}"
        run.page += paths["STEP_SUMMARY"].read_text()
        assert paths["ENV"].read_text() == ""
        if "id" in step:
            lines = paths["OUTPUT"].read_text().splitlines()
            self.known["steps"][step["id"]] = {
                "outputs": dict(line.split("=", 1) for line in lines)
            }
        return done.returncode == 0

    def _action(self, step: Job, folder: Path) -> bool:
        action = step["uses"].partition("@")[0].removeprefix("actions/")
        given = step.get("with", {})
        kept = self.folder / f"artifact {given.get('name')}"
        if action == "checkout":
            depth = str(given.get("fetch-depth", 1))
            git = self.team.machine.git
            git(folder, "init", "--quiet")
            git(folder, "fetch", "--quiet", "--depth", depth, self.team.url, self.ref)
            git(folder, "checkout", "--quiet", "FETCH_HEAD")
        elif action == "upload-artifact":
            kept.mkdir()
            found = [folder / path for path in given["path"].split() if (folder / path).exists()]
            for path in found:
                shutil.copy(path, kept)
        elif action == "download-artifact":
            if not kept.exists():
                return False
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        else:
            assert action == "setup-python", f"no stand-in for {action}"
        return True

    def _holds(self, condition: str, before: AbstractSet[str]) -> bool:
        """A condition without a word about what became of those before holds only where all of
        them have passed."""
        plain = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition.strip())
        if not re.search(r"\b(success|failure|cancelled|always)\(", plain):
            plain = f"success() && ({plain})"
        return bool(self._value(plain, before))

    def _value(self, expression: str, before: AbstractSet[str]) -> Any:
        return value(
            expression,
            self.known,
            success=lambda: before <= {"passed"},
            failure=lambda: "failed" in before,
            always=lambda: True,
            cancelled=lambda: False,
        )


def filled(text: str, known: Mapping[str, Any]) -> str:
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(value(found[1], known)), text)


def value(expression: str, known: Mapping[str, Any], **functions: Any) -> Any:
    """Return what an expression of a workflow stands for."""
    python = re.sub(r"!(?!=)", " not ", expression.replace("&&", " and ").replace("||", " or "))
    words = Environment(undefined=ChainableUndefined).compile_expression(python, False)
    return words(**known, **functions)


def steps() -> Iterator[Job]:
    for job in yaml.safe_load(WORKFLOW.read_text())["jobs"].values():
        yield from job["steps"]
