# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook as a fixture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import Play, Ran, ansible_playbook, keep


@pytest.fixture
def play(service: Simulator, tmp_path: Path) -> Play:
    """Runs tasks as a playbook; a task with ``register`` is found in the results."""

    def run(
        tasks: Sequence[Mapping[str, Any]],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        **keywords: Any,
    ) -> Ran:
        kept = tmp_path / "results.json"
        kept.unlink(missing_ok=True)
        book = {"hosts": "localhost", "gather_facts": False, **keywords}
        book["tasks"] = [*tasks, keep([task.get("register") for task in tasks], kept)]
        path = tmp_path / "playbook.yml"
        path.write_text(yaml.safe_dump([book], sort_keys=False, allow_unicode=True))
        ran = ansible_playbook(service, path, *arguments, environment=environment)
        results = json.loads(kept.read_text()) if kept.exists() else {}
        return Ran(ran.stdout + ran.stderr, ran.returncode, results)

    return run
