# SPDX-License-Identifier: GPL-3.0-or-later
"""At ``-vvv`` there is a line for each request, on stderr; and what is printed there holds up no
run whose stdout nobody reads.

One run at ``-vvv`` is the case of most tests. Each of its hosts has a workspace of its own.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import ANSIBLE_PLAYBOOK, access, ansible_playbook, settings

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
INFO = "toggl.focus.focus_client_info"

WORKSPACES = {"here": 1, "there": 2, "others": 3}
"""In Ansible's own process and as a module; what else is sent."""
WAYS = {"here": "local", "there": "elsewhere"}

LINE = re.compile(
    r"<(\w+)> toggl\.focus: (GET|POST|PUT|PATCH|DELETE) /workspaces/\d+/clients([/\w]*) "
    r"(\d{3}|no answer|not connected) \(try (\d+), \d+ ms(?:, trace id (\S+))?\)"
)
REFUSED = b'{"error": "no", "error_description": "not this one", "trace_id": "trace-7"}'

Play = dict[str, Any]


def play(hosts: str, *tasks: Mapping[str, Any]) -> Play:
    own = {"TOGGL_FOCUS_WORKSPACE_ID": "{{ workspace }}"}
    return {"hosts": hosts, "gather_facts": False, "environment": own, "tasks": [*tasks]}


def run(
    service: Simulator, folder: Path, flag: str, *plays: Play
) -> subprocess.CompletedProcess[str]:
    hosts = {
        host: {
            "workspace": workspace_id,
            "ansible_connection": WAYS.get(host, "local"),
            "ansible_python_interpreter": sys.executable,
        }
        for host, workspace_id in WORKSPACES.items()
    }
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    (folder / "book.yml").write_text(yaml.safe_dump([*plays]))
    ran = ansible_playbook(service, "book.yml", "-i", "hosts.yml", flag, folder=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran


def fault(host: str, method: str, **what: Any) -> Fault:
    path = f"/api/workspaces/{WORKSPACES[host]}/clients"
    return Fault(lambda sent, at: sent == method and at.startswith(path), **what)


@pytest.fixture(scope="module")
def three() -> Iterator[Simulator]:
    with Simulator() as running:
        running.workspace_ids = tuple(WORKSPACES.values())
        yield running


class Sent(NamedTuple):
    ran: subprocess.CompletedProcess[str]
    requests: dict[str, int]
    names: list[str]
    """Of the clients of the others."""

    def lines(self, host: str) -> list[tuple[str, ...]]:
        """Method, path, status, try and trace id of each line; all lines are of this form."""
        found = [line for line in self.ran.stderr.splitlines() if "toggl.focus: " in line]
        matches = [LINE.fullmatch(line) for line in found]
        assert all(matches), found
        return [match.groups("")[1:] for match in matches if match and match[1] == host]


ENTRIES = [{"name": "Globex", "state": "absent"}, {"name": "Acme of the body"}]
FAILING: list[dict[str, Any]] = [
    {BULK: {"clients": ENTRIES, "concurrency": 1}, "register": "done", "ignore_errors": True},
    {"ansible.builtin.debug": {"var": "done"}},
]
KEYS = {"ansible.builtin.debug": {"msg": "keys: {{ done.keys() | sort | join(' ') }}"}}
OTHERS: list[dict[str, Any]] = [
    {INFO: {"name": "{{ item }}"}, "loop": ["Acme", "Globex"]},
    {INFO: {"api_retries": 1, "api_url": "http://127.0.0.1:9/api"}, "ignore_errors": True},
    {MODULE: {"name": "Hidden name"}, "register": "done", "no_log": True},
    KEYS,
    {MODULE: {"name": "Acme"}, "register": "done", "async": 60, "poll": 1},
    KEYS,
]


@pytest.fixture(scope="module")
def sent(three: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    script = [
        planned
        for host in WAYS
        for planned in (
            fault(host, "GET", status=503),
            fault(host, "GET", drop="before"),
            fault(host, "DELETE", status=400, body=REFUSED),
        )
    ]
    three.reset(script=script)
    for host in WAYS:
        for name in ("Acme of the query", "Globex"):
            three.workspaces[WORKSPACES[host]].add(name)
    plays = (play("here,there", *FAILING), play("others", *OTHERS))
    ran = run(three, tmp_path_factory.mktemp("sent"), "-vvv", *plays)
    asked = [int(entry.path.split("/")[3]) for entry in three.log]
    requests = {host: asked.count(id_) for host, id_ in WORKSPACES.items()}
    others = three.workspaces[WORKSPACES["others"]].clients()
    return Sent(ran, requests, sorted(client.name for client in others))


@pytest.mark.parametrize("way", WAYS)
def test_what_was_sent_is_a_line_each(sent: Sent, way: str) -> None:
    """Method, path, status, try, milliseconds and the trace id of a refusal; the result of the task
    has no key for it."""
    assert sent.lines(way) == [
        ("GET", "", "503", "1", ""),
        ("GET", "", "no answer", "2", ""),
        ("GET", "", "200", "3", ""),
        ("DELETE", "/1002", "400", "1", "trace-7"),
        ("POST", "", "201", "1", ""),
    ]
    assert sent.requests[way] == 5
    assert "toggl.focus: " not in sent.ran.stdout
    assert '"_sent"' not in sent.ran.stdout


def test_no_secret_and_no_name_is_in_a_line(sent: Sent, three: Simulator) -> None:
    for secret in ("Acme of", three.token, "per_page"):
        assert secret not in sent.ran.stderr


def test_each_item_of_a_loop_and_a_service_that_is_not_there_have_lines(sent: Sent) -> None:
    """With no_log and async, there are none."""
    assert [(line[0], *line[2:4]) for line in sent.lines("others")] == [
        ("GET", "200", "1"),
        ("GET", "200", "1"),
        ("GET", "not connected", "1"),
        ("GET", "not connected", "2"),
    ]
    assert sent.names == ["Acme", "Hidden name"]
    assert "Hidden name" not in sent.ran.stdout + sent.ran.stderr
    assert_no_key(sent.ran)


def test_below_that_verbosity_there_are_none(three: Simulator, tmp_path: Path) -> None:
    three.reset()
    task = {MODULE: {"name": "Acme"}, "register": "done"}
    ran = run(three, tmp_path, "-vv", play("here,there", task, KEYS))
    assert_no_key(ran)
    assert "toggl.focus: " not in ran.stdout + ran.stderr
    assert [entry.method for entry in three.writes] == ["POST"] * 2


def assert_no_key(ran: subprocess.CompletedProcess[str]) -> None:
    """In two results, whose keys were printed."""
    assert len(re.findall(r"keys: \w", ran.stdout)) == 2
    assert "_sent" not in ran.stdout


def test_a_reader_that_closes_stdout_stops_nothing(service: Simulator, tmp_path: Path) -> None:
    """As in ``ansible-playbook ... | head -3``, on a run that is long enough for lines of
    progress."""
    service.reset(latency=1)
    wanted = [{"name": f"Client {number}"} for number in range(7)]
    task = {BULK: {"clients": wanted, "concurrency": 1}}
    playbook = tmp_path / "book.yml"
    playbook.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
    )
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
