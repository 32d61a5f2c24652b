# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says of itself, held against the requests that the service was sent."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

import pytest
import yaml
from simulator.records import Fault
from simulator.server import Simulator
from support import notation
from support.notation import entries_from, entry_from
from support.running import as_done, assert_done_is_true, assert_undone, client, clients, info, told
from support.workspace import fill, on, state

from ansible_collections.toggl.focus.plugins.modules import (
    focus_client,
    focus_client_info,
    focus_clients,
)

CLIENTS = "Acme, Globex, Initech, Hooli, Internal, (Umbrella)"
LIST = "Acme; Stark Industries; Globex Corporation (was Globex); absent Initech; restored 1006"
"""One of each kind; the purge deletes Hooli, and leaves Internal alone."""

WHOLE: dict[str, Any] = {"clients": LIST, "purge": True, "protected": ["Internal*"]}
WOULD = "Would create 1, rename 1, restore 1, delete 2 (1 by purge); 1 unchanged."


@pytest.fixture
def service(service: Simulator) -> Simulator:
    return fill(service, CLIENTS)


def results_of(result: dict[str, Any]) -> list[str]:
    """The whole rows for entries: ``2 Acme 1001 created``, ``*`` if changed, ``!`` if in error."""
    told = []
    for row in result["results"]:
        assert row.keys() - {"error"} == {"entry", "name", "id", "action", "changed"}
        marks = ("*" if row["changed"] else "") + ("!" if "error" in row else "")
        told.append(f"{row['entry']} {row['name']} {row['id']} {row['action']}{marks}")
    return told


def counted(result: dict[str, Any]) -> dict[str, int]:
    return {what: count for what, count in result["summary"].items() if count}


def test_a_check_says_what_would_be_a_run_what_was(service: Simulator, check_mode: bool) -> None:
    """A run's rows have the order of writing. In the undo of a check, a new client has no id."""
    before = state(service)
    result = clients(service, check_mode, concurrency=1, **WHOLE)
    id_, status = ("", "planned") if check_mode else (" 1007", "done")
    new = {} if check_mode else {"id": 1007}
    renamed = {"name": "Globex Corporation", "from": "Globex"}
    assert sorted(result["plan"], key=itemgetter("step", "name")) == [
        {"step": "create", "name": "Stark Industries", "status": status, **new},
        {"step": "delete", "id": 1004, "name": "Hooli", "purge": True, "status": status},
        {"step": "delete", "id": 1003, "name": "Initech", "status": status},
        {"step": "rename", "id": 1002, **renamed, "status": status},
        {"step": "restore", "id": 1006, "name": "Umbrella", "status": status},
    ]
    assert results_of(result) == [
        *(f"2 Stark Industries{id_ or ' None'} created*", "3 Globex Corporation 1002 renamed*"),
        *("4 Initech 1003 deleted*", "5 Umbrella 1006 restored*"),
    ]
    assert result["msg"] == (WOULD if check_mode else as_done(WOULD))
    assert counted(result) == dict.fromkeys(
        ("created", "renamed", "deleted", "restored", "purged", "unchanged", "unmanaged"), 1
    )
    assert result["changed"] is True
    assert {"failed", "refused", "unmanaged"}.isdisjoint(result)
    undo = "1002 Globex; restored 1003 Initech; restored 1004 Hooli; absent 1006 Umbrella"
    undone = entries_from(f"{undo}; absent{id_} Stark Industries")
    assert sorted(result["undo"], key=str) == sorted(undone, key=str)
    if check_mode:
        assert service.writes == []
    else:
        assert_done_is_true(service, result)
        assert_undone(service, result, before)


NOTHING_TO_DO = notation.rows(f"""
no entry     |              | the list has no entries.       | {{unmanaged: 5}}
one entry    | Acme         | the entry is as declared.      | {{unchanged: 1, unmanaged: 4}}
two entries  | Acme; Globex | all 2 entries are as declared. | {{unchanged: 2, unmanaged: 3}}
a second run | {LIST} | all 5 entries are as declared. | {{unchanged: 5, unmanaged: 2}}
""")


@pytest.mark.parametrize(("wanted", "message", "summary"), NOTHING_TO_DO)
def test_nothing_to_do(
    service: Simulator, wanted: str, message: str, summary: str, check_mode: bool
) -> None:
    clients(service, clients=wanted)
    service.log.clear()
    result = clients(service, check_mode, clients=wanted)
    assert (result["msg"], result["changed"]) == (f"Nothing to do: {message}", False)
    assert result["plan"] == result["results"] == result["undo"] == service.writes == []
    assert counted(result) == yaml.safe_load(summary)
    assert {"failed", "refused"}.isdisjoint(result)


