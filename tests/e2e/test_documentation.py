# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of the modules are run as they are written. Guides and start pages are run in
``tests/docs``."""

from __future__ import annotations

import importlib
from pathlib import Path

import yaml
from support.playbooks import played
from support.stage import asked, fill, workspaces

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
