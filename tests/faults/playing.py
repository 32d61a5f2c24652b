# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks run by ``ansible-playbook``, in Ansible's own process or as modules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from simulator.server import Simulator
from support.playbooks import Ran, ansible_playbook, keep

CLIENT = "toggl.focus.focus_client"
CLIENTS = "toggl.focus.focus_clients"
INFO = "toggl.focus.focus_client_info"
WAYS: dict[str, tuple[str, ...]] = {
    "in process": (),
    "module": ("-e", "ansible_connection=elsewhere"),
}

Task = Mapping[str, Any]


class Unsafe(str):
    """A text that Ansible must not take for a template: ``!unsafe`` in the playbook."""


class _Dumper(yaml.SafeDumper):
    pass


_DUMPER = _Dumper
_DUMPER.add_representer(
    Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"')
)


def unsafe(value: object) -> Any:
    """The same with every text in it unsafe that could be a template. All others stay as they
    are: Ansible takes ``!unsafe "null"`` for no text at all."""
    if isinstance(value, str):
        return Unsafe(value) if "{" in value else value
    if isinstance(value, dict):
        return {name: unsafe(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unsafe(item) for item in value]
    return value


@dataclass(frozen=True)
class Stage:
    """Where playbooks run.

    :arg collections: a collections path with the collection to run
    """

    service: Simulator
    folder: Path
    collections: Path

    def play(
        self,
        tasks: Sequence[Task],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        **keywords: Any,
    ) -> Ran:
        """A task with ``register`` is found in the results. What has to be told of the service
        is in the environment, with what ``environment`` adds."""
        kept = self.folder / "results.json"
        kept.unlink(missing_ok=True)
        book = {"hosts": "localhost", "gather_facts": False, **keywords}
        book["tasks"] = [*tasks, keep([task.get("register") for task in tasks], kept)]
        path = self.folder / "playbook.yml"
        path.write_text(yaml.dump([book], Dumper=_DUMPER, sort_keys=False, allow_unicode=False))
        ran = ansible_playbook(
            self.service, path, *arguments, environment=self._environment(environment or {})
        )
        results = json.loads(kept.read_text()) if kept.exists() else {}
        return Ran(ran.stdout + ran.stderr, ran.returncode, results)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "TOGGL_FOCUS_API_URL": self.service.url,
            "TOGGL_FOCUS_API_TOKEN": self.service.token,
            "TOGGL_FOCUS_WORKSPACE_ID": str(self.service.workspace_id),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            **more,
        }


def kept_going(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """The tasks, each with its result kept as ``t_0``, ``t_1`` …, and none ending the play."""
    return [
        {**task, "register": f"t_{number}", "ignore_errors": True}
        for number, task in enumerate(tasks)
    ]
