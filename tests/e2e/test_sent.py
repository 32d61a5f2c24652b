# SPDX-License-Identifier: GPL-3.0-or-later
"""At ``-vvv`` there is a line for each request, on stderr; below it (``test_started.py``) there is
none. They hold up no run whose stdout nobody reads. Each host of a run has its own workspace."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import access, settings
from support.stage import CLIENT, CLIENTS, INFO, LOCAL, Stage, active, asked, fill, play, serving
from support.started import ANSIBLE_PLAYBOOK

HERE, THERE, OTHERS = range(1, 4)
HOSTS: dict[str, dict[str, Any]] = {
    "here": {**LOCAL, "workspace": HERE},
    "there": {**LOCAL, "workspace": THERE, "ansible_connection": "elsewhere"},
    "others": {**LOCAL, "workspace": OTHERS},
}
"""In Ansible's own process, as a module, and for what else is sent."""
OWN = {"TOGGL_FOCUS_WORKSPACE_ID": "{{ workspace }}"}

LINE = re.compile(
    r"<(\w+)> toggl\.focus: (GET|POST|PUT|PATCH|DELETE) /workspaces/\d+/clients([/\w]*) "
    r"(\d{3}|no answer|not connected) \(try (\d+), \d+ ms(?:, trace id (\S+))?\)"
)
REFUSED = b'{"error": "no", "error_description": "not this one", "trace_id": "trace-7"}'

ENTRIES = [{"name": "Globex", "state": "absent"}, {"name": "Acme of the body"}]
FAILING = {CLIENTS: {"clients": ENTRIES, "concurrency": 1}, "ignore_errors": True}
KEYS = {"ansible.builtin.debug": {"msg": "keys: {{ done.keys() | sort | join(' ') }}"}}
OTHER_TASKS: list[dict[str, Any]] = [
    {INFO: {"name": "{{ item }}"}, "loop": ["Acme", "Globex"]},
    {INFO: {"api_retries": 1, "api_url": "http://127.0.0.1:9/api"}, "ignore_errors": True},
    {CLIENT: {"name": "Hidden name"}, "register": "done", "no_log": True},
    KEYS,
    {CLIENT: {"name": "Acme"}, "register": "done", "async": 60, "poll": 1},
    KEYS,
]


service = serving(HERE, THERE, OTHERS)


class Sent(NamedTuple):
    ran: subprocess.CompletedProcess[str]
    workspaces: list[int]
    """Of each request."""
    names: list[str]
    """Of the clients of the others."""

    def lines(self, host: str) -> list[tuple[str, ...]]:
        """Method, path, status, try and trace id of each line; all lines are of this form."""
        found = [line for line in self.ran.stderr.splitlines() if "toggl.focus: " in line]
        matches = [LINE.fullmatch(line) for line in found]
        assert all(matches), found
        return [match.groups("")[1:] for match in matches if match and match[1] == host]


@pytest.fixture(scope="module")
def sent(service: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    def fault(id_: int, method: str, **what: Any) -> Fault:
        path = f"/api/workspaces/{id_}/clients"
        return Fault(lambda sent, at: sent == method and at.startswith(path), **what)

    script = []
    for id_ in (HERE, THERE):
        script += [fault(id_, "GET", status=503), fault(id_, "GET", drop="before")]
        script.append(fault(id_, "DELETE", status=400, body=REFUSED))
    service.reset(script=script)
    for id_ in (HERE, THERE):
        fill(service, id_, "Acme of the query", "Globex")
    stage = Stage(service, tmp_path_factory.mktemp("sent"))
    stage.inventory(HOSTS)
    book = stage.book(
        play(FAILING, hosts="here,there", environment=OWN),
        play(*OTHER_TASKS, hosts="others", environment=OWN),
    )
    return Sent(stage.process(book, "-vvv"), asked(service), active(service, OTHERS))


@pytest.mark.parametrize(("host", "workspace_id"), [("here", HERE), ("there", THERE)])
def test_what_was_sent_is_a_line_each(sent: Sent, host: str, workspace_id: int) -> None:
    """No query, no body and no secret. The result of the task has no key for it."""
    assert sent.lines(host) == [
        ("GET", "", "503", "1", ""),
        ("GET", "", "no answer", "2", ""),
        ("GET", "", "200", "3", ""),
        ("DELETE", "/1002", "400", "1", "trace-7"),
        ("POST", "", "201", "1", ""),
    ]
    assert sent.workspaces.count(workspace_id) == 5
    assert not re.search("Acme of|per_page", sent.ran.stderr)
    assert "toggl.focus: " not in sent.ran.stdout
    assert "_sent" not in sent.ran.stdout


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
    assert len(re.findall(r"keys: \w", sent.ran.stdout)) == 2, "of two results"


def test_a_reader_that_closes_stdout_stops_nothing(service: Simulator, tmp_path: Path) -> None:
    """As in ``ansible-playbook ... | head -1``, on a run with lines of progress."""
    service.reset(latency=1)
    clients = [f"Client {number}" for number in range(7)]
    book = Stage(service, tmp_path).book(play({CLIENTS: {"clients": clients, "concurrency": 1}}))
    done = subprocess.run(
        ["bash", "-c", f"{ANSIBLE_PLAYBOOK} {book} | head -1"],
        cwd=tmp_path,
        env={**settings(), **access(service), "PWD": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert len(done.stdout.splitlines()) == 1
    assert "changes done" in done.stderr
    assert len(service.names()) == 7
