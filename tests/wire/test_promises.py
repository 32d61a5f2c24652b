# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost, nothing is doubled, and what is said of it is true: each rule as one story on
the wire, told from the design alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults.certificates import issue
from faults.proxy import proxy
from wire import standin
from wire.conftest import TOKEN, Run
from wire.standin import LOST, Answer, Request, Rule, Service, page_of, refusal

Proceed = Callable[[], Answer]
RESTORED = {"id": 1001, "state": "restored"}


def many(count: int) -> list[str]:
    return [f"Client {number:03}" for number in range(1, count + 1)]


def lost_once(method: str, carried_out: bool = True) -> Rule:
    """The answer to the first request of a kind is lost."""
    left = [1]

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method != method or not left:
            return carry_out()
        left.clear()
        if carried_out:
            carry_out()
        return LOST

    return rule


def to(method: str, answer: Answer, carried_out: bool = False) -> Rule:
    """One kind of request is answered otherwise."""

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method != method:
            return carry_out()
        if carried_out:
            carry_out()
        return answer

    return rule


def deleting(service: Service, number: int) -> Rule:
    """Somebody deletes a client once something was read."""

    def rule(_request: Request, carry_out: Proceed) -> Answer:
        answer = carry_out()
        service.remove(number)
        return answer

    return rule


# doubles and wrong deletions