REFUSALS = notation.rows("""
by an entry's guard | {clients: Acme; 1005 Renamed, protected: ["internal*"]} | {protected: []}
    | Entry 2 ("Renamed"): The option protected has "internal*": leave the client as it is, or
    change protected. It would be renamed: "Internal" (id 1005).
by a guard of the run | {clients: Acme; Globex; New, purge: true} | {max_deletion_percent: 60}
    | The purge would delete 3 of 5 active clients, but max_deletion_percent is 30. Is the list
    complete? If so, set max_deletion_percent to 60. They are: "Initech" (id 1003), "Hooli" (id
    1004), "Internal" (id 1005).
by its digest
    | {clients: X, plan_digest: "0000000000000000000000000000000000000000000000000000000000000000"}
    | {plan_digest: null} | The plan has changed since it was reviewed. Run toggl.focus.plan again.
""")
"""What is given, the options that let it through as the message advises, and the reason."""


def assert_refused(service: Simulator, result: Any, checked: Any, reason: str) -> None:
    """All is shown as in the check of a plan that is let through, and nothing of it is written."""
    would = checked["msg"].removeprefix("Would ")
    assert result["msg"] == f"{reason} Nothing was written. The plan would {would}"
    for key in ("plan", "plan_digest", "diff", "summary"):
        assert result[key] == checked[key], key
    assert result["results"] == [], "the steps say it all; with report=all, see tests/faults"
    assert (result["refused"], result["failed"], result["changed"]) == (True, True, False)
    assert result["undo"] == service.writes == []


@pytest.mark.parametrize(("given", "let_through", "reason"), REFUSALS)
def test_a_refused_plan_is_shown_and_nothing_of_it_is_written(
    service: Simulator, given: str, let_through: str, reason: str, check_mode: bool
) -> None:
    options = yaml.safe_load(given)
    checked = clients(service, check_mode=True, **{**options, **yaml.safe_load(let_through)})
    assert checked["msg"].startswith("Would ") and "failed" not in checked
    assert_refused(service, clients(service, check_mode, **options), checked, reason)


def test_a_plan_that_the_quota_is_too_small_for_is_refused(service: Simulator) -> None:
    """A check warns: it can be applied in the next window. Check and list took one request each."""
    fill(service, CLIENTS, quota_limit=4)
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


def test_a_list_with_contradictions_has_no_plan(service: Simulator, check_mode: bool) -> None:
    """They are told together."""
    result = clients(service, check_mode, clients="New; 1006; 9")
    assert result.keys() - {"quota"} == {"failed", "changed", "msg", "requests"}
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 2)
    assert 'Entry 2: The client "Umbrella" (id 1006) is deleted: ' in result["msg"]
    assert " Entry 3: The service shows no client with the id 9: " in result["msg"]


WORDS = b'{"error": "validation", "error_description": "no such name"}'
REFUSED_RENAME = Fault(on("PUT"), status=400, body=WORDS)
SCRIPTS = {
    "POST 400": [Fault(on("POST"), status=400, body=WORDS)],
    "POST 403": [Fault(on("POST"), status=403, body=WORDS)],
    "PUT 400": [REFUSED_RENAME],
    "DELETE lost": [Fault(on("DELETE"), drop="after"), *[Fault(on("GET", path="3"), 503)] * 9],
}

FAILING = notation.rows("""
a create that is refused stops none of the others | POST 400
    | Acme; Bad; Good; Globex Corporation (was Globex)
    | The service refused POST /workspaces/4711/clients: 400 "validation: no such name".
    | "Bad": {} Of 3 changes: 2 done, 1 failed, 0 pending.
    | create Bad: failed; create Good: done; rename Globex Corporation: done
    | 2 Bad None none!; 3 Good 1007 created*; 4 Globex Corporation 1002 renamed*
what stops all leaves the rest pending, without an error | POST 403 | restored 1006; One; Two
    | The service forbids POST /workspaces/4711/clients: 403 "validation: no such name". Check the
    workspace_id and that the user may do this with clients of the workspace.
    | {} Of 3 changes: 1 done, 1 failed, 1 pending.
    | create One: failed; create Two: pending; restore Umbrella: done
    | 1 Umbrella 1006 restored*; 2 One None none!; 3 Two None none
an entry may be done in part: it is changed, and has failed | PUT 400 | restored 1006 Umbra
    | The service refused PUT /workspaces/4711/clients/1006: 400 "validation: no such name".
    | "Umbra": {} Of 2 changes: 1 done, 1 failed, 0 pending.
    | rename Umbra: failed; restore Umbrella: done | 1 Umbra 1006 restored*!
a write that nobody can settle is unclear | DELETE lost | absent Initech
    | The connection was lost before the answer to DELETE /workspaces/4711/clients/1003 was
    complete, or it took longer than 30 seconds (api_timeout). It may have been done: look before
    you run it again. | "Initech": {}
    | delete Initech: unclear | 1 Initech 1003 none!
""")


