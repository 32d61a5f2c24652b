# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says of itself: the line for people, each step with what became of it, the counts, the
entries. It is held against the requests that the service was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, info, rows
from support.written import as_step, assert_done_is_what_was_written

Row = dict[str, Any]
Result = dict[str, Any]

COUNTS = (
    "created",
    "renamed",
    "deleted",
    "restored",
    "purged",
    "unchanged",
    "unmanaged",
    "failed",
    "pending",
)


def seed(service: Simulator) -> None:
    """1001 Acme, 1002 Globex, 1003 Initech, 1004 Hooli, 1005 Internal; 1006 Umbrella is deleted."""
    for name in ("Acme", "Globex", "Initech", "Hooli", "Internal"):
        service.add(name)
    service.add("Umbrella", deleted=True)


LIST: list[Row] = [
    {"name": "Acme"},
    {"name": "Stark Industries"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"name": "Initech", "state": "absent"},
    {"id": 1006, "state": "restored"},
]
"""One of each kind; the purge deletes Hooli, and leaves Internal alone."""

WHOLE: Row = {"clients": LIST, "purge": True, "protected": ["Internal*"]}

STEPS: list[Row] = [
    {"step": "delete", "id": 1003, "name": "Initech"},
    {"step": "delete", "id": 1004, "name": "Hooli", "purge": True},
    {"step": "rename", "id": 1002, "name": "Globex Corporation", "from": "Globex"},
    {"step": "restore", "id": 1006, "name": "Umbrella"},
    {"step": "create", "name": "Stark Industries"},
]

RESULTS: list[Row] = [
    {"entry": 2, "name": "Stark Industries", "id": None, "action": "created"},
    {"entry": 3, "name": "Globex Corporation", "id": 1002, "action": "renamed"},
    {"entry": 4, "name": "Initech", "id": 1003, "action": "deleted"},
    {"entry": 5, "name": "Umbrella", "id": 1006, "action": "restored"},
]

SUMMARY = {"created": 1, "renamed": 1, "deleted": 1, "restored": 1, "purged": 1, "unchanged": 1}

WOULD = "create 1, rename 1, restore 1, delete 2 (1 by purge); 1 unchanged"
DID = "Created 1, renamed 1, restored 1, deleted 2 (1 by purge); 1 unchanged."


def with_status(steps: list[Row], status: str, created: int | None = None) -> list[Row]:
    """The steps as rows; a new client has its id where it is created."""
    new = {} if created is None else {"id": created}
    return [
        {**step, **(new if step["step"] == "create" else {}), "status": status} for step in steps
    ]


def with_changed(
    results: list[Row], is_changed: bool = True, created: int | None = None
) -> list[Row]:
    return [{**result, "id": result["id"] or created, "changed": is_changed} for result in results]


def in_any_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def counts(**given: int) -> dict[str, int]:
    return {**dict.fromkeys(COUNTS, 0), **given}


def state(service: Simulator) -> dict[int, tuple[str, bool]]:
    return {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}


def assert_undone(service: Simulator, result: Result, before: dict[int, tuple[str, bool]]) -> None:
    """The list ``undo``, applied, brings all clients back; new ones are deleted."""
    assert not clients(service, clients=result["undo"]).get("failed")
    after = state(service)
    assert before == {id_: after[id_] for id_ in before}
    assert all(gone for id_, (_, gone) in after.items() if id_ not in before)


# check, run, second run


def test_a_check_says_what_would_be_done(service: Simulator) -> None:
    seed(service)
    result = clients(service, check_mode=True, **WHOLE)
    assert result["msg"] == f"Would {WOULD}."
    assert in_any_order(result["plan"]) == in_any_order(with_status(STEPS, "planned"))
    assert result["summary"] == counts(**SUMMARY, unmanaged=1)
    assert result["results"] == with_changed(RESULTS)
    assert result["changed"] is True
    assert {"failed", "refused", "unmanaged"}.isdisjoint(result)
    assert service.writes == []


def test_a_run_says_what_it_did(service: Simulator) -> None:
    """The rows have the order in which the service was sent them."""
    seed(service)
    before = state(service)
    result = clients(service, concurrency=1, **WHOLE)
    assert result["msg"] == DID
    assert in_any_order(result["plan"]) == in_any_order(with_status(STEPS, "done", created=1007))
    assert_done_is_what_was_written(service, result)
    assert result["summary"] == counts(**SUMMARY, unmanaged=1)
    assert result["results"] == with_changed(RESULTS, created=1007)
    assert result["changed"] is True
    assert {"failed", "refused", "unmanaged"}.isdisjoint(result)
    assert_undone(service, result, before)


