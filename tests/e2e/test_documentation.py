# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows is run as it is written."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import ROOT, ansible_playbook, played

COLLECTION = "ansible_collections.toggl.focus.plugins.modules"


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{COLLECTION}.{name}")


def seed(service: Simulator) -> None:
    for name in ("Acme", "Globex", "Initech"):
        service.add(name)
    service.add("Umbrella", deleted=True)


@pytest.mark.parametrize("name", ["focus_client", "focus_client_info", "focus_clients"])
def test_examples(service: Simulator, tmp_path: Path, name: str) -> None:
    seed(service)
    ran = played(service, tmp_path, yaml.safe_load(module(name).EXAMPLES))
    assert ran.status == 0, ran.output
    assert "failed=0" in ran.output
    assert service.log


def test_the_playbook_of_the_readme(service: Simulator, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    first = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert first, "the README begins with a playbook"
    assert len(first[1].splitlines()) <= 12
    path = tmp_path / "playbook.yml"
    path.write_text(first[1])
    ran = ansible_playbook(service, path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.writes
    writes = len(service.writes)
    again = ansible_playbook(service, path)
    assert "changed=0" in again.stdout
    assert len(service.writes) == writes
