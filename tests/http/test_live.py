# SPDX-License-Identifier: GPL-3.0-or-later
"""``make live`` on simulated services: it finds how each behaves, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from typing import Any

import pytest
from live.conftest import CONSENT, MISSING, given
from live.run import Run, table
from live.workspace import BUDGET, PREFIX, State, UsedUp, Workspace
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from support.playbooks import ROOT, access
from support.running import VARIANTS

from ansible_collections.toggl.focus.plugins.module_utils._model import Access

OTHERS = sorted(f"Other {number}" for number in range(25))
DELETED = "Other, deleted"
AFTER, BEFORE, BROKEN = Fault(drop="after"), Fault(drop="before"), Fault(status=500)

with_or_without_headers = pytest.mark.parametrize("headers", [True, False])


def furnish(service: Simulator, **rules: Any) -> None:
    """More clients than one page where a page has 20."""
    service.reset(**rules)
    for name in [*OTHERS, DELETED]:
        service.add(name, deleted=name == DELETED)


def is_as_before(service: Simulator) -> bool:
    """Nothing of its own is left, and all others' clients are untouched."""
    others = [found.name for found in service.clients() if not found.name.startswith(PREFIX)]
    return service.names() == OTHERS and others == [*OTHERS, DELETED]


def run_of(service: Simulator, folder: Path, **rules: Any) -> Run:
    reached = Access(service.workspace_id, service.url, service.token)
    return Run(reached, State(folder / "state.json", **rules))


def shown(switches: Switches) -> dict[str, object]:
    """What is to be found: how the service behaves, as far as its answers show it."""
    found = {key: getattr(switches, key) for key in QUESTIONS}
    cap = min(switches.per_page_cap, switches.largest_per_page)
    found |= {"default_per_page": min(switches.default_per_page, cap), "per_page_cap": cap}
    shows_deleted = switches.list_shows_deleted or switches.get_shows_deleted
    if not shows_deleted and switches.active_field != "sometimes_false":
        found["active_field"] = None
    if switches.currency == "unknown":
        found["currency_shown"] = None
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_finds_how_the_service_behaves(service: Simulator, tmp_path: Path, variant: str) -> None:
    """Within one window of the smallest plan, clean-up included."""
    switches = VARIANTS[variant]
    furnish(service, switches=switches, quota_limit=BUDGET)
    run = run_of(service, tmp_path)
    run.questions()
    assert {key: run.state.found[key] for key in QUESTIONS} == shown(switches)
    assert is_as_before(service)


@with_or_without_headers
def test_it_goes_on_in_the_next_hour(service: Simulator, tmp_path: Path, headers: bool) -> None:
    """What is done is not done again, and at most 30 requests are sent in any hour."""
    furnish(service, switches=Switches(quota_headers=headers))
    run_of(service, tmp_path, clock=lambda: 1000.0).questions()
    with pytest.raises(UsedUp, match="call this again in 60 minutes"):
        run_of(service, tmp_path, clock=lambda: 1000.0).modules(tmp_path)
    first = len(service.log)
    assert first <= BUDGET and is_as_before(service)
    run = run_of(service, tmp_path, clock=lambda: 4601.0)
    run.questions()
    assert len(service.log) == first
    run.modules(tmp_path)
    assert len(service.log) - first <= BUDGET and is_as_before(service)
    assert "not asked" not in table(run.state.found)
    state = (tmp_path / "state.json").read_text()
    assert service.token not in state and "Other" not in state


@with_or_without_headers
@pytest.mark.parametrize("left", range(0, 20, 3))
def test_it_stops_before_the_quota_that_others_use_too(
    service: Simulator, tmp_path: Path, left: int, headers: bool
) -> None:
    """Without the headers only a refusal tells, and a call in the next hour cleans up."""
    furnish(service, switches=Switches(quota_headers=headers), quota_limit=BUDGET)
    for _ in range(BUDGET - left):
        service.quota.take()
    with pytest.raises(UsedUp):
        run_of(service, tmp_path).questions()
    refused = 402 in {entry.status for entry in service.log}
    assert refused is (not headers or not left)
    assert is_as_before(service) or not headers
    service.quota.limit = 1000
    run_of(service, tmp_path, clock=lambda: time.time() + 3601).clean()
    assert is_as_before(service)


@pytest.mark.parametrize("position", range(0, 28, 5))
@pytest.mark.parametrize("faults", [[AFTER], [BEFORE], [BROKEN], [AFTER, BROKEN]])
def test_whatever_request_fails_nothing_is_left(
    service: Simulator, tmp_path: Path, faults: list[Fault], position: int
) -> None:
    furnish(service, script=[*[Fault()] * position, *faults])
    try:
        run_of(service, tmp_path).questions()
    except Exception:
        run_of(service, tmp_path, clock=lambda: time.time() + 3601).clean()
    assert is_as_before(service)


def test_no_other_client_is_ever_written_to(service: Simulator, tmp_path: Path) -> None:
    furnish(service)
    run = run_of(service, tmp_path)
    at, first = Workspace(run.access, run.state), service.clients()[0].id
    own, other = {"name": at.prefix}, {"name": "Somebody else's"}
    for call in (("DELETE", first), ("PATCH", first), ("PUT", first, own), ("POST", None, other)):
        with pytest.raises(AssertionError, match="was not made by this run"):
            at.call(*call)
    assert service.log == []


def started(service: Simulator, folder: Path) -> Popen[str]:
    command = f"{sys.executable} -m pytest -q -s -m live tests/live --folder {folder}".split()
    environment = {**os.environ, **access(service), "TOGGL_FOCUS_LIVE": CONSENT}
    return Popen(command, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT, text=True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"TOGGL_FOCUS_API_TOKEN": ""}, "No authentication is given"),
        ({"TOGGL_FOCUS_LIVE": "yes"}, f"say TOGGL_FOCUS_LIVE={CONSENT}"),
        ({"TOGGL_FOCUS_API_URL": "http://focus.example.com"}, "api_url"),
    ],
)
def test_without_consent_it_does_nothing(
    service: Simulator, monkeypatch: Any, wrong: dict[str, str], words: str
) -> None:
    for name, value in {**access(service), "TOGGL_FOCUS_LIVE": CONSENT, **wrong}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(pytest.exit.Exception, match=words) as ended:
        given()
    assert ended.value.returncode == MISSING


def test_a_process_that_is_told_to_end_cleans_up(service: Simulator, tmp_path: Path) -> None:
    furnish(service, latency=0.05)
    process = started(service, tmp_path)
    deadline = time.monotonic() + 60
    while len(service.writes) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.terminate()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert is_as_before(service) and service.token not in output


def test_the_command_stops_where_the_hour_ends(service: Simulator, tmp_path: Path) -> None:
    furnish(service, quota_limit=BUDGET)
    stopped = started(service, tmp_path)
    output, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 3 and "call this again in" in output
    assert "| modules | not asked |" in output
    assert 402 not in {entry.status for entry in service.log}
    assert is_as_before(service) and service.token not in output
