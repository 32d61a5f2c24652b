# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the runner of GitHub Actions: inputs, conditions, files, artifacts, approvals."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml
from jinja2 import ChainableUndefined, Environment

from .code_host import GITHUB, REQUEST
from .pipeline import Job, Pipeline, Run
from .team import EXAMPLE, Team

WORKFLOW = EXAMPLE / ".github" / "workflows" / "clients.yml"
INTERNET = "Install from the internet"
"""The step that is not run: the machine has Ansible, and the collection from an archive."""
NEEDED_FROM_THERE = [
    "pip install --requirement requirements.txt",
    "ansible-galaxy collection install --requirements-file requirements.yml",
]

_NAME = (
    "(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher"
    "|save-state|set-env|set-output|stop-commands|warning)"
)
_COMMAND = re.compile(rf"(?i)^\s*::{_NAME}(?: .*?)?::|##\[{_NAME}(?: .*?)?\]")
_STOPPED = re.compile(r"(?ms)^::stop-commands::(\w+)$.*?(?:^::\1::$|\Z)")

_RESULTS = {"passed": "success", "failed": "failure", "left out": "skipped"}


class GitHub(Pipeline):
    dialect = GITHUB

    def __init__(self, team: Team) -> None:
        described = yaml.safe_load(WORKFLOW.read_text())
        assert described["defaults"]["run"]["shell"] == "bash"  # else without pipefail
        super().__init__(team, described["jobs"])
        self.environment: dict[str, str] = described["env"]
        self.outputs: dict[str, dict[str, str]] = {}  # of each job
        self.variables = {"TOGGL_FOCUS_API_URL": team.service.url}  # of the repository

    def proposed(self, from_fork: bool = False) -> Run:
        """The code host merges each pull request into a branch of its own."""
        git = self.team.git
        git("switch", "--quiet", "--detach", "origin/main")
        git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
        git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{REQUEST}/merge")
        git("switch", "--quiet", "feature")
        repository = "mallory/clients" if from_fork else "team/clients"
        commit = self.team.host.newest = git("rev-parse", "feature")
        request = {"number": REQUEST, "head": {"repo": {"full_name": repository}, "sha": commit}}
        event = {"pull_request": request}
        return self._start("pull_request", f"refs/pull/{REQUEST}/merge", event, not from_fork)

    def by_hand(self, **inputs: object) -> Run:
        described = yaml.safe_load(WORKFLOW.read_text())["on"]["workflow_dispatch"]["inputs"]
        assert inputs.keys() <= described.keys()
        given = {name: inputs.get(name, "") for name in described}
        return self._start("workflow_dispatch", payload={"inputs": given})

    def _start(
        self, event: str, ref: str = "refs/heads/main", payload: Any = None, has_key: bool = True
    ) -> Run:
        self.ref = ref
        content = {**(payload or {}), "repository": {"private": True}}
        self.known: dict[str, Any] = {
            "github": {
                "event_name": event,
                "event": content,
                "ref": ref,
                "repository": "team/clients",
                "run_attempt": 1,
                "run_id": 12,
                "server_url": "https://github.example.com",
                "sha": "0" * 40,
                "token": self.team.host.token,
            },
            "inputs": content.get("inputs", {}),
            "secrets": {"TOGGL_FOCUS_API_TOKEN": self.team.service.token} if has_key else {},
            "vars": self.variables,
        }
        return self._run_jobs()

    def again(self, run: Run, name: str) -> Run:
        self.known["github"]["run_attempt"] += 1
        return super().again(run, name)

    def _due(self, run: Run, name: str) -> str:
        job = self.jobs[name]
        self.known["needs"] = {
            need: {"result": _RESULTS.get(became), "outputs": self.outputs.get(need, {})}
            for need, became in run.jobs.items()
        }
        before = {run.jobs[job["needs"]]} if "needs" in job else set()
        if not self._holds(job.get("if", "success()"), before):
            return "left out"
        return "waits" if "environment" in job and self.team.host.is_protected else "due"

    def _job(self, run: Run, name: str) -> bool:
        job = self.jobs[name]
        run.number = self.folder.name
        folder, self.temporary = (Path(mkdtemp(prefix=name, dir=self.folder)) for _ in range(2))
        (self.folder / "event.json").write_text(json.dumps(self.known["github"]["event"]))
        self.known["steps"] = {}
        failed = False
        for step in job["steps"]:
            if not self._holds(step.get("if", "success()"), {"failed"} if failed else set()):
                continue
            if "uses" in step:
                done = self._action(step, folder) or step.get("continue-on-error", False)
                failed |= not done
            elif step["name"] == INTERNET:
                assert step["run"].splitlines() == NEEDED_FROM_THERE
            else:
                failed |= not self._step(run, step, folder)
        self.outputs[name] = self._filled(job.get("outputs", {}))
        return not failed

    def _step(self, run: Run, step: Job, folder: Path) -> bool:
        paths = {word: self.folder / word for word in ("OUTPUT", "STEP_SUMMARY", "ENV")}
        for path in paths.values():
            path.write_text("")
        done = self.team.machine.run(
            self._shorter(step["run"]),
            folder,
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.team.host.url,
                "GITHUB_REPOSITORY": "team/clients",
                "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
                "GITHUB_EVENT_NAME": self.known["github"]["event_name"],
                "RUNNER_TEMP": str(self.temporary),
                **{f"GITHUB_{word}": str(path) for word, path in paths.items()},
                **self._filled(self.environment),
                **self._filled(step.get("env", {})),
            },
        )
        self.obeyed += of_github(done.stdout)
        run.output += f"$ {step['name']}\n{done.stdout}"
        run.page += paths["STEP_SUMMARY"].read_text()
        assert paths["ENV"].read_text() == ""
        if "id" in step:
            lines = paths["OUTPUT"].read_text().splitlines()
            outputs = dict(line.split("=", 1) for line in lines)
            self.known["steps"][step["id"]] = {"outputs": outputs}
        return done.returncode == 0

    def _action(self, step: Job, folder: Path) -> bool:
        action: str = step["uses"].partition("@")[0].removeprefix("actions/")
        given = self._filled({key: str(text) for key, text in step.get("with", {}).items()})
        kept = self.folder / f"artifact {given.get('name')}"
        if action == "checkout":
            depth = str(given.get("fetch-depth", 1))
            git = self.team.machine.git
            git(folder, "init", "--quiet")
            git(folder, "fetch", "--quiet", "--depth", depth, self.team.url, self.ref)
            git(folder, "checkout", "--quiet", "FETCH_HEAD")
        elif action == "upload-artifact":
            found = [folder / path for path in given["path"].split() if (folder / path).exists()]
            if found:  # else there is no artifact
                assert "overwrite" in given or not kept.exists()
                kept.mkdir(exist_ok=True)
            for path in found:
                shutil.copy(path, kept)
        elif action == "download-artifact" and "pattern" in given:
            assert given["github-token"] == self.team.host.token
            of_run = self.folder.with_name(given["run-id"])
            found = [*of_run.glob(f"artifact {given['pattern']}")]
            to = folder / given.get("path", ".")
            for path in found:  # one alone gets no folder of its own
                own = to / path.name.removeprefix("artifact ") if len(found) > 1 else to
                shutil.copytree(path, own, dirs_exist_ok=True)
        elif action == "download-artifact" and kept.exists():
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        else:
            return action == "setup-python"
        return True

    def _holds(self, condition: str, before: AbstractSet[str]) -> bool:
        """Without a word about the jobs before, it holds only where all of them have passed."""
        plain = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", condition.strip().replace("\n", " "))
        if not re.search(r"\b(success|failure|cancelled|always)\(", plain):
            plain = f"success() && ({plain})"
        functions = {"success": before <= {"passed"}, "failure": "failed" in before}
        answers = {**functions, "always": True, "cancelled": False}
        calls = {name: lambda answer=answer: answer for name, answer in answers.items()}
        return bool(value(plain, self.known, **calls))

    def _filled(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {key: filled(text, self.known) for key, text in texts.items()}


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


def of_github(output: str) -> list[str]:
    """Return the lines of a step that the runner obeys: they begin with ``::`` after blanks, or
    have ``##[`` anywhere, but none is obeyed between ``::stop-commands::TOKEN`` and ``::TOKEN::``,
    which a step may say of its own accord."""
    lines = "\n".join(re.split(r"\r\n|\r|\n", output))
    return [line for line in _STOPPED.sub("", lines).split("\n") if _COMMAND.search(line)]
