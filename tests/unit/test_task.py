# SPDX-License-Identifier: GPL-3.0-or-later
"""A task: what it loads late, and what becomes of its work, which another thread does, where a
signal's handler ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from support.ending import SOON, TaskTimeoutError, ended_by
from support.playbooks import TREE

from ansible_collections.toggl.focus.plugins.module_utils import _progress
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._task import run
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENTS
from ansible_collections.toggl.focus.plugins.plugin_utils import _action

UTILS = "ansible_collections.toggl.focus.plugins.module_utils"

APPLY = {"_apply.apply", "_apply.creates", "_apply.errors"}
WRITES = {*APPLY, "_journal", "_plan.order", "_plan.renames"}
NOT_LOADED_BY = {"_reconcile": WRITES, "_info": {*WRITES, "_plan", "_results"}}


@pytest.mark.parametrize("module", NOT_LOADED_BY)
def test_what_only_some_runs_need_is_loaded_late(module: str) -> None:
    script = f"import sys, {UTILS}.{module}; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": TREE}
    shown = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    loaded, late = {*shown.split()}, {f"{UTILS}.{of}" for of in NOT_LOADED_BY[module]}
    assert f"{UTILS}.{module}" in loaded
    assert not loaded & {"concurrent.futures", *late}


PROXIES = [
    ("darwin", {}, "*"),
    ("darwin", {"HTTPS_PROXY": "http://127.0.0.1:3128"}, None),
    ("darwin", {"no_proxy": "localhost"}, "localhost"),
    ("linux", {}, None),
]


@pytest.mark.parametrize(("platform", "environment", "no_proxy"), PROXIES)
def test_on_macos_a_forked_process_never_asks_the_system_for_proxies(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: Any, no_proxy: Any
) -> None:
    """Python asks only where the environment has no such variable. Afterwards, it is as before."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "platform", platform)
    with _action._environment(environment):
        assert os.environ.get("no_proxy") == no_proxy
    assert "no_proxy" not in os.environ


# its end

REASON = "The task's timeout ended the run: nothing more is written."
DEFAULTS = {name: option.get("default") for name, option in CLIENTS.items()}
OPTIONS = {**DEFAULTS, "workspace_id": 1, "api_token": "no-such-token", "api_timeout": 5.0}


def result_of(work: Any) -> dict[str, Any]:
    return run.run(lambda: work, FocusApi, OPTIONS, run.Runtime())


def writing(api: FocusApi) -> dict[str, Any]:
    """Five steps, of which one is done when the end comes, and another while it is waited for."""
    api.progress.set(total=5)
    api.progress.add(done=1)
    goes_on = api.halt.sleep(10)
    time.sleep(4 * SOON)
    api.progress.add(done=1)
    done = api.progress.so_far.done
    return {"changed": True, "msg": f"{done} done.", "goes_on": goes_on}


def ended(work: Any, every: float = 0.0) -> dict[str, Any]:
    """The result of work whose task has a timeout; with ``every``, further signals come."""
    with ended_by(TaskTimeoutError(), every):
        result = result_of(work)
        signal.setitimer(signal.ITIMER_REAL, 0)
    return result


def test_what_is_in_flight_is_waited_for() -> None:
    """Further signals come meanwhile; one alone is in ``tests/e2e/test_timeout.py``."""
    result = ended(writing, SOON / 2)
    assert (result["failed"], result["changed"], result["goes_on"]) == (True, True, False)
    assert result["msg"] == f"{REASON} 2 done."


def test_an_end_that_comes_while_the_work_begins_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The main thread did not get to wait for it."""
    halted = threading.Event()

    class BegunAndInterrupted(_progress.Background[Any]):
        def begin(self) -> None:
            super().begin()
            raise TaskTimeoutError

    def work(api: FocusApi) -> dict[str, Any]:
        api.halt.sleep(10)
        halted.set()
        return {"changed": False}

    monkeypatch.setattr(run, "Background", BegunAndInterrupted)
    result = result_of(work)
    assert (result["failed"], halted.wait(5)) == (True, True)


def test_a_signal_that_the_kernel_gives_to_another_thread_ends_the_run() -> None:
    """That does not wake the main thread."""

    def work(api: FocusApi) -> dict[str, Any]:
        signal.pthread_kill(threading.get_ident(), signal.SIGALRM)
        return {"changed": False, "goes_on": api.halt.sleep(3)}

    with ended_by(TaskTimeoutError(), after=60):
        result = result_of(work)
    assert result["msg"] == f"{REASON} Nothing had been written."


def test_a_write_that_does_not_end_is_waited_for_for_a_while(monkeypatch: Any) -> None:
    """What is known is said."""
    monkeypatch.setattr(run, "LONGEST_END", 0.1)
    released, started = threading.Event(), time.monotonic()

    def work(api: FocusApi) -> dict[str, Any]:
        api.progress.set(total=5)
        api.progress.add(done=1)
        return {"changed": released.wait(10)}

    result = ended(work)
    released.set()
    assert time.monotonic() - started < 5
    assert (result["failed"], result["changed"], result["requests"]) == (True, True, 0)
    assert result["msg"].startswith(f"{REASON} 1 of 5 changes are known to be done")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), ValueError("a handler's")])
def test_what_ends_the_process_does_so_when_the_run_has_settled(error: BaseException) -> None:
    settled: list[bool] = []

    def work(api: FocusApi) -> dict[str, Any]:
        result = writing(api)
        settled.append(True)
        return result

    with pytest.raises(type(error)), ended_by(error):
        result_of(work)
    assert settled == [True]


def test_a_thread_is_kept_for_the_next_work_and_a_fork_has_its_own() -> None:
    def done_by() -> int | None:
        work = _progress.Background(threading.get_ident)
        work.begin()
        return work.result_within(5)

    first = done_by()
    time.sleep(SOON)  # until it is idle
    assert first == done_by()
    time.sleep(SOON)
    child = os.fork()
    if child == 0:
        os._exit(0 if done_by() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
