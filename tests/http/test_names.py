# SPDX-License-Identifier: GPL-3.0-or-later
"""A name is given only where no active client has it, and no list holds one that was masked."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.service import Credentials
from simulator.switches import QUESTIONS, Switches
from support.running import MODULES, client, clients, info, run_entry
from support.workspace import fill

SHOW_BLANKS = [kind for kind in QUESTIONS["name_filter"] if kind not in ("equals", "begins")]
"""The filters that show a name with blanks before it to a look-up without them."""


def assert_refused_by_both(service: Simulator, wanted: str, check_mode: bool) -> None:
    """``focus_client`` refuses it before the write, in the words of ``focus_clients``."""
    one, many = (run_entry(module, service, wanted, check_mode) for module in MODULES)
    assert (one["failed"], one["changed"]) == (many["failed"], many["changed"]) == (True, False)
    assert one["msg"][1:] in many["msg"]
    assert "which client 1002 has" in one["msg"]
    assert "only one active client may get a name" in one["msg"]
    assert service.writes == []


@pytest.mark.parametrize("filters", SHOW_BLANKS)
@pytest.mark.parametrize("there", [" Acme", "Acme ", "  Acme", "Acme\t"])
def test_blanks_around_a_name_do_not_count(service: Simulator, there: str, filters: str) -> None:
    """The service keeps them. What an exact filter hides is not looked for."""
    fill(service, there, Switches(names_trimmed=False, name_filter=filters))
    result = client(service, name="Acme")
    assert (result["action"], service.names()) == ("none", [there])


@pytest.mark.parametrize("shows", [True, False])
@pytest.mark.parametrize("holder", ["Acme", "Acme ", "Mu\u0308ller"])
@pytest.mark.parametrize("wanted", ["1001", "restored 1003"])
def test_a_client_gets_no_name_that_another_one_has(
    service: Simulator, wanted: str, holder: str, shows: bool, check_mode: bool
) -> None:
    """Also where the service hides deleted clients and compares exactly."""
    deleted = {"list_shows_deleted": shows, "get_shows_deleted": shows}
    name_filter = "contains" if holder.endswith(" ") else "equals"
    switches = Switches(name_filter=name_filter, names_trimmed=False, **deleted)
    fill(service, f"Globex, {holder}, (Initech)", switches)
    name = "M\u00fcller" if "ller" in holder else "Acme"
    assert_refused_by_both(service, f"{wanted} {name}", check_mode)


@pytest.mark.parametrize("deleted", ["(Acme)", "( Acme )"])
@pytest.mark.parametrize("wanted", ["restored 1001", "restored 1001 Acme"])
def test_a_client_is_not_restored_beside_a_namesake(
    service: Simulator, wanted: str, deleted: str, check_mode: bool
) -> None:
    """A look by id shows the name that a deleted client comes back with; blanks do not count."""
    fill(service, f"{deleted}, Acme", Switches(name_filter="contains", names_trimmed=False))
    assert_refused_by_both(service, wanted, check_mode)


def test_two_names_of_one_unicode_form_are_an_error_in_focus_client_too(service: Simulator) -> None:
    """As far as the look-ups that are due show both: no third is made, and none is taken."""
    fill(service, "M\u00fcller, Mu\u0308ller", Switches(name_filter="ignored"))
    for state in ("present", "absent"):
        result = client(service, name="M\u00fcller", state=state)
        assert result["failed"] and "with the ids 1001, 1002" in result["msg"]
    assert service.writes == []


def test_a_look_alike_is_not_created(service: Simulator, check_mode: bool, module: str) -> None:
    """Refused as by a guard, with the lines to paste, of the module that takes both of them."""
    fill(service, "ACME", Switches(name_filter="any_case"))
    result = run_entry(module, service, "Acme", check_mode)
    assert (result["failed"], result["changed"], service.writes) == (True, False, [])
    assert 'looks like the active client "ACME" (id 1001)' in result["msg"]
    assert "former_names: [ACME]" in result["msg"]
    assert "an entry of its own in toggl.focus.focus_clients: name: ACME" in result["msg"]
    assert module == "focus_client" or result["refused"] and "error" in result["plan"][0]


@pytest.mark.parametrize("name", ["Two\nlines", "******** Ltd", "a $REDACTED$", "A\u2029B"])
def test_a_name_that_no_list_can_give_is_known_by_its_id(service: Simulator, name: str) -> None:
    """What is listed can be applied, and what is undone loses nothing but the name."""
    fill(service, name)
    assert info(service)["desired"] == [{"id": 1001}]
    assert clients(service, clients=info(service)["desired"], purge=True)["changed"] is False
    assert client(service, name=name, state="absent")["failed"] is True
    deleted = clients(service, clients="absent 1001")
    assert deleted["undo"] == [{"id": 1001, "state": "restored"}]
    assert clients(service, clients=deleted["undo"])["summary"]["restored"] == 1
    assert service.names() == [name]


ADVICE = "Use a new API key (api_token) in its place."


@pytest.fixture
def login(service: Simulator, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A login whose password is a part of two names: 1001's, and that of 1003, which is deleted."""
    fill(service, "demo Ltd, Acme, (demo GmbH)")
    given = {"username": "ada@example.com", "password": "demo"}
    monkeypatch.setattr(service, "credentials", Credentials(**given))
    return {"api_token": None, **given}


