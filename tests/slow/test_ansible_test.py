# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-test``: integration, against the simulator, and sanity, without an ignore file."""

from __future__ import annotations

import json
from pathlib import Path

from simulator.server import Simulator

from tools.run_ansible_test import run
from tools.simulator import environment

CONFIG = Path(__file__).resolve().parents[1] / "integration" / "integration_config.yml"


def test_integration(service: Simulator) -> None:
    values = {
        "focus_environment": environment(service.url),
        "focus_simulator": service.url.removesuffix("/api") + "/_simulator",
        # What it holds and has seen, looked up wherever a task names it.
        "focus_state": "{{ lookup('ansible.builtin.url', focus_simulator ~ '/state', "
        "use_proxy=false) | from_json }}",
    }
    CONFIG.write_text(json.dumps(values, indent=2))  # JSON is YAML
    try:
        assert run("integration") == 0
    finally:
        CONFIG.unlink()


def test_sanity() -> None:
    assert run("sanity") == 0
