# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is a fork of a loaded Ansible prints and does what a process of its own does."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.playbooks import TREE, access, settings, started
from support.stage import CLIENT, CLIENTS, INFO, Stage, play

TIME = r"\d{4}-\d\d-\d\dT[\d:.]+Z|resets_in\W+\d+"
MODULE = {"ansible_connection": "elsewhere", "ansible_python_interpreter": sys.executable}
TASKS: list[dict[str, Any]] = [
    {"ansible.builtin.debug": {"msg": "{{ lookup('ansible.builtin.pipe', seen) }}"}},
    {"ansible.builtin.debug": {"var": "ansible_playbook_python"}},
    {CLIENT: {"name": "{{ name }}"}},
    {CLIENTS: {"clients": [], "purge": True}, "ignore_errors": True},
    {INFO: {}, "vars": MODULE, "register": "listed"},
    {"ansible.builtin.fail": {"msg": "{{ listed }}"}},
]


def test_it_is_the_same(service: Simulator, tmp_path: Path) -> None:
    """Below ``-vvv`` there is no line for a request."""
    stage = Stage(service, tmp_path)
    book = stage.book(
        play(*TASKS, hosts="all", vars={"seen": "pwd; umask; env | grep -v TOKEN | sort"})
    )
    stage.inventory({"localhost": {"ansible_connection": "local", "name": "Zo\u00eb"}})
    assert started(TREE).fits({**settings(), **access(service), "PWD": str(tmp_path)})
    outcomes = []
    for alone in (False, True):
        service.reset()
        ran = stage.process(book, "-vv", "--diff", status=2, alone=alone)
        printed = re.sub(TIME, "", f"{ran.stdout}\n--\n{ran.stderr}")
        assert "toggl.focus: " not in printed and "_sent" not in printed
        sent = [(entry.method, entry.path, entry.status) for entry in service.log]
        outcomes.append((ran.args, printed, sent, service.names()))
    for forked, real in zip(*outcomes, strict=True):
        assert forked == real


@pytest.mark.parametrize("name", ["ANSIBLE_DIFF_ALWAYS", "PYTHONPATH", "HOME", "LC_ALL", "NEW"])
def test_what_is_read_before_a_run_takes_a_process_of_its_own(name: str) -> None:
    assert started(TREE).fits({**settings(), "TOGGL_FOCUS_API_URL": "new"})
    assert not started(TREE).fits({**settings(), name: "new"})
