# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulator for all tests, emptied before each; real HTTP on a loopback port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from simulator.server import Simulator
from support.alone import alone

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


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say how to run alone what failed; the last line counts, whatever came before it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.collectonly:
        return
    counted = {word: len(reporter.stats.get(word, ())) for word in ("passed", "failed", "skipped")}
    counted["failed"] += len(reporter.stats.get("error", ()))
    failed = [
        report.nodeid for word in ("failed", "error") for report in reporter.stats.get(word, ())
    ]
    for line in alone(failed):
        reporter.write_line(line)
    reporter.write_line(", ".join(f"{count} {word}" for word, count in counted.items()))


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


@pytest.fixture
def service(server: Simulator) -> Simulator:
    server.reset()
    return server
