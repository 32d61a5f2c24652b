# SPDX-License-Identifier: GPL-3.0-or-later
"""No list holds a name that was masked: applied, it would call the client "******** Ltd"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.service import Credentials
from support.notation import unnamed_rows
from support.running import client, clients, info, run_entry
from support.workspace import fill

ADVICE = "Use a new API key (api_token) in its place."


@pytest.fixture(autouse=True)
def usual(service: Simulator) -> Iterator[None]:
    credentials = service.credentials
    fill(service, "demo Ltd, Acme, (demo GmbH)")
    yield
    service.credentials = credentials


def login(service: Simulator, password: str = "demo") -> dict[str, Any]:
    """The options of a task that logs in with a short password."""
    service.credentials = Credentials(username="ada@example.com", password=password)
    return {"api_token": None, "username": "ada@example.com", "password": password}


def assert_refused(service: Simulator, result: dict[str, Any]) -> None:
    """No output says which name it is: that would show a part of the password."""
    assert (result["failed"], result["changed"]) == (True, False), result
    assert ADVICE in result["msg"]
    assert "demo" not in str(result)
    assert service.writes == []


TOUCHING = unnamed_rows("""
Globex (was demo Ltd)
1001 Globex
New demo (was Acme)
Ademo
absent demo Ltd
restored 1003
restored demo GmbH
""")


@pytest.mark.parametrize("wanted", TOUCHING)
def test_a_change_of_a_name_with_the_password_is_an_error_before_any_write(
    service: Simulator, wanted: str, module: str, check_mode: bool
) -> None:
    """Its undo could not be applied, or would rename the client to what was masked."""
    assert_refused(service, run_entry(module, service, wanted, check_mode, **login(service)))
    if module == "focus_clients":
        among_others = {"clients": f"Acme; {wanted}" if "Acme" not in wanted else wanted}
        assert_refused(service, clients(service, check_mode, **among_others, **login(service)))


def test_a_purge_of_such_a_client_too(service: Simulator, check_mode: bool) -> None:
    purge = {"clients": "Acme", "purge": True, "max_deletion_percent": 100}
    assert_refused(service, clients(service, check_mode, **purge, **login(service)))


def test_what_is_left_alone_may_have_it(service: Simulator) -> None:
    """Nothing is to be undone, so nothing is masked that matters."""
    assert clients(service, clients="demo Ltd; New", **login(service))["changed"] is True
    assert client(service, name="demo Ltd", **login(service))["action"] == "none"


def test_an_id_counts_as_a_name(service: Simulator) -> None:
    """Ansible masks numbers too, in a module's result."""
    result = client(service, id=1001, state="absent", **login(service, "1001"))
    assert ADVICE in result["msg"], result
    assert service.writes == []


@pytest.mark.parametrize("given", [{}, {"name": "demo Ltd"}, {"id": 1001}, {"deleted": "only"}])
def test_a_list_that_would_be_masked_is_an_error(service: Simulator, given: Any) -> None:
    """The export writes ``desired``, and applying it would rename the client."""
    assert_refused(service, info(service, **given, **login(service)))
    assert info(service, name="Acme", **login(service))["desired"] == [{"name": "Acme"}]


def test_with_an_api_key_each_name_is_as_it_is(service: Simulator) -> None:
    login(service)
    renamed = clients(service, clients="1001 Globex")
    assert renamed["undo"] == [{"name": "demo Ltd", "id": 1001}]
    assert info(service)["desired"] == [{"name": "Globex"}, {"name": "Acme"}]


def test_a_key_in_a_name_is_to_be_replaced(service: Simulator) -> None:
    """Whoever sees the workspace has the key."""
    fill(service, f"key {service.token}")
    for result in (client(service, id=1001, name="Acme"), info(service)):
        assert result["failed"] is True
        assert ADVICE in result["msg"]
        assert service.token not in str(result)
    assert service.writes == []
