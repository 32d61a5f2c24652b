# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as users run them, in Ansible's own process and as processes of their own. What they
do in each state is in ``tests/http``; here one playbook shows that both ways are the same."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.server import Simulator
from support.notation import entries_from
from support.playbooks import WAYS, Ran, played, variables
from support.stage import CLIENT, CLIENTS, INFO, active, asked, fill, workspaces

import noxfile

PACKAGE = "ansible_collections.toggl.focus.plugins"
SEEDED = {1001: "Acme", 1002: "Globex", 1003: "Stark"}
LIST = entries_from("New; Acme; Globex Corporation (was Globex); absent Stark; restored Umbrella")

# By the name under which the results are kept; every task may fail.
TASKS: dict[str, dict[str, Any]] = {
    "plan": {CLIENTS: {"clients": LIST}, "check_mode": True},
    "first": {CLIENTS: {"clients": LIST, "plan_digest": "{{ plan.plan_digest }}"}},
    "undone": {CLIENTS: {"clients": "{{ first.undo }}"}},
    "refused": {CLIENTS: {"clients": [], "purge": True}},
    "renamed": {CLIENT: {"name": "Acme Ltd", "former_names": ["Acme"]}},
    "priced": {CLIENT: {"name": "Acme Ltd", "currency": "eur"}},
    "cleared": {CLIENTS: {"clients": [{"name": "Acme Ltd", "currency": "workspace"}]}},
    "both": {CLIENT: {"id": 1001, "name": "Acme GmbH", "currency": "USD"}},
    "invoiced": {CLIENTS: {"clients": [{"name": "Invoiced", "currency": "EUR"}]}},
    "listed": {INFO: {"deleted": "include", "order_by": ["-name"]}},
    "unknown": {CLIENT: {"name": "Acme", "colour": "red"}},
    "elsewhere": {CLIENT: {"id": 7}, "environment": {"TOGGL_FOCUS_WORKSPACE_ID": "999"}},
}


class Done(NamedTuple):
    ran: Ran
    sent: list[tuple[str, str]]
    left: dict[int, str | None]
    """The names of the clients at the end by their ids, None for a deleted one."""


def run(service: Simulator, folder: Path, way: str) -> Done:
    """The workspace comes from the environment, and the login from ``module_defaults``: as options,
    one kind outdoes the other kind in the environment."""
    service.reset()
    fill(service, service.workspace_id, *SEEDED.values())
    service.add("Umbrella", deleted=True)
    ran = played(
        service,
        folder,
        [{**task, "register": name, "ignore_errors": True} for name, task in TASKS.items()],
        *("-vvv", "--diff"),
        *WAYS[way],
        environment=variables("", "of nobody", service.workspace_id),
        module_defaults={
            "group/toggl.focus.focus": {**service.credentials.login, "api_url": service.url}
        },
    )
    for words in (service.credentials.password, "Authorization", "Traceback"):
        assert words not in ran.output, way
    sent = sorted((entry.method, entry.path) for entry in service.log)
    left = {found.id: None if found.deleted_at else found.name for found in service.clients()}
    return Done(ran, sent, left)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    """What each way has led to."""
    with Simulator() as service:
        return [run(service, tmp_path_factory.mktemp("play"), way) for way in WAYS]


def test_both_ways_return_and_send_the_same(both: list[Done]) -> None:
    """Ansible itself refuses an option of a module that is not known, and counts no requests."""
    here, there = both
    assert (here.sent, here.left) == (there.sent, there.left)
    assert here.ran.results.keys() == there.ran.results.keys() == TASKS.keys(), here.ran.output
    for task in TASKS:
        returned = {"requests": 0, **there.ran.results[task]}
        assert comparable(here.ran.results[task]) == comparable(returned), task


UNLIKE = {"resets_in", "created_at", "updated_at", "deleted_at", "invocation", "exception"}
"""Times, and what says how the task was started."""


def comparable(value: object) -> object:
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items() if key not in UNLIKE}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return re.sub(r"\(trace id \w+\)", "", value) if isinstance(value, str) else value


