# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows is run as it is written."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import ModuleType

import yaml
from simulator.server import Simulator
from simulator.workspace import Workspace
from support.playbooks import ROOT, ansible_playbook, played

COLLECTION = "ansible_collections.toggl.focus.plugins.modules"


def module(name: str) -> ModuleType:
    return importlib.import_module(f"{COLLECTION}.{name}")


def seed(workspace: Workspace) -> None:
    for name in ("Acme", "Globex", "Initech"):
        workspace.add(name)
    workspace.add("Umbrella", deleted=True)


def test_examples(tmp_path: Path) -> None:
    """Those of each module, in a workspace of their own."""
    modules = {1: "focus_clients", 4711: "focus_client", 2: "focus_client_info"}
    with Simulator() as service:
        service.workspace_ids = tuple(modules)
        service.reset()
        tasks = []
        for workspace_id, name in modules.items():
            seed(service.workspaces[workspace_id])
            examples = yaml.safe_load(module(name).EXAMPLES)
            there = {"TOGGL_FOCUS_WORKSPACE_ID": str(workspace_id)}
            tasks.append({"block": examples, "environment": there})
        ran = played(service, tmp_path, tasks)
    assert ran.status == 0, ran.output
    used = {int(entry.path.split("/")[3]) for entry in service.log}
    assert used == set(modules)


def test_the_playbook_of_the_readme(service: Simulator, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    first = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert first, "the README begins with a playbook"
    assert len(first[1].splitlines()) <= 12
    path = tmp_path / "playbook.yml"
    path.write_text(first[1])
    twice = ansible_playbook(service, path, str(path))
    assert twice.returncode == 0, twice.stdout + twice.stderr
    assert service.writes
    assert "changed=1" in twice.stdout, "the second time, nothing changes"