def test_an_answer_that_is_lost_behind_a_proxy(
    run: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    """A connection that was lost after a POST was sent may have created the client, behind a proxy
    too: it is looked for, not sent again."""
    certificate = issue(tmp_path, "focus.example")
    with standin.running(certificate.server) as service, proxy(service.port) as between:
        environment["HTTPS_PROXY"] = between.url
        service.rule = lost_once("POST")
        url = f"https://focus.example:{service.port}/api"
        run(clients=["New"], api_url=url, ca_path=certificate.ca_path)
        assert (service.names, bool(between.asked)) == (["New"], True)


def test_a_client_that_is_deleted_while_the_list_is_read(service: Service, run: Run) -> None:
    """It hides another one between two pages, which is not created again."""
    service.hides = True
    service.add(*many(150))
    service.rule = deleting(service, 1001)
    run(clients=[*many(150)[1:], "New"])
    assert service.names.count("Client 101") == 1


def test_a_client_of_a_former_name_that_is_hidden_so(service: Service, run: Run) -> None:
    """It is renamed; a second one is not created in its place."""
    service.hides = True
    service.add(*many(250))
    service.rule = deleting(service, 1001)
    run(clients=[{"name": "New", "former_names": ["Client 101"]}])
    assert service.rows[1101]["name"] == "New"
    assert len(service.rows) == 250


def test_pages_of_several_sizes(service: Service, run: Run) -> None:
    """They show that the list moved: nothing is created from it."""
    service.add(*many(150))

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method == "GET" and request.query.get("page", "1") == "1":
            return page_of([dict(row) for row in list(service.rows.values())[:50]], 1, 50)
        return carry_out()

    service.rule = rule
    result = run(clients=many(150))
    assert (result["failed"], service.writes) == (True, [])


def test_the_undo_of_a_create_without_an_id(service: Service, run: Run) -> None:
    """An older client that comes to light later is never taken for the new one and deleted."""
    old = service.add("Acme")
    hidden = [1]

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method == "POST":
            hidden.clear()
            return carry_out()._replace(body=b"")
        return page_of([], 1, 100) if hidden else carry_out()

    service.rule = rule
    undo = run(clients=["Acme"])["undo"]
    service.rule = standin.as_it_is
    run(clients=undo)
    assert old in service.ids


@pytest.mark.parametrize("data", [{}, "", 0, False], ids=repr)
def test_a_list_of_another_shape(service: Service, run: Run, data: Any) -> None:
    """Only null, nothing and [] are an empty list. All else is an error, and nothing is created."""
    service.rule = to("GET", Answer(200, {"data": data, "page": 1, "per_page": 100}))
    result = run(clients=["Acme"])
    assert (result["failed"], service.writes) == (True, [])


def test_a_client_that_the_run_restores_is_not_the_one_it_creates(
    service: Service, run: Run
) -> None:
    """The answer to a create is lost; the client of that name which is there is one of the plan's
    own."""
    service.hides = True
    service.add("Gamma", deleted=True)
    lost = lost_once("POST", carried_out=False)

    def rule(request: Request, carry_out: Proceed) -> Answer:
        time.sleep({"POST": 0.3, "PUT": 3}.get(request.method, 0))  # so that it keeps the name
        return lost(request, carry_out)

    service.rule = rule
    run(clients=["Gamma", {**RESTORED, "name": "Delta"}])
    assert service.names == ["Delta", "Gamma"]


def test_a_restored_client_that_turns_out_to_have_a_created_name(
    service: Service, run: Run
) -> None:
    """It is restored first, and its name is read, before the create is decided on."""
    service.hides = True
    service.add("Acme", deleted=True)
    assert run(clients=["Acme", RESTORED])["failed"]
    assert service.names == ["Acme"]


def test_one_client_is_not_renamed_onto_another(service: Service, run: Run) -> None:
    """An id with the name of another active client is refused before the write."""
    service.add("Acme", "Globex")
    assert run(id=1001, name="Globex")["failed"]
    assert service.names == ["Acme", "Globex"]


def test_a_name_with_blanks_around_it(service: Service, run: Run) -> None:
    """It is not created again."""
    service.add(" Acme ")
    run(clients=["Acme"])
    assert service.names == [" Acme "]


def test_the_undo_of_a_rename_whose_old_name_was_created(service: Service, run: Run) -> None:
    """The created client gives the name up before it is deleted: the service may count deleted
    clients' names too."""
    service.refuses_taken_names = True
    service.add("Old")
    undo = run(clients=[{"id": 1001, "name": "New"}, "Old"])["undo"]
    assert service.names == ["New", "Old"]
    run(clients=undo)
    assert {row["name"] for row in service.rows.values() if not row["deleted_at"]} == {"Old"}
    assert service.ids == [1001]


def test_the_undo_of_a_purge_of_a_client_without_a_name(service: Service, run: Run) -> None:
    """An entry with a blank name would be refused: it has the id alone."""
    service.add(" ", "Acme")
    undo = run(clients=["Acme"], purge=True, max_deletion_percent=100)["undo"]
    assert service.ids == [1002]
    assert not run(clients=undo)["failed"]
    assert service.ids == [1001, 1002]


def test_a_pattern_protects_a_name_whose_lower_case_is_longer(service: Service, run: Run) -> None:
    """``Gro?`` fits ``Groß``, which is ``gross`` where case does not count."""
    service.add("Groß", "Acme")
    run(clients=[{"name": "Groß", "state": "absent"}], protected=["Gro?"])
    assert service.names == ["Acme", "Groß"]


def test_purge_leaves_protected_clients_alone(service: Service, run: Run) -> None:
    """Only an entry that would delete or rename one is an error."""
    service.add("Acme", "Internal", "Old")
    result = run(clients=["Acme"], purge=True, protected=["Internal*"], max_deletion_percent=100)
    assert (result["failed"], service.names) == (False, ["Acme", "Internal"])


def test_the_last_client_is_never_purged(service: Service, run: Run) -> None:
    """Not even where an entry deletes the others."""
    service.add("Acme", "Old")
    result = run(clients=[{"name": "Acme", "state": "absent"}], purge=True)
    assert (result["failed"], service.names) == (True, ["Acme", "Old"])


# between runs


@pytest.mark.parametrize("currency", ["clears", "keeps", "none"])
@pytest.mark.parametrize(
    "task",
    [
        {"clients": [{"id": 1001, "name": "Globex"}, {"id": 1002, "name": "Acme"}]},
        {"clients": [{"id": 1003, "name": "New", "state": "restored"}]},
        {"id": 1001, "name": "New"},
    ],
    ids=["a ring", "a hidden client", "focus_client"],
)
def test_a_currency_that_nobody_named(
    service: Service, run: Run, currency: str, task: dict[str, Any]
) -> None:
    """A PUT sends back the one that was read, if there is one; the undo does, too."""
    service.currency, service.hides = currency, True
    service.add("Acme", currency="USD")
    service.add("Globex", currency="CHF")
    service.add("Old", deleted=True, currency="JPY")
    undo = run(**task)["undo"]
    assert [row["currency"] for row in service.rows.values()] == ["USD", "CHF", "JPY"]
    run(clients=undo)
    assert [row["currency"] for row in service.rows.values()] == ["USD", "CHF", "JPY"]
    puts = [request for request in service.log if request.method == "PUT"]
    assert all(("currency" in put.sent) is (currency != "none") for put in puts)


def test_the_undo_of_a_rename_whose_old_name_somebody_took(service: Service, run: Run) -> None:
    """It is refused, and says who has it; two clients of the name were the other way."""
    service.add("Globex")
    undo = run(clients=[{"id": 1001, "name": "Globex Corporation"}])["undo"]
    service.add("Globex")
    back = run(clients=undo)
    assert back["failed"] and "1002" in back["msg"]
    assert service.names == ["Globex", "Globex Corporation"]


@pytest.mark.parametrize("shown", ["the client", "its id", "nothing"])
def test_nights_with_a_service_that_writes_names_its_own_way(
    service: Service, run: Run, shown: str
) -> None:
    """The second night makes no client more than the first."""
    active: list[int] = []

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method != "POST":
            return carry_out()
        answer = service.answer_to_create((request.name or "").lower())
        bodies = {"the client": answer.body, "its id": {"id": answer.body["id"]}, "nothing": b""}
        return answer._replace(body=bodies[shown])

    service.rule = rule
    for _night in range(3):
        run(clients=["Acme"])
        active.append(len(service.ids))
    assert active[1:] == active[:1] * 2


# runs that end, with a report


@pytest.mark.parametrize("state", ["present", "restored"])
def test_a_plan_of_names_in_two_cases_ends(service: Service, run: Run, state: str) -> None:
    """A ring of renames is broken once, also where names differ only in their case."""
    service.add("a", deleted=True)
    service.add("A")
    wanted = [{**RESTORED, "name": "A"}, {"id": 1002, "name": "a", "state": state}]
    run(check=True, clients=wanted)
    run(check=True, clients=[{**RESTORED, "name": "a"}, {**wanted[1], "name": "A"}])


def test_a_name_that_cannot_be_sent(service: Service, run: Run) -> None:
    """Half of a character is refused as input, with a sentence."""
    result = run(clients=["Acme", "\ud800"])
    assert (result["failed"], service.names) == (True, [])
    assert "Traceback" not in json.dumps(result)


def test_an_answer_that_is_nested_deep(service: Service, run: Run) -> None:
    """What nobody foresaw of one step takes the report of the others with it no more."""
    deep = b'{"id": 1, "name": "New", "x": ' + b"[" * 900 + b"]" * 900 + b"}"

    def rule(request: Request, carry_out: Proceed) -> Answer:
        answer = carry_out()
        return answer._replace(body=deep) if request.name == "New" else answer

    service.rule = rule
    result = run(clients=["Acme", "New"])
    assert result["msg"] and "undo" in result
    assert "Traceback" not in json.dumps(result)


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_a_journal_that_cannot_be_written(
    service: Service, run: Run, tmp_path: Path, check: bool
) -> None:
    """It is found before the first write, in check mode too, and named."""
    journal = tmp_path / "none" / "journal.jsonl"
    result = run(check=check, clients=["Acme"], journal=str(journal))
    assert (result["failed"], service.writes) == (True, [])
    assert str(journal) in result["msg"]


def test_a_journal_that_is_a_pipe(service: Service, run: Run, tmp_path: Path) -> None:
    """It is refused; nobody waits for a reader."""
    os.mkfifo(tmp_path / "journal")
    assert run(clients=["Acme"], journal=str(tmp_path / "journal"))["failed"]


# secrets, quota, answers


def test_no_part_of_the_token_is_shown(service: Service, run: Run) -> None:
    """Where the service repeats it near the place where its words are cut, too."""

    def rule(request: Request, carry_out: Proceed) -> Answer:
        if request.method != "POST":
            return carry_out()
        return refusal(400, "x" * int(request.name or "") + f" {TOKEN} and more" + "y" * 900)

    service.rule = rule
    result = run(clients=[str(length) for length in range(40, 1040, 13)])
    assert result["failed"]
    assert TOKEN[12:20] not in json.dumps(result)


def test_a_quota_that_plain_text_speaks_of(service: Service, run: Run) -> None:
    """402 without a header is about the quota if its words are, and says when to come back."""
    words = b"You have hit your hourly limit for API calls. Your quota will reset in 1838 seconds."
    service.rule = to("GET", Answer(402, words, {"Content-Type": "text/plain"}))
    result = run(clients=["Acme"])
    assert result["failed"] and "quota" in result["msg"]
    assert "1838" in result["msg"] or "31 min" in result["msg"]


def test_an_informational_answer_before_the_answer(service: Service, run: Run) -> None:
    """103 is none: the 201 behind it is not taken for the answer to the next request."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

    def rule(request: Request, carry_out: Proceed) -> Answer:
        answer = carry_out()
        return answer._replace(before=hints) if request.method == "POST" else answer

    service.rule = rule
    result = run(clients=["One", "Two"], concurrency=1)
    assert (result["failed"], service.names) == (False, ["One", "Two"])


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize(
    ("method", "entry"),
    [
        ("DELETE", {"name": "Acme", "state": "absent"}),
        ("PUT", {"id": 1001, "name": "New"}),
        ("PATCH", {"id": 1002, "state": "restored"}),
    ],
)
def test_an_answer_that_does_not_say_that_it_was_done(
    service: Service, run: Run, method: str, entry: Any, status: int, carried_out: bool
) -> None:
    """Only 204 does. After any other success, the client is looked at."""
    service.add("Acme")
    service.add("Old", deleted=True)
    before = [dict(row) for row in service.rows.values()]
    service.rule = to(method, refusal(status, "something"), carried_out)
    result = run(clients=[entry])
    changed = [dict(row) for row in service.rows.values()] != before
    assert (changed, result["changed"], result["failed"]) == (
        carried_out,
        carried_out,
        not carried_out,
    )


def test_a_name_that_nobody_sees(service: Service, run: Run) -> None:
    """No list can give it, so the way back has the id alone."""
    service.add("\u3164", "Acme")
    undo = run(clients=["Acme"], purge=True, max_deletion_percent=100)["undo"]
    assert service.ids == [1002]
    assert not run(clients=undo)["failed"]
    assert service.ids == [1001, 1002]


def test_a_name_that_a_client_had_when_it_was_deleted_before(
    service: Service, run: Run, tmp_path: Path
) -> None:
    """A journal knows a client by the name that it had when it was deleted last."""
    service.hides = True
    service.add("Acme", "Other")
    options = {"journal": str(tmp_path / "journal")}
    run(clients=[{"name": "Acme", "state": "absent"}], **options)
    service.rows[1001].update(name="Acme Old", deleted_at=None)  # by somebody else
    run(clients=[{"name": "Acme Old", "state": "absent"}], **options)
    assert run(name="Acme", state="restored", **options)["failed"]
    assert service.names == ["Other"]
    assert run(name="Acme Old", state="restored", **options)["client"]["id"] == 1001


def test_a_name_that_another_entry_gives_away(service: Service, run: Run, tmp_path: Path) -> None:
    """The journal knows the deleted client of the name, which the service hides."""
    service.hides = True
    service.add("Acme")
    options = {"journal": str(tmp_path / "journal")}
    run(clients=[{"name": "Acme", "state": "absent"}], **options)
    service.add("Acme")
    wanted = [{"id": 1002, "name": "Acme 2"}, {"name": "Acme", "state": "restored"}]
    assert not run(clients=wanted, **options)["failed"]
    assert {n: r["name"] for n, r in service.rows.items()} == {1001: "Acme", 1002: "Acme 2"}


# right about what it is given


@pytest.mark.parametrize("digest", ["", " ", "none"], ids=repr)
def test_a_digest_that_is_none(service: Service, run: Run, digest: str) -> None:
    """Given but blank or malformed, it is an error before any request."""
    assert run(clients=["Acme"], plan_digest=digest)["failed"]
    assert service.log == []


def test_a_mistake_in_a_list(service: Service, run: Run) -> None:
    """The message has the number and the name of the entry, and the nearest word."""
    wanted = [{"name": "Alpha"}, {"name": "Beta"}, {"name": "Gamma", "state": "presnt"}]
    result = run(clients=wanted)
    assert result["failed"] and service.log == []
    for word in ("3", '"Gamma"', '"presnt"', "present"):
        assert word in result["msg"]


def test_a_missing_option_names_its_variable(run: Run) -> None:
    """Who has not given the workspace reads where it can come from."""
    result = run(clients=["Acme"], workspace_id=None)
    assert result["failed"] and "TOGGL_FOCUS_WORKSPACE_ID" in result["msg"]


def test_a_login_that_a_task_gives(service: Service, run: Run, environment: dict[str, str]) -> None:
    """A token in the environment does not contradict it."""
    environment["TOGGL_API_TOKEN"] = TOKEN
    login = {"username": "somebody@example.com", "password": "correct horse battery staple"}
    assert not run(clients=["Acme"], api_token=None, **login)["failed"]
