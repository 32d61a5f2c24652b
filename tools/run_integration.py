# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test integration against a simulator: ``run_integration.py [TARGET...]``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import run_ansible_test
import simulator

CONFIG = Path(__file__).resolve().parent.parent / "tests/integration/integration_config.yml"


def main() -> int:
    with simulator.running() as url:
        environment = simulator.environment(url)
        values = {"focus_simulator": url.removesuffix("/api"), "focus_environment": environment}
        CONFIG.write_text(json.dumps(values, indent=2))  # JSON is YAML
        try:
            return run_ansible_test.run("integration", *sys.argv[1:])
        finally:
            CONFIG.unlink()


if __name__ == "__main__":
    sys.exit(main())