def test_a_list_is_reviewed_applied_and_taken_back_and_a_client_renamed(both: list[Done]) -> None:
    """All that each of them returns is in ``tests/http``."""
    results = both[0].ran.results
    plan, first = results["plan"], results["first"]
    for key in ("changed", "plan_digest", "diff", "summary"):
        assert plan[key] == first[key], key
    assert {step["status"] for step in plan["plan"]} == {"planned"}
    assert {step["status"] for step in first["plan"]} == {"done"}
    assert plan["msg"] == "Would create 1, rename 1, restore 1, delete 1; 1 unchanged."
    assert first["msg"] == "Created 1, renamed 1, restored 1, deleted 1; 1 unchanged."
    assert results["priced"]["msg"] == 'Updated "Acme Ltd" (id 1001), currency EUR.'
    now = {1001: "Acme GmbH", 1004: None, 1005: None, 1006: "Invoiced"}
    assert both[0].left == {**SEEDED, **now}
    names = [found["name"] for found in results["listed"]["clients"]]
    assert names == ["Umbrella", "Stark", "New", "Invoiced", "Globex", "Acme GmbH"]


def test_what_fails_is_one_sentence_and_nothing_is_written(both: list[Done]) -> None:
    """The environment of a task counts, also where it takes the place of what the process has."""
    words = {"refused": "deletion_percent is 30", "elsewhere": "999", "unknown": "colour"}
    for task, part in words.items():
        result = both[0].ran.results[task]
        assert (result["failed"], result["changed"]) == (True, False), task
        assert re.fullmatch(rf".*{part}.*\.", result["msg"]), task
    writes = [path for method, path in both[0].sent if method != "GET"]
    assert len(writes) == 4 + 4 + 1 + 4, "the list, its undo, one rename and four currencies"


def test_the_examples_run_as_they_are_written(tmp_path: Path) -> None:
    """Those of each module and of the filter that reads a file; guides are in ``tests/docs``."""
    plugins = {
        **{1: "modules.focus_clients", 4711: "modules.focus_client"},
        **{2: "modules.focus_client_info", 3: "filter.clients_from_csv"},
    }
    (tmp_path / "clients.csv").write_text("Client,Former name\nAcme Ltd,Acme\n", encoding="utf-8")
    with workspaces(*plugins) as service:
        tasks = []
        for workspace_id, name in plugins.items():
            fill(service, workspace_id, "Acme", "Globex", "Initech")
            service.workspaces[workspace_id].add("Umbrella", deleted=True)
            plugin = importlib.import_module(f"{PACKAGE}.{name}")
            there = {"TOGGL_FOCUS_WORKSPACE_ID": str(workspace_id)}
            tasks.append({"block": yaml.safe_load(plugin.EXAMPLES), "environment": there})
        ran = played(service, tmp_path, tasks)
        assert ran.status == 0, ran.output
        assert {*asked(service)} == {*plugins}
        assert active(service, 3) == ["Acme Ltd", "Globex", "Initech"]


OLD = "3.9"


@pytest.mark.skipif(not noxfile.is_here(OLD), reason=f"no Python {OLD} is on this machine")
def test_an_old_python_is_one_sentence(service: Simulator, tmp_path: Path) -> None:
    """In place of an error about an import."""
    given: dict[str, Any] = {CLIENT: {"name": "Acme"}, CLIENTS: {"clients": ["Acme"]}, INFO: {}}
    tasks = [
        {module: options, "register": f"t{at}", "ignore_errors": True}
        for at, (module, options) in enumerate(given.items())
    ]
    old = {"ansible_python_interpreter": shutil.which(f"python{OLD}")}
    ran = played(service, tmp_path, tasks, *WAYS["module"], vars=old)
    assert len(ran.results) == len(tasks), ran.output
    for result in ran.results.values():
        assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
        assert result["msg"] == (
            "The collection toggl.focus needs Python 3.10 or newer on the host that runs the task, "
            f"which has {OLD}: set ansible_python_interpreter to a newer one."
        )
    assert service.log == []
