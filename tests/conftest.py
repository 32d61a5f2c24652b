# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, emptied before each; real HTTP on a loopback port."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis
import pytest
from simulator.server import Simulator

# A failing example is printed with what runs it again alone; the seed is --hypothesis-seed.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.load_profile("here")


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def service(server: Simulator) -> Simulator:
    server.reset()
    return server
