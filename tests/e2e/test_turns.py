# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one workspace take turns, so that hosts of one workspace and plays at once duplicate
nothing."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import WAYS, access, ansible_playbook, played
from support.running import holding_the_turn

ONE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
NAMES = [f"Client {number}" for number in range(1, 7)]
ROLE = {
    "ansible.builtin.include_role": {"name": "toggl.focus.clients"},
    "vars": {"clients_list": NAMES},
}
HOSTS = ("-i", "one,two,three,four,five", "--forks", "5")


@pytest.fixture
def slow(service: Simulator) -> Simulator:
    """What one run has not yet written, another one does not read."""
    service.reset(latency=0.05)
    return service


def on_five_hosts(
    service: Simulator, folder: Path, task: Mapping[str, Any], *arguments: str
) -> None:
    own = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    ran = played(
        service, folder, [task], *HOSTS, *arguments, hosts="all", connection="local", vars=own
    )
    assert ran.status == 0, ran.output


@pytest.mark.parametrize("way", WAYS)
def test_five_hosts_of_one_workspace_create_each_client_once(
    slow: Simulator, tmp_path: Path, way: str
) -> None:
    """The role under ``hosts: all``."""
    on_five_hosts(slow, tmp_path, ROLE, *WAYS[way])
    assert slow.names() == NAMES


def test_a_loop_gives_its_turn_back_after_each_item(slow: Simulator, tmp_path: Path) -> None:
    on_five_hosts(slow, tmp_path, {ONE: {"name": "{{ item }}"}, "loop": NAMES})
    assert slow.names() == NAMES


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


def test_waiting_ends_with_the_timeout_of_the_task(service: Simulator, tmp_path: Path) -> None:
    """The message says what it waited for, and nothing was sent."""
    task = {
        BULK: {"clients": NAMES},
        "timeout": 1,
        "register": "ended",
        "ignore_errors": True,
    }
    with holding_the_turn(service) as process:
        result = played(service, tmp_path, [task]).results["ended"]
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
    assert result["msg"] == (
        "The task's timeout ended the run: nothing more is written. Nothing had been written. "
        f"It waited for another run on the workspace (process {process})."
    )
    assert service.log == []
