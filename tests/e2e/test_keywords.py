# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of a task mean what they always mean. ``environment`` is in ``test_modules.py``,
``async`` and ``no_log`` are in ``test_sent.py``, ``timeout`` has a file of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import Play, ansible_playbook

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"


def test_tasks_that_are_repeated_and_templated(service: Simulator, play: Play) -> None:
    """What is tried again is tried until it succeeds, a loop keeps its connection, and what reaches
    the module is plain text, whatever Ansible attaches to it."""
    service.reset(script=[Fault(status=500)] * 2)
    tried = {
        MODULE: {"name": "Acme", "api_retries": 0},
        "register": "tried",
        "until": "tried is succeeded",
        "retries": 5,
        "delay": 0,
    }
    names = [f"Client {number}" for number in range(5)]
    looped = {MODULE: {"name": "{{ item }}"}, "loop": names}
    templated = {BULK: {"clients": "{{ listed }}"}, "register": "templated"}
    listed = [{"name": "{{ base }} {{ 1 + 1 }}", "former_names": ["{{ base }}"]}]
    ran = play([tried, looped, templated], vars={"base": "Globex", "listed": listed})
    assert ran.status == 0, ran.output
    assert (ran.results["tried"]["attempts"], ran.results["tried"]["action"]) == (3, "created")
    of_the_loop = [entry for entry in service.log if entry.query.get("name") in names]
    assert len(of_the_loop) == 5
    assert len({entry.peer for entry in of_the_loop}) == 1
    assert ran.results["templated"]["results"][0]["name"] == "Globex 2"
    assert service.names() == ["Acme", *names, "Globex 2"]


def test_run_once_and_delegate_to(service: Simulator, play: Play, tmp_path: Path) -> None:
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    hosts = {"one": here, "two": here}
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    tasks = [{MODULE: {"name": "Acme"}, "run_once": True, "delegate_to": "localhost"}]
    ran = play(tasks, "-i", str(inventory), hosts="one,two")
    assert ran.status == 0, ran.output
    assert [entry.method for entry in service.log] == ["GET", "POST"]


WAITS: dict[str, Any] = {BULK: {"clients": [f"Client {n}" for n in range(12)], "quota_wait": 60}}
"""With ten requests in a window of some seconds, it waits for the next window."""


def test_a_long_run_prints_lines_of_progress(service: Simulator, tmp_path: Path) -> None:
    service.reset(quota_limit=10, quota_window=6)
    path = tmp_path / "waiting.yml"
    path.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [WAITS]}])
    )
    ran = ansible_playbook(service, path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    lines = [line for line in ran.stderr.splitlines() if line.startswith("toggl.focus: ")]
    assert lines, ran.stderr
    assert "changes done" not in ran.stdout, "it is what the callback makes of it"
    assert lines[0].startswith("toggl.focus: 9 of 12 changes done, quota left 0, waiting for the")


def test_a_variable_turns_them_off_and_no_value_of_it_fails_a_task(
    service: Simulator, play: Play
) -> None:
    """Whoever writes ``quiet`` wants no lines."""
    service.reset(quota_limit=10, quota_window=6)
    off = {**WAITS, "vars": {"toggl_focus_progress": False}}
    others = [
        {BULK: {"clients": ["Acme"]}, "vars": {"toggl_focus_progress": value}}
        for value in ("quiet", None, [], 0.5)
    ]
    ran = play([off, *others])
    assert ran.status == 0, ran.output
    assert "changes done" not in ran.output
    assert len(service.names()) == 13
