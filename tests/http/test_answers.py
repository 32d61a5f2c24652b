# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are none, errors, lost connections: over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, info, sent
from support.workspace import on


def error(description: str, **more: str) -> bytes:
    return json.dumps({"error": "refused", "error_description": description, **more}).encode()


def page(*data: object, **envelope: object) -> bytes:
    return json.dumps({"data": data, "page": 1, "per_page": 100, **envelope}).encode()


def answer(body: bytes = b"", status: int = 200, **more: Any) -> Fault:
    return Fault(status=status, body=body, **more)


def answered(service: Simulator, *script: Fault, **rules: Any) -> Simulator:
    """The service with the client Acme, id 1001; its next requests meet these faults."""
    service.reset(script=list(script), **rules)
    service.add("Acme")
    return service


# answers to the list

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
    "data is a client": (answer(page(data={"id": 1})), "not a list"),
    "data is an empty text": (answer(page(data="")), NO_LIST),
    "data is a text": (answer(b'{"data": "none"}'), NO_LIST),
    "data is 0": (answer(page(data=0)), NO_LIST),
    "data is false": (answer(page(data=False)), NO_LIST),
    "clients are no objects": (answer(page(1)), "no client"),
    "a client without id": (answer(page({"name": "A"})), "no id or no name"),
    "a client with a text as id": (answer(page({"id": "7", "name": "A"})), "no id or no name"),
    "a part, as a cache may make of a list": (answer(page(), 206), "the response is partial"),
    "500": (answer(error("boom"), 500), "The service failed"),
    "503": (answer(status=503), "The service failed"),
    "429": (answer(status=429), "refused GET"),
    "connection dropped": (Fault(drop="before"), "connection was lost"),
    "connection dropped in the answer": (Fault(drop="during"), "connection was lost"),
}
"""What is tried again; five times in all."""

