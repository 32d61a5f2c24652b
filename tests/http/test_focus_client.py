# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client`` over real HTTP: every state, by name and by id, in check mode and for real."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from simulator.server import Simulator
from simulator.switches import Switches, random_switches
from support.running import VARIANTS, as_done, assert_as_before, client, state
from support.world import entries, names_with_deletion


def seed(service: Simulator) -> None:
    """Acme, Globex and Initech are active, Umbrella is deleted."""
    for name in ("Acme", "Globex", "Initech"):
        service.add(name)
    service.add("Umbrella", deleted=True)


Case = tuple[dict[str, Any], str, set[str]]

SAME = {"Acme", "Globex", "Initech"}
RENAMED = {"Acme Ltd", "Globex", "Initech"}
FORMER = {"name": "Acme Ltd", "former_names": ["Nobody", "Acme"]}

CASES: dict[str, Case] = {
    "present, name": ({"name": "Hooli"}, "created", SAME | {"Hooli"}),
    "present, name, there": ({"name": "Acme"}, "none", SAME),
    "present, former name": (FORMER, "renamed", RENAMED),
    "present, id and name": ({"id": 1001, "name": "Acme Ltd"}, "renamed", RENAMED),
    "present, id": ({"id": 1001}, "none", SAME),
    "absent, name": ({"name": "Acme", "state": "absent"}, "deleted", SAME - {"Acme"}),
    "absent, name, not there": ({"name": "Hooli", "state": "absent"}, "none", SAME),
    "absent, id": ({"id": 1001, "state": "absent"}, "deleted", SAME - {"Acme"}),
    "absent, id and name": (
        {"id": 1001, "name": "Acme", "state": "absent"},
        "deleted",
        SAME - {"Acme"},
    ),
    "absent, id, deleted": ({"id": 1004, "state": "absent"}, "none", SAME),
    "restored, id": ({"id": 1004, "state": "restored"}, "restored", SAME | {"Umbrella"}),
    "restored, id and name": (
        {"id": 1004, "name": "Umbra", "state": "restored"},
        "restored",
        SAME | {"Umbra"},
    ),
    "restored, id, active": ({"id": 1001, "state": "restored"}, "none", SAME),
    "restored, name, active": ({"name": "Acme", "state": "restored"}, "none", SAME),
}
"""The options, the action, and the active clients afterwards."""

UMBRELLA = {"name": "Umbrella", "state": "restored"}
LISTED_CASES: dict[str, Case] = {
    "restored, name": (UMBRELLA, "restored", SAME | {"Umbrella"}),
    "present, restore_deleted": (
        {"name": "Umbrella", "restore_deleted": True},
        "restored",
        SAME | {"Umbrella"},
    ),
}
"""They need a deleted client in the list, which the service may hide."""


def check_run_repeat_and_undo(service: Simulator, switches: Switches | None, case: Case) -> None:
    """Check mode predicts the run, the second run changes nothing, undo takes the run back."""
    wanted, action, after = case
    service.reset(switches)
    seed(service)
    before = state(service)
    checked = client(service, check_mode=True, **wanted)
    assert service.writes == [], "check mode sends no write"
    ran = client(service, **wanted)
    for key in ("changed", "action", "diff", "warnings"):
        assert checked.get(key) == ran.get(key), key
    assert (ran["action"], ran["changed"]) == (action, action != "none")
    assert not ran.get("failed"), ran
    assert service.names() == sorted(after)
    writes = len(service.writes)
    again = client(service, **wanted)
    assert (again["changed"], again["action"]) == (False, "none")
    assert len(service.writes) == writes
    for entry in ran["undo"]:
        assert not client(service, **entry).get("failed")
    assert_as_before(service, before)


@pytest.mark.parametrize("case", CASES | LISTED_CASES)
def test_check_run_repeat_and_undo(service: Simulator, case: str) -> None:
    check_run_repeat_and_undo(service, None, (CASES | LISTED_CASES)[case])


@pytest.mark.parametrize("switches", VARIANTS.values(), ids=VARIANTS)
def test_whatever_the_service_answers(service: Simulator, switches: Switches) -> None:
    for case in (CASES | (LISTED_CASES if switches.list_shows_deleted else {})).values():
        check_run_repeat_and_undo(service, switches, case)


