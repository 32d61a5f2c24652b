# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's playbooks, by name, with one workspace and with many."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import ansible_playbook

HOSTILE = [
    "{{ lookup('ansible.builtin.pipe', 'echo evaluated') }}",
    "{% raw %}",
    "'quoted' \"twice\" # no comment",
    "yes",
    "~",
    "C# [Ltd]",
    "#1",
    "Zo\u00eb \U0001f680 e\u0301 \u202e\x85",
    "line\nbreak: [x]",
]


def run(
    service: Simulator, folder: Path, name: str, *arguments: str, status: int = 0
) -> subprocess.CompletedProcess[str]:
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
    assert "changed=1" in run(service, tmp_path, "apply", "-e", f"@{listed}").stdout
    assert service.names() == ["Acme", "Globex"]
    assert "changed=0" in run(service, tmp_path, "apply", "-e", f"@{listed}").stdout
    assert "as the list says" in run(service, tmp_path, "drift", "-e", f"@{listed}").stdout


def test_export_then_apply_changes_nothing(service: Simulator, tmp_path: Path) -> None:
    """Also where names share, look like templates or hold what YAML takes for something else."""
    for name in ["Acme", "Acme", *HOSTILE]:
        service.add(name)
    service.add("Umbrella", deleted=True)
    run(service, tmp_path, "export", "-e", "clients_file=out.yml")
    exported = tmp_path / "out.yml"
    assert "Zo\u00eb \U0001f680" in exported.read_text()
    again = run(service, tmp_path, "export", "-e", "clients_file=out.yml")
    assert "changed=0" in again.stdout
    applied = run(
        service, tmp_path, "apply", "-e", f"@{exported}", "-e", "clients_purge=true", "--diff"
    )
    assert "changed=0" in applied.stdout
    assert service.writes == []


def test_an_empty_workspace_is_exported(service: Simulator, tmp_path: Path) -> None:
    run(service, tmp_path, "export", "-e", "clients_file=out.yml")
    assert yaml.safe_load((tmp_path / "out.yml").read_text()) == {"clients_list": []}


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
    applied = run(service, tmp_path, "apply", "-i", str(inventory))
    assert applied.stdout.count("changed=1") == 2
    assert service.names() == ["Acme"]
    assert run(service, tmp_path, "drift", "-i", str(inventory)).stdout.count("changed=0") == 2
    run(service, tmp_path, "export", "-i", str(inventory))
    exported = yaml.safe_load((tmp_path / "asia.clients.yml").read_text())
    assert sorted(entry["name"] for entry in exported["clients_list"]) == ["Globex", "Initech"]
    limited = run(service, tmp_path, "apply", "-i", str(inventory), "--limit", "asia")
    assert "europe" not in limited.stdout
