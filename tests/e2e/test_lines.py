# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read of a run of the role: a line for the whole, then a line a step. The hosts of
one run are the cases. All that a line says, and how many there are, is in
``tests/unit/test_render.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.records import Fault
from simulator.wire import Call
from support.playbooks import access
from support.stage import LOCAL, ROLE, Stage, asked, fill, play, workspaces

LIST: list[Any] = [
    'Zo\u00eb: "new"',
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"id": 1003, "state": "absent"},
    {"name": "Umbrella", "state": "restored"},
    "Acme",
]
PURGE = {"purge": True, "max_deletion_percent": 100}

COUNTS = "%s 1, %s 1, %s 1, %s 2 (1 by purge); 1 unchanged."
DELETIONS = ["delete   Initech (id 1003)", "delete   Hooli (id 1004) by purge"]
OTHERS = ["rename   Globex -> Globex Corporation (id 1002)", "restore  Umbrella (id 1005)"]
NEW = 'create   Zo\u00eb: "new"'
PLANNED = [COUNTS % ("Would create", "rename", "restore", "delete"), *DELETIONS, *OTHERS, NEW]
DONE_COUNTS = COUNTS % ("Created", "renamed", "restored", "deleted")
DONE = [DONE_COUNTS, *DELETIONS, *OTHERS, f"{NEW} (id 1006)"]


PLANS: dict[str, dict[str, Any]] = {
    "planned": {"list": LIST, **PURGE},
    "silent": {"list": LIST, "show_plan": False, **PURGE},
}
RUNS: dict[str, dict[str, Any]] = {
    "done": {"list": LIST, **PURGE},
    "nothing": {"list": ["Acme", "Globex"]},
    "failing": {"list": LIST, **PURGE},
    "unseen": {"list": LIST, "show_plan": False, **PURGE},
    "pending": {"list": ["Acme", "Stark", "Wayne"], "concurrency": 1},
    "guarded": {"list": LIST, **PURGE, "max_deletions": 1},
    "wrong": {"list": ["Acme", {"name": "Gamma", "state": "presnt"}]},
}
"""Hosts, with variables of the role."""

ANSWERS = {
    "failing": Fault(status=400, body=b'{"error": "no"}'),
    "unseen": Fault(status=400, body=b'{"error": "no"}'),
    "pending": Fault(status=402, body=b'{"error": "quota exceeded"}'),
}
"""To each creation of a host."""

SAID = {"ansible.builtin.debug": {"msg": "{{ ['rescued', ansible_failed_result.msg] }}"}}
KEPT = {
    "ansible.builtin.debug": {"msg": "{{ clients_result.plan | map(attribute='status') }}"},
    "when": "clients_result.plan is defined",
}
TASK = {"block": [ROLE], "rescue": [{"name": "Rescue", **SAID}, {"name": "Keep", **KEPT}]}


class Ran(NamedTuple):
    output: str
    writes: Mapping[str, int]
    """How many were sent for each host."""

    def shown(self, task: str, host: str) -> Any:
        """What the callback shows of a task for a host, if it does."""
        _, _, after = self.output.partition(f"{task}] ")
        of_task = re.split(r"\n(?:TASK|PLAY RECAP) ", after)[0]
        of_host = rf"^\w+: \[{host}\][^\n]*? => ?\n?(.*?)(?=^\w+: \[|\Z)"
        found = re.search(of_host, of_task, re.M | re.S)
        return yaml.safe_load(found[1])["msg"] if found else None

    def lines(self, host: str) -> Any:
        """What the role has printed."""
        return self.shown("Show the plan", host)

    def failures(self, host: str) -> list[str]:
        """What Ansible shows of the tasks that failed."""
        return re.findall(rf"^fatal: \[{host}\]: FAILED! => (.*)$", self.output, re.M)


