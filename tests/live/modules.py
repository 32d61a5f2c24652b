# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules on the real service, a few tasks at a time, through ``ansible-playbook``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from live.findings import Finding, Findings
from live.service import BudgetUsedUp, Service, Stop
from live.store import Made, Store

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600
KEPT = ("changed", "failed", "msg", "action", "requests", "plan_digest", "undo", "applied", "quota")
FOREIGN = ("TOGGL_", "ANSIBLE_")

Options = dict[str, Any]
Results = Mapping[str, dict[str, Any]]


@dataclass(frozen=True)
class Access:
    """``repr`` shows no secret."""

    workspace_id: int
    api_url: str
    token: str

    def __repr__(self) -> str:
        return f"Access({self.workspace_id}, {self.api_url})"

    def environment(self) -> dict[str, str]:
        return {
            "TOGGL_FOCUS_WORKSPACE_ID": str(self.workspace_id),
            "TOGGL_FOCUS_API_URL": self.api_url,
            "TOGGL_FOCUS_API_TOKEN": self.token,
        }


@dataclass(frozen=True)
class Task:
    key: str
    module: str
    options: Options
    check: bool


Play = Callable[[Sequence[Task]], dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Step:
    """One task. ``needs`` is the requests that it sends on a service with a small workspace."""

    key: str
    title: str
    module: str
    options: Callable[[Callable[[str], str], Results], Options]
    needs: int
    changed: bool
    creates: tuple[str, ...] = ()
    check: bool = False


def _listed(name: Callable[[str], str], results: Results) -> Options:
    return {
        "clients": [
            {"name": name("module two"), "former_names": [name("module one")]},
            {"name": name("module three")},
        ]
    }


STEPS = (
    Step(
        "create",
        "focus_client creates",
        "focus_client",
        lambda name, results: {"name": name("module")},
        needs=2,
        changed=True,
        creates=("module",),
    ),
    Step(
        "again",
        "focus_client, nothing to do",
        "focus_client",
        lambda name, results: {"name": name("module")},
        needs=1,
        changed=False,
    ),
    Step(
        "rename",
        "focus_client renames by a former name",
        "focus_client",
        lambda name, results: {"name": name("module one"), "former_names": [name("module")]},
        needs=3,
        changed=True,
    ),
    Step(
        "delete",
        "focus_client deletes by name",
        "focus_client",
        lambda name, results: {"name": name("module one"), "state": "absent"},
        needs=2,
        changed=True,
    ),
    Step(
        "restore",
        "focus_client restores by id",
        "focus_client",
        lambda name, results: {"id": results["create"]["id"], "state": "restored"},
        needs=2,
        changed=True,
    ),
    Step(
        "review",
        "focus_clients in check mode: a rename, a creation",
        "focus_clients",
        _listed,
        needs=1,
        changed=True,
        check=True,
    ),
    Step(
        "apply",
        "focus_clients applies the reviewed plan",
        "focus_clients",
        lambda name, results: {
            **_listed(name, results),
            "plan_digest": results["review"]["plan_digest"],
        },
        needs=3,
        changed=True,
        creates=("module three",),
    ),
    Step("settled", "focus_clients, nothing to do", "focus_clients", _listed, 1, False),
    Step(
        "undo",
        "focus_clients takes the run back by its `undo`",
        "focus_clients",
        lambda name, results: {"clients": results["apply"]["undo"]},
        needs=3,
        changed=True,
    ),
)


TOGETHER = (("create", "again", "rename", "delete"), ("restore", "review"), ("apply", "settled"))
"""Steps that need no results of each other, so that one process runs them; the rest runs alone."""


def _acts() -> list[list[Step]]:
    by_key = {step.key: step for step in STEPS}
    together = [[by_key[key] for key in keys] for keys in TOGETHER]
    known = {key for keys in TOGETHER for key in keys}
    return [*together, *([step] for step in STEPS if step.key not in known)]


class Modules:
    """Runs the steps that were not run yet.

    :arg play: runs tasks until one fails, and gives back what they returned, by their keys
    """

    def __init__(
        self,
        service: Service,
        found: Findings,
        play: Play,
    ) -> None:
        self._service = service
        self._store: Store = service.store
        self._found = found
        self._play = play

    def run(self) -> None:
        for act in _acts():
            steps = [step for step in act if step.key not in self._store.plays]
            if steps:
                self._carry_out(steps)
            for step in act:
                self._report(step, self._store.plays[step.key])

    def _carry_out(self, steps: list[Step]) -> None:
        tasks = [
            Task(step.key, step.module, step.options(self._name, self._store.plays), step.check)
            for step in steps
        ]
        for task in tasks:
            self._guard(task.options)
        new = [self._name(text) for step in steps for text in step.creates]
        to_remove = len(self._store.to_remove) + len(new)
        self._service.meter.need(sum(step.needs for step in steps) + to_remove + bool(to_remove))
        self._store.unsure += new
        self._store.under_way = True
        self._store.save()
        results = self._play(tasks)
        self._store.under_way = False
        for step in steps:
            self._keep(step, results.get(step.key) or {})

    def _keep(self, step: Step, result: dict[str, Any]) -> None:
        self._count(result)
        self._service.tell(step.title)
        self._learn(step, result)
        kept = {key: result[key] for key in KEPT if key in result}
        client = result.get("client") or {}
        self._store.plays[step.key] = {**kept, "id": client.get("id"), "day": _today()}
        self._store.save()

    def _name(self, text: str) -> str:
        return f"{self._store.prefix} {text}"

    def _guard(self, options: Options) -> None:
        """Own names and own ids alone, and no purge."""
        for entry in options.get("clients", [options]):
            names = [entry.get("name"), *entry.get("former_names", ())]
            own = all(name.startswith(self._store.prefix) for name in names if name is not None)
            mine = "id" not in entry or entry["id"] in self._store.made
            if not own or not mine or not entry or "purge" in options:
                raise Stop("A task would touch a client that this run did not make.")

    def _count(self, result: dict[str, Any]) -> None:
        requests = result.get("requests")
        if not isinstance(requests, int):
            raise Stop(f"A task ended without a result: {result.get('msg', 'no message')}")
        self._service.meter.spend(requests)
        quota = result.get("quota") or {}
        self._service.meter.hear(quota.get("remaining"), quota.get("resets_in"))

    def _learn(self, step: Step, result: dict[str, Any]) -> None:
        """Which clients are there now; a task that failed leaves that open."""
        if result.get("failed"):
            self._store.save()
            if (result.get("quota") or {}).get("remaining") == 0 or "quota" in str(result["msg"]):
                raise BudgetUsedUp(self._service.meter.reopens)
            raise Stop(f"{step.title}: the task failed: {result.get('msg')}")
        if step.check:
            return
        for client_id, name, active in _states(result):
            self._store.made[client_id] = Made(name, active)
        created = [self._name(text) for text in step.creates]
        self._store.unsure = [name for name in self._store.unsure if name not in created]

    def _report(self, step: Step, result: dict[str, Any]) -> None:
        same = bool(result.get("changed")) is step.changed
        told = "changed" if result.get("changed") else "ok, nothing changed"
        words = f"{told}, {result.get('requests')} requests" + ("" if same else ": NOT AS EXPECTED")
        day = str(result.get("day", ""))
        self._found.note(f"module_{step.key}", Finding(words, same, (step.module,), day))


TITLES = {f"module_{step.key}": step.title for step in STEPS}


def _states(result: Mapping[str, Any]) -> list[tuple[int, str, bool]]:
    """Id, name and whether it is active, of each client that a task has to do with."""
    clients = [(result.get("client"), result.get("action"))]
    clients += [(entry.get("client"), entry.get("action")) for entry in result.get("results", ())]
    found = {
        client["id"]: (client["id"], str(client.get("name", "")), action != "deleted")
        for client, action in clients
        if client and client.get("id")
    }
    return list(found.values())


def player(access: Access, home: Path) -> Play:
    """Runs tasks in one process, with nothing of the user's own settings.

    :arg home: where Ansible keeps what it writes
    """

    def play(tasks: Sequence[Task]) -> dict[str, dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "results.json"
            path = Path(folder) / "playbook.json"
            path.write_text(json.dumps(_playbook(tasks, kept)))
            ran = subprocess.run(
                [_ansible_playbook(), str(path)],
                cwd=folder,
                env={**_environment(home), **access.environment()},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            if not kept.exists():
                end = (ran.stdout + ran.stderr).replace(access.token, "***")[-600:]
                raise Stop(f"ansible-playbook gave no results: {end}")
            results: dict[str, dict[str, Any]] = json.loads(kept.read_text())
            return results

    return play


def _playbook(tasks: Sequence[Task], kept: Path) -> list[dict[str, Any]]:
    """JSON is YAML. The results are kept also where a task fails, which ends the block."""
    pairs = ", ".join(f"'{task.key}': result_{task.key} | default(none)" for task in tasks)
    keep = {
        "name": "Keep the results",
        "ansible.builtin.copy": {
            "content": f"{{{{ {{{pairs}}} | to_json }}}}",
            "dest": str(kept),
            "mode": "0600",
        },
        "no_log": True,
    }
    block = [
        {
            "name": f"Run {task.module}: {task.key}",
            f"toggl.focus.{task.module}": task.options,
            "check_mode": task.check,
            "register": f"result_{task.key}",
        }
        for task in tasks
    ]
    return [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "tasks": [{"block": block, "always": [keep]}],
        }
    ]


def _environment(home: Path) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return {
        **own,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".ansible" / "tree"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "e2e" / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "LC_ALL": "C.UTF-8",
    }


def _ansible_playbook() -> str:
    return str(Path(sys.executable).with_name("ansible-playbook"))


def _today() -> str:
    return datetime.now(timezone.utc).date().isoformat()
