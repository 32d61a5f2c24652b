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
from support.playbooks import access, ansible_playbook

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


def test_hosts_of_one_workspace_and_two_playbooks_at_once_create_each_client_once(
    slow: Simulator, tmp_path: Path
) -> None:
    """The role under ``hosts: all``, in Ansible's own process and as modules; then a loop, which
    gives its turn back after each item. The other playbook spells the address of the service in
    another way."""
    connections = ("local", "local", "elsewhere")
    own = {"ansible_python_interpreter": sys.executable}
    hosts = {
        f"host{at}": {**own, "ansible_connection": name} for at, name in enumerate(connections)
    }
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    others = [f"Looped {number}" for number in range(1, 7)]
    loop = {
        ONE: {"name": "{{ item }}"},
        "loop": others,
        "when": "ansible_connection == 'local'",
    }
    alone = {BULK: {"clients": [*others, *NAMES]}}
    books = {"all": [ROLE, loop], "localhost": [alone]}
    for name, tasks in books.items():
        play = {"hosts": name, "gather_facts": False, "tasks": tasks}
        (tmp_path / f"{name}.yml").write_text(yaml.safe_dump([play]))
    otherwise = {"TOGGL_FOCUS_API_URL": f"{slow.url.replace('http', 'HTTP')}/"}

    def run(name: str, more: Mapping[str, str]) -> str:
        given = ("-i", "hosts.yml", "--forks", "3")
        environment = {**access(slow), **more}
        ran = ansible_playbook(
            slow, f"{name}.yml", *given, environment=environment, folder=tmp_path
        )
        return "" if ran.returncode == 0 else ran.stdout + ran.stderr

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, books, [{}, otherwise])) == ["", ""]
    assert slow.names() == [*NAMES, *others]