def test_a_check_and_its_run_differ_in_status_and_new_ids_alone(service: Simulator) -> None:
    seed(service)
    checked = clients(service, check_mode=True, **WHOLE)
    ran = clients(service, **WHOLE)
    foretold = [
        {**row, "status": "done", **({"id": 1007} if row["step"] == "create" else {})}
        for row in checked["plan"]
    ]
    assert foretold == ran["plan"]
    for key in ("changed", "plan_digest", "summary", "diff"):
        assert checked[key] == ran[key], key
    assert checked.get("warnings") == ran.get("warnings")
    new = {"name": "Stark Industries", "state": "absent"}
    assert new in checked["undo"], "a new client is in it by its name, as long as it has no id"
    foretold = [{**entry, **({"id": 1007} if entry == new else {})} for entry in checked["undo"]]
    assert in_any_order(foretold) == in_any_order(ran["undo"])


@pytest.mark.parametrize("concurrency", [2, 16])
def test_side_by_side_too_what_is_called_done_was_written(
    service: Simulator, concurrency: int
) -> None:
    seed(service)
    wanted = [*LIST, *(f"New {number}" for number in range(20))]
    result = clients(service, **{**WHOLE, "clients": wanted, "concurrency": concurrency})
    assert result["msg"] == DID.replace("Created 1,", "Created 21,")
    assert {row["status"] for row in result["plan"]} == {"done"}
    assert_done_is_what_was_written(service, result, in_order=False)


def test_a_temporary_name_is_a_step_and_no_rename_that_counts(service: Simulator) -> None:
    """Two clients swap their names: three writes for two entries."""
    seed(service)
    wanted = [{"id": 1001, "name": "Globex"}, {"id": 1002, "name": "Acme"}]
    result = clients(service, clients=wanted)
    assert result["msg"] == "Renamed 2."
    assert [(row["step"], row["status"]) for row in result["plan"]] == [("rename", "done")] * 3
    assert_done_is_what_was_written(service, result)
    assert result["summary"] == counts(renamed=2, unmanaged=3)
    assert result["results"] == [
        {"entry": 1, "name": "Globex", "id": 1001, "action": "renamed", "changed": True},
        {"entry": 2, "name": "Acme", "id": 1002, "action": "renamed", "changed": True},
    ]


def test_the_second_run_says_that_there_is_nothing_to_do(service: Simulator) -> None:
    seed(service)
    clients(service, **WHOLE)
    writes = len(service.writes)
    for check_mode in (True, False):
        result = clients(service, check_mode=check_mode, **WHOLE)
        assert result["msg"] == "Nothing to do: all 5 entries are as declared."
        assert (result["plan"], result["results"], result["undo"]) == ([], [], [])
        assert result["summary"] == counts(unchanged=5, unmanaged=1)
        assert result["changed"] is False
        assert {"failed", "refused"}.isdisjoint(result)
    assert len(service.writes) == writes


