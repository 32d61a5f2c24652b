# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost, nothing is duplicated, and what is said of it is true: each rule as one story on
the wire, told from the design alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.running import client, clients
from wire.standin import Answer, Proceed, Request, Service, refusal, running

service = pytest.fixture(running)


@pytest.fixture
def run(service: Any) -> Any:
    """``run(clients=...)`` is a task of ``focus_clients``, without a list of ``focus_client``."""

    def one(**options: Any) -> dict[str, Any]:
        module = clients if "clients" in options else client
        return {"failed": False, **module(service, **options)}

    return one


def test_pages_of_several_sizes(service: Service, run: Any) -> None:
    """They show that the list moved: nothing is created from it."""
    names = [f"Client {number:03}" for number in range(1, 151)]
    for name in names:
        service.add(name)

    def rule(request: Request, proceed: Proceed) -> Answer:
        whole = proceed()
        if request.query.get("page", "1") != "1":
            return whole
        return Answer(200, {**whole.body, "data": whole.body["data"][:50], "per_page": 50})

    service.rules["GET"] = rule
    assert run(clients=names)["failed"]
    assert {request.method for request in service.log} == {"GET"}


def test_the_undo_of_a_rename_whose_old_name_was_created(service: Service, run: Any) -> None:
    """The created client gives the name up before it is deleted: the service may count deleted
    clients' names too."""
    service.refuses_taken_names = True
    service.add("Old")
    undo = run(clients="1001 New; Old")["undo"]
    assert service.names == {1001: "New", 1002: "Old"}
    run(clients=undo)
    assert service.names == {1001: "Old"}


TASKS: dict[str, dict[str, Any]] = {
    "a ring": {"clients": "1001 Globex; 1002 Acme"},
    "a hidden client": {"clients": "restored 1003 New"},
    "focus_client": {"id": 1001, "name": "New"},
}


@pytest.mark.parametrize("currency", ["clears", "keeps", "none"])
@pytest.mark.parametrize("task", TASKS)
def test_a_currency_that_nobody_named(service: Service, run: Any, currency: str, task: str) -> None:
    """A PUT sends back the one that was read, if there is one; the undo does, too."""
    service.currency, service.hides = currency, True
    service.add("Acme", currency="USD")
    service.add("Globex", currency="CHF")
    service.add("Old", deleted=True, currency="JPY")
    undo = run(**TASKS[task])["undo"]
    assert [row["currency"] for row in service.rows.values()] == ["USD", "CHF", "JPY"]
    run(clients=undo)
    assert [row["currency"] for row in service.rows.values()] == ["USD", "CHF", "JPY"]
    puts = [request for request in service.log if request.method == "PUT"]
    assert all(("currency" in put.sent) is (currency != "none") for put in puts)


WRITES = [("DELETE", "absent Acme"), ("PUT", "1001 New"), ("PATCH", "restored 1002")]


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize(("method", "wanted"), WRITES)
def test_an_answer_that_does_not_say_that_it_was_done(
    service: Service, run: Any, method: str, wanted: str, status: int, is_done: bool
) -> None:
    """Only 204 does. After any other success, the client is looked at."""
    service.add("Acme")
    service.add("Old", deleted=True)
    before = service.names

    def rule(_request: Request, proceed: Proceed) -> Answer:
        if is_done:
            proceed()
        return refusal(status, "something")

    service.rules[method] = rule
    result = run(clients=wanted)
    assert (service.names != before, result["changed"], not result["failed"]) == (is_done,) * 3


def test_a_name_that_another_entry_gives_away(service: Service, run: Any, journal: Path) -> None:
    """The journal knows the deleted client of the name, which the service hides."""
    service.hides = True
    service.add("Acme")
    run(clients="absent Acme", journal=str(journal))
    service.add("Acme")
    assert not run(clients="1002 Acme 2; restored Acme", journal=str(journal))["failed"]
    assert service.names == {1001: "Acme", 1002: "Acme 2"}
