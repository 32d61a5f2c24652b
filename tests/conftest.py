# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, emptied before each; real HTTP on a loopback port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from simulator.server import Simulator

# Where runs have their locks: each simulator has a port of its own, and no lock is ever removed.
LOCKS = Path(__file__).parents[1] / ".ansible" / "locks"
LOCKS.mkdir(mode=0o700, parents=True, exist_ok=True)
os.environ["XDG_RUNTIME_DIR"] = str(LOCKS)

# A failing example is printed with what runs it again alone; the seed is --hypothesis-seed.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
here = hypothesis.settings.get_profile("here")
hypothesis.settings.register_profile("long", here, max_examples=20_000)  # --hypothesis-profile=long
hypothesis.settings.load_profile("here")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write", action="store_true", help="write what guides show of runs anew")


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def service(server: Simulator) -> Simulator:
    server.reset()
    return server


# what many tests vary: one that takes one of these is run with each of its values


@pytest.fixture(params=[True, False], ids=["check mode", "run"])
def check_mode(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=["focus_client", "focus_clients"])
def module(request: pytest.FixtureRequest) -> str:
    """A module that writes."""
    return str(request.param)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """A file that is not there yet."""
    return tmp_path / "journal.jsonl"
