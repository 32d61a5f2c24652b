# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, emptied before each; real HTTP on a loopback port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simulator.server import Simulator


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def service(server: Simulator) -> Simulator:
    server.reset()
    return server
