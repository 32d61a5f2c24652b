# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says of itself: the line for people, each step with what became of it, the counts, the
entries. It is held against the requests that the service was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.running import (
    HIDES,
    State,
    as_done,
    assert_as_before,
    client,
    clients,
    info,
    on,
    rows,
    state,
)
from support.written import as_step, assert_done_is_what_was_written

Row = dict[str, Any]

DONE = ("created", "renamed", "deleted", "restored", "purged")
COUNTS = (*DONE, "unchanged", "unmanaged", "failed", "pending")

LIST: list[Row] = [
    {"name": "Acme"},
    {"name": "Stark Industries"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"name": "Initech", "state": "absent"},
    {"id": 1006, "state": "restored"},
]
"""One of each kind; the purge deletes Hooli, and leaves Internal alone."""

WHOLE: Row = {"clients": LIST, "purge": True, "protected": ["Internal*"]}

DELETE: Row = {"step": "delete", "id": 1003, "name": "Initech"}
PURGE: Row = {"step": "delete", "id": 1004, "name": "Hooli", "purge": True}
RENAME: Row = {"step": "rename", "id": 1002, "name": "Globex Corporation", "from": "Globex"}
RESTORE: Row = {"step": "restore", "id": 1006, "name": "Umbrella"}
CREATE: Row = {"step": "create", "name": "Stark Industries"}

RENAMED: Row = {"name": "Globex Corporation", "id": 1002, "action": "renamed", "changed": True}
RESULTS: list[Row] = [
    {"entry": 3, **RENAMED},
    {"entry": 4, "name": "Initech", "id": 1003, "action": "deleted", "changed": True},
    {"entry": 5, "name": "Umbrella", "id": 1006, "action": "restored", "changed": True},
]

WOULD = "Would create 1, rename 1, restore 1, delete 2 (1 by purge); 1 unchanged."


@pytest.fixture
def service(service: Simulator) -> Simulator:
    fill(service)
    return service


def fill(service: Simulator, **conditions: Any) -> State:
    """1001 Acme, 1002 Globex, 1003 Initech, 1004 Hooli, 1005 Internal; 1006 Umbrella is deleted."""
    service.reset(**conditions)
    for name in ("Acme", "Globex", "Initech", "Hooli", "Internal"):
        service.add(name)
    service.add("Umbrella", deleted=True)
    return state(service)


def in_any_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def counts(**given: int) -> dict[str, int]:
    return {**dict.fromkeys(COUNTS, 0), **given}


def assert_undone(service: Simulator, result: Row, before: State) -> None:
    assert not clients(service, clients=result["undo"]).get("failed")
    assert_as_before(service, before)


# check, run, second run


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_check_says_what_would_be_done_and_a_run_what_it_did(
    service: Simulator, check_mode: bool
) -> None:
    """The rows of a run have the order in which the service was sent them."""
    before = state(service)
    result = clients(service, check_mode, concurrency=1, **WHOLE)
    new, status = ({}, "planned") if check_mode else ({"id": 1007}, "done")
    steps = [DELETE, PURGE, RENAME, RESTORE, {**CREATE, **new}]
    assert in_any_order(result["plan"]) == in_any_order(
        [{**row, "status": status} for row in steps]
    )
    created = {"entry": 2, "name": "Stark Industries", "id": None, **new, "action": "created"}
    assert result["results"] == [{**created, "changed": True}, *RESULTS]
    assert result["msg"] == (WOULD if check_mode else as_done(WOULD))
    assert result["summary"] == counts(
        created=1, renamed=1, deleted=1, restored=1, purged=1, unchanged=1, unmanaged=1
    )
    assert result["changed"] is True
    assert {"failed", "refused", "unmanaged"}.isdisjoint(result)
    if check_mode:
        assert service.writes == []
    else:
        assert_done_is_what_was_written(service, result)
        assert_undone(service, result, before)