NOTHING_TO_DO: dict[str, tuple[list[Any], str]] = {
    "no entry": ([], "Nothing to do: the list has no entries."),
    "one entry": (["Acme"], "Nothing to do: the entry is as declared."),
    "two entries": (["Acme", "Globex"], "Nothing to do: all 2 entries are as declared."),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", NOTHING_TO_DO)
def test_nothing_to_do(service: Simulator, case: str, check_mode: bool) -> None:
    seed(service)
    wanted, message = NOTHING_TO_DO[case]
    result = clients(service, check_mode=check_mode, clients=wanted)
    assert (result["msg"], result["changed"], result["plan"]) == (message, False, [])
    assert result["summary"] == counts(unchanged=len(wanted), unmanaged=5 - len(wanted))
    assert result["results"] == []


def test_a_purge_where_all_entries_are_as_declared(service: Simulator) -> None:
    seed(service)
    kept = ["Acme", "Globex", "Initech", "Internal"]
    result = clients(service, clients=kept, purge=True)
    assert result["msg"] == "Deleted 1 (1 by purge); 4 unchanged."
    assert result["results"] == []
    assert result["summary"] == counts(purged=1, unchanged=4)
    assert_done_is_what_was_written(service, result)


# plans that are refused


class Refusal(NamedTuple):
    """``let_through``: the options that let the plan through. ``summary``: the counts that are not
    0."""

    given: Row
    let_through: Row
    reason: str
    would: str
    steps: list[Row]
    summary: dict[str, int]
    results: list[Row]


REFUSALS: dict[str, Refusal] = {
    "protected": Refusal(
        {"clients": ["Acme", {"id": 1005, "name": "Renamed"}], "protected": ["internal*"]},
        {"protected": []},
        'Entry 2 ("Renamed"): The client "Internal" (id 1005) is protected by "internal*" and '
        "would be renamed: leave it as it is, or change protected.",
        "rename 1; 1 unchanged",
        [{"step": "rename", "id": 1005, "name": "Renamed", "from": "Internal"}],
        {"renamed": 1, "unchanged": 1, "unmanaged": 3},
        [{"entry": 2, "name": "Renamed", "id": 1005, "action": "renamed"}],
    ),
    "max_deletions": Refusal(
        {**WHOLE, "max_deletions": 1},
        {"max_deletions": 2},
        '2 clients would be deleted, "Initech" (id 1003), "Hooli" (id 1004), but max_deletions is '
        "1: to let them through, set max_deletions to 2.",
        WOULD,
        STEPS,
        {**SUMMARY, "unmanaged": 1},
        RESULTS,
    ),
    "max_deletion_percent": Refusal(
        {"clients": ["Acme", "Globex", "New"], "purge": True},
        {"max_deletion_percent": 60},
        'The purge would delete 3 clients of 5, "Initech" (id 1003), "Hooli" (id 1004), "Internal" '
        "(id 1005), but max_deletion_percent is 30: check that the list is complete. To let them "
        "through, set it to 60.",
        "create 1, delete 3 (3 by purge); 2 unchanged",
        [
            {"step": "delete", "id": 1003, "name": "Initech", "purge": True},
            {"step": "delete", "id": 1004, "name": "Hooli", "purge": True},
            {"step": "delete", "id": 1005, "name": "Internal", "purge": True},
            {"step": "create", "name": "New"},
        ],
        {"created": 1, "purged": 3, "unchanged": 2},
        [{"entry": 3, "name": "New", "id": None, "action": "created"}],
    ),
    "the last client": Refusal(
        {
            "clients": [
                {"name": name, "state": "absent"}
                for name in ("Acme", "Globex", "Initech", "Internal")
            ],
            "purge": True,
        },
        {"max_deletion_percent": 100},
        'The purge would delete the last client of 5, "Hooli" (id 1004), but max_deletion_percent '
        "is 30: check that the list is complete. To let it through, set it to 100.",
        "delete 5 (1 by purge)",
        [
            {"step": "delete", "id": 1001, "name": "Acme"},
            {"step": "delete", "id": 1002, "name": "Globex"},
            {"step": "delete", "id": 1003, "name": "Initech"},
            {"step": "delete", "id": 1005, "name": "Internal"},
            {"step": "delete", "id": 1004, "name": "Hooli", "purge": True},
        ],
        {"deleted": 4, "purged": 1},
        [
            {"entry": 1, "name": "Acme", "id": 1001, "action": "deleted"},
            {"entry": 2, "name": "Globex", "id": 1002, "action": "deleted"},
            {"entry": 3, "name": "Initech", "id": 1003, "action": "deleted"},
            {"entry": 4, "name": "Internal", "id": 1005, "action": "deleted"},
        ],
    ),
    "another digest": Refusal(
        {**WHOLE, "plan_digest": "0" * 64},
        {"plan_digest": None},
        "The plan has changed since it was reviewed. Run toggl.focus.plan again.",
        WOULD,
        STEPS,
        {**SUMMARY, "unmanaged": 1},
        RESULTS,
    ),
}


def assert_refused(service: Simulator, result: Result, case: Refusal) -> None:
    assert result["msg"] == f"{case.reason} Nothing was written. The plan would {case.would}."
    assert in_any_order(result["plan"]) == in_any_order(with_status(case.steps, "planned"))
    assert result["summary"] == counts(**case.summary)
    assert result["results"] == with_changed(case.results, is_changed=False)
    assert (result["refused"], result["failed"], result["changed"]) == (True, True, False)
    assert result["undo"] == []
    assert service.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_plan_is_shown_and_nothing_of_it_is_written(
    service: Simulator, name: str, check_mode: bool
) -> None:
    seed(service)
    case = REFUSALS[name]
    assert_refused(service, clients(service, check_mode=check_mode, **case.given), case)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refused_plan_has_the_diff_and_the_digest_of_what_would_be_done(
    service: Simulator, name: str
) -> None:
    """They are those of the plan that is let through, as the message advises."""
    seed(service)
    given, let_through, *_ = REFUSALS[name]
    refused = clients(service, **given)
    checked = clients(service, check_mode=True, **{**given, **let_through})
    assert not checked.get("failed")
    for key in ("plan", "plan_digest", "diff", "summary"):
        assert refused[key] == checked[key], key


def test_a_plan_that_the_quota_is_too_small_for_is_refused(service: Simulator) -> None:
    """The list took one request of three."""
    service.reset(quota_limit=3)
    seed(service)
    reason = (
        "The plan needs 5 requests, but the quota has 2 left; it resets in 60 minutes. Run again "
        "then, or let the task wait with quota_wait; or let it do what fits with allow_partial."
    )
    case = Refusal(WHOLE, {}, reason, WOULD, STEPS, {**SUMMARY, "unmanaged": 1}, RESULTS)
    assert_refused(service, clients(service, **WHOLE), case)


def test_a_check_warns_where_the_quota_is_too_small(service: Simulator) -> None:
    """The plan can be applied in the next window."""
    service.reset(quota_limit=3)
    seed(service)
    result = clients(service, check_mode=True, **WHOLE)
    assert result["msg"] == f"Would {WOULD}."
    (warning,) = result["warnings"]
    assert warning.startswith("The plan needs 5 requests, but the quota has 2 left;")
    assert {"failed", "refused"}.isdisjoint(result)


CONTRADICTIONS: dict[str, tuple[list[Any], str, int]] = {
    "in the list": (
        [{"name": "Acme"}, {"name": "Acme", "state": "absent"}],
        'Entries 1 and 2: The name "Acme" is declared both present and absent: keep one of the '
        "entries, or give the id of the client to delete.",
        0,
    ),
    "between the list and the service": (
        ["New", {"id": 1006}],
        'Entry 2: The client "Umbrella" (id 1006) is deleted: use state=restored with its id to '
        "bring it back first.",
        1,
    ),
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_list_with_a_contradiction_has_no_plan(
    service: Simulator, case: str, check_mode: bool
) -> None:
    seed(service)
    wanted, message, requests = CONTRADICTIONS[case]
    result = clients(service, check_mode=check_mode, clients=wanted)
    result.pop("quota", None)
    assert result == {"failed": True, "changed": False, "msg": message, "requests": requests}
    assert len(service.log) == requests


# runs that fail on the way

FOUR: list[Row] = [
    {"name": "Acme"},
    {"name": "Bad"},
    {"name": "Good"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
]
RENAME: Row = {"step": "rename", "id": 1002, "name": "Globex Corporation", "from": "Globex"}


def first(method: str, **answer: Any) -> Fault:
    return Fault(match=lambda sent, _: sent == method, **answer)


def test_a_create_that_is_refused_stops_none_of_the_others(service: Simulator) -> None:
    words = b'{"error": "validation", "error_description": "no such name"}'
    service.reset(script=[first("POST", status=400, body=words)])
    seed(service)
    before = state(service)
    result = clients(service, clients=FOUR, concurrency=1)
    error = (
        f"The service refused POST /workspaces/{service.workspace_id}/clients: "
        '400 "validation: no such name".'
    )
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
        {**RESULTS[1], "entry": 4, "changed": True},
    ]
    assert (result["failed"], result["changed"]) == (True, True)
    assert "refused" not in result
    again = clients(service, clients=FOUR)
    assert again["msg"] == "Created 1; 3 unchanged."
    assert_undone(service, result, {**before, 1008: ("Bad", False)})


def test_what_stops_all_leaves_the_rest_pending(service: Simulator) -> None:
    """The reason comes first, once; a row that was not tried has none."""

    def second(method: str, _: str) -> bool:
        return method == "POST" and len(service.writes) == 1

    service.reset(script=[Fault(match=second, status=403, body=b'{"error": "no_permission"}')])
    seed(service)
    before = state(service)
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
    assert_done_is_what_was_written(service, result)
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
    service.reset(script=[first("PUT", status=400, body=b'{"error": "validation"}')])
    seed(service)
    before = state(service)
    result = clients(service, clients=[{"id": 1006, "name": "Umbra", "state": "restored"}])
    error = (
        f"The service refused PUT /workspaces/{service.workspace_id}/clients/1006: "
        '400 "validation".'
    )
    assert result["msg"] == f'"Umbra": {error} Of 2 changes, 1 was done and 1 failed.'
    rename = {"step": "rename", "id": 1006, "name": "Umbra", "from": "Umbrella"}
    assert result["plan"] == [
        {"step": "restore", "id": 1006, "name": "Umbrella", "status": "done"},
        {**rename, "status": "failed", "error": error},
    ]
    assert_done_is_what_was_written(service, result)
    restored = {"id": 1006, "action": "restored", "changed": True, "error": error}
    assert result["results"] == [{"entry": 1, "name": "Umbra", **restored}]
    assert result["summary"] == counts(failed=1, unmanaged=5)
    assert (result["failed"], result["changed"]) == (True, True)
    assert_undone(service, result, before)


def test_what_fits_into_the_quota_is_done_and_the_rest_is_pending(service: Simulator) -> None:
    service.reset(quota_limit=3)
    seed(service)
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
    down = [Fault(match=lambda method, path: method == "GET" and path[-1].isdigit(), status=503)]
    service.reset(script=[first("DELETE", drop="after"), *down * 9])
    seed(service)
    before = state(service)
    wanted = [{"name": "Initech", "state": "absent"}]
    result = clients(service, clients=wanted, api_retries=0)
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
    """Unmanaged clients are told as entries, sorted by name; one that a name does not stand for has
    its id. Protected ones are among them."""
    seed(service)
    service.add("Twin")
    service.add("Twin")
    service.add("acme")
    wanted = [{"name": "Hooli"}, {"name": "New"}, {"name": "Gone", "state": "absent"}]
    given = {"clients": wanted, "report": "all", "protected": ["Internal*"]}
    result = clients(service, check_mode=check_mode, **given)
    assert result["results"] == [
        {"entry": 1, "name": "Hooli", "id": 1004, "action": "none", "changed": False},
        {
            "entry": 2,
            "name": "New",
            "id": None if check_mode else 1010,
            "action": "created",
            "changed": True,
        },
        {"entry": 3, "name": "Gone", "id": None, "action": "none", "changed": False},
    ]
    assert result["unmanaged"] == [
        {"name": "Acme"},
        {"name": "Globex"},
        {"name": "Initech"},
        {"name": "Internal"},
        {"name": "Twin", "id": 1007},
        {"name": "Twin", "id": 1008},
        {"name": "acme"},
    ]
    assert result["summary"] == counts(created=1, unchanged=2, unmanaged=7)


def test_unmanaged_clients_can_be_pasted_into_the_list(service: Simulator) -> None:
    seed(service)
    service.add("Twin")
    service.add("Twin")
    unmanaged = clients(service, clients=["Acme"], report="all")["unmanaged"]
    result = clients(service, clients=["Acme", *unmanaged], report="all", purge=True)
    assert result["msg"] == "Nothing to do: all 7 entries are as declared."
    assert (result["unmanaged"], result["summary"]["unmanaged"]) == ([], 0)


def test_what_the_purge_deletes_is_not_unmanaged(service: Simulator) -> None:
    seed(service)
    result = clients(service, check_mode=True, report="all", **WHOLE)
    assert result["unmanaged"] == [{"name": "Internal"}]
    assert [row["entry"] for row in result["results"]] == [1, 2, 3, 4, 5]


def test_a_refused_plan_is_reported_with_all(service: Simulator) -> None:
    seed(service)
    result = clients(service, report="all", max_deletions=0, **WHOLE)
    assert result["refused"] is True
    assert result["unmanaged"] == [{"name": "Internal"}]
    assert [row["entry"] for row in result["results"]] == [1, 2, 3, 4, 5]


# one client

ONE: dict[str, tuple[Row, str, str]] = {
    "create": ({"name": "New"}, 'Would create "New".', 'Created "New" (id 1007).'),
    "rename": (
        {"name": "Acme Ltd", "former_names": ["Acme"]},
        'Would rename "Acme" (id 1001) to "Acme Ltd".',
        'Renamed "Acme" (id 1001) to "Acme Ltd".',
    ),
    "rename by id": (
        {"id": 1001, "name": "Acme Ltd"},
        'Would rename "Acme" (id 1001) to "Acme Ltd".',
        'Renamed "Acme" (id 1001) to "Acme Ltd".',
    ),
    "delete": (
        {"name": "Acme", "state": "absent"},
        'Would delete "Acme" (id 1001).',
        'Deleted "Acme" (id 1001).',
    ),
    "delete by id": (
        {"id": 1001, "state": "absent"},
        'Would delete "Acme" (id 1001).',
        'Deleted "Acme" (id 1001).',
    ),
    "restore": (
        {"id": 1006, "state": "restored"},
        'Would restore "Umbrella" (id 1006).',
        'Restored "Umbrella" (id 1006).',
    ),
    "restore and rename": (
        {"id": 1006, "name": "Umbra", "state": "restored"},
        'Would restore "Umbrella" (id 1006) and rename it to "Umbra".',
        'Restored "Umbrella" (id 1006) and renamed it to "Umbra".',
    ),
    "rename and delete": (
        {"id": 1001, "name": "Old", "state": "absent", "former_names": ["Acme"]},
        'Would rename "Acme" (id 1001) to "Old" and delete it.',
        'Renamed "Acme" (id 1001) to "Old" and deleted it.',
    ),
}

ONE_AS_IT_IS: dict[str, tuple[Row, str]] = {
    "present": ({"name": "Acme"}, 'Nothing to do: "Acme" (id 1001) is as declared.'),
    "present by id": ({"id": 1001}, 'Nothing to do: "Acme" (id 1001) is as declared.'),
    "restored, active": (
        {"id": 1001, "state": "restored"},
        'Nothing to do: "Acme" (id 1001) is as declared.',
    ),
    "absent": (
        {"name": "Nobody", "state": "absent"},
        'Nothing to do: there is no active client "Nobody".',
    ),
    "absent, unknown id": (
        {"id": 9, "state": "absent"},
        "Nothing to do: there is no active client with the id 9.",
    ),
    "absent, deleted id": (
        {"id": 1006, "state": "absent"},
        "Nothing to do: there is no active client with the id 1006.",
    ),
    "absent, deleted id and name": (
        {"id": 1006, "name": "Umbrella", "state": "absent"},
        "Nothing to do: there is no active client with the id 1006.",
    ),
}


@pytest.mark.parametrize("case", ONE)
def test_one_client_says_what_would_be_done_and_what_was(service: Simulator, case: str) -> None:
    seed(service)
    given, would, did = ONE[case]
    assert client(service, check_mode=True, **given)["msg"] == would
    assert service.writes == []
    assert client(service, **given)["msg"] == did


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("case", ONE_AS_IT_IS)
def test_one_client_says_that_there_is_nothing_to_do(
    service: Simulator, case: str, check_mode: bool
) -> None:
    seed(service)
    given, message = ONE_AS_IT_IS[case]
    result = client(service, check_mode, **given)
    assert (result["msg"], result["changed"]) == (message, False)


def test_an_id_that_is_gone_says_nothing_of_another_client_of_its_name(service: Simulator) -> None:
    seed(service)
    service.add("Umbrella")
    result = client(service, id=1006, name="Umbrella", state="absent")
    message = "Nothing to do: there is no active client with the id 1006."
    assert (result["msg"], result["changed"]) == (message, False)


def test_a_client_that_the_service_hides_has_a_name_after_its_restore(service: Simulator) -> None:
    service.reset(Switches(list_shows_deleted=False, get_shows_deleted=False))
    seed(service)
    given = {"id": 1006, "state": "restored"}
    assert client(service, check_mode=True, **given)["msg"] == "Would restore the client 1006."
    assert client(service, **given)["msg"] == 'Restored "Umbrella" (id 1006).'


def test_one_client_says_how_far_it_got(service: Simulator) -> None:
    service.reset(script=[first("PUT", status=400, body=b'{"error": "validation"}')])
    seed(service)
    result = client(service, id=1006, name="Umbra", state="restored")
    assert result["msg"] == (
        f"The service refused PUT /workspaces/{service.workspace_id}/clients/1006: "
        '400 "validation". The restore was done and the rename failed.'
    )
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "restored")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Found 5 clients."),
        ({"name": "Acme"}, "Found 1 client."),
        ({"name": "Nobody"}, "Found 0 clients."),
        ({"limit": 2}, "Found 2 clients."),
        ({"deleted": "only"}, "Found 1 client."),
    ],
)
def test_the_list_says_how_many_it_found(service: Simulator, given: Row, message: str) -> None:
    seed(service)
    result = info(service, **given)
    assert (result["msg"], result["changed"]) == (message, False)


# always one line

ANYTHING: dict[str, Callable[[Simulator], Result]] = {
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