@pytest.mark.parametrize(("script", "wanted", "error", "message", "plan", "results"), FAILING)
def test_a_run_that_fails_says_how_far_it_came(
    service: Simulator, script: str, wanted: str, error: str, message: str, plan: str, results: str
) -> None:
    """In any order of the writes; undo takes back what was done, or may have been."""
    before = state(fill(service, CLIENTS, script=SCRIPTS[script]))
    result = clients(service, clients=wanted, concurrency=1, api_retries=0)
    assert result["msg"] == message.format(error)
    assert sorted(told(result).split("; ")) == plan.split("; ")
    assert "; ".join(results_of(result)) == results
    reported = [*result["plan"], *result["results"]]
    assert [row["error"] for row in reported if "error" in row] == [error] * 2
    assert (result["failed"], result["changed"]) == (True, ": done" in plan)
    assert "refused" not in result
    if "unclear" not in plan:
        assert_done_is_true(service, result)
    service.script.clear()
    assert_undone(service, result, before)


def test_one_client_that_is_done_in_part_is_shown_as_it_is(service: Simulator) -> None:
    fill(service, CLIENTS, script=[REFUSED_RENAME])
    result = client(service, **entry_from("restored 1006 Umbra"))
    assert result["msg"].endswith(" Of 2 changes: 1 done, 1 failed, 0 pending.")
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "restored")
    assert result["diff"]["after"] == {"id": 1006, "name": "Umbrella", "state": "present"}
    assert result["undo"] == [{"id": 1006, "name": "Umbrella", "state": "absent"}]


def test_a_client_that_somebody_renamed_since_is_taken_back(service: Simulator) -> None:
    """A warning names both names."""
    undo = clients(fill(service, "Globex"), clients="1001 Globex Corporation")["undo"]
    assert undo == [{"id": 1001, "name": "Globex"}]
    service.workspace.rename(1001, "Globex International")
    (warning,) = clients(service, clients=undo)["warnings"]
    assert service.names() == ["Globex"]
    assert '"Globex International"' in warning and '"Globex"' in warning


def test_all_are_reported_on_request(service: Simulator, check_mode: bool) -> None:
    """Unmanaged clients, also protected ones, are entries to paste, sorted by name."""
    for name in ("Twin", "Twin", "acme"):
        service.add(name)
    wanted = entries_from("Hooli; New; absent Gone")
    given = {"report": "all", "protected": ["Internal*"]}
    result = clients(service, check_mode, clients=wanted, **given)
    new = None if check_mode else 1010
    assert results_of(result) == ["1 Hooli 1004 none", f"2 New {new} created*", "3 Gone None none"]
    unmanaged = "Acme; Globex; Initech; Internal; 1007 Twin; 1008 Twin; acme"
    assert result["unmanaged"] == entries_from(unmanaged)
    assert counted(result) == {"created": 1, "unchanged": 2, "unmanaged": 7}
    pasted = [*wanted, *result["unmanaged"]]
    again = clients(service, True, clients=pasted, purge=True, **given)
    assert {row["step"] for row in again["plan"]} == ({"create"} if check_mode else set())
    assert (again["unmanaged"], again["summary"]["unmanaged"]) == ([], 0)


@pytest.mark.parametrize("refusing", [{}, {"max_deletions": 0}], ids=["let through", "refused"])
def test_what_the_purge_deletes_is_not_unmanaged(service: Simulator, refusing: Any) -> None:
    result = clients(service, check_mode=True, report="all", **WHOLE, **refusing)
    assert ("refused" in result) is bool(refusing)
    assert result["unmanaged"] == [{"name": "Internal"}]
    assert [row["entry"] for row in result["results"]] == [1, 2, 3, 4, 5]


def test_what_is_returned_is_documented(service: Simulator) -> None:
    common, only_sometimes = {"changed", "failed", "warnings"}, {"unmanaged", "refused"}
    of_one, of_all, of_info = (
        set(yaml.safe_load(module.RETURN))
        for module in (focus_client, focus_clients, focus_client_info)
    )
    assert client(service, name="Acme").keys() - common == of_one
    assert client(service, name=" ").keys() - common <= of_one
    assert info(service).keys() - common == of_info
    done = clients(service, clients="Acme")
    assert done.keys() - common == of_all - only_sometimes - {"possible_renames"}
    all_told = clients(service, clients="Acme", report="all")
    assert all_told.keys() - done.keys() == {"unmanaged"}
    refused = clients(service, clients=[], purge=True)
    assert refused.keys() - done.keys() - common == {"refused"}
