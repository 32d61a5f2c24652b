# SPDX-License-Identifier: GPL-3.0-or-later
"""``make live`` on simulated services: it finds how each behaves, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from live import run as live_run
from live import service as live_service
from live.findings import QUESTIONS, Findings
from live.modules import Play, Task
from live.probes import Probes
from live.run import DONE, FAILED, INTERRUPTED, NOT_FINISHED, Rules, Run
from live.service import BudgetUsedUp, Meter, Service, Stop
from live.store import PREFIX, Store, Window, load
from simulator import QUESTIONS as SWITCHES
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import ROOT
from support.running import VARIANTS, client, clients

from ansible_collections.toggl.focus.plugins.module_utils._transport import Transport

BUDGET = 30
OTHERS = 25
"""More than one page where a page has 20 clients."""

NOT_TOLD: list[tuple[str, Callable[[Switches], bool], str]] = [
    (
        "default_per_page",
        lambda switches: switches.default_per_page > switches.per_page_cap,
        "the envelope says the size that was used, which is the cap",
    ),
    (
        "active_field",
        lambda switches: (
            not switches.list_shows_deleted
            and not switches.get_shows_deleted
            and switches.active_field != "sometimes_false"
        ),
        "no answer shows a deleted client, so what the field says of one is not seen",
    ),
]
"""Which answer is not found, where, and why. All others are told apart within the budget."""


def furnish(service: Simulator, **rules: Any) -> None:
    service.reset(**rules)
    for number in range(OTHERS):
        service.add(f"Other {number}")
    service.add("Other, deleted", deleted=True)


def untouched(service: Simulator) -> bool:
    others = [found for found in service.clients() if found.name.startswith("Other")]
    active = [found for found in others if not found.deleted_at]
    return len(others) == OTHERS + 1 and len(active) == OTHERS


def left(service: Simulator) -> list[str]:
    return [name for name in service.names() if name.startswith(PREFIX)]


def transport(service: Simulator) -> Transport:
    return Transport(service.url, service.token, 10.0, True)


def asked(service: Simulator, store: Store, meter: Meter, thorough: bool = False) -> Findings:
    found = Findings(store.prefix)
    Probes(Service(transport(service), store, meter), found, thorough).run()
    return found


def in_process(service: Simulator) -> Play:
    """The modules' own functions in place of ``ansible-playbook``."""

    def play(tasks: Sequence[Task]) -> dict[str, dict[str, Any]]:
        results: dict[str, dict[str, Any]] = {}
        for task in tasks:
            run = client if task.module == "focus_client" else clients
            results[task.key] = run(service, task.check, **task.options)
            if results[task.key].get("failed"):
                break
        return results

    return play


def run_of(service: Simulator, path: Path, said: list[str], **rules: Any) -> Run:
    store = load(path, service.workspace_id, service.url)
    return Run(transport(service), store, Rules(**rules), in_process(service), said.append)


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_finds_how_the_service_behaves(service: Simulator, variant: str) -> None:
    """Within one window of the smallest plan, clean-up included."""
    switches = VARIANTS[variant]
    furnish(service, switches=switches, quota_limit=BUDGET)
    store = Store(service.workspace_id, service.url)
    meter = Meter(store, BUDGET)
    found = asked(service, store, meter)
    for name in SWITCHES:
        expected = getattr(switches, name)
        if any(name == hidden and hides(switches) for hidden, hides, _ in NOT_TOLD):
            expected = {"default_per_page": switches.per_page_cap}.get(name)
        assert found.value(name) == expected, name
    Service(transport(service), store, meter).clean()
    assert left(service) == []
    assert untouched(service)


def test_each_switch_is_a_question() -> None:
    assert set(SWITCHES) <= set(QUESTIONS)
    assert {name for name, _, _ in NOT_TOLD} <= set(SWITCHES)


@pytest.mark.parametrize("budget", [9, 12, 17])
@pytest.mark.parametrize("headers", [True, False])
def test_it_goes_on_where_the_budget_stopped_it(
    service: Simulator, tmp_path: Path, budget: int, headers: bool
) -> None:
    """What was asked is not asked again, and the answers are those of a single window."""
    furnish(service, switches=Switches(quota_headers=headers))
    path, now, windows = tmp_path / "state.json", [1000.0], 0
    Store(service.workspace_id, service.url, path=path).save()
    while True:
        store = load(path, service.workspace_id, service.url)
        before = len(service.log)
        try:
            found = asked(service, store, Meter(store, budget, 3600.0, lambda: now[0]))
            break
        except BudgetUsedUp as stop:
            windows += 1
            spent = len(service.log) - before
            assert spent + len(store.to_remove) <= budget, "what is there can be removed"
            now[0] = stop.reopens
    assert windows >= 1
    requests = [(entry.method, entry.path, str(entry.query), entry.body) for entry in service.log]
    assert len(service.log) == len(store.exchanges), "nothing was asked twice"
    assert len(set(requests)) >= len(requests) - 3
    assert all(found.get(name) for name in SWITCHES)
    Service(transport(service), store, Meter(store)).clean()
    assert left(service) == []


