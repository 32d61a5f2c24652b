# SPDX-License-Identifier: GPL-3.0-or-later
"""At ``-vvv`` there is a line for each request, on stderr; and what is printed there holds up no
run whose stdout nobody reads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import ANSIBLE_PLAYBOOK, WAYS, access, ansible_playbook, settings

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
INFO = "toggl.focus.focus_client_info"

LINE = re.compile(
    r"<localhost> toggl\.focus: (GET|POST|PUT|PATCH|DELETE) (/workspaces/4711/clients[/\w]*) "
    r"(\d{3}|no answer|not connected) \(try (\d+), \d+ ms(?:, trace id (\S+))?\)"
)
REFUSED = b'{"error": "no", "error_description": "not this one", "trace_id": "trace-7"}'


def book(folder: Path, *tasks: Mapping[str, Any], hosts: str = "localhost") -> Path:
    path = folder / "book.yml"
    path.write_text(yaml.safe_dump([{"hosts": hosts, "gather_facts": False, "tasks": [*tasks]}]))
    return path


def lines_of(text: str) -> list[tuple[str, str, str, str, str]]:
    """Method, path, status, try and trace id of each line; all lines are of this form."""
    found = [line for line in text.splitlines() if "toggl.focus: " in line]
    matches = [LINE.fullmatch(line) for line in found]
    assert all(matches), found
    return [match.groups("") for match in matches if match]  # type: ignore[misc]


@pytest.mark.parametrize("way", WAYS)
def test_what_was_sent_is_a_line_each(service: Simulator, tmp_path: Path, way: str) -> None:
    """Method, path, status, try, milliseconds and the trace id of a refusal; the result of the task
    has no key for it."""
    service.reset(
        script=[
            Fault(match=lambda method, _: method == "GET", status=503),
            Fault(match=lambda method, _: method == "GET", drop="before"),
            Fault(match=lambda method, _: method == "DELETE", status=400, body=REFUSED),
        ]
    )
    service.add("Acme of the query")
    service.add("Globex")
    entries = [{"name": "Globex", "state": "absent"}, {"name": "Acme of the body"}]
    task = {BULK: {"clients": entries, "concurrency": 1}, "register": "done", "ignore_errors": True}
    told = {"ansible.builtin.debug": {"var": "done"}}
    ran = ansible_playbook(service, book(tmp_path, task, told), "-vvv", *WAYS[way])
    all_of_them = "/workspaces/4711/clients"
    assert lines_of(ran.stderr) == [
        ("GET", all_of_them, "503", "1", ""),
        ("GET", all_of_them, "no answer", "2", ""),
        ("GET", all_of_them, "200", "3", ""),
        ("DELETE", f"{all_of_them}/1002", "400", "1", "trace-7"),
        ("POST", all_of_them, "201", "1", ""),
    ]
    assert len(service.log) == 5
    assert "toggl.focus: " not in ran.stdout
    assert '"_sent"' not in ran.stdout
    for secret in ("Acme of", service.token, "per_page"):
        assert secret not in ran.stderr


def on_both_hosts(folder: Path) -> tuple[str, ...]:
    """Arguments by which a playbook runs in Ansible's own process and as a module."""
    connections = {"here": "local", "there": "elsewhere"}
    hosts = {
        host: {"ansible_connection": name, "ansible_python_interpreter": sys.executable}
        for host, name in connections.items()
    }
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    return ("-i", str(folder / "hosts.yml"))


KEYS = {"ansible.builtin.debug": {"msg": "keys: {{ done.keys() | sort | join(' ') }}"}}


def test_below_that_verbosity_there_are_none(service: Simulator, tmp_path: Path) -> None:
    task = {MODULE: {"name": "Acme"}, "register": "done"}
    playbook = book(tmp_path, task, KEYS, hosts="all")
    assert_no_lines(ansible_playbook(service, playbook, "-vv", *on_both_hosts(tmp_path)), keys=2)
    assert service.names() == ["Acme"]


def test_there_are_none_with_no_log_and_async(service: Simulator, tmp_path: Path) -> None:
    keywords: dict[str, dict[str, Any]] = {
        "Hidden name": {"no_log": True},
        "Acme": {"async": 60, "poll": 1},
    }
    tasks: list[dict[str, Any]] = []
    for name, more in keywords.items():
        tasks += [{MODULE: {"name": name}, "register": "done", **more}, KEYS]
    ran = ansible_playbook(service, book(tmp_path, *tasks), "-vvv")
    assert_no_lines(ran, keys=2)
    assert service.names() == ["Acme", "Hidden name"]
    assert "Hidden name" not in ran.stdout + ran.stderr


def assert_no_lines(ran: subprocess.CompletedProcess[str], keys: int) -> None:
    """The keys of so many results were printed."""
    printed = ran.stdout + ran.stderr
    assert ran.returncode == 0, printed
    assert len(re.findall(r"keys: \w", printed)) == keys
    assert "toggl.focus: " not in printed
    assert "_sent" not in ran.stdout


def test_each_item_of_a_loop_and_a_service_that_is_not_there_have_lines(
    service: Simulator, tmp_path: Path
) -> None:
    tasks: list[dict[str, Any]] = [
        {INFO: {"name": "{{ item }}"}, "loop": ["Acme", "Globex"]},
        {INFO: {"api_retries": 1, "api_url": "http://127.0.0.1:9/api"}},
    ]
    ran = ansible_playbook(service, book(tmp_path, *tasks), "-vvv")
    assert [(line[0], *line[2:4]) for line in lines_of(ran.stderr)] == [
        ("GET", "200", "1"),
        ("GET", "200", "1"),
        ("GET", "not connected", "1"),
        ("GET", "not connected", "2"),
    ]


def test_a_reader_that_closes_stdout_stops_nothing(service: Simulator, tmp_path: Path) -> None:
    """As in ``ansible-playbook ... | head -3``, on a run that is long enough for lines of
    progress."""
    service.reset(latency=1)
    wanted = [{"name": f"Client {number}"} for number in range(7)]
    playbook = book(tmp_path, {BULK: {"clients": wanted, "concurrency": 1}})
    told = tmp_path / "stderr"
    with told.open("w") as stderr:
        process = subprocess.Popen(
            [str(ANSIBLE_PLAYBOOK), str(playbook)],
            env={**settings(), **access(service)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait(60)
    finally:
        process.kill()
        process.wait()
    assert "changes done" in told.read_text()
    assert len(service.names()) == 7
