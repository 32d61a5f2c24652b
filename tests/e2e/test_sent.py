# SPDX-License-Identifier: GPL-3.0-or-later
"""At ``-vvv`` there is a line for each request, on stderr; and what is printed there holds up no
run whose stdout nobody reads."""

from __future__ import annotations

import re
import subprocess
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


def book(folder: Path, *tasks: Mapping[str, Any]) -> Path:
    path = folder / "book.yml"
    path.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [*tasks]}])
    )
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


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("flags", "keywords"),
    [
        (["-vv"], {}),
        (["-vvv"], {"no_log": True}),
        (["-vvv"], {"async": 60, "poll": 1}),
    ],
    ids=["-vv", "no_log", "async"],
)
def test_where_there_are_no_such_lines(
    service: Simulator, tmp_path: Path, way: str, flags: list[str], keywords: dict[str, Any]
) -> None:
    task = {MODULE: {"name": "Acme"}, "register": "done", **keywords}
    told = {"ansible.builtin.debug": {"msg": "{{ done.keys() | sort | to_json }}"}}
    ran = ansible_playbook(service, book(tmp_path, task, told), *flags, *WAYS[way])
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert service.names() == ["Acme"]
    assert "toggl.focus: " not in ran.stdout + ran.stderr
    assert "_sent" not in ran.stdout


def test_each_item_of_a_loop_has_its_own(service: Simulator, tmp_path: Path) -> None:
    task = {INFO: {"name": "{{ item }}"}, "loop": ["Acme", "Globex"]}
    ran = ansible_playbook(service, book(tmp_path, task), "-vvv")
    assert [line[0] for line in lines_of(ran.stderr)] == ["GET", "GET"]


def test_a_service_that_is_not_there_is_a_line_too(service: Simulator, tmp_path: Path) -> None:
    wrong = {**access(service), "TOGGL_FOCUS_API_URL": "http://127.0.0.1:9/api"}
    task = {INFO: {"api_retries": 1}}
    ran = ansible_playbook(service, book(tmp_path, task), "-vvv", environment=wrong)
    assert [line[2:4] for line in lines_of(ran.stderr)] == [
        ("not connected", "1"),
        ("not connected", "2"),
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
