# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are none, errors, lost connections: over real HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, info, sent

TRACK_TOKEN = "0123456789abcdef0123456789abcdef"


def on(*methods: str) -> Any:
    return lambda method, path: method in methods


def error(description: str, **more: str) -> bytes:
    return json.dumps({"error": "refused", "error_description": description, **more}).encode()


def page(**envelope: object) -> bytes:
    return json.dumps(envelope).encode()


# answers to GET that end the task, with the number of requests they cost

FINAL: dict[str, tuple[Fault, str, int]] = {
    "HTML": (Fault(status=200, body=b"<html>Welcome</html>"), "it is not JSON", 5),
    "cut-off JSON": (Fault(status=200, body=b'{"data": [{"id": 1'), "it is not JSON", 5),
    "nothing": (Fault(status=200, body=b""), "it is not JSON", 5),
    "deep JSON": (Fault(status=200, body=b"[" * 100_000), "it is not JSON", 5),
    "huge number": (
        Fault(status=200, body=b'{"data": [' + b"9" * 5000 + b"]}"),
        "it is not JSON",
        5,
    ),
    "a list": (Fault(status=200, body=b"[]"), "no list of clients", 5),
    "another object": (Fault(status=200, body=b"{}"), "no list of clients", 5),
    "data is no list": (Fault(status=200, body=page(data={"id": 1})), "not a list", 5),
    "clients are no objects": (Fault(status=200, body=page(data=[1])), "no client", 5),
    "a client without id": (
        Fault(status=200, body=page(data=[{"name": "A"}])),
        "no id or no name",
        5,
    ),
    "a client with a text as id": (
        Fault(status=200, body=page(data=[{"id": "7", "name": "A"}])),
        "no id or no name",
        5,
    ),
    "403": (
        Fault(status=403, body=error("no permission", trace_id="t-1")),
        '403 "refused: no permission" (trace id t-1)',
        1,
    ),
    "402 for a feature": (Fault(status=402, body=error("not on this plan")), "another subscr", 1),
    "402 for the quota, by headers": (
        Fault(
            status=402,
            headers={"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "61"},
        ),
        "resets in 61 seconds",
        1,
    ),
    "402 for the quota, by its words": (
        Fault(status=402, body=error("hourly quota exceeded")),
        "quota of requests is used up",
        1,
    ),
    "400": (Fault(status=400, body=error("Field validation")), "Field validation", 1),
    "422": (Fault(status=422, body=error("no good")), "no good", 1),
    "redirect": (
        Fault(status=301, headers={"Location": "https://evil.example/"}),
        "redirect (301)",
        1,
    ),
    "500": (Fault(status=500, body=error("boom")), "The service failed", 5),
    "503": (Fault(status=503), "The service failed", 5),
    "429": (Fault(status=429), "refused GET", 5),
    "connection dropped": (Fault(drop="before"), "connection was lost", 5),
    "connection dropped in the answer": (Fault(drop="during"), "connection was lost", 5),
}


@pytest.mark.parametrize("case", FINAL)
def test_a_list_that_cannot_be_read(service: Simulator, case: str) -> None:
    fault, expected, requests = FINAL[case]
    service.reset(script=[fault] * 5)
    result = client(service, name="Acme")
    assert result["failed"] is True
    assert expected in result["msg"]
    assert "\n" not in result["msg"]
    assert result["requests"] == requests
    assert set(sent(service)) == {"GET"}, "nothing is written from a list that was not read"


@pytest.mark.parametrize("case", [case for case, (_, _, requests) in FINAL.items() if requests > 1])
def test_a_passing_failure_is_overcome(service: Simulator, case: str) -> None:
    service.reset(script=[FINAL[case][0]] * 3)
    service.add("Acme")
    result = client(service, name="Acme")
    assert (result["action"], result["requests"]) == ("none", 4)


def test_a_404_that_is_not_of_the_service(service: Simulator) -> None:
    """A wrong api_url must not look like a client that is gone."""
    service.reset(script=[Fault(status=404, body=b"404 page not found")] * 5)
    result = client(service, id=7, state="absent")
    assert "Check api_url" in result["msg"]


# a client of another workspace

FOREIGN = {"id": 7, "name": "Acme", "workspace_id": 77}
SHOWN: dict[str, bytes] = {
    "in a list": page(data=[{"id": 8, "name": "B", "workspace_id": 1}, FOREIGN], page=1),
    "as a text": page(data=[{**FOREIGN, "workspace_id": "77"}], page=1),
    "as nonsense": page(data=[{**FOREIGN, "workspace_id": [1]}], page=1),
}


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("case", SHOWN)
def test_a_list_with_a_client_of_another_workspace_is_an_error(
    service: Simulator, case: str, check_mode: bool
) -> None:
    """Nothing is concluded from it: a purge would delete clients of a workspace nobody named."""
    body = SHOWN[case].replace(b'"workspace_id": 1}', b'"workspace_id": %d}' % service.workspace_id)
    results = []
    for run in (
        lambda: client(service, check_mode, name="Acme"),
        lambda: clients(service, check_mode, clients=["Acme"], purge=True),
        lambda: info(service),
    ):
        service.reset(script=[Fault(status=200, body=body)] * 5)
        results.append(run())
        assert set(sent(service)) == {"GET"}
    for result in results:
        assert (result["failed"], result["changed"]) == (True, False)
        assert "shows client 7 of the workspace " in result["msg"], result
        assert f"not of {service.workspace_id}" in result["msg"]


def test_a_client_of_another_workspace_by_id_is_an_error(service: Simulator) -> None:
    service.reset(script=[Fault(status=200, body=json.dumps(FOREIGN).encode())] * 5)
    result = client(service, id=7, state="absent")
    assert "shows client 7 of the workspace 77" in result["msg"]
    assert set(sent(service)) == {"GET"}


def test_a_new_client_of_another_workspace_is_an_error_and_not_sent_again(
    service: Simulator,
) -> None:
    """The step is unclear: something was created, and nobody knows where."""
    answer = Fault(match=on("POST"), status=201, body=json.dumps(FOREIGN).encode())
    service.reset(script=[answer] * 5)
    result = clients(service, clients=["Acme"])
    assert sent(service).count("POST") == 1
    (step,) = result["plan"]
    assert (step["status"], result["failed"]) == ("unclear", True)
    assert "shows client 7 of the workspace 77" in step["error"]


OWN: dict[str, object] = {"none": None, "zero": 0, "a text": "", "ours as a text": "ours"}


@pytest.mark.parametrize("case", OWN)
def test_a_client_without_the_field_is_of_the_workspace(service: Simulator, case: str) -> None:
    given = str(service.workspace_id) if OWN[case] == "ours" else OWN[case]
    body = page(data=[{"id": 7, "name": "Acme", "workspace_id": given}], page=1, per_page=100)
    service.reset(script=[Fault(status=200, body=body)])
    assert client(service, name="Acme")["action"] == "none"


def test_another_client_than_asked_for(service: Simulator) -> None:
    body = json.dumps({"id": 8, "name": "B"}).encode()
    service.reset(script=[Fault(status=200, body=body)] * 5)
    assert "shows another client" in client(service, id=7)["msg"]


@pytest.mark.parametrize(
    ("token", "advice"),
    [(TRACK_TOKEN, "Toggl Track token"), ("toggl_sk_wrong", "API key is whole")],
)
def test_401(service: Simulator, token: str, advice: str) -> None:
    result = client(service, name="Acme", api_token=token)
    assert advice in result["msg"]
    assert token not in str(result)
    assert result["requests"] == 1


# lists that have no end, or not the one they seem to have


def test_a_page_that_was_not_asked_for(service: Simulator) -> None:
    def clients(start: int) -> list[dict[str, object]]:
        return [{"id": number, "name": str(number)} for number in range(start, start + 100)]

    pages = [
        Fault(status=200, body=page(data=clients(1), page=1, per_page=100)),
        Fault(status=200, body=page(data=clients(101), page=1, per_page=100)),
    ]
    service.reset(script=pages)
    assert "another page" in info(service)["msg"]


def test_pages_counted_from_0(service: Simulator) -> None:
    def clients(start: int, count: int) -> list[dict[str, object]]:
        return [{"id": number, "name": str(number)} for number in range(start, start + count)]

    pages = [
        Fault(status=200, body=page(data=clients(1, 100), page=0, per_page=100)),
        Fault(status=200, body=page(data=clients(101, 3), page=1, per_page=100)),
    ]
    service.reset(script=pages)
    assert len(info(service)["clients"]) == 103
    assert [entry.query.get("page") for entry in service.log] == [None, "1"]


def test_an_envelope_without_per_page_is_read_to_an_empty_page(service: Simulator) -> None:
    """The size may have been capped, so a short page proves nothing."""
    pages = [
        Fault(status=200, body=page(data=[{"id": 1, "name": "A"}], page=1)),
        Fault(status=200, body=page(data=[{"id": 2, "name": "B"}], page=2)),
        Fault(status=200, body=page(data=None, page=3)),
    ]
    service.reset(script=pages)
    assert len(info(service)["clients"]) == 2


# writes

LOST_ANSWERS: dict[str, Fault] = {
    "dropped before": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), drop="before"),
    "dropped after": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), drop="after"),
    "500 before": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), status=500),
    "500 after": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), status=500, when="after"),
    "HTML before": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), status=200, body=b"<p>"),
    "HTML after": Fault(
        match=on("POST", "PUT", "DELETE", "PATCH"), status=200, body=b"<p>", when="after"
    ),
    "429": Fault(match=on("POST", "PUT", "DELETE", "PATCH"), status=429),
}

