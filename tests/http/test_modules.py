# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules over real HTTP, on whatever service: what they do and find, in how many requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import entries_from, entry_from, rows, unnamed_rows
from support.running import (
    VARIANTS,
    as_done,
    assert_predicted,
    assert_undone,
    client,
    clients,
    info,
    without_new_id,
)
from support.workspace import fill, state

SERVICES = {"usual": Switches(), **VARIANTS}
whatever_the_service_answers = pytest.mark.parametrize("switches", SERVICES.values(), ids=SERVICES)


def run_and_undone(service: Simulator, run: Callable[..., Any], after: str) -> tuple[Any, Any]:
    """Check predicts the run, a second one changes nothing, undo undoes. Return check and run."""
    before = state(service)
    checked = run(check_mode=True)
    assert service.writes == [], "check mode sends no write"
    ran = run()
    assert not ran.get("failed"), ran
    for key in ("changed", "action", "plan_digest", "diff", "summary", "warnings"):
        assert checked.get(key) == ran.get(key), (key, run)
    assert ", ".join(service.names()) == after, run
    writes = len(service.writes)
    again = run()
    assert (again["changed"], len(service.writes)) == (False, writes), run
    assert again.get("action", "none") == "none" and not again.get("plan"), run
    assert_undone(service, ran, before)
    return checked, ran


# focus_client

CLIENTS = "Acme, Globex, (Gone)"
AS_IT_IS = 'Nothing to do: "Acme" (id 1001) is as declared.'
NOBODY = "Nothing to do: there is no active client"
CASES = rows(f"""
present, name | Hooli | created | Acme, Globex, Hooli | Would create "Hooli".
present, name, there | Acme | none | Acme, Globex | {AS_IT_IS}
present, former name | New (was Nobody, Acme) | renamed | Globex, New
    | Would rename "Acme" (id 1001) to "New".
present, id and name | 1001 New | renamed | Globex, New | Would rename "Acme" (id 1001) to "New".
present, id | 1001 | none | Acme, Globex | {AS_IT_IS}
absent, name | absent Acme | deleted | Globex | Would delete "Acme" (id 1001).
absent, name, not there | absent Hooli | none | Acme, Globex | {NOBODY} "Hooli".
absent, id | absent 1001 | deleted | Globex | Would delete "Acme" (id 1001).
absent, id and name | absent 1001 Acme | deleted | Globex | Would delete "Acme" (id 1001).
absent, id, deleted | absent 1003 | none | Acme, Globex | {NOBODY} with the id 1003.
restored, id | restored 1003 | restored | Acme, Globex, Gone | Would restore "Gone" (id 1003).
restored, id and name | restored 1003 New | restored | Acme, Globex, New
    | Would restore "Gone" (id 1003) and rename it to "New".
restored, id, active | restored 1001 | none | Acme, Globex | {AS_IT_IS}
restored, name, active | restored Acme | none | Acme, Globex | {AS_IT_IS}
""")
WHERE_DELETED_ARE_LISTED = rows("""
restored, name | restored Gone | restored | Acme, Globex, Gone | Would restore "Gone" (id 1003).
present, restore_deleted | Gone (restore_deleted) | restored | Acme, Globex, Gone
    | Would restore "Gone" (id 1003).
""")
ON_THE_USUAL_ONE = rows(f"""
absent, renamed | absent 1001 Old (was Acme) | deleted | Globex
    | Would rename "Acme" (id 1001) to "Old" and delete it.
absent, id, unknown | absent 9 | none | Acme, Globex | {NOBODY} with the id 9.
absent, id and name, deleted | absent 1003 Gone | none | Acme, Globex | {NOBODY} with the id 1003.
""")


@whatever_the_service_answers
def test_each_state(service: Simulator, switches: Switches) -> None:
    """What a service hides has a name after its restore."""
    listed = WHERE_DELETED_ARE_LISTED if switches.list_shows_deleted else []
    usual = ON_THE_USUAL_ONE if switches == Switches() else []
    for case in [*CASES, *listed, *usual]:
        wanted, action, after, message = case.values
        run = partial(client, fill(service, CLIENTS, switches), **entry_from(wanted))
        checked, ran = run_and_undone(service, run, after)
        assert (ran["action"], ran["changed"]) == (action, action != "none"), case.id
        unseen = message.replace('"Gone" (id 1003)', "the client 1003")
        may_say = (message,) if switches.get_shows_deleted else (message, unseen)
        assert checked["msg"] in may_say, case.id
        assert without_new_id(ran) == as_done(message), case.id


