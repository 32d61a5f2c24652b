# SPDX-License-Identifier: GPL-3.0-or-later
"""A team's Git repository with the example in it, and a machine that runs steps."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml
from simulator.server import Simulator
from simulator.workspace import Workspace
from support import stage
from support.callback import loaded

from .code_host import CodeHost

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "repository"
LISTS = "inventory/host_vars"
WORKSPACES = {
    path.stem: yaml.safe_load(path.read_text()) for path in (EXAMPLE / LISTS).glob("*.yml")
}
SECONDS = 120


class Machine(NamedTuple):
    """Where steps run: the user's ``home`` has the collection, and no settings of a developer."""

    home: Path

    def run(
        self, script: str, folder: Path, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """As a runner does: what fails ends the script. The output keeps carriage returns."""
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            **loaded.ENVIRONMENT,
            **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Ada"),
            **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "ada@example.com"),
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=folder,
            env={**environment, **(more or {}), "PWD": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
        )
        printed = done.stdout.decode(errors="replace")
        return subprocess.CompletedProcess(done.args, done.returncode, printed)

    def git(self, folder: Path, *words: str) -> str:
        ran = self.run(shlex.join(["git", *words]), folder)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout.strip()


@dataclass
class Team:
    """A bare ``origin``, and a clone in which somebody works."""

    folder: Path
    machine: Machine
    service: Simulator
    host: CodeHost

    def __post_init__(self) -> None:
        self.origin = self.folder / "origin"
        self.url = f"file://{self.origin}"  # over which Git fetches as little as it is told to
        self.clone = self.folder / "clone"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        self.git("clone", "--quiet", str(self.origin), str(self.clone))
        self.machine.run(f"cp -r '{EXAMPLE}'/. .", self.clone)
        self._commit("The lists as they are")
        self.git("push", "--quiet", "origin", "HEAD:main")

    def workspace(self, name: str) -> Workspace:
        return self.service.workspaces[WORKSPACES[name]["clients_workspace_id"]]

    def names(self, workspace: str) -> list[str]:
        """Return those of its active clients."""
        return stage.active(self.service, WORKSPACES[workspace]["clients_workspace_id"])

    def git(self, *words: str) -> str:
        return self.machine.git(self.clone if self.clone.exists() else self.folder, *words)

    def propose(self, workspace: str, clients: Sequence[object], **variables: object) -> None:
        """A commit more on the branch, with another list of a workspace."""
        self.git("switch", "--quiet", "--force-create", "feature")
        path = self.clone / LISTS / f"{workspace}.yml"
        known = yaml.safe_load(path.read_text())
        changed = yaml.safe_dump({**known, "clients_list": [*clients], **variables})
        self.commit({f"{LISTS}/{workspace}.yml": changed})

    def commit(self, files: Mapping[str, str]) -> None:
        """A commit more on the branch, with these files."""
        for name, text in files.items():
            path = self.clone / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self._commit(f"Other content in {', '.join(files)}")
        self.git("push", "--quiet", "--force", "origin", "feature")

    def merge(self) -> None:
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
        self.git("push", "--quiet", "origin", "main")

    def _commit(self, words: str) -> None:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--message", words)
