# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments that differ from the one the checks run in: ``make matrix``, ``nox --list``."""

from __future__ import annotations

import subprocess

import nox

nox.options.envdir = ".ansible/nox"
nox.options.reuse_venv = "yes"
nox.options.default_venv_backend = "uv"

# From the metadata of each release: Requires-Python says the oldest, its classifiers the newest.
SUPPORTED: dict[str, tuple[str, ...]] = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
PAIRS = [(core, python) for core, pythons in SUPPORTED.items() for python in pythons]
"""By core first: the oldest pair is the oldest Python on the oldest core."""
CANDIDATE = ("2.22", "3.13")
"""The release candidate. Once it is released, it is a row of ``SUPPORTED``."""
DEVEL = ("devel", "3.14")
"""As it is developed. Both of these may fail, and are no part of what is claimed."""

WHOLE = (
    "tests/unit",
    "tests/e2e/test_names_are_data.py",
    "tests/e2e/test_vault.py",
    "tests/e2e/test_repository.py",
    "tests/faults/test_connecting.py",
    "tests/slow/test_ansible_test.py",
)
LIBRARIES = {"2.16": ["urllib3<2"]}
"""What long-lived environments of that core have."""


def is_here(python: str) -> bool:
    """Whether an interpreter runs; a version manager's placeholder for one may be on PATH."""
    command = [f"python{python}", "--version"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def ends(pythons: set[str]) -> dict[tuple[str, str], list[str]]:
    """The oldest and the newest of the pairs that an interpreter is here for, with their tags."""
    here = [pair for pair in PAIRS if pair[1] in pythons] or PAIRS
    tags: dict[tuple[str, str], list[str]] = {}
    for tag, pair in (("oldest", here[0]), ("newest", here[-1])):
        tags.setdefault(pair, []).append(tag)
    return tags


def parameters() -> list[nox.param]:
    tags = ends({python for python in {python for _, python in PAIRS} if is_here(python)})
    return [
        nox.param(core, python, id=f"{core}-{python}", tags=tags.get((core, python), []))
        for core, python in PAIRS
    ]


@nox.session
@nox.parametrize(["core", "python"], parameters())
def matrix(session: nox.Session, core: str) -> None:
    """Tests with an ansible-core and a Python that it supports; ``-t oldest``, ``-t newest``."""
    tests(session, f"ansible-core~={core}.0", *LIBRARIES.get(core, []))


@nox.session(python=CANDIDATE[1], default=False)
def candidate(session: nox.Session) -> None:
    """The same with the release candidate of ansible-core."""
    tests(session, f"ansible-core~={CANDIDATE[0]}.0rc1")


@nox.session(python=DEVEL[1], default=False)
def devel(session: nox.Session) -> None:
    """The same with ansible-core as it is developed, from GitHub."""
    tests(session, "https://github.com/ansible/ansible/archive/devel.tar.gz")


def tests(session: nox.Session, *requirements: str) -> None:
    session.install("pip", "-r", "tests/requirements.txt", *requirements)  # ansible-test asks pip
    session.run("pytest", "-q", *(session.posargs or WHOLE))


@nox.session(default=False)
def importer(session: nox.Session) -> None:
    """galaxy-importer, which pins libraries that the other tools have newer."""
    session.install("galaxy-importer>=0.4.20", "ansible-core>=2.16", "ansible-lint>=24.12")


@nox.session(default=False)
def user(session: nox.Session) -> None:
    """What a user of the collection has installed, and no more."""
    session.install("ansible-core", "-r", "requirements.txt")
