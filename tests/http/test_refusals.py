# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the quota in every form; and no secret in what is said of a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.service import Credentials
from simulator.switches import Switches
from simulator.wire import Call
from simulator.workspace import Workspace
from support import running
from support.running import MODULES, assert_done_is_true, client, clients, rows, run_entry, sent
from support.workspace import HIDES, fill, on, state, with_fields

from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._api.errors import StatusError
from ansible_collections.toggl.focus.plugins.module_utils._api.transport import Transport
from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_run
from ansible_collections.toggl.focus.plugins.module_utils._model import Access

sleeps = pytest.fixture(running.without_sleep)
SILENT = Switches(quota_headers=False)
FORMS_OF_402 = ("headers", "text", "retry_after")
SAYS_WHEN = {"json": Switches(), **{of: replace(SILENT, quota_refusal=of) for of in FORMS_OF_402}}


@pytest.mark.parametrize("form", SAYS_WHEN)
def test_each_form_says_when_it_reopens(service: Simulator, sleeps: Any, form: str) -> None:
    service.reset(SAYS_WHEN[form], quota_limit=0, quota_window=600)
    result = client(service, name="New")
    assert "The quota of requests is used up, it resets in 600 seconds" in result["msg"]
    assert "let the task wait with quota_wait: 601 seconds" in result["msg"]
    assert (sent(service), sleeps) == (["GET"], [])
    too_short = client(service, name="New", quota_wait=30)
    assert "let the task wait with quota_wait: 631 seconds" in too_short["msg"]
    assert sleeps == []


@pytest.mark.parametrize("form", ["json", "nothing"])
def test_pauses_grow_where_nobody_says(service: Simulator, sleeps: list[float], form: str) -> None:
    """Within quota_wait, which is advised, but not again when it was in vain."""
    service.reset(replace(SILENT, quota_refusal=form), quota_limit=0)
    at_once = client(service, name="New")["msg"]
    assert (sent(service), sleeps) == (["GET"], [])
    assert "let the task wait with quota_wait" in at_once
    both = "Either the quota of requests is used up, or the organization's plan lacks"
    assert (both in at_once) is (form == "nothing")

    result = client(service, name="New", quota_wait=3600)
    assert result["failed"] is True
    assert sum(sleeps) <= 3600 and max(sleeps) <= 600
    assert [round(seconds) for seconds in sleeps[:3]] == [60, 120, 240]
    assert result["requests"] == len(sent(service)) - 1 == len(sleeps) + 1
    assert "has waited 3600 seconds" in result["msg"]
    assert "let the task wait" not in result["msg"]


def test_the_time_of_a_request_does_not_run_asleep(service: Simulator, sleeps: list[float]) -> None:
    """After an hour in which the quota was closed, a passing failure is still passed over."""
    used_up = Fault(status=402, headers={"Retry-After": "3000"})
    fill(service, "Acme", SILENT, script=[used_up, Fault(status=503)])
    result = client(service, name="Acme", quota_wait=3600)
    assert result.get("failed") is None, result
    assert sent(service) == ["GET", "GET", "GET"]