def run(
    folder: Path, hosts: Mapping[str, Mapping[str, Any]], *arguments: str, **environment: str
) -> Ran:
    ids = dict(enumerate(hosts, 1))
    with workspaces(*ids) as service:

        def answer(call: Call) -> Fault | None:
            host = ids[int(call.path.split("/")[3])]
            return ANSWERS.get(host) if call.method == "POST" else None

        service.chaos = answer
        for id_ in ids:
            fill(service, id_, "Acme", "Globex", "Initech", "Hooli")
            service.workspaces[id_].add("Umbrella", deleted=True)
        stage = Stage(service, folder)
        stage.inventory(
            {
                host: {f"clients_{name}": value for name, value in hosts[host].items()}
                | {"clients_workspace_id": id_, **LOCAL}
                for id_, host in ids.items()
            }
        )
        book = stage.book(play(TASK, hosts="all"))
        printed = stage.run(book, *arguments, environment={**access(service), **environment})
        service.log = service.writes
        return Ran(printed, {host: asked(service).count(id_) for id_, host in ids.items()})


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """In check mode, where the callback shows YAML."""
    as_yaml = {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}
    return run(tmp_path_factory.mktemp("planned"), PLANS, "--check", **as_yaml)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("ran"), RUNS)


def test_a_line_for_the_whole_and_one_for_each_step(planned: Ran, ran: Ran) -> None:
    """Deletions come first. Check mode prints what would be done, and the run what was."""
    assert planned.lines("planned") == PLANNED
    assert planned.writes["planned"] == 0
    assert ran.lines("done") == DONE
    assert ran.lines("nothing") == ["Nothing to do: all 2 entries are as declared."]


def test_no_lines_where_nobody_wants_them(planned: Ran, ran: Ran) -> None:
    """What is done is the same."""
    assert planned.lines("silent") is None
    assert ran.lines("unseen") is None
    assert ran.writes["unseen"] == ran.writes["failing"] == 4


@pytest.mark.parametrize("host", ["failing", "unseen"])
def test_a_run_that_fails_ends_failed_with_its_message(ran: Ran, host: str) -> None:
    """Not with the whole result, which nobody can read, and whether or not there are lines. A
    playbook that rescues it has the plan. The purge waits for the creations, so it is pending."""
    message = yaml.safe_load(*ran.failures(host))["msg"]
    assert message.endswith(
        f"The service refused POST /workspaces/{list(RUNS).index(host) + 1}/clients: "
        '400 "no". Of 5 changes: 3 done, 1 failed, 1 pending.'
    )
    assert message.count("refused") == 1
    assert sorted(ran.shown("Keep", host)) == ["done"] * 3 + ["failed", "pending"]
    assert "plan_digest" not in ran.output
    assert re.search(rf"^{host} .* changed=1 ", ran.output, re.M), "what was done is a change"


def test_what_failed_has_its_reason_in_its_line_and_what_is_pending_is_marked(ran: Ran) -> None:
    first, *steps_shown = ran.lines("failing")
    assert first.endswith("Of 5 changes: 3 done, 1 failed, 1 pending.")
    wrong = steps_shown.pop(len(DELETIONS))
    assert steps_shown == [DELETIONS[0], f"{DELETIONS[1]} [pending]", *OTHERS]
    assert wrong.startswith(f"{NEW} [failed] The service refused POST")
    assert len(ran.failures("pending")) == 1
    assert ran.shown("Keep", "pending") == ["pending", "pending"]
    assert ran.lines("pending")[1:] == ["create   Stark [pending]", "create   Wayne [pending]"]


def test_a_plan_that_is_refused_is_printed_and_fails(ran: Ran) -> None:
    """A playbook that rescues it has the plan, and the reason."""
    assert ran.writes["guarded"] == 0
    first, *steps_shown = ran.lines("guarded")
    assert "max_deletions is 1" in first
    assert first.endswith(f"Nothing was written. The plan w{PLANNED[0][1:]}")
    assert steps_shown == PLANNED[1:]
    word, message = ran.shown("Rescue", "guarded")
    assert (word, message.replace('"', "'")) == ("rescued", first), "a line has no double quotes"
    assert ran.shown("Keep", "guarded") == ["planned"] * 5


def test_a_list_that_is_wrong_fails_before_there_is_a_plan(ran: Ran) -> None:
    assert ran.lines("wrong") is None
    said = yaml.safe_load(*ran.failures("wrong"))["msg"]
    assert said == 'Entry 2 ("Gamma"): state is "presnt"; did you mean present?'
