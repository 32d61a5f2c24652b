# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost, nothing is duplicated, and what is said of it is true: each rule as one story on
the wire, told from the design alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wire.conftest import Run
from wire.standin import Answer, Proceed, Request, Service, refusal


def test_pages_of_several_sizes(service: Service, run: Run) -> None:
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


def test_the_undo_of_a_rename_whose_old_name_was_created(service: Service, run: Run) -> None:
    """The created client gives the name up before it is deleted: the service may count deleted
    clients' names too."""
    service.refuses_taken_names = True
    service.add("Old")
    undo = run(clients=[{"id": 1001, "name": "New"}, "Old"])["undo"]
    assert service.names == {1001: "New", 1002: "Old"}
    run(clients=undo)
    assert service.names == {1001: "Old"}


TASKS: dict[str, dict[str, Any]] = {
    "a ring": {"clients": [{"id": 1001, "name": "Globex"}, {"id": 1002, "name": "Acme"}]},
    "a hidden client": {"clients": [{"id": 1003, "name": "New", "state": "restored"}]},
    "focus_client": {"id": 1001, "name": "New"},
}


@pytest.mark.parametrize("currency", ["clears", "keeps", "none"])
@pytest.mark.parametrize("task", TASKS)
def test_a_currency_that_nobody_named(service: Service, run: Run, currency: str, task: str) -> None:
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


@pytest.mark.parametrize("is_done", [True, False])
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
    service: Service, run: Run, method: str, entry: Any, status: int, is_done: bool
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
    result = run(clients=[entry])
    assert (service.names != before, result["changed"], not result["failed"]) == (is_done,) * 3


def test_a_name_that_another_entry_gives_away(service: Service, run: Run, tmp_path: Path) -> None:
    """The journal knows the deleted client of the name, which the service hides."""
    service.hides = True
    service.add("Acme")
    options = {"journal": str(tmp_path / "journal")}
    run(clients=[{"name": "Acme", "state": "absent"}], **options)
    service.add("Acme")
    wanted = [{"id": 1002, "name": "Acme 2"}, {"name": "Acme", "state": "restored"}]
    assert not run(clients=wanted, **options)["failed"]
    assert service.names == {1001: "Acme", 1002: "Acme 2"}