QUOTA = {"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "61"}
FINAL: dict[str, tuple[Fault, str]] = {
    "401": (answer(error("who?"), 401), "API key is whole"),
    "403": (
        answer(error("no permission", trace_id="t-1"), 403),
        '403 "refused: no permission" (trace id t-1)',
    ),
    "402 for a feature": (answer(error("not on this plan"), 402), "another subscr"),
    "402 for the quota, by headers": (answer(b"", 402, headers=QUOTA), "resets in 61 seconds"),
    "402 for the quota, by its words": (
        answer(error("hourly quota exceeded"), 402),
        "quota of requests is used up",
    ),
    "402 for the quota, whatever else it speaks of": (
        answer(error("You have hit your hourly limit of your plan"), 402),
        "quota of requests is used up",
    ),
    "400": (answer(error("Field validation"), 400), "Field validation"),
    "422": (answer(error("no good"), 422), "no good"),
    "407": (answer(b"<html>log in</html>", 407), "HTTPS_PROXY"),
    "redirect": (answer(status=301, headers={"Location": "https://x.example/"}), "redirect (301)"),
}


@pytest.mark.parametrize("case", PASSING | FINAL)
def test_a_list_that_cannot_be_read(service: Simulator, case: str) -> None:
    """From a list that is none, creates would duplicate, and a purge would delete all."""
    fault, expected = (PASSING | FINAL)[case]
    result = clients(answered(service, *[fault] * 5), clients=["Acme", "New"], purge=True)
    assert (result["failed"], result["changed"]) == (True, False)
    assert expected in result["msg"] and "\n" not in result["msg"]
    assert sent(service) == ["GET"] * result["requests"] == ["GET"] * (5 if case in PASSING else 1)
    assert service.names() == ["Acme"]


@pytest.mark.parametrize("case", PASSING)
def test_a_passing_failure_is_overcome(service: Simulator, case: str) -> None:
    result = client(answered(service, *[PASSING[case][0]] * 3), name="Acme")
    assert (result["action"], result["requests"]) == ("none", 4)


@pytest.mark.parametrize("data", [{"data": None}, {"data": []}, {}], ids=str)
def test_only_what_is_null_absent_or_an_empty_list_is_an_empty_page(
    service: Simulator, data: dict[str, object]
) -> None:
    body = json.dumps({**data, "page": 1, "per_page": 100}).encode()
    result = client(answered(service, answer(body)), name="New")
    assert (result["action"], service.names()) == ("created", ["Acme", "New"])


@pytest.mark.parametrize("largest", [50, 20])
def test_a_page_size_that_is_refused_is_halved(service: Simulator, largest: int) -> None:
    """Once: what the list has learned holds for the rest of the run."""
    service.reset(Switches(largest_per_page=largest))
    service.add_many(60)
    assert len(info(service)["clients"]) == 60
    sizes = [int(entry.query["per_page"]) for entry in service.log if entry.status == 400]
    assert sizes == [size for size in (100, 50, 25) if size > largest]
    service.reset(Switches(largest_per_page=largest, create_body="nothing"))
    clients(service, clients=[{"name": "New"}])
    assert [entry.status for entry in service.log].count(400) == len(sizes)


def numbered(start: int, count: int = 100) -> list[dict[str, object]]:
    return [{"id": number, "name": str(number)} for number in range(start, start + count)]


def test_a_page_that_was_not_asked_for(service: Simulator) -> None:
    service.reset(script=[answer(page(*numbered(1))), answer(page(*numbered(101)))])
    assert "another page" in info(service)["msg"]


def test_pages_counted_from_0(service: Simulator) -> None:
    first, second = page(*numbered(1), page=0), page(*numbered(101, 3), page=1)
    service.reset(script=[answer(first), answer(second)])
    assert len(info(service)["clients"]) == 103
    assert [entry.query.get("page") for entry in service.log] == [None, "1"]


def test_an_envelope_without_per_page_is_read_to_an_empty_page(service: Simulator) -> None:
    """The size may have been capped, so a short page proves nothing."""
    pages = [{"data": numbered(1, 1)}, {"data": numbered(2, 1)}, {"data": None}]
    bodies = [json.dumps({**one, "page": number}) for number, one in enumerate(pages, 1)]
    service.reset(script=[answer(body.encode()) for body in bodies])
    assert len(info(service)["clients"]) == 2


# a client of another workspace, or another one than asked for

FOREIGN = {"id": 7, "name": "Acme", "workspace_id": 77}


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("workspace_id", [77, "77", [1]], ids=str)
def test_a_list_with_a_client_of_another_workspace_is_an_error(
    service: Simulator, workspace_id: object, check_mode: bool
) -> None:
    """Nothing is concluded from it: a purge would delete clients of a workspace nobody named."""
    own = {"id": 8, "name": "B", "workspace_id": service.workspace_id}
    shown = answer(page(own, {**FOREIGN, "workspace_id": workspace_id}))
    for run in (
        lambda: client(service, check_mode, name="Acme"),
        lambda: clients(service, check_mode, clients=["Acme"], purge=True),
        lambda: info(service),
    ):
        service.reset(script=[shown] * 5)
        result = run()
        assert set(sent(service)) == {"GET"}
        assert (result["failed"], result["changed"]) == (True, False)
        assert "shows client 7 of the workspace " in result["msg"], result
        assert f"not of {service.workspace_id}" in result["msg"]


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        (FOREIGN, "shows client 7 of the workspace 77"),
        ({"id": 8, "name": "B"}, "shows another client"),
    ],
)
def test_a_client_of_another_workspace_by_id_or_another_client_is_an_error(
    service: Simulator, shown: dict[str, Any], message: str
) -> None:
    service.reset(script=[answer(json.dumps(shown).encode())] * 5)
    assert message in client(service, id=7, state="absent")["msg"]
    assert set(sent(service)) == {"GET"}


def test_a_new_client_of_another_workspace_is_an_error_and_not_sent_again(
    service: Simulator,
) -> None:
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


# 404

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


def test_a_404_to_a_client_says_what_the_service_says(service: Simulator) -> None:
    """The address is right, since the client was in the list."""
    answered(service, answer(NO_ROUTE, 404, match=on("PUT")))
    message = client(service, name="New", former_names=["Acme"])["msg"]
    assert "api_url" not in message
    assert message.endswith('404 "not_found: no such route" (trace id t-9).')