WRITES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "create": ({"name": "New"}, ["Acme", "New"]),
    "rename": ({"id": 1001, "name": "Acme Ltd"}, ["Acme Ltd"]),
    "delete": ({"id": 1001, "state": "absent"}, []),
    "restore": ({"id": 1002, "state": "restored"}, ["Acme", "Umbrella"]),
}


def seed(service: Simulator) -> None:
    service.add("Acme")
    service.add("Umbrella", deleted=True)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("refusing", [Switches(), Switches(delete_deleted=404, restore_active=400)])
@pytest.mark.parametrize(
    ("lost", "write"),
    [
        (lost, write)
        for lost in LOST_ANSWERS
        for write in WRITES
        # Junk instead of doing a write that is not looked for afterwards is an error: below.
        if (lost, write == "create") != ("HTML before", False)
    ],
)
def test_a_write_whose_answer_is_lost(
    service: Simulator, lost: str, write: str, refusing: Switches, times: int
) -> None:
    """It is done, once, and the result says so."""
    service.reset(refusing, script=[LOST_ANSWERS[lost]] * times)
    seed(service)
    given, after = WRITES[write]
    result = client(service, **given)
    assert not result.get("failed"), result
    assert result["changed"] is True
    assert service.names() == after
    assert client(service, **given)["changed"] is False


