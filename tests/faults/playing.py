# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks run by ``ansible-playbook``, in Ansible's own process or as modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from simulator.server import Simulator
from support.playbooks import Ran, access, played

CLIENT = "toggl.focus.focus_client"
CLIENTS = "toggl.focus.focus_clients"
INFO = "toggl.focus.focus_client_info"

Task = Mapping[str, Any]


class Unsafe(str):
    """A text that Ansible must not take for a template: ``!unsafe`` in the playbook."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
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
        **more: Any,
    ) -> Ran:
        """A task with ``register`` is found in the results. ``more`` is as ``played`` takes it."""
        found = {"ANSIBLE_COLLECTIONS_PATH": str(self.collections), **(environment or {})}
        more |= {"dumper": _Dumper, "environment": {**access(self.service), **found}}
        return played(self.service, self.folder, tasks, *arguments, **more)

    def play_on(self, tasks: Sequence[Task], *arguments: str, **more: Any) -> Ran:
        """Play all tasks, whether they fail or not; their results are ``t_0``, ``t_1`` …"""
        kept = [
            {**task, "register": f"t_{number}", "ignore_errors": True}
            for number, task in enumerate(tasks)
        ]
        return self.play(kept, *arguments, **more)