# requests


@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
@pytest.mark.parametrize(
    ("wanted", "first", "again"),
    [
        ({"name": "Client 1"}, 1, 1),
        ({"name": "New"}, 2, 1),
        ({"name": "M\u00fcller"}, 3, 1),
        ({"name": "New", "former_names": ["Client 1"]}, 3, 1),
        ({"name": "New", "former_names": ["None", "Client 1"]}, 4, 1),
        ({"name": "New", "state": "absent"}, 1, 1),
        ({"name": "Client 1", "state": "absent"}, 2, 1),
        ({"id": 1001}, 1, 1),
        ({"id": 1001, "name": "New"}, 3, 1),
        ({"id": 1001, "state": "absent"}, 2, 1),
        ({"id": 1001, "state": "restored"}, 1, 1),
        ({"id": -1, "state": "restored"}, 3, 1),
        ({"id": -1, "name": "New", "state": "restored"}, 4, 1),
    ],
)
def test_requests(
    service: Simulator, there: int, wanted: dict[str, Any], first: int, again: int
) -> None:
    """The docs' table of requests: of the first run and of the second, whatever the size of the
    workspace, where the filter narrows a look-up to one page."""
    service.reset(Switches(name_filter="equals"))
    service.add_many(there)
    service.add("Gone", deleted=True)
    wanted = {**wanted, "id": 1001 + there} if wanted.get("id") == -1 else wanted
    for expected in (first, again):
        service.log.clear()
        result = client(service, **wanted)
        assert not result.get("failed"), result
        assert (result["requests"], len(service.log)) == (expected, expected)


@pytest.mark.parametrize("there", [0, 1, 100, 101, 250])
def test_requests_where_the_filter_is_ignored(service: Simulator, there: int) -> None:
    """Paging goes on until the client is found, or through; a look-up of several pages is checked
    at each boundary before a name is given. Several former names cost one list."""
    service.reset(Switches(name_filter="ignored"))
    service.add_many(there)
    pages = there // 100 + 1
    look = pages + (pages - 1)
    assert client(service, name="New")["requests"] == look + 1
    if there:
        assert client(service, name="Client 1")["requests"] == 1
    if pages > 1:
        several = {"name": "Newer", "former_names": ["One", "Two", "Three"]}
        assert client(service, **several)["requests"] == look + look + 1


# any workspace, any wish


def without_new_id(ran: dict[str, Any]) -> str:
    """The message of a run, without what check mode cannot know."""
    message: str = ran["msg"]
    if ran.get("action") != "created" or ran.get("failed"):
        return message
    assert f" (id {ran['client']['id']})." in message
    return message.replace(f" (id {ran['client']['id']}).", ".")


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    there=names_with_deletion(),
    wanted=entries(),
    switches=st.integers(0, 10_000).map(random_switches),
)
@example(  # only the run sees that the hidden client has a blank in its name
    there=[(" Initech", True)],
    wanted={"name": "Initech", "id": 1001, "state": "restored"},
    switches=Switches(list_shows_deleted=False, get_shows_deleted=False, names_trimmed=False),
)
def test_check_mode_never_lies(
    server: Simulator, there: list[tuple[str, bool]], wanted: dict[str, Any], switches: Switches
) -> None:
    server.reset(switches)
    for existing, gone in there:
        server.add(existing, gone)
    checked = client(server, check_mode=True, **wanted)
    assert server.writes == []
    ran = client(server, **wanted)
    refused_by_service = any(entry.status in (400, 404) for entry in server.writes)
    is_only_seen_now = "was restored and is called" in ran.get("msg", "")  # check mode warns of it
    assume(not refused_by_service and not is_only_seen_now)
    for key in ("changed", "action", "diff", "failed", "warnings"):
        assert checked.get(key) == ran.get(key), key
    if "the client " not in checked["msg"]:  # only the run sees a hidden client's name
        assert as_done(checked["msg"]) == without_new_id(ran)
    writes = len(server.writes)
    again = client(server, **wanted)
    if not ran.get("failed"):
        assert (again.get("changed"), again.get("action")) == (False, "none")
    assert len(server.writes) == writes
