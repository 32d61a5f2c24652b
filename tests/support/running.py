# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' functions with options as Ansible would hand them over."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import Switches, every_single_switch, random_switches

from ansible_collections.toggl.focus.plugins.module_utils import _info, _progress, _reconcile
from ansible_collections.toggl.focus.plugins.module_utils._api import session
from ansible_collections.toggl.focus.plugins.module_utils._model import Origin
from ansible_collections.toggl.focus.plugins.module_utils._progress import Halt, Progress
from ansible_collections.toggl.focus.plugins.module_utils._task import arguments
from ansible_collections.toggl.focus.plugins.module_utils._task.lock import turn
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime
from support.notation import entries_from, entry_from
from support.workspace import State, state

# Seconds; a test has no crowd to spread.
session._FIRST_PAUSE = 0.001
_progress.CONSISTENT_AFTER = 0.006


def without_sleep(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that somebody slept, by which the clock is ahead; nobody really does."""
    slept: list[float] = []

    def sleep(_halt: Halt, seconds: float) -> bool:
        slept.append(seconds)
        return True

    monkeypatch.setattr(Halt, "sleep", sleep)
    ahead = SimpleNamespace(monotonic=lambda: time.monotonic() + sum(slept))
    monkeypatch.setattr(session, "time", ahead)
    return slept


def _described(switches: Switches) -> str:
    default = vars(Switches())
    answers = vars(switches).items()
    return " ".join(f"{name}={value}" for name, value in answers if value != default[name])


VARIANTS: dict[str, Switches] = {
    _described(switches): switches
    for switches in [*every_single_switch(), *map(random_switches, range(6))]
}
"""Every answer to every open question by itself, and six random combinations."""


Result = dict[str, Any]


def options(spec: Mapping[str, Any], service: Simulator, **given: Any) -> dict[str, Any]:
    defaults = {name: option.get("default") for name, option in spec.items()}
    place = {"workspace_id": service.workspace_id, "api_url": service.url}
    return {**defaults, **place, "api_token": service.token, **given}


def client(service: Simulator, check_mode: bool = False, **given: Any) -> Result:
    whole = options(arguments.CLIENT, service, **given)
    return _reconcile.reconcile_client(whole, check_mode, Runtime())


def clients(
    service: Simulator, check_mode: bool = False, *, clients: Any, undoes: Any = None, **given: Any
) -> Result:
    """:arg clients: a list, or one in the notation of ``entries_from``
    :arg undoes: the run that the list is to undo"""
    listed = entries_from(clients) if isinstance(clients, str) else clients
    whole = options(arguments.CLIENTS, service, clients=listed, **given)
    return _reconcile.reconcile_clients(whole, check_mode, Runtime(origin=Origin(undoes=undoes)))


def info(service: Simulator, **given: Any) -> dict[str, Any]:
    return _info.list_clients(options(arguments.CLIENT_INFO, service, **given), False, Runtime())


@contextmanager
def holding_the_turn(service: Any, workspace_id: int | None = None) -> Iterator[int]:
    """Another run is at work on the workspace inside; its process."""
    workspace = service.workspace_id if workspace_id is None else workspace_id
    with turn(service.url, workspace, Progress(), Halt()) as warnings:
        assert not warnings
        yield os.getpid()


Row = Mapping[str, Any]


def rows(result: Mapping[str, Any], *statuses: str) -> list[Row]:
    """The steps of a result of ``clients`` with one of these statuses, in the plan's order."""
    return [row for row in result["plan"] if row["status"] in statuses]


def assert_predicted(checked: Sequence[Row], ran: Sequence[Row]) -> None:
    """The steps of a check are those of the run, which may know more of them: the ids of new
    clients, and what the service hid of clients until they were restored."""
    learned = {"create": {"id"}, "restore": {"name"}, "rename": {"from"}}
    for planned, now in zip(checked, ran, strict=True):
        assert {**now, **planned, "status": ""} == {**now, "status": ""}
        assert now.keys() - planned.keys() <= learned.get(now["step"], set())


def as_done(message: str) -> str:
    """``Would create 1, rename 1.`` as the run that does it all says it."""
    if not message.startswith("Would "):
        return message
    verbs = r"\b(create|rename|update|delete|restore)\b"
    done = re.sub(verbs, r"\1d", message.removeprefix("Would "))
    return f"{done[0].upper()}{done[1:]}"


def without_new_id(ran: Mapping[str, Any]) -> str:
    """The message of a run of ``client``, without what check mode cannot know."""
    created = ran.get("action") == "created" and not ran.get("failed")
    return re.sub(r" \(id \d+\)(, .*)?\.$", r"\1.", ran["msg"]) if created else str(ran["msg"])


def sent(service: Simulator) -> list[str]:
    """Methods of the requests that the service saw."""
    return [entry.method for entry in service.log]


def told(result: Mapping[str, Any]) -> str:
    """The plan of a result with what became of it: ``restore Acme: done; create New: pending``."""
    return "; ".join(f"{row['step']} {row['name']}: {row['status']}" for row in result["plan"])


MODULES = ("focus_client", "focus_clients")
"""The modules that write; both take the same entry."""


def run_entry(
    module: str, service: Simulator, wanted: Any, check_mode: bool = False, **given: Any
) -> Result:
    """The result of a module for this one entry, or one in the notation of ``entries_from``."""
    entry = entry_from(wanted) if isinstance(wanted, str) else dict(wanted)
    if module == "focus_client":
        return client(service, check_mode, **entry, **given)
    return clients(service, check_mode, clients=[entry], **given)


def assert_done_is_true(service: Simulator, result: Mapping[str, Any]) -> None:
    """The steps that are called done are the writes that the service executed, in their order."""
    unclear = {row.get("id") for row in rows(result, "unclear")}
    written = [write for write in service.workspace.history if write.id not in unclear]
    done = [(row["step"], row["id"], row["name"]) for row in rows(result, "done")]
    assert done == [(write.kind, write.id, write.name) for write in written]


def assert_undone(service: Simulator, result: Mapping[str, Any], before: State) -> None:
    """The undo of the result, applied, makes all clients as they were; new ones are deleted."""
    undone = clients(service, clients=result["undo"])
    assert not undone.get("failed"), undone
    after = state(service)
    assert before == {id_: after[id_] for id_ in before}
    assert all(gone for id_, (_, gone) in after.items() if id_ not in before)