# writes; each row of the table of failures is in tests/faults/test_table.py


def test_a_create_that_nobody_can_settle(service: Simulator) -> None:
    """The answer is lost and then the connection for good: it is said, and not sent again."""
    broken = [Fault(on("GET"), status=500)] * 10
    service.reset(script=[Fault(on("GET")), Fault(on("POST"), drop="after"), *broken])
    result = client(service, name="New")
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].endswith(" Check whether it exists, then run again.")
    assert sent(service).count("POST") == 1


@pytest.mark.parametrize("body", [b'{"error": "strange"}', b'{"data": 7}', b'{"ok": true}'])
def test_a_201_that_shows_no_client_is_looked_at(service: Simulator, body: bytes) -> None:
    """It may come from a proxy or firewall in between, so nothing was created for certain."""
    service.reset(script=[answer(body, 201, match=on("POST"))] * 10)
    result = client(service, name="New")
    assert (result["failed"], result["changed"], service.names()) == (True, False, [])


@pytest.mark.parametrize("name", [None, 7, [], {"text": "New"}], ids=str)
def test_a_201_without_a_name_that_is_a_text_is_the_client_of_its_id(
    service: Simulator, name: object
) -> None:
    def edit(body: bytes) -> bytes:
        return json.dumps({**json.loads(body), "name": name}).encode()

    service.reset(script=[Fault(on("POST"), edit=edit)])
    result = client(service, name="New")
    assert result.get("failed") is None, result
    assert (result["client"]["id"], result["client"]["name"]) == (1001, "New")
    assert sent(service) == ["GET", "POST", "GET"]


# what is sent


@pytest.mark.parametrize("kind", ["Bearer", "Basic"])
def test_what_every_request_carries(service: Simulator, kind: str) -> None:
    login = {"api_token": None, "username": service.username, "password": service.password}
    given = login if kind == "Basic" else {}
    assert client(service, name="New", **given)["action"] == "created"
    for entry in service.log:
        assert entry.headers["content-type"] == "application/json"
        assert entry.headers["user-agent"].startswith("toggl.focus/")
        assert entry.headers["authorization"].startswith(f"{kind} ")


def test_netrc_does_not_win(
    service: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password somebody-else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert client(service, name="New")["action"] == "created"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_redirect_takes_the_key_nowhere(service: Simulator, status: int, method: str) -> None:
    """Neither for a look-up nor for a write is the other address asked."""
    with Simulator() as elsewhere:
        headers = {"Location": f"{elsewhere.url}/workspaces/{elsewhere.workspace_id}/clients"}
        service.reset(script=[Fault(on(method), status=status, headers=headers)])
        assert f"redirect ({status})" in client(service, name="New")["msg"]
        assert elsewhere.log == []


def test_text_of_the_service_cannot_forge_a_line(service: Simulator) -> None:
    body = error("bad\nok: [localhost] => changed\x1b[32m")
    service.reset(script=[answer(body, 400)])
    message = client(service, name="Acme")["msg"]
    assert "\n" not in message and "\x1b" not in message


@pytest.mark.parametrize("list_shows_deleted", [True, False])
def test_a_zero_time_deletes_no_client(service: Simulator, list_shows_deleted: bool) -> None:
    """Go writes a time that is not set as its zero time: a client that has it is active."""
    service.reset(Switches(missing_fields="zero", list_shows_deleted=list_shows_deleted))
    service.add("Acme")
    service.add("Globex", deleted=True)
    assert clients(service, clients=["Acme"], purge=True)["changed"] is False
    assert client(service, name="Acme")["changed"] is False
    assert client(service, name="Globex", state="absent")["changed"] is False
    assert [found["name"] for found in info(service)["clients"]] == ["Acme"]
    assert client(service, id=1002, state="restored")["action"] == "restored"
    assert service.names() == ["Acme", "Globex"]
