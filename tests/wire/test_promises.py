# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost, nothing is duplicated, and what is said of it is true: each rule as one story on
the wire, told from the design alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from wire.conftest import Run
from wire.standin import LOST, THEN, Answer, Proceed, Request, Service, page_of, refusal

RESTORED = {"id": 1001, "state": "restored"}
ABSENT = {"name": "Acme", "state": "absent"}


def many(count: int) -> list[str]:
    return [f"Client {number:03}" for number in range(1, count + 1)]


# duplicates and wrong deletions


def test_a_client_that_is_deleted_while_the_list_is_read(service: Service, run: Run) -> None:
    """It hides another one between two pages, which is not created again."""
    service.hides = True
    service.add(*many(150))

    def rule(_request: Request, proceed: Proceed) -> Answer:
        answer = proceed()
        service.rows[1001]["deleted_at"] = THEN  # by somebody else
        return answer

    service.rules["GET"] = rule
    run(clients=[*many(150)[1:], "New"])
    assert service.names.count("Client 101") == 1


def test_pages_of_several_sizes(service: Service, run: Run) -> None:
    """They show that the list moved: nothing is created from it."""
    service.add(*many(150))

    def rule(request: Request, proceed: Proceed) -> Answer:
        if request.query.get("page", "1") != "1":
            return proceed()
        return page_of([dict(row) for row in list(service.rows.values())[:50]], 1, 50)

    service.rules["GET"] = rule
    result = run(clients=many(150))
    assert (result["failed"], service.writes) == (True, [])


def test_the_undo_of_a_create_without_an_id(service: Service, run: Run) -> None:
    """An older client that is shown later is never taken for the new one and deleted."""
    old = service.add("Acme")

    def create(_request: Request, proceed: Proceed) -> Answer:
        del service.rules["GET"]
        return proceed()._replace(body=b"")

    service.rules = {"GET": lambda *_: page_of([], 1, 100), "POST": create}
    undo = run(clients=["Acme"])["undo"]
    run(clients=undo)
    assert old in service.ids


def test_a_client_that_the_run_restores_is_not_the_one_it_creates(
    service: Service, run: Run
) -> None:
    """The answer to a create is lost; the client of that name which is there is one of the plan's
    own."""
    service.hides = True
    service.add("Gamma", deleted=True)

    def lost(_request: Request, _proceed: Proceed) -> Answer:
        del service.rules["POST"]
        time.sleep(0.3)
        return LOST

    def later(_request: Request, proceed: Proceed) -> Answer:
        time.sleep(3)  # so that it keeps the name
        return proceed()

    service.rules = {"POST": lost, "PUT": later}
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


@pytest.mark.parametrize("name", [" ", "\u3164"], ids=["blank", "unseen"])
def test_the_undo_of_a_purge_of_a_client_without_a_name(
    service: Service, run: Run, name: str
) -> None:
    """No list can give such a name: the entry has the id alone."""
    service.add(name, "Acme")
    undo = run(clients=["Acme"], purge=True, max_deletion_percent=100)["undo"]
    assert service.ids == [1002]
    assert not run(clients=undo)["failed"]
    assert service.ids == [1001, 1002]


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

    def rule(request: Request, _proceed: Proceed) -> Answer:
        answer = service.answer_to_create((request.name or "").lower())
        bodies = {"the client": answer.body, "its id": {"id": answer.body["id"]}, "nothing": b""}
        return answer._replace(body=bodies[shown])

    service.rules["POST"] = rule
    for _night in range(3):
        run(clients=["Acme"])
        active.append(len(service.ids))
    assert active[1:] == active[:1] * 2


# answers and journals


@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("status", [200, 202])
@pytest.mark.parametrize(
    ("method", "entry"),
    [
        ("DELETE", ABSENT),
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
    before = [dict(row) for row in service.rows.values()]

    def rule(_request: Request, proceed: Proceed) -> Answer:
        if is_done:
            proceed()
        return refusal(status, "something")

    service.rules[method] = rule
    result = run(clients=[entry])
    changed = [dict(row) for row in service.rows.values()] != before
    assert (changed, result["changed"], not result["failed"]) == (is_done,) * 3


def test_a_name_that_a_client_had_when_it_was_deleted_before(
    service: Service, run: Run, tmp_path: Path
) -> None:
    """A journal knows a client by the name that it had when it was deleted last."""
    service.hides = True
    service.add("Acme", "Other")
    options = {"journal": str(tmp_path / "journal")}
    run(clients=[ABSENT], **options)
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
    run(clients=[ABSENT], **options)
    service.add("Acme")
    wanted = [{"id": 1002, "name": "Acme 2"}, {"name": "Acme", "state": "restored"}]
    assert not run(clients=wanted, **options)["failed"]
    assert {n: r["name"] for n, r in service.rows.items()} == {1001: "Acme", 1002: "Acme 2"}
