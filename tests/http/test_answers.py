# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are none, errors, lost connections. The table of failures is in tests/faults."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timezone
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from simulator.wire import Call
from support.running import client, clients, info, sent
from support.workspace import fill, on

from ansible_collections.toggl.focus.plugins.module_utils._api.answers import date_of


def error(description: str, **more: str) -> bytes:
    return json.dumps({"error": "refused", "error_description": description, **more}).encode()


def page(*data: object, **envelope: object) -> bytes:
    """Of these clients; what is ``None`` in the envelope is left out."""
    whole = {"data": data, "page": 1, "per_page": 100, **envelope}
    return json.dumps({key: part for key, part in whole.items() if part is not None}).encode()


def answer(body: bytes = b"", status: int = 200, **more: Any) -> Fault:
    return Fault(status=status, body=body, **more)


NOT_JSON = "it is not JSON"
NO_LIST = "is not from the Focus API"
PASSING: dict[str, tuple[Fault, str]] = {
    "HTML": (answer(b"<html>Welcome</html>"), NOT_JSON),
    "cut-off JSON": (answer(b'{"data": [{"id": 1'), NOT_JSON),
    "nothing": (answer(), NOT_JSON),
    "deep JSON": (answer(b"[" * 100_000), NOT_JSON),
    "huge number": (answer(b'{"data": [' + b"9" * 5000 + b"]}"), NOT_JSON),
    "a list": (answer(b"[]"), "no list of clients"),
    "no envelope": (answer(b"{}"), "no list of clients"),
    "another envelope": (answer(b'{"items": [], "total": 0}'), NO_LIST),
    "an error with 200": (answer(b'{"error": "strange"}'), NO_LIST),
    "data is an object": (answer(page(data={})), "not a list"),
    "data is a text": (answer(b'{"data": "none"}'), NO_LIST),
    "data is 0": (answer(page(data=0)), NO_LIST),
    "clients are no objects": (answer(page(1)), "no client"),
    "a client without id": (answer(page({"name": "A"})), "no id or no name"),
    "a client with a text as id": (answer(page({"id": "7", "name": "A"})), "no id or no name"),
    "a part, as a cache may make of a list": (answer(page(), 206), "the response is partial"),
    "500": (answer(error("boom"), 500), "The service failed"),
    "429": (answer(status=429), "refused GET"),
    "connection dropped": (Fault(drop="before"), "connection was lost"),
    "connection dropped in the answer": (Fault(drop="during"), "connection was lost"),
}
"""Answers to the list that are tried again; five times in all."""

