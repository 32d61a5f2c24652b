# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation shows is run as it is written."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import yaml
from simulator.server import Simulator
from support.playbooks import ROOT, played
from support.stage import Stage, asked, fill, workspaces

MODULES = {1: "focus_clients", 4711: "focus_client", 2: "focus_client_info"}


def test_examples(tmp_path: Path) -> None:
    """Those of each module, in a workspace of their own."""
    with workspaces(*MODULES) as service:
        tasks = []
        for workspace_id, name in MODULES.items():
            fill(service, workspace_id, "Acme", "Globex", "Initech")
            service.workspaces[workspace_id].add("Umbrella", deleted=True)
            module = importlib.import_module(
                f"ansible_collections.toggl.focus.plugins.modules.{name}"
            )
            there = {"TOGGL_FOCUS_WORKSPACE_ID": str(workspace_id)}
            tasks.append({"block": yaml.safe_load(module.EXAMPLES), "environment": there})
        ran = played(service, tmp_path, tasks)
        assert ran.status == 0, ran.output
        assert {*asked(service)} == {*MODULES}


def test_the_playbook_of_the_readme(service: Simulator, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    first = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)
    assert first, "the README begins with a playbook"
    assert len(first[1].splitlines()) <= 12
    stage = Stage(service, tmp_path)
    stage.write("playbook.yml", first[1])
    printed = stage.run("playbook.yml", "playbook.yml")
    assert service.writes
    assert "changed=1" in printed, "the second time, nothing changes"
