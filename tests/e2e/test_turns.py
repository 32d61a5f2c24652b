# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one workspace take turns, so that hosts of one workspace and plays at once duplicate
nothing. How long one waits is in ``test_timeout.py`` and ``tests/http/test_turns.py``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import access, ansible_playbook, played

ONE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
NAMES = [f"Client {number}" for number in range(1, 7)]
ROLE = {
    "ansible.builtin.include_role": {"name": "toggl.focus.clients"},
    "vars": {"clients_list": NAMES},
}


@pytest.fixture
def slow(service: Simulator) -> Simulator:
    """What one run has not yet written, another one does not read."""
    service.reset(latency=0.05)
    return service


def test_five_hosts_of_one_workspace_create_each_client_once(
    slow: Simulator, tmp_path: Path
) -> None:
    """The role under ``hosts: all``, in Ansible's own process and as modules; then a loop, which
    gives its turn back after each item."""
    own = {"ansible_python_interpreter": sys.executable}
    connections = ("local", "local", "local", "elsewhere", "elsewhere")
    hosts = {
        f"host{at}": {**own, "ansible_connection": name} for at, name in enumerate(connections)
    }
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    others = [f"Looped {number}" for number in range(1, 7)]
    loop = {
        ONE: {"name": "{{ item }}"},
        "loop": others,
        "when": "ansible_connection == 'local'",
    }
    ran = played(slow, tmp_path, [ROLE, loop], "-i", str(inventory), "--forks", "5", hosts="all")
    assert ran.status == 0, ran.output
    assert slow.names() == [*NAMES, *others]


def test_two_playbooks_at_once(slow: Simulator, tmp_path: Path) -> None:
    """They spell the address of one service in two ways."""
    book = tmp_path / "book.yml"
    task = {BULK: {"clients": NAMES}}
    book.write_text(yaml.dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
    otherwise = {"TOGGL_FOCUS_API_URL": f"{slow.url.replace('http', 'HTTP')}/"}

    def status(more: Mapping[str, str]) -> int:
        return ansible_playbook(slow, book, environment={**access(slow), **more}).returncode

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(status, [{}, otherwise])) == [0, 0]
    assert slow.names() == NAMES
