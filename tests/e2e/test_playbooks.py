# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's playbooks, by name, with one workspace and with many."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import ansible_playbook


def run(
    service: Simulator, folder: Path, name: str, *arguments: str, status: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a playbook, after those that the arguments name."""
    ran = ansible_playbook(service, f"toggl.focus.{name}", *arguments, folder=folder)
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran


def clients_file(folder: Path, *names: str, **more: object) -> Path:
    path = folder / "clients.yml"
    path.write_text(yaml.safe_dump({"clients_list": [{"name": name} for name in names], **more}))
    return path


def test_apply_and_drift(service: Simulator, tmp_path: Path) -> None:
    service.add("Acme")
    listed = clients_file(tmp_path, "Acme", "Globex")
    drift = run(service, tmp_path, "drift", "-e", f"@{listed}", status=2)
    assert "differs from the list: Would create 1" in drift.stdout
    assert "+- name: Globex" in drift.stdout
    assert service.writes == []
    before = ("toggl.focus.apply", "toggl.focus.drift")
    applied = run(service, tmp_path, "apply", "-e", f"@{listed}", *before).stdout
    assert applied.count("changed=1") == 3, "the first one of three playbooks"
    assert "as the list says" in applied
    assert service.names() == ["Acme", "Globex"]


@pytest.fixture
def inventory(service: Simulator, tmp_path: Path) -> Path:
    """Two workspaces of two services; each host has its own list."""
    with Simulator(workspace_id=42) as other:
        hosts = {
            "europe": {"clients_workspace_id": service.workspace_id, "clients_list": names("Acme")},
            "asia": {
                "clients_workspace_id": other.workspace_id,
                "clients_api_url": other.url,
                "clients_list": names("Globex", "Initech"),
            },
        }
        path = tmp_path / "workspaces.yml"
        path.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
        yield path


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
    """Whatever the inventory says of connections, and with ``--become`` too."""
    service.add("Acme")
    listed = {"clients_list": names("Acme", "Globex"), "clients_plan_file": "plan.json"}
    inventory = {"all": {"hosts": {"europe": {**MOVES_AWAY, **listed}}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory))
    others = [f"toggl.focus.{name}" for name in ("check", "plan", "apply", "drift")]
    ran = run(service, tmp_path, "export", "-i", "hosts.yml", "--become", *others)
    assert "unreachable=0    failed=0" in ran.stdout
    assert service.names() == ["Acme", "Globex"]
    assert (tmp_path / "plan.json").exists()
    assert "Globex" in (tmp_path / "europe.clients.yml").read_text()


def names(*wanted: str) -> list[dict[str, str]]:
    return [{"name": name} for name in wanted]


def test_many_workspaces_are_many_hosts(
    service: Simulator, tmp_path: Path, inventory: Path
) -> None:
    ran = run(service, tmp_path, "drift", "-i", str(inventory), "toggl.focus.apply")
    assert ran.stdout.count("changed=1") == 4, "of two hosts, after each of the two playbooks"
    assert ran.stdout.count("The workspace is as the list says.") == 2
    assert service.names() == ["Acme"]
