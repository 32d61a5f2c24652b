# SPDX-License-Identifier: GPL-3.0-or-later
"""A name is given only where no active client has it, however the service's filter compares."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from support.running import client, clients, info

SHOW_BLANKS = [
    str(answer) for answer in QUESTIONS["name_filter"] if answer not in ("equals", "begins")
]
"""The filters that show a name with blanks before it to a look-up without them."""

PADDED = [" Acme", "Acme ", "  Acme", "Acme\t"]


@pytest.mark.parametrize("name_filter", SHOW_BLANKS)
@pytest.mark.parametrize("there", PADDED)
def test_a_name_with_blanks_around_it_is_not_duplicated(
    service: Simulator, there: str, name_filter: str
) -> None:
    """The service keeps the blanks; what a look-up shows is compared without them. (What an exact
    filter hides is not looked for: that would cost a list of the whole workspace.)"""
    service.reset(Switches(names_trimmed=False, name_filter=name_filter))
    service.add(there)
    result = client(service, name="Acme")
    assert (result["action"], service.names()) == ("none", [there])


TAKEN: dict[str, dict[str, Any]] = {
    "renamed": {"id": 1001},
    "restored and renamed": {"id": 1003, "state": "restored"},
}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("shows_deleted", [True, False])
@pytest.mark.parametrize(
    ("holder", "name_filter"),
    [("Acme", "equals"), ("Acme ", "contains"), ("Mu\u0308ller", "equals")],
)
@pytest.mark.parametrize("how", TAKEN)
def test_a_client_gets_no_name_that_another_one_has(
    service: Simulator,
    how: str,
    holder: str,
    name_filter: str,
    shows_deleted: bool,
    check_mode: bool,
) -> None:
    """With an id and a name, ``focus_client`` refuses it before the write, as ``focus_clients``
    does; also where the service hides deleted clients and compares exactly."""
    service.reset(
        Switches(
            name_filter=name_filter,
            names_trimmed=False,
            list_shows_deleted=shows_deleted,
            get_shows_deleted=shows_deleted,
        )
    )
    service.add("Globex")
    service.add(holder)
    service.add("Initech", deleted=True)
    wanted = {**TAKEN[how], "name": "M\u00fcller" if "ller" in holder else "Acme"}
    one = client(service, check_mode, **wanted)
    many = clients(service, check_mode, clients=[wanted])
    assert (one["failed"], one["changed"]) == (many["failed"], many["changed"]) == (True, False)
    assert one["msg"][1:] in many["msg"]
    assert "1002" in one["msg"] and "only one active client may get a name" in one["msg"]
    assert service.writes == []


def test_a_name_whose_client_is_there_needs_no_look(service: Simulator) -> None:
    """Nothing is renamed, so nothing is looked up."""
    service.add("Acme")
    assert client(service, id=1001, name="Acme")["requests"] == 1


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("wanted", [{}, {"name": "Acme"}], ids=["by its id", "with its name"])
def test_a_client_is_not_restored_beside_a_namesake(
    service: Simulator, wanted: dict[str, Any], check_mode: bool
) -> None:
    """A look by id shows the name that a deleted client comes back with."""
    service.add("Acme", deleted=True)
    service.add("Acme")
    given = {"id": 1001, "state": "restored", **wanted}
    one = client(service, check_mode, **given)
    many = clients(service, check_mode, clients=[given])
    assert one["msg"][1:] in many["msg"]
    assert "only one active client may get a name" in one["msg"]
    assert service.writes == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_name_that_is_given_twice_on_purpose_is_said(
    service: Simulator, check_mode: bool
) -> None:
    """An undo needs that, where several clients had one name before; whoever writes it in a list
    reads a warning with the ids."""
    service.add("Acme")
    service.add("Globex")
    wanted = [{"id": 1002, "name": "Acme", "former_names": ["Globex"]}]
    result = clients(service, check_mode, clients=wanted)
    assert result["warnings"] == [
        'The active clients 1001 and 1002 will have the name "Acme": an entry that gives the id '
        "and former_names says so on purpose."
    ]


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_client_with_a_former_name_that_is_left_alone_is_not_purged(
    service: Simulator, check_mode: bool
) -> None:
    """The wanted name and a former one are both active: nobody knows whether it is the same."""
    for name in ("Acme", "Acme Inc", "Globex", "Initech"):
        service.add(name)
    wanted = [{"name": "Acme", "former_names": ["Acme Inc"]}, {"name": "Globex"}]
    result = clients(service, check_mode, clients=wanted, purge=True)
    assert [step["name"] for step in result["plan"]] == ["Initech"]
    assert any('"Acme Inc" (id 1002)' in warning for warning in result["warnings"])


@pytest.mark.parametrize("module", ["focus_client", "focus_clients"])
def test_a_rename_before_a_deletion_may_give_a_taken_name(service: Simulator, module: str) -> None:
    """Only the name that a client ends with is checked against others, and this one ends deleted.
    The undo gives it its own name back."""
    service.add("Acme")
    service.add("Globex")
    wanted = {"id": 1001, "name": "Globex", "state": "absent", "former_names": ["Acme"]}
    if module == "focus_client":
        result = client(service, **wanted)
        assert result["msg"] == 'Renamed "Acme" (id 1001) to "Globex" and deleted it.'
    else:
        result = clients(service, clients=[wanted])
    assert service.names() == ["Globex"]
    assert not clients(service, clients=result["undo"]).get("failed")
    assert [(found.id, found.name) for found in service.clients()] == [
        (1001, "Acme"),
        (1002, "Globex"),
    ]


def test_an_undo_is_refused_where_a_namesake_was_not_shown(service: Simulator) -> None:
    """A filter that compares exactly hides a name with blanks around it, so the run could not know
    that two clients share it. The undo says who has it, and duplicates nothing."""
    service.reset(Switches(names_trimmed=False, name_filter="equals"))
    service.add("\tAcme")
    service.add("Acme")
    undo = client(service, name="Acme", state="absent")["undo"]
    result = clients(service, clients=undo)
    assert result["failed"] and "which client 1001 has" in result["msg"]
    assert service.names() == ["\tAcme"]


@pytest.mark.parametrize(
    ("there", "requests"), [("deleted", 1), ("of that name", 2)], ids=lambda value: str(value)
)
def test_a_deletion_without_a_rename_reads_no_list(
    service: Simulator, there: str, requests: int
) -> None:
    service.add("Acme", deleted=there == "deleted")
    wanted = {"id": 1001, "name": "Acme", "state": "absent", "former_names": ["Acme"]}
    assert client(service, **wanted)["requests"] == requests


@pytest.mark.parametrize("name", ["Two\nlines", "******** Ltd", "a $REDACTED$", "A\u2029B"])
def test_a_name_that_no_list_can_give_is_known_by_its_id(service: Simulator, name: str) -> None:
    """What is listed can be applied, and what is undone loses nothing but the name."""
    service.add(name)
    assert info(service)["desired"] == [{"id": 1001}]
    assert clients(service, clients=info(service)["desired"], purge=True)["changed"] is False
    assert client(service, name=name, state="absent")["failed"] is True
    deleted = clients(service, clients=[{"id": 1001, "state": "absent"}])
    assert deleted["undo"] == [{"id": 1001, "state": "restored"}]
    assert clients(service, clients=deleted["undo"])["summary"]["restored"] == 1
    assert service.names() == [name]
