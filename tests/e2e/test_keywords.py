# SPDX-License-Identifier: GPL-3.0-or-later
"""The keywords of a task mean what they always mean, and hosts and playbooks may run at once. See
``test_modules.py``, ``test_sent.py`` and ``test_timeout.py`` for others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from simulator.server import Simulator
from support.playbooks import access
from support.stage import CLIENT, CLIENTS, LOCAL, ROLE, Stage, play

NAMES = [f"Client {number}" for number in range(10, 23)]


def test_tasks_that_are_repeated_and_run_once(service: Simulator, tmp_path: Path) -> None:
    """Once for two hosts, by another one for it; a loop keeps its connection. What is templated is
    in ``test_values.py``, and what fails and is tried again is failed in ``test_mistakes.py``."""
    stage = Stage(service, tmp_path)
    stage.inventory({"one": LOCAL, "two": LOCAL})
    looped = {CLIENT: {"name": "{{ item }}"}, "loop": NAMES[:5], "delegate_to": "localhost"}
    stage.run(stage.book(play({**looped, "run_once": True}, hosts="one,two")))
    assert [entry.method for entry in service.log] == ["GET", "POST"] * 5
    assert len({entry.peer for entry in service.log}) == 1
    assert service.names() == NAMES[:5]


def test_a_long_run_prints_lines_of_progress(service: Simulator, tmp_path: Path) -> None:
    """While it waits for the quota. A variable turns them off; no value of it fails a task."""
    quota: dict[str, Any] = {"quota_limit": 10, "quota_window": 6}
    service.reset(**quota)
    with Simulator(**quota) as silent:
        tasks: list[dict[str, Any]] = [{CLIENTS: {"clients": NAMES[:12], "quota_wait": 60}}]
        for value, count in ((False, 13), ("quiet", 1), (None, 1), ([], 1), (0.5, 1)):
            off = {"vars": {"toggl_focus_progress": value}, "environment": access(silent)}
            tasks.append({CLIENTS: {"clients": NAMES[:count], "quota_wait": 60}, **off})
        stage = Stage(service, tmp_path)
        ran = stage.process(stage.book(play(*tasks)))
        assert silent.names() == NAMES
    assert "changes done" not in ran.stdout, "it is what the callback makes of it"
    lines = [line for line in ran.stderr.splitlines() if line.startswith("toggl.focus: ")]
    assert lines, ran.stderr
    assert lines[0].startswith("toggl.focus: 9 of 12 changes done, quota left 0, waiting for the")
    assert [line for line in lines if " of 12 " not in line] == []


def test_hosts_and_playbooks_at_once_duplicate_nothing(service: Simulator, tmp_path: Path) -> None:
    """The role both ways, a loop that gives its turn back, an address spelled in another way."""
    service.reset(latency=0.05)
    stage = Stage(service, tmp_path)
    elsewhere = {**LOCAL, "ansible_connection": "elsewhere"}
    stage.inventory({"host0": LOCAL, "host1": LOCAL, "host2": elsewhere})
    clients, others = NAMES[:6], NAMES[6:12]
    here = "ansible_connection == 'local'"
    loop = {CLIENT: {"name": "{{ item }}"}, "loop": others, "when": here}
    stage.write("all.yml", [play({**ROLE, "vars": {"clients_list": clients}}, loop, hosts="all")])
    stage.write("localhost.yml", [play({CLIENTS: {"clients": [*others, *clients]}})])
    otherwise = {"TOGGL_FOCUS_API_URL": f"{service.url.replace('http', 'HTTP')}/"}

    def run(name: str, more: dict[str, str]) -> str:
        environment = {**access(service), **more}
        return stage.run(name, "--forks", "3", environment=environment, alone=True)

    with ThreadPoolExecutor(2) as pool:
        assert len([*pool.map(run, ["all.yml", "localhost.yml"], [{}, otherwise])]) == 2
    assert service.names() == [*clients, *others]
