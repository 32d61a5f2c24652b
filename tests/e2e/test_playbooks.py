# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's playbooks, one after the other, with two workspaces of two services."""

from __future__ import annotations

from pathlib import Path

import yaml
from simulator.server import Simulator
from support.stage import Stage

MOVES_AWAY = {
    "ansible_connection": "ssh",
    "ansible_host": "127.0.0.1",
    "ansible_port": 1,
    "ansible_user": "somebody",
    "ansible_become": True,
    "ansible_become_user": "nobody",
    "ansible_become_method": "su",
    "ansible_become_exe": "/nonexistent/su",
    "ansible_python_interpreter": "/nonexistent/python",
    "ansible_playbook_python": "/nonexistent/python",
    "ansible_shell_type": "powershell",
    "ansible_shell_executable": "/nonexistent/sh",
}
"""What an inventory of servers may say; the token would travel there in the module's arguments."""


def test_the_playbooks_stay_on_the_controller(service: Simulator, tmp_path: Path) -> None:
    """Whatever the inventory says of connections, and with ``--become`` too. Each host has its own
    workspace and list."""
    service.add("Acme")
    stage = Stage(service, tmp_path)
    with Simulator(workspace_id=42) as other:
        elsewhere = {"clients_workspace_id": other.workspace_id, "clients_api_url": other.url}
        hosts: dict[str, dict[str, object]] = {
            "europe": {"clients_list": ["Acme", "Globex"]},
            "asia": {**elsewhere, "clients_list": ["Initech"]},
        }
        stage.inventory({host: {**MOVES_AWAY, **own} for host, own in hosts.items()})
        book = [
            {"import_playbook": "toggl.focus.export", "vars": {"clients_hosts": "europe"}},
            *(
                {"import_playbook": f"toggl.focus.{name}"}
                for name in ("check", "plan", "apply", "drift")
            ),
        ]
        stage.write("book.yml", book)
        printed = stage.run("book.yml", "--become")
        assert printed.count("The workspace is as the list says.") == 2
        assert service.names() == ["Acme", "Globex"]
        assert other.names() == ["Initech"]
    assert (tmp_path / "plan.json").exists()
    exported = yaml.safe_load((tmp_path / "europe.clients.yml").read_text())
    assert len(exported["clients_list"]) == 1