def test_it_stops_before_the_quota_that_others_use_too(service: Simulator, tmp_path: Path) -> None:
    furnish(service, quota_limit=BUDGET)
    for _ in range(18):
        service.service.quota.take()
    said: list[str] = []
    run = run_of(service, tmp_path / "state.json", said)
    assert run.go() == NOT_FINISHED
    assert 402 not in {entry.status for entry in service.log}
    assert "Call this again in 61 minutes" in said[-1]
    assert "not asked" in run.table
    assert run_of(service, tmp_path / "state.json", said, clean_only=True).go() == DONE
    assert left(service) == []
    assert untouched(service)


def test_a_quota_without_headers_that_is_used_up(service: Simulator, tmp_path: Path) -> None:
    furnish(service, switches=Switches(quota_headers=False), quota_limit=BUDGET)
    for _ in range(25):
        service.service.quota.take()
    said: list[str] = []
    path = tmp_path / "state.json"
    assert run_of(service, path, said).go() == NOT_FINISHED
    service.service.quota.limit = 1000
    another_hour(path, service)
    assert run_of(service, path, said, budget=60).go() == DONE
    assert left(service) == []


def test_the_whole_run(service: Simulator, tmp_path: Path) -> None:
    furnish(service)
    path, said = tmp_path / "state.json", []
    run = run_of(service, path, said, budget=200, thorough=True)
    assert run.go() == DONE
    assert "not asked" not in run.table
    assert "NOT AS EXPECTED" not in run.table
    assert left(service) == []
    assert untouched(service)
    assert service.token not in path.read_text()
    assert "Other" not in path.read_text()


def test_a_clean_up_without_quota_is_made_up_for(service: Simulator, tmp_path: Path) -> None:
    """The next call asks nothing again."""
    headers = {"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "60"}
    furnish(service, script=faults_at(35, {"status": 402, "headers": headers}))
    path, said = tmp_path / "state.json", []
    assert run_of(service, path, said, budget=100).go() == NOT_FINISHED
    assert said[-1].endswith("in 61 seconds to go on and to remove them.")
    another_hour(path, service)
    before = len(service.log)
    run = run_of(service, path, said, budget=100)
    assert run.go() == DONE
    assert {entry.method for entry in service.log[before:]} == {"DELETE"}
    assert run.table.count("not asked") == 2
    assert left(service) == []


def another_hour(path: Path, service: Simulator) -> None:
    store = load(path, service.workspace_id, service.url)
    store.window = Window()
    store.save()


def test_a_budget_that_can_never_do_is_said(
    service: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_run, "SLACK", 0.0)
    furnish(service, switches=Switches(quota_headers=False))
    said: list[str] = []
    run = run_of(service, tmp_path / "state.json", said, budget=5, window=0.01, wait=True)
    assert run.go() == FAILED
    assert any("Give a larger one with --budget." in line for line in said)
    assert left(service) == []


def faults_at(position: int, *faults: dict[str, Any]) -> list[Fault]:
    return [Fault() for _ in range(position)] + [Fault(**fault) for fault in faults]


AFTER, BEFORE, BROKEN = {"drop": "after"}, {"drop": "before"}, {"status": 500}


@pytest.mark.parametrize("faults", [[AFTER], [BEFORE], [BROKEN], [AFTER, *[BROKEN] * 4]])
def test_whatever_request_fails_nothing_is_left(
    service: Simulator,
    tmp_path: Path,
    faults: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_service, "LONGEST_PAUSE", 0.0)
    for position in range(0, 28, 5):
        furnish(service, script=faults_at(position, *faults))
        path = tmp_path / f"{position}.json"
        run = run_of(service, path, [], budget=100)
        if run.go() == FAILED and left(service):
            assert run_of(service, path, [], budget=100, clean_only=True).go() == DONE
        assert left(service) == [], position
        assert untouched(service)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Killed])
