# SPDX-License-Identifier: GPL-3.0-or-later
"""The service with the workspaces of the example's inventory, and jobs that work on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from awx.jobs import Job, Launch, imported_inventory, launch
from simulator.server import Simulator
from support.stage import workspaces


@pytest.fixture(scope="session")
def inventory() -> dict[str, Any]:
    return imported_inventory()


@pytest.fixture(scope="session")
def many_workspaces(inventory: Mapping[str, Any]) -> Iterator[Simulator]:
    hosts = inventory["_meta"]["hostvars"].values()
    with workspaces(*(host["clients_workspace_id"] for host in hosts)) as running:
        yield running


@pytest.fixture(scope="session")
def job(
    many_workspaces: Simulator,
    inventory: Mapping[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Launch:
    def run(template: str, **options: Any) -> Job:
        inputs = {"api_token": many_workspaces.token, "api_url": many_workspaces.url}
        given = {"inventory": inventory, "inputs": inputs, **options}
        return launch(tmp_path_factory.mktemp("job"), template, **given)

    return run
