# SPDX-License-Identifier: GPL-3.0-or-later
"""A team with the example in a repository of a code host, and workspaces as its lists say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.server import Simulator
from support import stage

from .code_host import serving
from .pipeline import Pipeline
from .team import ROOT, WORKSPACES, Machine, Team

pytest.register_assert_rewrite(f"{__package__}.scenarios")


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    missing = [tool for tool in ("bash", "git", "curl", "jq") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"the steps of the pipelines need {', '.join(missing)}, not installed here")


IDS = [of["clients_workspace_id"] for of in WORKSPACES.values()]
many_workspaces = stage.serving(*IDS, scope="session")


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """With the collection, installed from an archive as a user's is."""
    home = tmp_path_factory.mktemp("home")
    made = Machine(home)
    install = "ansible-galaxy collection install --offline archive/*.tar.gz"
    build = f"ansible-galaxy collection build '{ROOT}' --output-path archive"
    done = made.run(f"{build}; {install}", home)
    assert done.returncode == 0, done.stdout
    return made


@pytest.fixture
def workspaces(many_workspaces: Simulator) -> Simulator:
    """Each as its list says."""
    many_workspaces.reset()
    for of in WORKSPACES.values():
        names = (client["name"] for client in of["clients_list"])
        stage.fill(many_workspaces, of["clients_workspace_id"], *names)
    return many_workspaces


@pytest.fixture
def pipeline(
    request: pytest.FixtureRequest, machine: Machine, workspaces: Simulator, tmp_path: Path
) -> Iterator[Pipeline]:
    """Of the class's code host. A run leaves no key anywhere, and what it printed is no command."""
    kind = request.cls.code_host
    with serving(kind.dialect) as host:
        made: Pipeline = kind(Team(tmp_path, machine, workspaces, host))
        yield made
    assert made.obeyed == []
    written = [path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()]
    said = [entry.text for entry in (*host.comments, *host.issues)]
    assert workspaces.token not in "\n".join([*written, *said])