def test_whenever_it_is_ended_nothing_is_left(
    service: Simulator, tmp_path: Path, ending: type[BaseException]
) -> None:
    """Ctrl-C cleans up at once; after a kill, the next call does."""
    for position in range(1, 30, 3):
        furnish(service)
        path = tmp_path / f"{position}.json"
        run = run_of(service, path, [], budget=100)
        run._say = _ending_at(position, ending)
        if ending is KeyboardInterrupt and position <= 25:
            assert run.go() == INTERRUPTED
        else:  # the second Ctrl-C, or one while it cleans up, is a kill
            with pytest.raises(ending):
                run.go()
            if position % 2:
                assert run_of(service, path, [], budget=100, clean_only=True).go() == DONE
            else:
                assert run_of(service, path, [], budget=100).go() == DONE
        assert left(service) == [], position
        assert untouched(service)


def _ending_at(position: int, ending: type[BaseException]) -> Callable[[str], None]:
    heard = [0]

    def say(line: str) -> None:
        heard[0] += 1
        if heard[0] == position:
            raise ending

    return say


def test_no_other_client_is_ever_written_to(service: Simulator) -> None:
    furnish(service)
    store = Store(service.workspace_id, service.url)
    focus = Service(transport(service), store, Meter(store))
    first = service.clients()[0].id
    for method, path, name in (
        ("DELETE", f"/{first}", None),
        ("PATCH", f"/{first}/restore", None),
        ("PUT", f"/{first}", f"{store.prefix} Mine"),
        ("POST", "", "Somebody else's"),
    ):
        with pytest.raises(Stop, match="did not make"):
            focus.ask(method, path, (), name)
    assert service.log == []


TOOL = [sys.executable, str(ROOT / "tools" / "live.py")]


def tool(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("TOGGL_")}
    return subprocess.run(
        [*TOOL, *arguments],
        env={**plain, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_without_consent_it_does_nothing(service: Simulator, tmp_path: Path) -> None:
    silent = {key: text for key, text in access(service).items() if key != "TOGGL_FOCUS_LIVE"}
    folder = ("--folder", str(tmp_path / "live"))
    for environment, words in (
        ({}, "TOGGL_FOCUS_API_TOKEN"),
        (silent, "TOGGL_FOCUS_LIVE=yes-change-this-workspace"),
        ({**silent, "TOGGL_FOCUS_LIVE": "yes"}, "yes-change-this-workspace"),
    ):
        ran = tool(*folder, **environment)
        assert ran.returncode == 2
        assert words in ran.stderr
        assert len(ran.stderr.splitlines()) == 1
    assert service.log == []


def access(service: Simulator) -> dict[str, str]:
    return {
        "TOGGL_FOCUS_API_TOKEN": service.token,
        "TOGGL_FOCUS_API_URL": service.url,
        "TOGGL_FOCUS_WORKSPACE_ID": str(service.workspace_id),
        "TOGGL_FOCUS_LIVE": "yes-change-this-workspace",
    }


def test_a_process_that_is_told_to_end_cleans_up(service: Simulator, tmp_path: Path) -> None:
    furnish(service, latency=0.05)
    process = subprocess.Popen(
        [*TOOL, "--folder", str(tmp_path)],
        env={**os.environ, **access(service)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(service.writes) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.terminate()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, output
    assert "Interrupted: cleaning up." in output
    assert left(service) == []
    assert untouched(service)
    assert service.token not in output


def test_the_tool_as_a_process(tmp_path: Path) -> None:
    """On a quota of 30 a window of which others have used 18: it stops, goes on, cleans up."""
    with Simulator(quota_limit=BUDGET, quota_window=8.0) as service:
        service.add("Other")
        for _ in range(18):
            service.service.quota.take()
        environment = access(service)
        arguments = ("--folder", str(tmp_path), "--window", "8")
        stopped = tool(*arguments, **environment)
        assert stopped.returncode == NOT_FINISHED, stopped.stdout + stopped.stderr
        assert left(service)
        done = tool(*arguments, "--wait", **environment)
        assert done.returncode == DONE, done.stdout + done.stderr
        assert left(service) == []
        assert service.names() == ["Other"]
        assert 402 not in {entry.status for entry in service.log}
    assert done.stdout.count("not asked") == 2, "what is only asked with --thorough"
    assert "NOT AS EXPECTED" not in done.stdout
    state = (tmp_path / f"{service.workspace_id}.json").read_text()
    assert json.loads(state)["exchanges"] == []
    assert service.token not in stopped.stdout + stopped.stderr + done.stdout + done.stderr + state