def test_a_check_and_its_run_differ_in_status_and_new_ids_alone(service: Simulator) -> None:
    checked = clients(service, check_mode=True, **WHOLE)
    ran = clients(service, **WHOLE)
    foretold = [{**row, "status": "done"} for row in checked["plan"]]
    foretold = [{**row, "id": 1007} if row["step"] == "create" else row for row in foretold]
    assert foretold == ran["plan"]
    for key in ("changed", "plan_digest", "summary", "diff", "warnings"):
        assert checked.get(key) == ran.get(key), key
    new = {"name": "Stark Industries", "state": "absent"}
    assert new in checked["undo"], "a new client is in it by its name, as long as it has no id"
    foretold = [{**entry, "id": 1007} if entry == new else entry for entry in checked["undo"]]
    assert in_any_order(foretold) == in_any_order(ran["undo"])


@pytest.mark.parametrize("concurrency", [2, 16])
def test_concurrently_too_what_is_called_done_was_written(
    service: Simulator, concurrency: int
) -> None:
    wanted = [*LIST, *(f"New {number}" for number in range(20))]
    result = clients(service, **{**WHOLE, "clients": wanted, "concurrency": concurrency})
    assert result["msg"] == as_done(WOULD).replace("Created 1,", "Created 21,")
    assert {row["status"] for row in result["plan"]} == {"done"}
    assert_done_is_what_was_written(service, result, in_order=False)


def test_a_temporary_name_is_a_step_and_no_rename_that_counts(service: Simulator) -> None:
    """Two clients swap their names: three writes for two entries."""
    wanted = [{"id": 1001, "name": "Globex"}, {"id": 1002, "name": "Acme"}]
    result = clients(service, clients=wanted)
    assert result["msg"] == "Renamed 2."
    assert [(row["step"], row["status"]) for row in result["plan"]] == [("rename", "done")] * 3
    assert_done_is_what_was_written(service, result)
    assert result["summary"] == counts(renamed=2, unmanaged=3)
    assert [(row["id"], row["name"], row["action"]) for row in result["results"]] == [
        (1001, "Globex", "renamed"),
        (1002, "Acme", "renamed"),
    ]


NOTHING_TO_DO: dict[str, tuple[list[Any], str, int]] = {
    "no entry": ([], "the list has no entries.", 5),
    "one entry": (["Acme"], "the entry is as declared.", 4),
    "two entries": (["Acme", "Globex"], "all 2 entries are as declared.", 3),
    "a second run": (LIST, "all 5 entries are as declared.", 2),
}
"""The list, the message and how many clients are unmanaged."""


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", NOTHING_TO_DO)
def test_nothing_to_do(service: Simulator, case: str, check_mode: bool) -> None:
    wanted, message, unmanaged = NOTHING_TO_DO[case]
    clients(service, clients=wanted)
    writes = len(service.writes)
    result = clients(service, check_mode, clients=wanted)
    assert (result["msg"], result["changed"]) == (f"Nothing to do: {message}", False)
    assert (result["plan"], result["results"], result["undo"]) == ([], [], [])
    assert result["summary"] == counts(unchanged=len(wanted), unmanaged=unmanaged)
    assert {"failed", "refused"}.isdisjoint(result)
    assert len(service.writes) == writes


def test_a_purge_where_all_entries_are_as_declared(service: Simulator) -> None:
    """One deletion is let through, though it is more than the percentage of a small workspace."""
    before = state(service)
    kept = ["Acme", "Globex", "Initech", "Internal"]
    result = clients(service, clients=kept, purge=True, max_deletion_percent=1)
    assert result["msg"] == "Deleted 1 (1 by purge); 4 unchanged."
    assert result["results"] == []
    assert result["summary"] == counts(purged=1, unchanged=4)
    assert_done_is_what_was_written(service, result)
    assert_undone(service, result, before)


# plans that are refused

ALL_BUT_HOOLI = [
    {"name": name, "state": "absent"} for name in ("Acme", "Globex", "Initech", "Internal")
]

