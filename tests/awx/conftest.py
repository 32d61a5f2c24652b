# SPDX-License-Identifier: GPL-3.0-or-later
"""The service with the workspaces of the example's inventory, and jobs that work on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from awx.jobs import Job, imported_inventory, launch
from simulator.server import Simulator

Launch = Callable[..., Job]


@pytest.fixture(scope="session")
def inventory() -> dict[str, Any]:
    return imported_inventory()


@pytest.fixture(scope="session")
def many_workspaces(inventory: Mapping[str, Any]) -> Iterator[Simulator]:
    hosts = inventory["_meta"]["hostvars"].values()
    with Simulator() as running:
        running.workspace_ids = tuple(host["clients_workspace_id"] for host in hosts)
        yield running


@pytest.fixture
def workspaces(many_workspaces: Simulator) -> Simulator:
    many_workspaces.reset()
    return many_workspaces


@pytest.fixture
def job(workspaces: Simulator, inventory: Mapping[str, Any], tmp_path: Path) -> Launch:
    count = iter(range(100))

    def run(template: str, **options: Any) -> Job:
        inputs = {"api_token": workspaces.token, "api_url": workspaces.url}
        given = {"inventory": inventory, "inputs": inputs, **options}
        return launch(tmp_path / f"job{next(count)}", template, **given)

    return run
