# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one workspace take turns, so that hosts of one workspace and plays at once duplicate
nothing. How long one waits is in ``test_timeout.py`` and ``tests/http/test_turns.py``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simulator.server import Simulator
from support.playbooks import access
from support.stage import CLIENT, CLIENTS, LOCAL, ROLE, Stage, play

NAMES = [f"Client {number}" for number in range(1, 7)]


def test_hosts_of_one_workspace_and_two_playbooks_at_once_create_each_client_once(
    service: Simulator, tmp_path: Path
) -> None:
    """The role under ``hosts: all``, in Ansible's own process and as modules; then a loop, which
    gives its turn back after each item. The other playbook spells the address of the service in
    another way. What one run has not yet written, another one does not read."""
    service.reset(latency=0.05)
    stage = Stage(service, tmp_path)
    elsewhere = {**LOCAL, "ansible_connection": "elsewhere"}
    stage.inventory({"host0": LOCAL, "host1": LOCAL, "host2": elsewhere})
    others = [f"Looped {number}" for number in range(1, 7)]
    loop = {
        CLIENT: {"name": "{{ item }}"},
        "loop": others,
        "when": "ansible_connection == 'local'",
    }
    stage.write("all.yml", [play({**ROLE, "vars": {"clients_list": NAMES}}, loop, hosts="all")])
    stage.write("localhost.yml", [play({CLIENTS: {"clients": [*others, *NAMES]}})])
    otherwise = {"TOGGL_FOCUS_API_URL": f"{service.url.replace('http', 'HTTP')}/"}

    def run(name: str, more: dict[str, str]) -> str:
        environment = {**access(service), **more}
        return stage.run(name, "--forks", "3", environment=environment, alone=True)

    with ThreadPoolExecutor(2) as pool:
        assert len([*pool.map(run, ["all.yml", "localhost.yml"], [{}, otherwise])]) == 2
    assert service.names() == [*NAMES, *others]
