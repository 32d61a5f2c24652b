# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of a task mean the same, in Ansible's own process and as a module."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import Play, ansible_playbook, played

MODULE = "toggl.focus.focus_client"
INFO = "toggl.focus.focus_client_info"
BULK = "toggl.focus.focus_clients"


def access(service: Simulator) -> dict[str, str]:
    return {
        "TOGGL_FOCUS_API_URL": service.url,
        "TOGGL_FOCUS_API_TOKEN": service.token,
        "TOGGL_FOCUS_WORKSPACE_ID": str(service.workspace_id),
    }


def test_environment(service: Simulator, play: Play) -> None:
    """Of the task, also where it takes the place of what the process has."""
    wrong = {"TOGGL_FOCUS_WORKSPACE_ID": "999", "TOGGL_FOCUS_API_URL": service.url}
    tasks = [
        {MODULE: {"name": "Acme"}, "environment": access(service), "register": "given"},
        {INFO: {}, "register": "bare", "ignore_errors": True},
    ]
    ran = play(tasks, environment=wrong)
    assert ran.results["given"]["action"] == "created"
    assert "No authentication is given" in ran.results["bare"]["msg"]


def test_retries_until(service: Simulator, play: Play) -> None:
    service.reset(script=[Fault(status=500)] * 2)
    task = {
        MODULE: {"name": "Acme", "api_retries": 0},
        "register": "tried",
        "until": "tried is succeeded",
        "retries": 5,
        "delay": 0,
    }
    ran = play([task])
    assert (ran.results["tried"]["attempts"], ran.results["tried"]["action"]) == (3, "created")


def test_no_log(service: Simulator, play: Play) -> None:
    ran = play([{MODULE: {"name": "Hidden name"}, "no_log": True}], "-vvv")
    assert ran.status == 0
    assert service.names() == ["Hidden name"]
    assert "Hidden name" not in ran.output


def test_run_once_and_delegate_to(service: Simulator, play: Play, tmp_path: Path) -> None:
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts = {"one": here, "two": here}
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    tasks = [{MODULE: {"name": "Acme"}, "run_once": True, "delegate_to": "localhost"}]
    ran = play(tasks, "-i", str(inventory), hosts="one,two")
    assert ran.status == 0, ran.output
    assert [entry.method for entry in service.log] == ["GET", "POST"]


def test_async(service: Simulator, play: Play) -> None:
    ran = play([{MODULE: {"name": "Acme"}, "async": 30, "poll": 1, "register": "later"}])
    assert ran.results["later"]["action"] == "created"


def test_a_loop_keeps_its_connection(service: Simulator, play: Play, way: str) -> None:
    names = [f"Client {number}" for number in range(5)]
    ran = play([{MODULE: {"name": "{{ item }}"}, "loop": names}])
    assert ran.status == 0
    connections = {entry.peer for entry in service.log}
    assert len(connections) == (1 if way == "in process" else 5)


def test_vaulted_and_templated_options(service: Simulator, play: Play) -> None:
    """What reaches the module is plain text, whatever Ansible attaches to it."""
    ran = play(
        [{BULK: {"clients": "{{ listed }}"}, "register": "done"}],
        vars={
            "base": "Acme",
            "listed": [{"name": "{{ base }} {{ 1 + 1 }}", "former_names": ["{{ base }}"]}],
        },
    )
    assert ran.results["done"]["results"][0]["name"] == "Acme 2"
    assert service.names() == ["Acme 2"]


def waiting(tmp_path: Path) -> Path:
    tasks: list[dict[str, Any]] = [
        {BULK: {"clients": [{"name": f"C {n}"} for n in range(4)], "quota_wait": 60}}
    ]
    path = tmp_path / "waiting.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    return path


def test_a_long_run_prints_lines_of_progress(service: Simulator, tmp_path: Path) -> None:
    service.reset(quota_limit=3, quota_window=6)
    ran = ansible_playbook(service, waiting(tmp_path))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = [line for line in ran.stderr.splitlines() if line.startswith("toggl.focus: ")]
    assert lines, ran.stderr
    assert "changes done" not in ran.stdout, "it is what the callback makes of it"
    assert lines[0].startswith("toggl.focus: 2 of 4 changes done, quota left 0, waiting for the")


def test_a_variable_turns_them_off(service: Simulator, tmp_path: Path) -> None:
    service.reset(quota_limit=3, quota_window=6)
    ran = ansible_playbook(service, waiting(tmp_path), "-e", "toggl_focus_progress=false")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "changes done" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("value", ["quiet", None, [], 0.5])
def test_any_value_of_that_variable_leaves_the_task_alone(
    service: Simulator, tmp_path: Path, value: object
) -> None:
    """Whoever writes ``quiet`` wants no lines; no value is worth a failed task."""
    task = {BULK: {"clients": ["Acme"]}, "register": "done"}
    ran = played(service, tmp_path, [task], vars={"toggl_focus_progress": value})
    assert ran.results["done"]["changed"] is True, ran.output