QUOTA = {"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "61"}
FINAL: dict[str, tuple[Fault, str]] = {
    "401": (answer(error("who?"), 401), "API key is whole"),
    "403": (answer(error("no", trace_id="t-1"), 403), '403 "refused: no" (trace id t-1)'),
    "402 for a feature": (answer(error("not on this plan"), 402), "another subscr"),
    "402 for the quota, by headers": (answer(b"", 402, headers=QUOTA), "resets in 61 seconds"),
    "402 for the quota of a plan": (answer(error("hourly limit of your plan"), 402), "is used up"),
    "407": (answer(b"<html>log in</html>", 407), "HTTPS_PROXY"),
    "redirect": (answer(status=301, headers={"Location": "https://x.example/"}), "redirect (301)"),
}


@pytest.mark.parametrize("case", PASSING | FINAL)
def test_a_list_that_cannot_be_read(service: Simulator, case: str) -> None:
    """From a list that is none, creates would duplicate, and a purge would delete all."""
    fault, expected = (PASSING | FINAL)[case]
    result = clients(fill(service, "Acme", script=[fault] * 5), clients="Acme; New", purge=True)
    assert (result["failed"], result["changed"]) == (True, False)
    assert expected in result["msg"] and "\n" not in result["msg"]
    assert sent(service) == ["GET"] * result["requests"] == ["GET"] * (5 if case in PASSING else 1)
    assert service.names() == ["Acme"]


@pytest.mark.parametrize("case", PASSING)
def test_a_passing_failure_is_overcome(service: Simulator, case: str) -> None:
    result = client(fill(service, "Acme", script=[PASSING[case][0]] * 3), name="Acme")
    assert (result["action"], result["requests"]) == ("none", 4)


@pytest.mark.parametrize("data", [{"data": None}, {"data": []}, {}], ids=str)
def test_only_null_nothing_or_an_empty_list_is_an_empty_page(service: Simulator, data: Any) -> None:
    body = json.dumps({**data, "page": 1, "per_page": 100}).encode()
    result = client(fill(service, "Acme", script=[answer(body)]), name="New")
    assert (result["action"], service.names()) == ("created", ["Acme", "New"])


@pytest.mark.parametrize("largest", [50, 20])
def test_a_page_size_that_is_refused_is_halved(service: Simulator, largest: int) -> None:
    """Once: what the list has learned holds for the rest of the run."""
    fill(service, 60, Switches(largest_per_page=largest))
    assert len(info(service)["clients"]) == 60
    sizes = [int(entry.query["per_page"]) for entry in service.log if entry.status == 400]
    assert sizes == [size for size in (100, 50, 25) if size > largest]
    service.reset(Switches(largest_per_page=largest, create_body="nothing"))
    clients(service, clients="New")
    assert [entry.status for entry in service.log].count(400) == len(sizes)


MANY = [{"id": number, "name": str(number)} for number in range(1, 104)]
ONE, TWO = MANY[:1], MANY[1:2]
PAGES: dict[str, tuple[list[bytes], int]] = {
    "a page that was not asked for": ([page(*MANY[:100]), page(*MANY[100:])], 0),
    "pages counted from 0": ([page(*MANY[:100], page=0), page(*MANY[100:], page=1)], 103),
    "without per_page, to an empty page": (
        [page(*data, page=at, per_page=None) for at, data in enumerate((ONE, TWO, []), 1)],
        2,
    ),
}
"""Answers, and how many clients they list. Without ``per_page`` a short page is no end."""


@pytest.mark.parametrize(("bodies", "count"), PAGES.values(), ids=PAGES)
def test_envelopes_say_where_a_list_ends(service: Simulator, bodies: Any, count: int) -> None:
    service.reset(script=[answer(body) for body in bodies])
    result = info(service)
    assert len(result.get("clients", [])) == count
    assert len(service.log) == len(bodies)
    assert count or "another page" in result["msg"]


FOREIGN = {"id": 7, "name": "Acme", "workspace_id": 77}


@pytest.mark.parametrize("workspace_id", [77, "77", [1]], ids=str)
def test_a_list_with_a_client_of_another_workspace_is_an_error(
    service: Simulator, workspace_id: object, check_mode: bool
) -> None:
    """Nothing is concluded from it: a purge would delete clients of a workspace nobody named."""
    own = {"id": 8, "name": "B", "workspace_id": service.workspace_id}
    service.script = [answer(page(own, {**FOREIGN, "workspace_id": workspace_id}))] * 15
    for result in (
        client(service, check_mode, name="Acme"),
        clients(service, check_mode, clients=["Acme"], purge=True),
        info(service),
    ):
        assert (result["failed"], result["changed"]) == (True, False)
        assert "shows client 7 of the workspace " in result["msg"], result
        assert f"not of {service.workspace_id}" in result["msg"]
    assert set(sent(service)) == {"GET"}


OTHERS = {"client 7 of the workspace 77": FOREIGN, "another client": {"id": 8, "name": "B"}}


@pytest.mark.parametrize("message", OTHERS)
def test_a_client_of_another_workspace_by_id_is_an_error(service: Simulator, message: str) -> None:
    """So is another client than the one that was asked for."""
    service.reset(script=[answer(json.dumps(OTHERS[message]).encode())] * 5)
    assert f"shows {message}" in client(service, id=7, state="absent")["msg"]
    assert set(sent(service)) == {"GET"}


def test_a_new_client_of_another_workspace_is_an_error_and_sent_once(service: Simulator) -> None:
    """The step is unclear: something was created, and nobody knows where."""
    service.reset(script=[answer(json.dumps(FOREIGN).encode(), 201, match=on("POST"))] * 5)
    result = clients(service, clients=["Acme"])
    assert sent(service).count("POST") == 1
    (step,) = result["plan"]
    assert (step["status"], result["failed"]) == ("unclear", True)
    assert "shows client 7 of the workspace 77" in step["error"]


@pytest.mark.parametrize("given", [None, 0, "", "ours"])
def test_a_client_without_the_field_is_of_the_workspace(service: Simulator, given: object) -> None:
    """So it is if the field is the workspace's id as a text."""
    workspace_id = str(service.workspace_id) if given == "ours" else given
    service.reset(script=[answer(page({**FOREIGN, "workspace_id": workspace_id}))])
    assert client(service, name="Acme")["action"] == "none"


NOT_FROM_API = {
    "404 page not found": "Check api_url",
    "<html>no such page</html>": "Check api_url",
    '{"message": "no Route matched with those values"}': "workspace_id",
    "[]": "Check api_url",
}


@pytest.mark.parametrize("body", NOT_FROM_API)
@pytest.mark.parametrize("given", [{"id": 7, "state": "absent"}, {"id": 7}, {"name": "New"}])
def test_a_404_of_something_else_is_never_a_client_that_is_gone(
    service: Simulator, body: str, given: dict[str, Any]
) -> None:
    service.reset(script=[answer(body.encode(), 404)])
    result = client(service, **given)
    assert result["failed"] is True
    assert NOT_FROM_API[body] in result["msg"]
    assert service.writes == []


NO_ROUTE = b'{"error": "not_found", "error_description": "no such route", "trace_id": "t-9"}'


@pytest.mark.parametrize("body", [b"", NO_ROUTE], ids=["nothing", "as the API's"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_404_to_the_list_says_what_to_check(service: Simulator, method: str, body: bytes) -> None:
    """Also in the form of the API's errors: a wrong api_url may answer like the API."""
    service.reset(script=[answer(body, 404, match=on(method))])
    message = client(service, name="New")["msg"]
    assert message.endswith("Check api_url, which should end in /api, and workspace_id.")
    assert ("t-9" in message) is bool(body)
    assert service.names() == []


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_after_a_lost_connection_each_request_has_a_new_one(
    service: Simulator, state: str, concurrency: int
) -> None:
    """A proxy or firewall in between may reset each connection that is used again."""
    used: Counter[int] = Counter()

    def reset_when_reused(call: Call) -> Fault | None:
        used[call.peer] += 1
        return Fault(drop="before", reset=True) if used[call.peer] > 1 else None

    service.chaos = reset_when_reused
    if state == "absent":
        service.add_many(10)
    wanted = [{"name": f"Client {number}", "state": state} for number in range(1, 11)]
    result = clients(service, clients=wanted, concurrency=concurrency)
    assert not result.get("failed"), result["msg"]
    assert len(service.names()) == (10 if state == "present" else 0)
    lost = sum(entry.status == 0 for entry in service.log)
    assert 1 <= lost <= concurrency
    looks = 4 if state == "present" else 0
    assert result["requests"] <= 11 + (1 + looks) * lost


def test_every_request_says_what_sends_it(service: Simulator) -> None:
    client(service, name="New")
    agents = [entry.headers["user-agent"].partition("/")[0] for entry in service.log]
    assert agents == ["toggl.focus"] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_takes_the_key_nowhere(service: Simulator, status: int, method: str) -> None:
    """Neither for a look-up nor for a write is the other address asked."""
    with Simulator() as elsewhere:
        headers = {"Location": f"{elsewhere.url}/workspaces/{elsewhere.workspace_id}/clients"}
        service.reset(script=[Fault(on(method), status=status, headers=headers)])
        assert f"redirect ({status})" in client(service, name="New")["msg"]
        assert elsewhere.log == []


NOON = (
    *("Sat, 01 Aug 2026 12:00:00 GMT", "Sat, 01 Aug 2026 12:00:00 -0000"),
    *("Saturday, 01-Aug-26 12:00:00 GMT", "Sat Aug  1 12:00:00 2026"),
    "Sat, 01 Aug 2026 14:00:00 +0200",
)
NO_DATES = (
    *("Sat, 32 Aug 2026 12:00:00 GMT", "Sat, 01 Aug 99999999999999 12:00:00 GMT"),
    *("2026-08-01T12:00:00Z", "soon", "", None),
)


@pytest.mark.parametrize("header", NOON + NO_DATES)
def test_a_date_is_read_as_http_writes_it(header: str | None) -> None:
    noon = datetime(2026, 8, 1, 12, 0, tzinfo=timezone.utc)
    assert date_of(header) == (noon if header in NOON else None)
