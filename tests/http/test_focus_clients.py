# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_clients`` over real HTTP: the whole list, its guards, the quota, the way back."""

from __future__ import annotations

import random
from typing import Any

import hypothesis
import pytest
import yaml
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches, random_switches
from simulator.workspace import FIRST_ID
from support.running import (
    VARIANTS,
    as_done,
    assert_foretold,
    client,
    clients,
    diff_foretold,
    info,
    rows,
    sent,
)
from support.world import NAMES
from support.written import assert_done_is_what_was_written


def names(*wanted: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in wanted]


def numbered(count: int) -> list[dict[str, Any]]:
    return names(*(f"Client {number}" for number in range(1, count + 1)))


def state(service: Simulator) -> dict[int, tuple[str, bool]]:
    return {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}


def seed(service: Simulator) -> None:
    """1001 Acme, 1002 Globex, 1003 Initech, 1004 Hooli; 1005 Umbrella is deleted."""
    for name in ("Acme", "Globex", "Initech", "Hooli"):
        service.add(name)
    service.add("Umbrella", deleted=True)


EVERY_KIND: list[dict[str, Any]] = [
    {"name": "New"},
    {"name": "Acme"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"id": 1003, "name": "Hooli"},
    {"id": 1004, "name": "Initech"},
    {"id": 1005, "name": "Umbra", "state": "restored"},
    {"name": "Nobody", "state": "absent"},
]
AFTER_EVERY_KIND = ["Acme", "Globex Corporation", "Hooli", "Initech", "New", "Umbra"]


