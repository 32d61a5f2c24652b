# SPDX-License-Identifier: GPL-3.0-or-later
"""A tool as a process of its own, at the root of the checkout."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(
    command: str,
    *arguments: str | Path,
    folder: Path = ROOT,
    tools: Path = Path(sys.executable).parent,
    status: int = 0,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What a tool of the environment ``tools`` says; one that is not installed is skipped."""
    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    program, *words = [*shlex.split(command), *map(str, arguments)]
    found = shutil.which(program, path=path)
    if found is None:
        pytest.skip(f"{program} is not installed")
    ran = subprocess.run(
        [found, *words],
        cwd=folder,
        env={**os.environ, "PATH": path, "PWD": str(folder), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.returncode == status, f"{command} ended with {ran.returncode}:\n{ran.stdout}"
    return ran.stdout


def environment(name: str) -> Path:
    """The folder of the tools of an environment that ``noxfile.py`` describes."""
    run("nox", "--session", name)
    return ROOT / ".ansible" / "nox" / name / "bin"


def build_archive(source: Path, folder: Path) -> Path:
    """Build the archive for users from a checkout, and return its path."""
    run("ansible-galaxy collection build --output-path", folder, folder=source)
    return next(folder.glob("*.tar.gz"))