REFUSALS: dict[str, tuple[Row, Row, str]] = {
    "protected": (
        {"clients": ["Acme", {"id": 1005, "name": "Renamed"}], "protected": ["internal*"]},
        {"protected": []},
        'Entry 2 ("Renamed"): The client "Internal" (id 1005) is protected by "internal*" and '
        "would be renamed: leave it as it is, or change protected.",
    ),
    "max_deletions": (
        {**WHOLE, "max_deletions": 1},
        {"max_deletions": 2},
        "2 clients would be deleted, but max_deletions is 1. If that is right, set max_deletions "
        'to 2. They are: "Initech" (id 1003), "Hooli" (id 1004).',
    ),
    "max_deletion_percent": (
        {"clients": ["Acme", "Globex", "New"], "purge": True},
        {"max_deletion_percent": 60},
        "The purge would delete 3 of 5 active clients, but max_deletion_percent is 30. Is the list "
        'complete? If so, set max_deletion_percent to 60. They are: "Initech" (id 1003), "Hooli" '
        '(id 1004), "Internal" (id 1005).',
    ),
    "the last client": (
        {"clients": ALL_BUT_HOOLI, "purge": True, "max_deletion_percent": 99},
        {"max_deletion_percent": 100},
        "The purge would delete 1 of 5 active clients and leave none, but max_deletion_percent is "
        "99. Is the list complete? If so, set max_deletion_percent to 100. They are: "
        '"Hooli" (id 1004).',
    ),
    "another digest": (
        {**WHOLE, "plan_digest": "0" * 64},
        {"plan_digest": None},
        "The plan has changed since it was reviewed. Run toggl.focus.plan again.",
    ),
}
"""What is given, the options that let it through as the message advises, and the reason."""


def assert_refused(service: Simulator, result: Row, checked: Row, reason: str) -> None:
    """All is shown as in the check of a plan that is let through, and nothing of it is written."""
    would = checked["msg"].removeprefix("Would ")
    assert result["msg"] == f"{reason} Nothing was written. The plan would {would}"
    for key in ("plan", "plan_digest", "diff", "summary"):
        assert result[key] == checked[key], key
    assert result["results"] == [{**row, "changed": False} for row in checked["results"]]
    assert (result["refused"], result["failed"], result["changed"]) == (True, True, False)
    assert result["undo"] == []
    assert service.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", REFUSALS)
def test_a_refused_plan_is_shown_and_nothing_of_it_is_written(
    service: Simulator, case: str, check_mode: bool
) -> None:
    given, let_through, reason = REFUSALS[case]
    checked = clients(service, check_mode=True, **{**given, **let_through})
    assert checked["msg"].startswith("Would ") and "failed" not in checked
    assert_refused(service, clients(service, check_mode, **given), checked, reason)


def test_a_plan_that_the_quota_is_too_small_for_is_refused(service: Simulator) -> None:
    """A check warns of it, since the plan can be applied in the next window. The check and the list
    took one request each."""
    fill(service, quota_limit=4)
    checked = clients(service, check_mode=True, **WHOLE)
    assert checked["msg"] == WOULD
    (warning,) = checked["warnings"]
    assert warning.startswith("The plan needs 5 requests, but the quota has 3 left;")
    assert {"failed", "refused"}.isdisjoint(checked)
    reason = (
        "The plan needs 5 requests, but the quota has 2 left; it resets in 60 minutes. Run again "
        "then, or let the task wait with quota_wait; or let it do what fits with allow_partial."
    )
    assert_refused(service, clients(service, **WHOLE), checked, reason)