@pytest.mark.parametrize("left", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_what_fits_is_done_and_nothing_is_sent_that_is_known_to_be_refused(
    service: Simulator, left: int, concurrency: int
) -> None:
    """The last requests of a quota go one after the other. The rest of a plan is another plan."""
    service.reset(quota_limit=2 + left)
    wanted = {"clients": [f"New {number}" for number in range(12)], "concurrency": concurrency}
    digest = clients(service, check_mode=True, **wanted)["plan_digest"]
    service.forget()
    result = clients(service, allow_partial=True, plan_digest=digest, **wanted)
    assert (len(service.writes), len(rows(result, "pending"))) == (left, 12 - left)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["summary"]["created"] == len(service.names()) == left
    assert sum(result["summary"].values()) == 12
    assert not any("error" in row for row in result["plan"])
    assert 402 not in {entry.status for entry in service.log}
    assert result["requests"] == len(service.log)
    assert result["msg"].startswith("The quota of requests is used up, it resets in ")
    assert result["msg"].endswith("again for the rest, which is another plan now.")


def test_a_402_without_a_word_after_nothing_was_left_is_about_the_quota(service: Simulator) -> None:
    """The service says what is left, and not until when. One request is tried; none after that."""
    says = [Fault(headers={"X-Toggl-Quota-Remaining": str(left)}) for left in (2, 1, 0)]
    service.reset(SILENT, script=[*says, Fault(status=402)])
    wanted = [f"Client {number}" for number in range(8)]
    result = clients(service, clients=wanted, concurrency=4, allow_partial=True)
    assert "The quota of requests is used up" in result["msg"]
    assert [entry.status for entry in service.log] == [200, 201, 201, 402]
    assert (len(rows(result, "done")), len(rows(result, "pending"))) == (2, 6)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_what_is_not_sent_waits_within_quota_wait(service: Simulator, concurrency: int) -> None:
    """Requests that wait at once count once: two windows of some three seconds, with rounding."""
    service.reset(quota_limit=2, quota_window=1.2)
    waiting = {"allow_partial": True, "quota_wait": 7, "concurrency": concurrency}
    result = clients(service, clients="A; B; C; D; E", **waiting)
    assert (result.get("failed"), len(service.names())) == (None, 5), result
    assert 402 not in {entry.status for entry in service.log}
    assert result["requests"] == len(service.log)


WAITS: dict[str, tuple[Callable[[Workspace], object], str, str]] = {
    "what is left to create": (lambda there: there.create("E"), "B, C, E", ""),
    "what is left to delete": (lambda there: there.delete(1002), "B, C, E", ""),
    "another name": (lambda there: there.rename(1002, "Umbrella"), "A, C, Umbrella", "pending"),
    "what is to be renamed": (lambda there: there.delete(1001), "C, D", "pending"),
    "what a purge would delete": (lambda there: there.create("New"), "A, C, D, New", "pending"),
}


def wait_while(service: Simulator, act: Callable[[Workspace], object], writes: int = 1) -> None:
    """Let a run wait for half an hour after so many writes, while somebody else is at work."""
    refusals = [Fault(status=402, headers={"Retry-After": "1800"})]

    def before(call: Call) -> Fault | None:
        if call.method == "GET" or len(service.writes) < writes or not refusals:
            return None
        with service.workspace.somebody_else() as there:
            act(there)
        return refusals.pop()

    service.chaos = before


@pytest.mark.parametrize("case", WAITS)
def test_after_a_long_wait_the_rest_is_planned_again(
    service: Simulator, sleeps: Any, tmp_path: Path, monkeypatch: Any, case: str
) -> None:
    """What others have done is not done twice, and no other plan is written. All can be undone."""
    monkeypatch.setattr(f"{FocusApi.__module__}.time", running.session.time)
    act, names, left = WAITS[case]
    fill(service, "A, D")
    before = state(service)
    wait_while(service, act)
    rules = {"quota_wait": 3600, "purge": case.endswith("delete"), "max_deletion_percent": 100}
    kept = {"clients": "C; B (was A); E; absent D", "journal": str(tmp_path / "j")}
    result = clients(service, **kept, **rules, concurrency=1)
    assert ", ".join(service.names()) == names, result
    assert sent(service).count("GET") == 2
    assert {row["status"] for row in result["plan"]} == {"done", *filter(None, [left])}
    assert bool(left) is bool(result.get("failed")) is ("may have changed" in result["msg"]), result
    assert_done_is_true(service, result)
    assert undo_of_run((tmp_path / "j").read_text()) == result["undo"]
    own = {write.id for write in service.workspace.history} & {*before}
    clients(service, clients=result["undo"])
    assert {of: before[of] for of in own} == {of: state(service)[of] for of in own}


@pytest.mark.parametrize("entry", ["B", "B (was A)", "absent A", "restored 1002 Q", "A @EUR"])
@pytest.mark.parametrize("module", MODULES)
def test_each_write_waits(service: Simulator, sleeps: Any, module: str, entry: str) -> None:
    fill(service, "A, (Z)", HIDES)
    wait_while(service, lambda there: None, writes=0)
    result = run_entry(module, service, entry, quota_wait=3600)
    assert (result.get("failed"), len(sleeps)) == (None, 1), result


def test_what_was_set_before_a_long_wait_is_looked_at(service: Simulator, sleeps: Any) -> None:
    fill(service, "A", Switches(currency="unknown"))
    wait_while(service, lambda there: None)
    result = clients(service, clients="A @EUR; B", concurrency=1, quota_wait=3600)
    assert (service.names(), result["failed"]) == (["A", "B"], True)
    assert "was set to EUR, but the service shows none" in result["msg"]


@pytest.mark.parametrize("concurrency", [1, 4])
def test_nothing_is_created_twice(service: Simulator, sleeps: Any, concurrency: int) -> None:
    names = [f"Client {number:02}" for number in range(12)]
    wait_while(service, lambda there: there.create(names[-1]), writes=5)
    result = clients(service, clients=names, concurrency=concurrency, quota_wait=3600)
    assert (service.names(), result["msg"]) == (names, "Created 11; 1 unchanged."), result


def test_one_client_needs_quota_for_all_of_it(service: Simulator, check_mode: bool) -> None:
    """A restore and a rename are two writes. Check mode warns of it."""
    fill(service, "(Acme)", quota_limit=3)
    result = client(service, check_mode, id=1001, state="restored", name="Globex")
    said = result["warnings"][0] if check_mode else result["msg"]
    assert said.startswith("The plan needs 2 requests, but the quota has 1 left")
    assert "allow_partial" not in said
    assert service.writes == []


SECRET = Credentials().token
PRIVATE = SECRET.removeprefix("toggl_sk_")


def leaked(text: str, secret: str) -> list[str]:
    """Eight characters in a row of the secret."""
    pieces = [secret[at : at + 8] for at in range(len(secret) - 7)]
    return [piece for piece in pieces if piece in text]


FORMS = {
    "JSON": lambda words: json.dumps({"error": words, "trace_id": words}).encode(),
    "plain text": lambda words: words.encode(),
}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 422, 500])
@pytest.mark.parametrize("form", FORMS)
def test_no_part_of_a_secret_is_in_cut_words(service: Simulator, form: str, status: int) -> None:
    for offset in range(230, 320, 4):
        body = FORMS[form]("x" * offset + SECRET + " and so on" * 10)
        service.reset(script=[Fault(status=status, body=body)] * 2)
        result = client(service, name="New", api_retries=1)
        assert str(status) in result["msg"]
        assert leaked(str(result), PRIVATE) == []


