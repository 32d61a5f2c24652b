# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the role that fails, or prints no lines, stays readable, and a playbook may rescue it.
The hosts of one run are the cases. The lines that a run prints are in the guide
``docs/docsite/rst/reports.rst``, and all that a line says is in ``tests/unit/test_render.py``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from simulator.wire import Call
from support.notation import entries_from
from support.playbooks import access, settings
from support.stage import CLIENTS, LOCAL, ROLE, Stage, asked, fill, play, workspaces

from benchmarks import sizes

LIST: dict[str, Any] = {
    "clients_list": entries_from(
        "New; Globex Corporation (was Globex); absent 1003; restored Umbrella; Acme"
    ),
    "clients_purge": True,
    "clients_max_deletion_percent": 100,
}
REFUSED = Fault(status=400, body=b'{"error": "no"}')
HOSTS: dict[str, dict[str, Any]] = {
    "failing": LIST,
    "unseen": {**LIST, "clients_show_plan": False},
    "guarded": {**LIST, "clients_max_deletions": 1},
}
"""Variables of the role. In two of the workspaces, each creation is refused."""

RESCUE = [
    {"name": "Rescue", "ansible.builtin.debug": {"msg": "{{ [ansible_failed_result.msg] }}"}},
    {"name": "Keep", "ansible.builtin.debug": {"msg": "{{ clients_result.plan }}"}},
]


class Ran(NamedTuple):
    output: str
    writes: dict[str, int]
    """How many were sent for each host."""

    def shown(self, task: str, host: str) -> Any:
        """What the callback shows of a task for a host, if it does."""
        _, _, after = self.output.partition(f"{task}] ")
        of_task = re.split(r"\n(?:TASK|PLAY RECAP) ", after)[0]
        of_host = rf"^\w+: \[{host}\][^\n]*? => ?\n?(.*?)(?=^\w+: \[|\Z)"
        found = re.search(of_host, of_task, re.M | re.S)
        return yaml.safe_load(found[1])["msg"] if found else None

    def statuses(self, host: str) -> list[str]:
        return sorted(step["status"] for step in self.shown("Keep", host))

    def failure(self, host: str) -> str:
        """The message of the one task that failed."""
        (shown,) = re.findall(rf"^fatal: \[{host}\]: FAILED! => (.*)$", self.output, re.M)
        return str(yaml.safe_load(shown)["msg"])


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    ids = dict(enumerate(HOSTS, 1))

    def answer(call: Call) -> Fault | None:
        host = ids[int(call.path.split("/")[3])]
        return REFUSED if call.method == "POST" and host in ("failing", "unseen") else None

    with workspaces(*ids) as service:
        service.chaos = answer
        for id_ in ids:
            fill(service, id_, "Acme", "Globex", "Initech", "Hooli")
            service.workspaces[id_].add("Umbrella", deleted=True)
        stage = Stage(service, tmp_path_factory.mktemp("lines"))
        own = {host: {"clients_workspace_id": id_, **LOCAL} for id_, host in ids.items()}
        stage.inventory({host: {**HOSTS[host], **own[host]} for host in HOSTS})
        printed = stage.run(stage.book(play({"block": [ROLE], "rescue": RESCUE}, hosts="all")))
        service.log = service.writes
        return Ran(printed, {host: asked(service).count(id_) for id_, host in ids.items()})


@pytest.mark.parametrize("host", ["failing", "unseen"])
def test_a_run_that_fails_ends_failed_with_its_message(ran: Ran, host: str) -> None:
    """Not with the whole result, and without lines where nobody wants them. The purge waits for the
    creations, so it is pending."""
    assert (ran.shown("Show the plan", host) is None) is (host == "unseen")
    assert ran.writes[host] == 4
    message = ran.failure(host)
    path = f"/workspaces/{list(HOSTS).index(host) + 1}/clients"
    assert message.endswith(
        f'The service refused POST {path}: 400 "no". Of 5 changes: 3 done, 1 failed, 1 pending.'
    )
    assert message.count("refused") == 1
    assert "plan_digest" not in ran.output
    assert ran.statuses(host) == ["done"] * 3 + ["failed", "pending"]
    assert re.search(rf"^{host} .* changed=1 ", ran.output, re.M), "what was done is a change"


def test_a_plan_that_is_refused_is_printed_and_fails(ran: Ran) -> None:
    """A playbook that rescues it has the plan, and the reason."""
    assert ran.writes["guarded"] == 0
    first, *lines = ran.shown("Show the plan", "guarded")
    assert "max_deletions is 1" in first and len(lines) == 5
    (reason,) = ran.shown("Rescue", "guarded")
    assert reason == ran.failure("guarded")
    assert reason.replace('"', "'") == first, "a line has no double quotes"
    assert ran.statuses("guarded") == ["planned"] * 5


def test_the_module_alone_prints_why_a_plan_is_refused(service: Simulator, tmp_path: Path) -> None:
    """Without the role, Ansible prints the whole result. That is at most 120 bytes a step."""
    stage = Stage(service, tmp_path)
    fill(service, service.workspace_id, *(f"Client number {n} Ltd" for n in range(100)))
    renamed = [
        {"name": f"Customer number {n}", "former_names": [f"Client number {n} Ltd"]}
        for n in range(50)
    ]
    entries = [*renamed, *(f"New client number {n}" for n in range(50))]
    printed = stage.run(stage.book(play({CLIENTS: {"clients": entries, "purge": True}})), status=2)
    (shown,) = re.findall(r"^fatal: .*$", printed, re.M)
    reason, _, steps = shown.partition('"plan": [')
    assert "The purge would delete 50 of 100 active clients" in reason
    assert steps.count('"status": "planned"') == 150
    assert len(steps.encode()) <= 120 * 150


LONGEST = {
    "every creation fails": "125 done, 375 failed, 125 pending",
    "a guard refuses": "max_deletions is 0",
    "every created name has a deleted client": "of this kind",
}
"""The outcomes that print the most of their kind, each with words of its own; ``python -m
benchmarks --sizes`` measures all."""


@pytest.mark.parametrize("name", LONGEST)
def test_a_run_for_500_entries_prints_little(service: Simulator, tmp_path: Path, name: str) -> None:
    """With all that Ansible says on both streams; without ``-v``, it leaves out some of that."""
    outcome = next(outcome for outcome in sizes.OUTCOMES if outcome.name == name)
    stage = sizes.Stage(tmp_path, service.url, {**settings(), **access(service)})
    printed = stage.printed(outcome, 500, "-v")
    assert printed.status == outcome.status and LONGEST[name] in printed.text, printed.text
    assert printed.characters < 10_000, printed.text