@pytest.mark.parametrize("switches", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("concurrency", [1, 4])
def test_whatever_the_service_answers(
    service: Simulator, switches: Switches, concurrency: int
) -> None:
    """Check mode predicts, the run does it, the second run has nothing to do, undo undoes."""
    service.reset(switches)
    seed(service)
    before = state(service)
    wanted = {"clients": EVERY_KIND, "concurrency": concurrency}
    checked = clients(service, check_mode=True, **wanted)
    assert service.writes == []
    ran = clients(service, **wanted)
    assert not ran.get("failed"), ran
    for key in ("changed", "plan_digest", "diff", "summary", "warnings"):
        assert checked[key] == ran[key], key
    assert_foretold(checked["plan"], ran["plan"])
    assert rows(checked, "planned") == checked["plan"]
    assert rows(ran, "done") == ran["plan"]
    assert as_done(checked["msg"]) == ran["msg"]
    assert service.names() == AFTER_EVERY_KIND
    assert ran["summary"] == {
        "created": 1,
        "renamed": 3,
        "deleted": 0,
        "restored": 1,
        "purged": 0,
        "unchanged": 2,
        "unmanaged": 0,
        "failed": 0,
        "pending": 0,
    }
    again = clients(service, **wanted)
    assert (again["changed"], again["plan"]) == (False, [])
    back = clients(service, clients=ran["undo"], concurrency=concurrency)
    assert not back.get("failed"), back
    after = state(service)
    assert before == {client_id: after[client_id] for client_id in before}
    assert all(gone for client_id, (_, gone) in after.items() if client_id not in before)


RESULTS_OF_EVERY_KIND = [
    (1, "New", 1006, "created", True),
    (2, "Acme", 1001, "none", False),
    (3, "Globex Corporation", 1002, "renamed", True),
    (4, "Hooli", 1003, "renamed", True),
    (5, "Initech", 1004, "renamed", True),
    (6, "Umbra", 1005, "restored", True),
    (7, "Nobody", None, "none", False),
]
"""Number of the entry, name, id, action, changed."""


@pytest.mark.parametrize("report", ["all", "changes"])
def test_results_are_one_per_entry_in_its_order(service: Simulator, report: str) -> None:
    """Those that something was done for, or all."""
    seed(service)
    results = clients(service, clients=EVERY_KIND, report=report)["results"]
    assert {tuple(result) for result in results} == {("entry", "name", "id", "action", "changed")}
    assert [tuple(result.values()) for result in results] == [
        result for result in RESULTS_OF_EVERY_KIND if report == "all" or result[4]
    ]


def test_the_diff_reads_like_a_change_to_the_list(service: Simulator) -> None:
    seed(service)
    diff = clients(service, check_mode=True, clients=EVERY_KIND)["diff"]
    assert names_in(diff["before"]) == ["Acme", "Globex", "Hooli", "Initech"]
    assert names_in(diff["after"]) == AFTER_EVERY_KIND


def names_in(side: str) -> list[str]:
    """Of one side of a diff, which is a list of nothing but names; its comments count for none."""
    listed = yaml.safe_load(side)
    assert [set(entry) for entry in listed] == [{"name"}] * len(side.splitlines())
    return [entry["name"] for entry in listed]


# requests


@pytest.mark.parametrize("changes", [0, 1, 50, 1000])
def test_requests_are_the_pages_and_one_per_change(service: Simulator, changes: int) -> None:
    """And where names are given, one for each name or for each page boundary, whichever is less."""
    service.add_many(1000)
    kept = numbered(1000 - changes)
    renamed = [
        {"name": f"Renamed {number}", "former_names": [f"Client {number}"]}
        for number in range(1000 - changes + 1, 1001)
    ]
    result = clients(service, clients=[*kept, *renamed], concurrency=16)
    assert result["requests"] == len(service.log) == 11 + min(changes, 10) + changes
    assert result["summary"]["renamed"] == changes


def test_a_hundred_clients_with_nothing_to_do_take_two_requests(service: Simulator) -> None:
    service.add_many(100)
    assert clients(service, clients=numbered(100))["requests"] == 2


def test_an_id_that_the_list_hides_takes_one_request_more(service: Simulator) -> None:
    service.reset(Switches(list_shows_deleted=False))
    seed(service)
    assert clients(service, clients=[{"id": 1005, "state": "absent"}])["requests"] == 2


# guards

GUARDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "empty list": ({"clients": []}, ["Acme", "Globex", "max_deletion_percent"]),
    "above the percentage": (
        {"clients": names("Acme", "Globex")},
        ["Initech", "Hooli", "set it to 50"],
    ),
    "above max_deletions": (
        {"clients": names("Acme", "Globex", "Initech"), "max_deletions": 0},
        ["Hooli", "max_deletions is 0"],
    ),
    "the last ones, with an entry that deletes the others": (
        {
            "clients": [{"name": name, "state": "absent"} for name in ("Acme", "Globex", "Hooli")],
            "max_deletion_percent": 99,
        },
        ['the last client of 4, "Initech" (id 1003)', "set it to 100"],
    ),
    "protected from an entry": (
        {
            "clients": [*names("Globex", "Initech", "Hooli"), {"id": 1001, "name": "New"}],
            "protected": ["A*"],
        },
        ['"Acme" (id 1001) is protected', "renamed"],
    ),
    "what contradicts the service, all together": (
        {"clients": [{"id": 1005}, {"id": 9}, *names("Acme")]},
        ["Entry 1: ", "is deleted", "Entry 2: The service shows no client with the id 9"],
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_purge_leaves_a_protected_client_alone(service: Simulator, check_mode: bool) -> None:
    seed(service)
    given = names("Acme", "Globex", "Initech")
    result = clients(service, check_mode, clients=given, purge=True, protected=["hoo*"])
    assert (result.get("failed"), result["changed"]) == (None, False)
    assert "Hooli" in service.names()


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", GUARDS)
def test_guards(service: Simulator, case: str, check_mode: bool) -> None:
    seed(service)
    given, expected = GUARDS[case]
    result = clients(service, check_mode=check_mode, purge=True, **given)
    assert result["failed"] is True
    for words in expected:
        assert words in result["msg"]
    assert service.writes == []


def test_the_last_client_is_not_purged(service: Simulator) -> None:
    service.add("Acme")
    result = clients(service, clients=[], purge=True)
    assert 'would delete the last client, "Acme" (id 1001)' in result["msg"]
    assert service.writes == []
    assert clients(service, clients=[], purge=True, max_deletion_percent=100)["changed"]


@pytest.mark.parametrize("check_mode", [True, False])
def test_the_purge_leaves_protected_clients_alone(service: Simulator, check_mode: bool) -> None:
    seed(service)
    given = {"clients": names("Acme", "Globex"), "protected": ["hoo*"], "max_deletions": 1}
    result = clients(service, check_mode=check_mode, purge=True, **given)
    assert [row for row in result["plan"] if row.get("purge")] == [
        {
            "step": "delete",
            "id": 1003,
            "name": "Initech",
            "purge": True,
            "status": "planned" if check_mode else "done",
        }
    ]
    assert result["summary"]["purged"] == 1
    assert "failed" not in result


def test_a_purge_of_one_is_let_through(service: Simulator) -> None:
    seed(service)
    result = clients(service, clients=names("Acme", "Globex", "Initech"), purge=True)
    purged = {"step": "delete", "id": 1004, "name": "Hooli", "purge": True, "status": "done"}
    assert [row for row in result["plan"] if row.get("purge")] == [purged]
    assert result["summary"]["purged"] == 1
    assert service.names() == ["Acme", "Globex", "Initech"]
    clients(service, clients=result["undo"])
    assert service.names() == ["Acme", "Globex", "Hooli", "Initech"]


# apply what was reviewed


def test_a_reviewed_plan_is_applied(service: Simulator) -> None:
    seed(service)
    digest = clients(service, check_mode=True, clients=EVERY_KIND)["plan_digest"]
    assert clients(service, clients=EVERY_KIND, plan_digest=digest)["changed"] is True


def test_nothing_is_written_when_one_client_changed_in_between(service: Simulator) -> None:
    seed(service)
    digest = clients(service, check_mode=True, clients=EVERY_KIND)["plan_digest"]
    client(service, id=1002, name="Somebody else's")
    writes = len(service.writes)
    result = clients(service, clients=EVERY_KIND, plan_digest=digest)
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].startswith("The plan has changed since it was reviewed. Run toggl.focus.")
    assert result["plan_digest"] != digest
    assert rows(result, "planned") == result["plan"] != []
    assert (result["refused"], result["summary"]["pending"]) == (True, 0)
    assert len(service.writes) == writes


@pytest.mark.parametrize("check_mode", [True, False])
def test_where_nothing_is_left_to_do_any_digest_is_satisfied(
    service: Simulator, check_mode: bool
) -> None:
    """A job that is run again has not failed. What is no digest is an error all the same."""
    seed(service)
    digest = clients(service, check_mode=True, clients=EVERY_KIND)["plan_digest"]
    clients(service, clients=EVERY_KIND, plan_digest=digest)
    writes = len(service.writes)
    for reviewed in (digest, "0" * 64):
        again = clients(service, check_mode, clients=EVERY_KIND, plan_digest=reviewed)
        assert (again["changed"], "failed" in again) == (False, False)
        assert again["msg"] == "Nothing to do: already applied."
        assert again["plan_digest"] != digest
    assert clients(service, check_mode, clients=EVERY_KIND, plan_digest="x")["failed"] is True
    assert len(service.writes) == writes


def test_the_digest_is_of_the_workspace_and_its_address_too(service: Simulator) -> None:
    """A plan of one server is not applied at another, key and all."""
    with Simulator(workspace_id=42) as other, Simulator() as elsewhere:
        digests = {
            clients(where, check_mode=True, clients=names("New"))["plan_digest"]
            for where in (service, other, elsewhere)
        }
    assert len(digests) == 3


# failures


def test_one_entry_fails_and_the_others_are_done(service: Simulator) -> None:
    refused = Fault(
        match=lambda method, _: method == "POST",
        status=400,
        body=b'{"error": "validation", "error_description": "no such name"}',
    )
    service.reset(script=[refused])
    seed(service)
    result = clients(service, clients=names("Bad", "Good", "Better"), concurrency=1)
    assert (result["failed"], result["changed"]) == (True, True)
    assert 'Bad": The service refused' in result["msg"]
    assert "Of 3 changes, 2 were done and 1 failed." in result["msg"]
    assert [entry.get("error") is not None for entry in result["results"]] == [True, False, False]
    assert [row["name"] for row in result["plan"] if "error" in row] == ["Bad"]
    assert [row["name"] for row in rows(result, "failed", "unclear")] == ["Bad"]
    assert {"Good", "Better"} <= set(service.names())


def test_what_needs_a_failed_step_stays_pending(service: Simulator) -> None:
    refused = Fault(match=lambda method, _: method == "DELETE", status=400)
    service.reset(script=[refused])
    seed(service)
    wanted = [{"id": 1001, "state": "absent"}, {"id": 1002, "name": "Acme"}]
    result = clients(service, clients=wanted)
    assert result["summary"]["failed"] == 1
    assert result["summary"]["pending"] == 1
    assert [(row["id"], row["status"]) for row in result["plan"]] == [
        (1001, "failed"),
        (1002, "pending"),
    ]
    assert (result["results"][1]["id"], result["results"][1]["changed"]) == (1002, False)
    assert service.names() == ["Acme", "Globex", "Hooli", "Initech"]


@pytest.mark.parametrize("status", [401, 402, 403])  # a 402 for a feature of another plan
def test_what_concerns_all_stops_all(service: Simulator, status: int) -> None:
    words = b'{"error": "not on this plan"}'
    refused = Fault(match=lambda method, _: method == "POST", status=status, body=words)
    service.reset(script=[refused])
    result = clients(service, clients=numbered(20), concurrency=1)
    assert len(service.writes) == 1
    assert result["summary"]["pending"] == 19
    assert result["summary"]["failed"] == 1


def test_no_connection_stops_all(service: Simulator) -> None:
    result = clients(service, clients=numbered(2), api_url="http://127.0.0.1:9/api", api_retries=0)
    assert "No connection" in result["msg"]
    assert result["changed"] is False


# quota


def test_402_in_the_middle_loses_nothing(service: Simulator) -> None:
    service.reset(Switches(quota_headers=False), quota_limit=120)
    result = clients(service, clients=numbered(300))
    assert result["failed"] is True
    assert result["summary"]["created"] == 119
    assert len(rows(result, "done")) == 119
    assert (len(rows(result, "failed", "unclear")), len(rows(result, "pending"))) == (0, 181)
    assert result["msg"].startswith("The quota of requests is used up")
    assert result["msg"].count("The quota") == 1
    service.quota.limit = 10_000
    rest = clients(service, clients=numbered(300))
    assert rest["summary"]["created"] == 181
    assert len(service.names()) == len(set(service.names())) == 300


def test_a_plan_that_does_not_fit_is_not_begun(service: Simulator) -> None:
    service.reset(quota_limit=120)
    checked = clients(service, check_mode=True, clients=numbered(300))
    assert "needs 300 requests, but the quota has 119 left" in checked["warnings"][0]
    result = clients(service, clients=numbered(300))
    assert "needs 300 requests, but the quota has 118 left" in result["msg"]
    assert "60 minutes" in result["msg"]
    assert service.writes == []
    assert (result["refused"], len(rows(result, "planned"))) == (True, 300)


def test_allow_partial_does_what_fits(service: Simulator) -> None:
    service.reset(quota_limit=120)
    result = clients(service, clients=numbered(300), allow_partial=True)
    assert (result["failed"], result["summary"]["created"]) == (True, 119)


def test_quota_wait_goes_on_when_the_window_reopens(service: Simulator) -> None:
    service.reset(quota_limit=4, quota_window=1)
    result = clients(service, clients=numbered(6), quota_wait=30)
    assert not result.get("failed"), result
    assert len(service.names()) == 6


# bounds


@pytest.mark.parametrize(
    ("option", "value"),
    [("concurrency", 0), ("concurrency", 17), ("max_deletions", -1), ("max_deletion_percent", 101)],
)
def test_numbers_out_of_bounds(service: Simulator, option: str, value: int) -> None:
    result = clients(service, clients=[], **{option: value})
    assert option in result["msg"]
    assert service.log == []


def test_desired_of_info_is_a_list_that_changes_nothing(service: Simulator) -> None:
    seed(service)
    service.add("Acme")
    for deleted in ("exclude", "include"):
        desired = info(service, deleted=deleted)["desired"]
        result = clients(service, clients=desired, purge=True)
        assert (result.get("failed"), result["plan"]) == (None, [])


# any workspace, any list

ANY_NAME = st.sampled_from(NAMES)
ANY_ENTRY = st.fixed_dictionaries(
    {
        "name": st.none() | ANY_NAME,
        "id": st.none() | st.integers(1001, 1006),
        "state": st.sampled_from(["present", "present", "absent", "restored"]),
        "former_names": st.lists(ANY_NAME, max_size=2),
        "restore_deleted": st.booleans(),
    }
)


@settings(
    max_examples=150,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
@hypothesis.given(
    there=st.lists(st.tuples(ANY_NAME, st.booleans()), max_size=6),
    wanted=st.lists(ANY_ENTRY, max_size=4),
    purge=st.booleans(),
    switches=st.integers(0, 10_000).map(random_switches),
    broken_after=st.none() | st.integers(0, 3),
    chance=st.randoms(use_true_random=False),
)
@hypothesis.example(
    there=[("Acme", True)],
    wanted=[{"id": FIRST_ID, "state": "restored"}],
    purge=False,
    switches=Switches(list_shows_deleted=False, get_shows_deleted=False),
    broken_after=None,
    chance=random.Random(0),
)
def test_check_mode_never_lies_and_undo_undoes(
    server: Simulator,
    there: list[tuple[str, bool]],
    wanted: list[dict[str, Any]],
    purge: bool,
    switches: Switches,
    broken_after: int | None,
    chance: random.Random,
) -> None:
    """Also after a run that was broken off: the service forbids everything from some write on."""
    given = {"purge": purge, "max_deletion_percent": 100}
    server.reset(switches)
    for existing, gone in there:
        server.add(existing, gone)
    before = state(server)
    checked = clients(server, check_mode=True, clients=wanted, **given)
    assert server.writes == []
    shuffled = chance.sample(wanted, len(wanted))
    if not checked.get("failed"):
        other = clients(server, check_mode=True, clients=shuffled, **given)
        assert other["plan_digest"] == checked["plan_digest"]
    if broken_after is not None:

        def breaks(method: str, _: str) -> bool:
            return method != "GET" and len(server.writes) >= broken_after

        server.script[:] = [Fault(match=breaks, status=403)] * 20
    ran = clients(server, clients=wanted, concurrency=1, **given)
    server.script.clear()
    assume(not any(entry.status in (400, 404) for entry in server.writes))
    if not ran.get("failed") or checked.get("failed"):
        for key in ("changed", "plan_digest", "summary", "failed", "warnings"):
            assert checked.get(key) == ran.get(key), key
        assert diff_foretold(checked, checked) == diff_foretold(ran, checked)
        assert as_done(checked["msg"]) == ran["msg"]
    if checked.get("failed"):
        assert server.writes == []
        return
    assert rows(checked, "planned") == checked["plan"]
    assert_foretold(checked["plan"], ran["plan"])
    assert rows(ran, "done", "failed", "unclear", "pending") == ran["plan"]
    assert_done_is_what_was_written(server, ran)
    back = clients(server, clients=ran["undo"])
    assume(not any(entry.status in (400, 404) for entry in server.writes))
    assert not back.get("failed"), back
    after = state(server)
    for client_id, (name, gone) in before.items():
        assert (after[client_id][0].strip(), after[client_id][1]) == (name.strip(), gone)
    assert all(gone for client_id, (_, gone) in after.items() if client_id not in before)
    assert "GET" in sent(server)
