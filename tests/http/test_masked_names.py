# SPDX-License-Identifier: GPL-3.0-or-later
"""No list holds a name that was masked: with the password "demo", the undo of renaming "demo Ltd"
would call the client "******** Ltd"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.service import Credentials
from support.running import client, clients, info

CREDENTIALS = Credentials(token="toggl_sk_of-a-test", username="ada@example.com", password="demo")
ADVICE = "Use an API key (api_token) in place of the password."


@pytest.fixture
def login(service: Simulator) -> Iterator[dict[str, Any]]:
    """The options of a task that logs in with a short password."""
    usual, service.credentials = service.credentials, CREDENTIALS
    yield {"api_token": None, "username": CREDENTIALS.username, "password": CREDENTIALS.password}
    service.credentials = usual


def fill(service: Simulator) -> None:
    service.reset()
    service.add("demo Ltd")
    service.add("Acme")
    service.add("demo GmbH", deleted=True)


TOUCHING: dict[str, dict[str, Any]] = {
    "renamed from it": {"name": "Globex", "former_names": ["demo Ltd"]},
    "renamed from it by id": {"id": 1001, "name": "Globex"},
    "renamed to it": {"name": "New demo", "former_names": ["Acme"]},
    "created": {"name": "Ademo"},
    "deleted": {"name": "demo Ltd", "state": "absent"},
    "restored": {"id": 1003, "state": "restored"},
    "restored by name": {"name": "demo GmbH", "state": "restored"},
}


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
@pytest.mark.parametrize("case", TOUCHING)
def test_a_change_of_a_name_with_the_password_is_an_error_before_any_write(
    service: Simulator, login: dict[str, Any], case: str, check_mode: bool
) -> None:
    """Its undo could not be applied, or would rename the client to what was masked. No output says
    which name it is: that would show a part of the password."""
    wanted = TOUCHING[case]
    for run in (
        lambda: client(service, check_mode, **wanted, **login),
        lambda: clients(service, check_mode, clients=["Acme", wanted], **login),
        lambda: clients(service, check_mode, clients=[wanted], **login),
    ):
        fill(service)
        result = run()
        assert (result["failed"], result["changed"]) == (True, False), result
        assert ADVICE in result["msg"]
        assert "demo" not in str(result)
        assert service.writes == []


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "run"])
def test_a_purge_of_such_a_client_too(
    service: Simulator, login: dict[str, Any], check_mode: bool
) -> None:
    fill(service)
    result = clients(
        service, check_mode, clients=["Acme"], purge=True, max_deletion_percent=100, **login
    )
    assert ADVICE in result["msg"], result
    assert service.writes == []


def test_what_is_left_alone_may_have_it(service: Simulator, login: dict[str, Any]) -> None:
    """Nothing is to be undone, so nothing is masked that matters."""
    fill(service)
    assert clients(service, clients=["demo Ltd", "New"], **login)["changed"] is True
    assert client(service, name="demo Ltd", **login)["action"] == "none"


def test_an_id_counts_as_a_name(service: Simulator) -> None:
    """Ansible masks numbers too, in a module's result."""
    fill(service)
    usual = service.credentials
    service.credentials = Credentials(CREDENTIALS.token, CREDENTIALS.username, "1001")
    try:
        given = {"api_token": None, "username": CREDENTIALS.username, "password": "1001"}
        result = client(service, id=1001, state="absent", **given)
    finally:
        service.credentials = usual
    assert ADVICE in result["msg"], result
    assert service.writes == []


@pytest.mark.parametrize("given", [{}, {"name": "demo Ltd"}, {"id": 1001}, {"deleted": "only"}])
def test_a_list_that_would_be_masked_is_an_error(
    service: Simulator, login: dict[str, Any], given: dict[str, Any]
) -> None:
    """The export writes ``desired``, and applying it would rename the client."""
    fill(service)
    result = info(service, **given, **login)
    assert result["failed"] is True
    assert ADVICE in result["msg"]
    assert "demo" not in str(result)


def test_a_list_of_other_clients_is_none(service: Simulator, login: dict[str, Any]) -> None:
    fill(service)
    assert info(service, name="Acme", **login)["desired"] == [{"name": "Acme"}]


def test_with_an_api_key_each_name_is_as_it_is(service: Simulator, login: dict[str, Any]) -> None:
    fill(service)
    given = {"api_token": CREDENTIALS.token}
    renamed = clients(service, clients=[{"id": 1001, "name": "Globex"}], **given)
    back = {"name": "demo Ltd", "id": 1001}
    assert renamed["undo"] == [back]
    assert info(service, **given)["desired"] == [{"name": "Globex"}, {"name": "Acme"}]


def test_a_key_in_a_name_is_to_be_replaced(service: Simulator, login: dict[str, Any]) -> None:
    """Whoever sees the workspace has the key."""
    service.reset()
    service.add(f"key {CREDENTIALS.token}")
    given = {"api_token": CREDENTIALS.token}
    for result in (client(service, id=1001, name="Acme", **given), info(service, **given)):
        assert result["failed"] is True
        assert "Make a new API key" in result["msg"]
        assert CREDENTIALS.token not in str(result)
    assert service.writes == []