REQUESTS = unnamed_rows("""
Client 1                   | 1 | 1
New                        | 2 | 1
M\u00fcller                | 3 | 1
New (was Client 1)         | 3 | 1
New (was None, Client 1)   | 4 | 1
absent New                 | 1 | 1
absent Client 1            | 2 | 1
1001                       | 1 | 1
1001 New                   | 3 | 1
1001 New @EUR              | 4 | 1
Client 1 @EUR              | 3 | 1
New @EUR                   | 3 | 1
absent 1001                | 2 | 1
restored 1001              | 1 | 1
restored 1000              | 3 | 1
restored 1000 New          | 4 | 1
1001 Client 1              | 1 | 1
absent 1001 Client 1 (was Client 1) | 2 | 1
absent 1000 Gone (was Gone) | 1 | 1
""")
"""What is wanted (1000 is the id of a deleted client), and requests of a first and a second run."""


@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
@pytest.mark.parametrize(("wanted", "first", "again"), REQUESTS)
def test_requests_for_one_client(
    service: Simulator, there: int, wanted: str, first: str, again: str
) -> None:
    """The docs' table, for any size of the workspace, where the filter narrows to one page."""
    fill(service, there, Switches(name_filter="equals"))
    service.add("Gone", deleted=True)
    given = entry_from(wanted.replace("1000", str(1001 + there)))
    for expected in (int(first), int(again)):
        service.log.clear()
        result = client(service, **given)
        assert not result.get("failed"), result
        assert (result["requests"], len(service.log)) == (expected, expected)


@pytest.mark.parametrize("there", [0, 1, 100, 101, 250])
def test_requests_where_the_filter_is_ignored(service: Simulator, there: int) -> None:
    """A look-up of several pages is checked at each boundary; several former names cost a list."""
    fill(service, there, Switches(name_filter="ignored"))
    pages = there // 100 + 1
    look = pages + (pages - 1)
    assert client(service, name="New")["requests"] == look + 1
    if there:
        assert client(service, name="Client 1")["requests"] == 1
    if pages > 1:
        several = {"name": "Newer", "former_names": ["One", "Two", "Three"]}
        assert client(service, **several)["requests"] == look + look + 1


# focus_clients

MORE_CLIENTS = "Acme, Globex, Initech, Hooli, (Umbrella)"
EVERY_KIND = (
    "New; Acme; Globex Corporation (was Globex); 1003 Hooli; 1004 Initech; restored 1005 Umbra; "
    "absent Nobody"
)


@pytest.mark.parametrize("concurrency", [1, 4])
@whatever_the_service_answers
def test_every_kind_of_entry(service: Simulator, switches: Switches, concurrency: int) -> None:
    fill(service, MORE_CLIENTS, switches)
    run = partial(clients, service, clients=EVERY_KIND, concurrency=concurrency)
    after = "Acme, Globex Corporation, Hooli, Initech, New, Umbra"
    checked, ran = run_and_undone(service, run, after)
    assert_predicted(checked["plan"], ran["plan"])
    statuses = [{row["status"] for row in of["plan"]} for of in (checked, ran)]
    assert statuses == [{"planned"}, {"done"}]
    done = {"created": 1, "renamed": 3, "restored": 1, "unchanged": 2}
    assert {key: count for key, count in ran["summary"].items() if count} == done
    assert as_done(checked["msg"]) == ran["msg"]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
