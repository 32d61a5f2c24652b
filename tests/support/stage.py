# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder in which playbooks are run, and a service of many workspaces: hosts are the cases."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.server import Simulator

from support.playbooks import Ran, ansible_playbook, played

CLIENT, CLIENTS, INFO = (f"toggl.focus.focus_client{end}" for end in ("", "s", "_info"))
ROLE: dict[str, Any] = {"ansible.builtin.include_role": {"name": "toggl.focus.clients"}}

Task = Mapping[str, Any]
Hosts = Mapping[str, Mapping[str, Any]]
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
"""Variables of a host for plays of one's own; the collection's playbooks need none."""


def workspaces(*ids: int) -> Simulator:
    """Return a service with these workspaces; the first is the one of its environment."""
    return Simulator(workspace_ids=ids)


def serving(*ids: int, scope: Any = "module") -> Any:
    """Return a fixture: that service, for as long as the scope."""

    def service() -> Iterator[Simulator]:
        with workspaces(*ids) as running:
            yield running

    return pytest.fixture(scope=scope)(service)


def fill(service: Simulator, workspace_id: int, *names: str) -> None:
    for name in names:
        service.workspaces[workspace_id].add(name)


def active(service: Simulator, workspace_id: int) -> list[str]:
    """Return the names of the active clients of a workspace, sorted."""
    clients = service.workspaces[workspace_id].clients()
    return sorted(client.name for client in clients if not client.deleted_at)


def asked(service: Simulator) -> list[int]:
    """Return the workspace of each request."""
    return [int(entry.path.split("/")[3]) for entry in service.log]


def play(*tasks: Task, hosts: str = "localhost", **keywords: Any) -> dict[str, Any]:
    return {"hosts": hosts, "gather_facts": False, **keywords, "tasks": [*tasks]}


class Outcome(NamedTuple):
    ran: Ran
    names: dict[int, list[str]]
    """Of the active clients of each workspace to which a request was sent."""


def outcome(
    service: Simulator, folder: Path, tasks: Sequence[Task], *given: str, **how: Any
) -> Outcome:
    """Return what ``played`` returns, and what the workspaces hold then."""
    ran = played(service, folder, tasks, *given, **how)
    assert ran.results, ran.output
    return Outcome(ran, {id_: active(service, id_) for id_ in {*asked(service)}})


class Stage:
    def __init__(self, service: Simulator, folder: Path) -> None:
        self.service, self.folder = service, folder
        self.hosts: list[str] = []

    def write(self, name: str, content: object) -> Path:
        """Write a text, or a value as YAML."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        path.write_text(content if isinstance(content, str) else text, encoding="utf-8")
        return path

    def inventory(self, hosts: Hosts) -> None:
        """Write the inventory of the runs that follow."""
        self.write("hosts.yml", {"all": {"hosts": {name: {**own} for name, own in hosts.items()}}})
        self.hosts = ["-i", "hosts.yml"]

    def book(self, *plays: Mapping[str, Any]) -> str:
        """Write a playbook, and return its name."""
        return self.write("book.yml", [*plays]).name

    def process(
        self, playbook: str, *arguments: str, status: int = 0, **how: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a file, or a playbook of the collection by its short name. Neither the token nor a
        traceback is in what it prints."""
        name = playbook if "." in playbook else f"toggl.focus.{playbook}"
        given = (*self.hosts, *arguments)
        ran = ansible_playbook(self.service, name, *given, folder=self.folder, **how)
        printed = ran.stdout + ran.stderr
        assert ran.returncode == status, printed
        assert "Traceback" not in printed
        assert self.service.token not in printed
        return ran

    def run(self, playbook: str, *arguments: str, **how: Any) -> str:
        """Return what it prints on both streams."""
        ran = self.process(playbook, *arguments, **how)
        return ran.stdout + ran.stderr

    def plans(self, file: str = "plan.json") -> dict[str, Any]:
        """Return the workspaces of a plan file."""
        plan = json.loads((self.folder / file).read_text(encoding="utf-8"))
        assert plan["format"] == 5
        return dict(plan["workspaces"])