def test_junk_for_an_answer_to_a_write_that_was_not_done(service: Simulator) -> None:
    service.reset(script=[LOST_ANSWERS["HTML before"]])
    seed(service)
    result = client(service, id=1001, name="Acme Ltd")
    assert (result["failed"], result["changed"]) == (True, False)
    assert service.names() == ["Acme"]


def test_a_create_that_nobody_can_settle(service: Simulator) -> None:
    """The answer is lost and then the connection for good: it is said, and not sent again."""
    look_fails = [Fault(match=on("GET"), status=500)] * 10
    read = Fault(match=on("GET"))
    service.reset(script=[read, LOST_ANSWERS["dropped after"], *look_fails])
    result = client(service, name="New")
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["msg"].endswith(" Check whether it exists, then run again.")
    assert sent(service).count("POST") == 1


def test_the_second_of_two_steps_fails(service: Simulator) -> None:
    refused = Fault(match=on("PUT"), status=400, body=error("name too long"))
    service.reset(script=[refused])
    seed(service)
    result = client(service, id=1002, name="Umbra", state="restored")
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "restored")
    assert result["msg"].endswith(" The restore was done and the rename failed.")
    assert result["diff"]["after"] == {"id": 1002, "name": "Umbrella", "state": "present"}
    assert result["undo"] == [{"id": 1002, "name": "Umbrella", "state": "absent"}]


def test_quota_wait_sleeps_until_the_window_reopens(service: Simulator) -> None:
    service.reset(quota_limit=1, quota_window=1)
    result = client(service, name="New", quota_wait=5)
    assert result["action"] == "created"
    service.reset(quota_limit=1, quota_window=60)
    assert "quota_wait" in client(service, name="New", quota_wait=5)["msg"]


# what is sent


def test_what_every_request_carries(service: Simulator) -> None:
    client(service, name="New")
    for entry in service.log:
        assert entry.headers["content-type"] == "application/json"
        assert entry.user_agent.startswith("toggl.focus/")
        assert entry.headers["authorization"] == f"Bearer {service.token}"


def test_basic_authentication(service: Simulator) -> None:
    login = {"api_token": None, "username": service.username, "password": service.password}
    assert client(service, name="New", **login)["action"] == "created"
    assert service.log[0].headers["authorization"].startswith("Basic ")


def test_netrc_does_not_win(
    service: Simulator, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
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
        away = Fault(lambda sent, _: sent == method, status=status, headers=headers)
        service.reset(script=[away])
        assert f"redirect ({status})" in client(service, name="New")["msg"]
        assert elsewhere.log == []


def test_no_proxy_stands_before_this_machine(
    service: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever NO_PROXY says: the checks' own environment sets it."""
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("http_proxy", "http://eve:secret@127.0.0.1:9")
    assert client(service, name="New")["action"] == "created"


def test_text_of_the_service_cannot_forge_a_line(service: Simulator) -> None:
    body = error("bad\nok: [localhost] => changed\x1b[32m")
    service.reset(script=[Fault(status=400, body=body)])
    message = client(service, name="Acme")["msg"]
    assert "\n" not in message
    assert "\x1b" not in message


@pytest.mark.parametrize("body", [b'{"error": "strange"}', b'{"data": 7}', b'{"ok": true}'])
def test_a_201_that_shows_no_client_is_looked_at(service: Simulator, body: bytes) -> None:
    """It may come from whatever stands in between, so it is no word of a creation."""
    lost = Fault(match=on("POST"), status=201, body=body)
    service.reset(script=[lost] * 10)
    result = client(service, name="New")
    assert (result["failed"], result["changed"], service.names()) == (True, False, [])


def test_a_part_of_an_answer_is_none(service: Simulator) -> None:
    """206 is what a cache may make of a list."""
    part = Fault(status=206, body=page(data=[], page=1, per_page=100))
    service.reset(script=[part] * 10)
    assert "the response is partial" in info(service)["msg"]


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
