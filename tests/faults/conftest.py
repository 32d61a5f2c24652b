# SPDX-License-Identifier: GPL-3.0-or-later
"""A service behind TLS, with its authority; playbooks of tasks that may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import Ran, access, played
from support.stage import Task

from faults.certificates import issue
from faults.copies import HURRIED, copied


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(**issue(tmp_path_factory.mktemp("tls"), "127.0.0.1")) as running:
        yield running


@pytest.fixture
def secured(tls_server: Simulator) -> Simulator:
    tls_server.reset()
    return tls_server


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


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the collection that hardly pauses between two tries."""
    return copied(tmp_path_factory.mktemp("collections"), HURRIED)


Play = Callable[..., Ran]


@pytest.fixture
def play(service: Simulator, tmp_path: Path, collections: Path) -> Play:
    """Play all tasks, whether they fail or not; their results are ``t_0``, ``t_1`` …"""

    def all_of(tasks: Sequence[Task], *arguments: str, **more: Any) -> Ran:
        how = {"ignore_errors": True}
        kept = [{**task, **how, "register": f"t_{at}"} for at, task in enumerate(tasks)]
        given = {**access(service), **more.pop("environment", {})}
        given["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
        more |= {"dumper": _Dumper, "environment": given}
        return played(service, tmp_path, kept, *arguments, **more)

    return all_of