def test_the_words_of_an_error_hold_no_secret_before_they_are_cut(service: Simulator) -> None:
    """Whoever shows them, and however much of them."""
    body = FORMS["JSON"]("x" * 280 + SECRET)
    service.reset(script=[Fault(status=403, body=body)])
    access = Access(service.workspace_id, service.url, service.token)
    with pytest.raises(StatusError) as refused:
        FocusApi(access, Transport(access)).list_clients()
    assert leaked(refused.value.response.words, PRIVATE) == []
    assert leaked(refused.value.response.trace_id, PRIVATE) == []


@pytest.mark.parametrize("offset", range(270, 305, 3))
def test_no_part_of_a_secret_is_in_a_cut_name(service: Simulator, offset: int) -> None:
    """The service may write it into any text that a message quotes."""
    name = "z" * offset + SECRET + "z" * 50
    service.reset(script=[Fault(on("POST"), edit=with_fields(lambda _: {"name": name}))])
    result = client(service, name="New")
    assert "created the client" in result["msg"]
    assert leaked(str(result), PRIVATE) == []


@pytest.mark.parametrize("password", ["failed", "changed", "msg", "e"])
def test_a_password_takes_no_key_out_of_a_result(service: Simulator, password: str) -> None:
    results = []
    for login in ({}, {"api_token": None, "username": "ada", "password": password}):
        service.reset(script=[Fault(status=400)])
        results.append(client(service, name="New", **login))
    assert results[0].keys() == results[1].keys()
    assert (results[1]["failed"], results[1]["changed"]) == (True, False)
