# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client`` over real HTTP: every state, by name and by id, in check mode and for real."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from simulator.server import Simulator
from simulator.switches import Switches, random_switches
from support.running import VARIANTS, as_done, client, sent
from support.world import NAMES


def seed(service: Simulator) -> None:
    """Acme, Globex and Initech are active, Umbrella is deleted."""
    for name in ("Acme", "Globex", "Initech"):
        service.add(name)
    service.add("Umbrella", deleted=True)


# options, action, what the workspace holds afterwards
CASES: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "present, name": ({"name": "Hooli"}, "created", {"Acme", "Globex", "Initech", "Hooli"}),
    "present, name, there": ({"name": "Acme"}, "none", {"Acme", "Globex", "Initech"}),
    "present, former name": (
        {"name": "Acme Ltd", "former_names": ["Nobody", "Acme"]},
        "renamed",
        {"Acme Ltd", "Globex", "Initech"},
    ),
    "present, id and name": (
        {"id": 1001, "name": "Acme Ltd"},
        "renamed",
        {"Acme Ltd", "Globex", "Initech"},
    ),
    "present, id": ({"id": 1001}, "none", {"Acme", "Globex", "Initech"}),
    "absent, name": ({"name": "Acme", "state": "absent"}, "deleted", {"Globex", "Initech"}),
    "absent, name, not there": (
        {"name": "Hooli", "state": "absent"},
        "none",
        {"Acme", "Globex", "Initech"},
    ),
    "absent, id": ({"id": 1001, "state": "absent"}, "deleted", {"Globex", "Initech"}),
    "absent, id and name": (
        {"id": 1001, "name": "Acme", "state": "absent"},
        "deleted",
        {"Globex", "Initech"},
    ),
    "absent, id, deleted": (
        {"id": 1004, "state": "absent"},
        "none",
        {"Acme", "Globex", "Initech"},
    ),
    "restored, id": (
        {"id": 1004, "state": "restored"},
        "restored",
        {"Acme", "Globex", "Initech", "Umbrella"},
    ),
    "restored, id and name": (
        {"id": 1004, "name": "Umbra", "state": "restored"},
        "restored",
        {"Acme", "Globex", "Initech", "Umbra"},
    ),
    "restored, id, active": (
        {"id": 1001, "state": "restored"},
        "none",
        {"Acme", "Globex", "Initech"},
    ),
    "restored, name, active": (
        {"name": "Acme", "state": "restored"},
        "none",
        {"Acme", "Globex", "Initech"},
    ),
}

# These look for a deleted client in the list, which the service may hide.
LISTED_CASES: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "restored, name": (
        {"name": "Umbrella", "state": "restored"},
        "restored",
        {"Acme", "Globex", "Initech", "Umbrella"},
    ),
    "present, restore_deleted": (
        {"name": "Umbrella", "restore_deleted": True},
        "restored",
        {"Acme", "Globex", "Initech", "Umbrella"},
    ),
}


def check_then_run_then_again(
    service: Simulator, given: dict[str, Any], action: str, after: set[str]
) -> None:
    checked = client(service, check_mode=True, **given)
    assert service.writes == [], "check mode sends no write"
    ran = client(service, **given)
    for key in ("changed", "action", "diff", "warnings"):
        assert checked.get(key) == ran.get(key), key
    assert ran["action"] == action
    assert ran["changed"] == (action != "none")
    assert not ran.get("failed"), ran
    assert set(service.names()) == after
    assert len(service.names()) == len(after)
    writes = len(service.writes)
    again = client(service, **given)
    assert (again["changed"], again["action"]) == (False, "none")
    assert len(service.writes) == writes


@pytest.mark.parametrize("case", CASES | LISTED_CASES)
def test_check_mode_predicts_and_the_second_run_changes_nothing(
    service: Simulator, case: str
) -> None:
    seed(service)
    check_then_run_then_again(service, *(CASES | LISTED_CASES)[case])


@pytest.mark.parametrize("switches", VARIANTS.values(), ids=VARIANTS)
def test_whatever_the_service_answers(service: Simulator, switches: Switches) -> None:
    cases = CASES | (LISTED_CASES if switches.list_shows_deleted else {})
    for given, action, after in cases.values():
        service.reset(switches)
        seed(service)
        check_then_run_then_again(service, given, action, after)


@pytest.mark.parametrize("switches", VARIANTS.values(), ids=VARIANTS)
def test_undo_takes_a_run_back_whatever_the_service_answers(
    service: Simulator, switches: Switches
) -> None:
    for given, _, _ in CASES.values():
        service.reset(switches)
        seed(service)
        before = {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}
        for entry in client(service, **given)["undo"]:
            assert not client(service, **entry).get("failed")
        after = {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}
        assert before == {id_: after[id_] for id_ in before}
        assert all(gone for id_, (_, gone) in after.items() if id_ not in before)


# requests


@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
@pytest.mark.parametrize(
    ("given", "first", "again"),
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
    service: Simulator, there: int, given: dict[str, Any], first: int, again: int
) -> None:
    """The docs' table of requests: of the first run and of the second, whatever the size of the
    workspace, where the filter narrows a look-up to one page."""
    service.reset(Switches(name_filter="equals"))
    service.add_many(there)
    service.add("Gone", deleted=True)
    given = {**given, "id": 1001 + there} if given.get("id") == -1 else given
    for expected in (first, again):
        service.log.clear()
        result = client(service, **given)
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


ANY_NAME = st.sampled_from(NAMES)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@hypothesis.given(
    there=st.lists(st.tuples(ANY_NAME, st.booleans()), max_size=6),
    name=st.none() | ANY_NAME,
    client_id=st.none() | st.integers(1001, 1006),
    state=st.sampled_from(["present", "absent", "restored"]),
    former=st.lists(ANY_NAME, max_size=2),
    restore_deleted=st.booleans(),
    switches=st.integers(0, 10_000).map(random_switches),
)
@hypothesis.example(  # only the run sees that the hidden client has a blank in its name
    there=[(" Initech", True)],
    name="Initech",
    client_id=1001,
    state="restored",
    former=[],
    restore_deleted=False,
    switches=Switches(list_shows_deleted=False, get_shows_deleted=False, names_trimmed=False),
)
def test_check_mode_never_lies(
    server: Simulator,
    there: list[tuple[str, bool]],
    name: str | None,
    client_id: int | None,
    state: str,
    former: list[str],
    restore_deleted: bool,
    switches: Switches,
) -> None:
    given = {
        "name": name,
        "id": client_id,
        "state": state,
        "former_names": former,
        "restore_deleted": restore_deleted,
    }
    server.reset(switches)
    for existing, gone in there:
        server.add(existing, gone)
    checked = client(server, check_mode=True, **given)
    assert server.writes == []
    ran = client(server, **given)
    refused_by_service = any(entry.status in (400, 404) for entry in server.writes)
    is_only_seen_now = "was restored and is called" in ran.get("msg", "")  # check mode warns of it
    assume(not refused_by_service and not is_only_seen_now)
    for key in ("changed", "action", "diff", "failed", "warnings"):
        assert checked.get(key) == ran.get(key), key
    if "the client " not in checked["msg"]:  # only the run sees a hidden client's name
        assert as_done(checked["msg"]) == without_new_id(ran)
    writes = len(server.writes)
    again = client(server, **given)
    if not ran.get("failed"):
        assert (again.get("changed"), again.get("action")) == (False, "none")
    assert len(server.writes) == writes
    assert "GET" in sent(server) or ran.get("failed")