def test_requests_for_a_list(service: Simulator, there: int, concurrency: int) -> None:
    """The list, one a changed client, and for names that are given the cheaper check of it."""
    service.add_many(there)
    others = "; ".join(f"Client {number}" for number in range(2, there + 1)) or "absent Nobody"
    newer = "; ".join(f"Newer {number}" for number in range(12))
    for wanted, writes, names_given in (
        ("Client 1", 0, 0),
        ("Client 1; New", 1, 1),
        ("1001 Other", 1, 1),
        ("Another (was Other)", 1, 1),
        ("absent 1001", 1, 0),
        (newer, 12, 12),
    ):
        service.log.clear()
        pages = len(service.clients()) // 100 + 1
        result = clients(service, clients=f"{others}; {wanted}", concurrency=concurrency)
        assert not result.get("failed"), result["msg"]
        checks = min(names_given, pages - 1)
        assert len(service.log) == result["requests"] == pages + checks + writes


# focus_client_info

FOUND = "Acme, acme Labs, Globex, Globex, (Umbrella)"
FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "all active ones": ({}, "Acme, acme Labs, Globex, Globex"),
    "exact name": ({"name": "Acme"}, "Acme"),
    "exact name, blanks around": ({"name": " Acme "}, "Acme"),
    "exact name, another case": ({"name": "ACME"}, ""),
    "part of the name, any case": ({"name_contains": "ACME"}, "Acme, acme Labs"),
    "id": ({"id": 1001}, "Acme"),
    "id, deleted": ({"id": 1005}, ""),
    "id, unknown": ({"id": 9}, ""),
    "limit": ({"limit": 2}, "Acme, acme Labs"),
    "order": ({"order_by": ["-name"]}, "acme Labs, Globex, Globex, Acme"),
    "only deleted": ({"deleted": "only"}, "Umbrella"),
    "deleted too": ({"deleted": "include"}, "Acme, acme Labs, Globex, Globex, Umbrella"),
}


def names(result: dict[str, Any]) -> list[str]:
    return [found["name"] for found in result["clients"]]


@whatever_the_service_answers
def test_filters(service: Simulator, switches: Switches) -> None:
    """In any order, and without what the service hides. Its quota is returned if it says one."""
    for given, expected in FILTERS.values():
        result = info(fill(service, FOUND, switches), **given)
        found, quota = names(result), result.get("quota", {})
        assert (0 < quota.get("resets_in", 0) <= 3600) is switches.quota_headers
        assert ("remaining" in quota) is switches.quota_headers
        if switches == Switches():
            assert ", ".join(found) == expected
            assert (result["requests"], len(service.log), result["changed"]) == (1, 1, False)
            clients = "1 client" if len(found) == 1 else f"{len(found)} clients"
            assert result["msg"] == f"Found {clients}."
        if not switches.list_shows_deleted:
            expected = expected.removesuffix("Umbrella").rstrip(", ")
        if {"order_by", "limit"}.isdisjoint(given):
            assert sorted(found) == sorted(filter(None, expected.split(", "))), given


@pytest.mark.parametrize("per_page_cap", [100, 50, 20])
@pytest.mark.parametrize("there", [0, 1, 99, 100, 101, 199, 200, 250])
def test_every_page_is_read(service: Simulator, there: int, per_page_cap: int) -> None:
    """A request a page, and one more where the last is full. A limit ends it, a name does not."""
    switches = Switches(per_page_cap=per_page_cap, list_order="newest", name_filter="ignored")
    fill(service, there, switches)
    result = info(service)
    assert len(result["clients"]) == there
    assert result["requests"] == there // per_page_cap + 1
    assert info(service, limit=20)["requests"] == 1
    assert names(info(service, name="Client 1")) == ["Client 1"][:there]


def test_desired_is_the_list_that_changes_nothing(service: Simulator) -> None:
    """By id, where no list can give the name, or a part does not show whether it is there twice."""
    fill(service, f"{FOUND},    , Two\nlines")
    desired = info(service, deleted="include")["desired"]
    assert desired == entries_from(
        "Acme; acme Labs; 1003 Globex; 1004 Globex; absent 1005 Umbrella; 1006; 1007"
    )
    for entry in desired:
        assert client(service, **entry)["changed"] is False
    assert service.writes == []
    assert info(service, limit=1)["desired"] == [{"name": "Acme", "id": 1001}]
    assert info(service, id=1003)["desired"] == [{"name": "Globex", "id": 1003}]
