# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-test integration``, against the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.server import Simulator

from tools import run_ansible_test
from tools.simulator import environment

CONFIG = Path(__file__).resolve().parents[1] / "integration" / "integration_config.yml"


@pytest.fixture
def configured(service: Simulator) -> Iterator[None]:
    values = {
        "focus_simulator": service.url.removesuffix("/api"),
        "focus_environment": environment(service.url),
    }
    CONFIG.write_text(json.dumps(values, indent=2))  # JSON is YAML
    yield
    CONFIG.unlink()


@pytest.mark.usefixtures("configured")
def test_integration() -> None:
    assert run_ansible_test.run("integration") == 0