CONTRADICTIONS: dict[str, tuple[list[Any], str, int]] = {
    "in the list": (
        [{"name": "Acme"}, {"name": "Acme", "state": "absent"}],
        'Entries 1 and 2: The name "Acme" is declared both present and absent: keep one of the '
        "entries, or give the id of the client to delete.",
        0,
    ),
    "between the list and the service, all together": (
        ["New", {"id": 1006}, {"id": 9}],
        'Entry 2: The client "Umbrella" (id 1006) is deleted: use state=restored with its id to '
        "bring it back first. Entry 3: The service shows no client with the id 9: check the id "
        "and the workspace_id. If the client was deleted, state=restored brings it back.",
        2,
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_list_with_a_contradiction_has_no_plan(
    service: Simulator, case: str, check_mode: bool
) -> None:
    wanted, message, requests = CONTRADICTIONS[case]
    result = clients(service, check_mode, clients=wanted)
    result.pop("quota", None)
    assert result == {"failed": True, "changed": False, "msg": message, "requests": requests}
    assert len(service.log) == requests


# runs that fail on the way


def refusal(service: Simulator, method: str, path: str, said: str) -> str:
    where = f"/workspaces/{service.workspace_id}/clients{path}"
    return f"The service refused {method} {where}: {said}."


def test_a_create_that_is_refused_stops_none_of_the_others(service: Simulator) -> None:
    words = b'{"error": "validation", "error_description": "no such name"}'
    before = fill(service, script=[Fault(on("POST"), status=400, body=words)])
    wanted = ["Acme", "Bad", "Good", LIST[2]]
    result = clients(service, clients=wanted, concurrency=1)
    error = refusal(service, "POST", "", '400 "validation: no such name"')
    assert result["msg"] == f'"Bad": {error} Of 3 changes, 2 were done and 1 failed.'
    assert in_any_order(result["plan"]) == in_any_order(
        [
            {**RENAME, "status": "done"},
            {"step": "create", "name": "Bad", "status": "failed", "error": error},
            {"step": "create", "id": 1007, "name": "Good", "status": "done"},
        ]
    )
    assert_done_is_what_was_written(service, result)
    (refused,) = (as_step(entry) for entry in service.writes if entry.status == 400)
    assert refused == {"step": "create", "name": "Bad"}
    assert result["summary"] == counts(created=1, renamed=1, unchanged=1, failed=1, unmanaged=3)
    bad = {"entry": 2, "name": "Bad", "id": None, "action": "none", "changed": False}
    assert result["results"] == [
        {**bad, "error": error},
        {"entry": 3, "name": "Good", "id": 1007, "action": "created", "changed": True},
        {"entry": 4, **RENAMED},
    ]
    assert (result["failed"], result["changed"]) == (True, True)
    assert "refused" not in result
    assert clients(service, clients=wanted)["msg"] == "Created 1; 3 unchanged."
    assert_undone(service, result, {**before, 1008: ("Bad", False)})


def test_what_stops_all_leaves_the_rest_pending(service: Simulator) -> None:
    """The reason comes first, once; a row that was not tried has none."""

    def second(method: str, _: str) -> bool:
        return method == "POST" and len(service.writes) == 1

    forbidden = Fault(match=second, status=403, body=b'{"error": "no_permission"}')
    before = fill(service, script=[forbidden])
    result = clients(service, clients=["Acme", "One", "Two", "Three"], concurrency=1)
    error = (
        f"The service forbids POST /workspaces/{service.workspace_id}/clients: 403 "
        '"no_permission". Check the workspace_id and that the user may do this with clients of '
        "the workspace."
    )
    assert result["msg"] == f"{error} Of 3 changes, 1 was done, 1 failed and 1 is pending."
    assert result["plan"] == [
        {"step": "create", "id": 1007, "name": "One", "status": "done"},
        {"step": "create", "name": "Two", "status": "failed", "error": error},
        {"step": "create", "name": "Three", "status": "pending"},
    ]
    assert result["summary"] == counts(created=1, unchanged=1, failed=1, pending=1, unmanaged=4)
    untried = {"id": None, "action": "none", "changed": False}
    assert result["results"] == [
        {"entry": 2, "name": "One", "id": 1007, "action": "created", "changed": True},
        {"entry": 3, "name": "Two", **untried, "error": error},
        {"entry": 4, "name": "Three", **untried},
    ]
    assert (result["failed"], result["changed"]) == (True, True)
    assert_undone(service, result, before)


def test_an_entry_may_be_done_in_part(service: Simulator) -> None:
    """The restore is done, the rename after it is refused: it is changed, and has failed."""
    refused = Fault(on("PUT"), status=400, body=b'{"error": "validation"}')
    before = fill(service, script=[refused])
    wanted = {"id": 1006, "name": "Umbra", "state": "restored"}
    error = refusal(service, "PUT", "/1006", '400 "validation"')
    result = clients(service, clients=[wanted])
    assert result["msg"] == f'"Umbra": {error} Of 2 changes, 1 was done and 1 failed.'
    rename = {"step": "rename", "id": 1006, "name": "Umbra", "from": "Umbrella"}
    assert result["plan"] == [
        {**RESTORE, "status": "done"},
        {**rename, "status": "failed", "error": error},
    ]
    assert_done_is_what_was_written(service, result)
    restored = {"id": 1006, "action": "restored", "changed": True, "error": error}
    assert result["results"] == [{"entry": 1, "name": "Umbra", **restored}]
    assert result["summary"] == counts(failed=1, unmanaged=5)
    assert (result["failed"], result["changed"]) == (True, True)
    assert_undone(service, result, before)

    fill(service, script=[refused])
    one = client(service, **wanted)
    assert one["msg"] == f"{error} Of 2 changes, 1 was done and 1 failed."
    assert (one["failed"], one["changed"], one["action"]) == (True, True, "restored")
    assert one["diff"]["after"] == {"id": 1006, "name": "Umbrella", "state": "present"}
    assert one["undo"] == [{"id": 1006, "name": "Umbrella", "state": "absent"}]


def test_what_fits_into_the_quota_is_done_and_the_rest_is_pending(service: Simulator) -> None:
    fill(service, quota_limit=3)
    result = clients(service, allow_partial=True, concurrency=1, **WHOLE)
    assert result["msg"].startswith("The quota of requests is used up, it resets in ")
    end = " Of 5 changes, 2 were done and 3 are pending. Another run does the rest."
    assert result["msg"].endswith(end)
    assert (len(rows(result, "done")), len(rows(result, "pending"))) == (2, 3)
    assert_done_is_what_was_written(service, result)
    assert [row for row in result["plan"] if "error" in row] == []
    assert result["summary"]["pending"] == 3
    assert sum(result["summary"].values()) == 5 + 1 + 1, "entries, the purge, and Internal"
    assert (result["failed"], result["changed"]) == (True, True)
    service.quota.limit = 1000
    assert not clients(service, **WHOLE).get("failed")
    after = ["Acme", "Globex Corporation", "Internal", "Stark Industries", "Umbrella"]
    assert service.names() == after


def test_a_write_that_nobody_can_settle_is_unclear(service: Simulator) -> None:
    """Its answer is lost, and the service cannot be asked."""
    down = Fault(on("GET", path="/1003"), status=503)
    before = fill(service, script=[Fault(on("DELETE"), drop="after"), *[down] * 9])
    result = clients(service, clients=[LIST[3]], api_retries=0)
    (row,) = result["plan"]
    assert row["status"] == "unclear"
    assert row["error"].endswith("It may have been done: look before you run it again.")
    assert result["msg"] == f'"Initech": {row["error"]}'
    assert result["results"][0]["error"] == row["error"]
    assert result["summary"] == counts(failed=1, unmanaged=4)
    assert (result["failed"], result["changed"]) == (True, False)
    service.script.clear()
    assert_undone(service, result, before)


# report: all


@pytest.mark.parametrize("check_mode", [True, False])
def test_all_are_reported_on_request(service: Simulator, check_mode: bool) -> None:
    """Unmanaged clients are told as entries, sorted by name, that can be pasted into the list; one
    that a name does not stand for has its id. Protected ones are among them."""
    for name in ("Twin", "Twin", "acme"):
        service.add(name)
    wanted = [{"name": "Hooli"}, {"name": "New"}, {"name": "Gone", "state": "absent"}]
    given = {"report": "all", "protected": ["Internal*"]}
    result = clients(service, check_mode, clients=wanted, **given)
    new = None if check_mode else 1010
    assert result["results"] == [
        {"entry": 1, "name": "Hooli", "id": 1004, "action": "none", "changed": False},
        {"entry": 2, "name": "New", "id": new, "action": "created", "changed": True},
        {"entry": 3, "name": "Gone", "id": None, "action": "none", "changed": False},
    ]
    assert result["unmanaged"] == [
        *({"name": name} for name in ("Acme", "Globex", "Initech", "Internal")),
        {"name": "Twin", "id": 1007},
        {"name": "Twin", "id": 1008},
        {"name": "acme"},
    ]
    assert result["summary"] == counts(created=1, unchanged=2, unmanaged=7)
    pasted = [*wanted, *result["unmanaged"]]
    again = clients(service, True, clients=pasted, purge=True, **given)
    assert {row["step"] for row in again["plan"]} == ({"create"} if check_mode else set())
    assert (again["unmanaged"], again["summary"]["unmanaged"]) == ([], 0)


@pytest.mark.parametrize("refusing", [{}, {"max_deletions": 0}], ids=["let through", "refused"])
def test_what_the_purge_deletes_is_not_unmanaged(service: Simulator, refusing: Row) -> None:
    result = clients(service, check_mode=True, report="all", **WHOLE, **refusing)
    assert ("refused" in result) is bool(refusing)
    assert result["unmanaged"] == [{"name": "Internal"}]
    assert [row["entry"] for row in result["results"]] == [1, 2, 3, 4, 5]


# one client

ONE: list[tuple[Row, str]] = [
    ({"name": "New"}, 'create "New"'),
    ({"name": "Acme Ltd", "former_names": ["Acme"]}, 'rename "Acme" (id 1001) to "Acme Ltd"'),
    ({"id": 1001, "name": "Acme Ltd"}, 'rename "Acme" (id 1001) to "Acme Ltd"'),
    ({"name": "Acme", "state": "absent"}, 'delete "Acme" (id 1001)'),
    ({"id": 1001, "state": "absent"}, 'delete "Acme" (id 1001)'),
    ({"id": 1006, "state": "restored"}, 'restore "Umbrella" (id 1006)'),
    (
        {"id": 1006, "name": "Umbra", "state": "restored"},
        'restore "Umbrella" (id 1006) and rename it to "Umbra"',
    ),
    (
        {"id": 1001, "name": "Old", "state": "absent", "former_names": ["Acme"]},
        'rename "Acme" (id 1001) to "Old" and delete it',
    ),
]

AS_DECLARED = '"Acme" (id 1001) is as declared.'
NOBODY = "there is no active client "
ONE_AS_IT_IS: list[tuple[Row, str]] = [
    ({"name": "Acme"}, AS_DECLARED),
    ({"id": 1001}, AS_DECLARED),
    ({"id": 1001, "state": "restored"}, AS_DECLARED),
    ({"name": "Nobody", "state": "absent"}, f'{NOBODY}"Nobody".'),
    ({"id": 9, "state": "absent"}, f"{NOBODY}with the id 9."),
    ({"id": 1006, "state": "absent"}, f"{NOBODY}with the id 1006."),
    ({"id": 1006, "name": "Umbrella", "state": "absent"}, f"{NOBODY}with the id 1006."),
]


@pytest.mark.parametrize(("given", "would"), ONE, ids=str)
def test_one_client_says_what_would_be_done_and_what_was(
    service: Simulator, given: Row, would: str
) -> None:
    assert client(service, check_mode=True, **given)["msg"] == f"Would {would}."
    assert service.writes == []
    did = as_done(f"Would {would}.").replace('d "New"', 'd "New" (id 1007)')
    assert client(service, **given)["msg"] == did


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(("given", "reason"), ONE_AS_IT_IS, ids=str)
def test_one_client_says_that_there_is_nothing_to_do(
    service: Simulator, given: Row, reason: str, check_mode: bool
) -> None:
    """Of an id that is gone nothing is said of another client of its name."""
    service.add("Umbrella")
    result = client(service, check_mode, **given)
    assert (result["msg"], result["changed"]) == (f"Nothing to do: {reason}", False)


def test_a_client_that_the_service_hides_has_a_name_after_its_restore(service: Simulator) -> None:
    fill(service, switches=HIDES)
    given = {"id": 1006, "state": "restored"}
    assert client(service, check_mode=True, **given)["msg"] == "Would restore the client 1006."
    assert client(service, **given)["msg"] == 'Restored "Umbrella" (id 1006).'


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Found 5 clients."),
        ({"name": "Acme"}, "Found 1 client."),
        ({"name": "Nobody"}, "Found 0 clients."),
    ],
)
def test_the_list_says_how_many_it_found(service: Simulator, given: Row, message: str) -> None:
    result = info(service, **given)
    assert (result["msg"], result["changed"]) == (message, False)


# always one line

ANYTHING: dict[str, Callable[[Simulator], Row]] = {
    "clients": lambda service: clients(service, clients=["New\u2028\x1b[31m\nNews", "\u202eemcA"]),
    "client": lambda service: client(service, name="New\u2028\x1b[31m\nNews"),
    "no connection": lambda service: clients(
        service, clients=[], api_url="http://127.0.0.1:9/api", api_retries=0
    ),
    "a bad option": lambda service: clients(service, clients=[], concurrency=0),
    "a bad list": lambda service: clients(service, clients=[{"nam": "a\nb"}, {"name": "\n"}]),
}


@pytest.mark.parametrize("case", ANYTHING)
def test_the_message_is_one_line_whatever_the_names(service: Simulator, case: str) -> None:
    message = ANYTHING[case](service)["msg"]
    assert message and all(char.isprintable() for char in message)
