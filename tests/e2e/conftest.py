# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook as a fixture. Each test that uses it runs twice: in Ansible's process, as a module."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.playbooks import WAYS, Play, Ran, played

_TIMES = {"resets_in", "created_at", "updated_at", "deleted_at"}
_OF_THE_WAY = {"invocation", "exception", "ansible_job_id", "results_file"}
_returned: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def play(
    service: Simulator, tmp_path: Path, way: str, request: pytest.FixtureRequest
) -> Iterator[Play]:
    """Runs tasks as a playbook; a task with ``register`` is found in the results.

    What the tasks return must be the same both ways.
    """
    test = request.node.nodeid.replace(way, "")
    _returned[test][way].clear()

    def run(
        tasks: Sequence[Mapping[str, Any]],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        **keywords: Any,
    ) -> Ran:
        ran = played(
            service, tmp_path, tasks, *WAYS[way], *arguments, environment=environment, **keywords
        )
        _returned[test][way].append(comparable(ran.results))
        return ran

    yield run
    ways = _returned[test]
    if all(ways[name] for name in WAYS):
        for here, there in zip(ways["in process"], ways["module"], strict=True):
            assert differences(here, there) == []


def comparable(value: object) -> object:
    """Without times and what says how the task was started."""
    if isinstance(value, dict):
        kept = {key: value[key] for key in value if key not in _TIMES | _OF_THE_WAY}
        return {key: comparable(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if isinstance(value, str):
        return re.sub(r"\(trace id \w+\)", "(trace id)", value)
    return value


def differences(here: object, there: object, path: str = "") -> list[str]:
    """Where two results differ, with both values."""
    if isinstance(here, dict) and isinstance(there, dict):
        found = []
        for key in sorted({*here, *there}):
            found += differences(here.get(key), there.get(key), f"{path}.{key}")
        return found
    return [] if here == there else [f"{path}: {here!r} here, {there!r} as a module"]
