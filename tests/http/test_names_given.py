# SPDX-License-Identifier: GPL-3.0-or-later
"""A name is given only where no active client has it, however the service's filter compares."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from support.running import MODULES, client, clients, info, run_entry
from support.workspace import fill

SHOW_BLANKS = [kind for kind in QUESTIONS["name_filter"] if kind not in ("equals", "begins")]
"""The filters that show a name with blanks before it to a look-up without them."""


def assert_refused_by_both(service: Simulator, wanted: str, check_mode: bool, has: int) -> None:
    """``focus_client`` refuses it before the write, in the words of ``focus_clients``."""
    one, many = (run_entry(module, service, wanted, check_mode) for module in MODULES)
    assert (one["failed"], one["changed"]) == (many["failed"], many["changed"]) == (True, False)
    assert one["msg"][1:] in many["msg"]
    assert f"which client {has} has" in one["msg"]
    assert "only one active client may get a name" in one["msg"]
    assert service.writes == []


@pytest.mark.parametrize("name_filter", SHOW_BLANKS)
@pytest.mark.parametrize("there", [" Acme", "Acme ", "  Acme", "Acme\t"])
def test_a_name_with_blanks_around_it_is_not_duplicated(
    service: Simulator, there: str, name_filter: str
) -> None:
    """The service keeps the blanks. What an exact filter hides is not looked for."""
    fill(service, there, Switches(names_trimmed=False, name_filter=name_filter))
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
    assert_refused_by_both(service, f"{wanted} {name}", check_mode, has=1002)


@pytest.mark.parametrize("wanted", ["restored 1001", "restored 1001 Acme"])
def test_a_client_is_not_restored_beside_a_namesake(
    service: Simulator, wanted: str, check_mode: bool
) -> None:
    """A look by id shows the name that a deleted client comes back with."""
    assert_refused_by_both(fill(service, "(Acme), Acme"), wanted, check_mode, has=1002)


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


UNSEEN = "\u200b\u3164"


NOT_TO_BE_HAD_BACK: dict[str, tuple[str, list[Any]]] = {
    "1001 Acme": (UNSEEN, []),
    "restored 1001 Acme": (f"({UNSEEN})", [{"id": 1001, "state": "absent"}]),
}


@pytest.mark.parametrize("wanted", NOT_TO_BE_HAD_BACK)
def test_a_name_that_no_list_can_give_back_is_a_warning(
    service: Simulator, wanted: str, module: str, check_mode: bool
) -> None:
    """With the id and the name, so that it can be given back in another way."""
    there, undo = NOT_TO_BE_HAD_BACK[wanted]
    result = run_entry(module, fill(service, there), wanted, check_mode)
    had = 'The client 1001 had the name "\\u200b\\u3164"'
    assert any(had in warning for warning in result["warnings"]), result
    assert result["undo"] == undo
