# SPDX-License-Identifier: GPL-3.0-or-later
"""A run and its undo over HTTP, where the service makes it hard."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import rows
from support.running import clients, run_entry
from support.workspace import HIDES, fill, state


def names(service: Simulator) -> str:
    """Of the active clients, and in parentheses of the deleted ones."""
    held = sorted(state(service).values(), key=lambda one: (one[1], one[0]))
    return ", ".join(f"({name})" if deleted else name for name, deleted in held)


# a create whose id is not known

FORGETS = Switches(create_body="nothing")


def looks_fail(service: Simulator) -> list[Fault]:
    """The two reads after a create are the looks for the client without an id."""

    def after_a_create(method: str, _: str) -> bool:
        return method == "GET" and any(entry.method == "POST" for entry in service.log)

    return [Fault(match=after_a_create, status=500)] * 2


def without_id(result: dict[str, Any]) -> list[str]:
    warnings: list[str] = result.get("warnings", [])
    return [one for one in warnings if "is not known, so the undo list finds it by its name" in one]


def test_a_create_without_an_id_is_taken_back_by_its_name_with_a_warning(
    service: Simulator,
) -> None:
    fill(service, "E", FORGETS, script=looks_fail(service))
    wanted = "1001 D; E"
    assert without_id(clients(service, True, clients=wanted)) == []
    result = clients(service, clients=wanted, api_retries=0)
    assert '"E"' in without_id(result)[0]
    undone = clients(service, clients=result["undo"], max_deletion_percent=100)
    assert "failed" not in undone
    assert names(service) == "E, (E)"


@pytest.mark.parametrize("switches", [FORGETS, Switches()], ids=["without an id", "with an id"])
def test_a_create_without_an_id_gets_a_warning(
    service: Simulator, switches: Switches, module: str
) -> None:
    service.reset(switches, script=looks_fail(service) if switches is FORGETS else [])
    warned = without_id(run_entry(module, service, "E", api_retries=0))
    assert len(warned) == (switches is FORGETS)


# what becomes of a run and of its undo

ROUND_TRIPS = rows("""
a client with a blank name that was purged  |   | A, \u00a0 | A | A, (\u00a0) | A, \u00a0
one of a former name is left alone, and not purged | | Acme, Acme Inc, Initech
    | Acme (was Acme Inc) | Acme, Acme Inc, (Initech) | Acme, Acme Inc, Initech
a hidden client restored under another name | hides | Old, (Old) | restored 1002 New
    | New, Old | Old, (Old)
a new client gives its name back            | hides | E | 1001 D; E | D, E | E, (toggl.focus-1002)
so it does where names of deleted ones count | all  | E | 1001 D; E | D, E | E, (toggl.focus-1002)
""")
SERVICES = {"hides": HIDES, "all": Switches(duplicates="refused_all"), "": None}


@pytest.mark.parametrize(("kind", "there", "wanted", "after", "undone"), ROUND_TRIPS)
def test_undo_takes_a_run_back(
    service: Simulator, kind: str, there: str, wanted: str, after: str, undone: str
) -> None:
    fill(service, there, SERVICES[kind])
    result = clients(service, clients=wanted, purge=not kind)
    assert names(service) == after
    assert "failed" not in clients(service, clients=result["undo"])
    assert names(service) == undone


# names that no list can give

UNSEEN = "\u200b\u3164"
LOST = 'The client 1001 had the name "\\u200b\\u3164"'


@pytest.mark.parametrize(
    ("there", "wanted", "undo"),
    [
        (UNSEEN, "1001 Acme", []),
        (f"({UNSEEN})", "restored 1001 Acme", [{"id": 1001, "state": "absent"}]),
    ],
    ids=["renamed", "restored under another name"],
)
def test_a_name_that_no_list_can_give_back_is_a_warning(
    service: Simulator, there: str, wanted: str, undo: list[Any], module: str, check_mode: bool
) -> None:
    """With the id and the name, so that it can be given back in another way."""
    result = run_entry(module, fill(service, there), wanted, check_mode)
    assert [one for one in result["warnings"] if LOST in one] != [], result
    assert result["undo"] == undo


@pytest.mark.parametrize(
    ("there", "wanted"),
    [(UNSEEN, "absent 1001"), (f"({UNSEEN})", "restored 1001"), (UNSEEN, "1001")],
    ids=["deleted", "restored", "left alone"],
)
def test_a_name_that_comes_back_is_no_warning(service: Simulator, there: str, wanted: str) -> None:
    assert "warnings" not in clients(fill(service, there), clients=wanted)