def assert_refused(service: Simulator, result: dict[str, Any], secret: str = "demo") -> None:
    """No output says which name it is: that would show a part of the password."""
    assert (result["failed"], result["changed"]) == (True, False), result
    assert ADVICE in result["msg"]
    assert secret not in str(result)
    assert service.writes == []


TOUCHING = (
    *("Globex (was demo Ltd)", "1001 Globex", "New demo (was Acme)", "Ademo", "absent demo Ltd"),
    *("restored 1003", "restored demo GmbH"),
)


@pytest.mark.parametrize("wanted", TOUCHING)
def test_a_change_of_a_name_with_the_password_is_an_error_before_any_write(
    service: Simulator, login: Any, wanted: str, module: str, check_mode: bool
) -> None:
    """Its undo could not be applied, or would rename the client to what was masked."""
    assert_refused(service, run_entry(module, service, wanted, check_mode, **login))


def test_a_purge_of_such_a_client_too(service: Simulator, login: Any, check_mode: bool) -> None:
    purge = {"clients": "Acme; New", "purge": True, "max_deletion_percent": 100}
    assert_refused(service, clients(service, check_mode, **purge, **login))


def test_what_is_left_alone_may_have_it(service: Simulator, login: Any) -> None:
    """Nothing is to be undone, so nothing is masked that matters."""
    assert clients(service, clients="demo Ltd; New", **login)["changed"] is True
    assert client(service, name="demo Ltd", **login)["action"] == "none"


def test_a_list_that_would_be_masked_is_an_error(service: Simulator, login: Any) -> None:
    """The export writes ``desired``, and applying it would rename the client."""
    for given in ({}, {"name": "demo Ltd"}, {"id": 1001}, {"deleted": "only"}):
        assert_refused(service, info(service, **given, **login))
    assert info(service, name="Acme", **login)["desired"] == [{"name": "Acme"}]


def test_an_id_counts_as_a_name(service: Simulator, login: Any) -> None:
    """Ansible masks numbers too, in a module's result."""
    service.credentials = service.credentials._replace(password="1001")
    result = client(service, id=1001, state="absent", **{**login, "password": "1001"})
    assert ADVICE in result["msg"], result
    assert service.writes == []


def test_a_key_in_a_name_is_to_be_replaced(service: Simulator) -> None:
    """Whoever sees the workspace has the key."""
    fill(service, f"key {service.token}")
    for result in (client(service, id=1001, name="Acme"), info(service)):
        assert_refused(service, result, service.token)
