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
from support.stage import Task


class Unsafe(str):
    """A text that Ansible must not take for a template: ``!unsafe`` in the playbook."""


class _Dumper(yaml.SafeDumper):
    def unsafe(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("!unsafe", str(text), style='"')


_Dumper.add_representer(Unsafe, _Dumper.unsafe)


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
    """Where playbooks run; ``collections`` is the path with the collection to run."""

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
        given = {**access(self.service), **(environment or {})}
        given["ANSIBLE_COLLECTIONS_PATH"] = str(self.collections)
        more |= {"dumper": _Dumper, "environment": given}
        return played(self.service, self.folder, tasks, *arguments, **more)

    def play_on(self, tasks: Sequence[Task], *arguments: str, **more: Any) -> Ran:
        """Play all tasks, whether they fail or not; their results are ``t_0``, ``t_1`` …"""
        how = {"ignore_errors": True}
        kept = [{**task, **how, "register": f"t_{at}"} for at, task in enumerate(tasks)]
        return self.play(kept, *arguments, **more)
