# SPDX-License-Identifier: GPL-3.0-or-later
"""The currency of a client: declared, changed, cleared, kept; and services that do not keep it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.records import Body, Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.filters import journal_undo
from support.notation import rows, unnamed_rows
from support.running import client, clients, info, run_entry, sent
from support.workspace import HIDES, on

from ansible_collections.toggl.focus.plugins.module_utils._api import clients as api

KEEPS = Switches()
SHOWN = Switches(currency_shown="workspace")
UNKNOWN = Switches(currency="unknown")

SET = rows("""
created with it         | Stark @EUR           | POST {"name": "Stark", "currency": "EUR"} | created
created with none of its own | Stark @workspace | POST {"name": "Stark"} | created
changed                 | Acme @EUR            | PUT {"name": "Acme", "currency": "EUR"} | updated
in another case         | Acme @usd            | | none
set where there is none | 1002 @EUR            | PUT {"name": "Beta ", "currency": "EUR"} | updated
cleared                 | Acme @workspace      | PUT {"name": "Acme", "currency": null} | updated
none, and it has none   | 1002 @workspace      | | none
not given               | Acme                 | | none
a rename                | New (was Acme)       | PUT {"name": "New", "currency": "USD"} | renamed
a rename, and it has none | 1002 New           | PUT {"name": "New"} | renamed
with a rename           | New (was Acme) @EUR  | PUT {"name": "New", "currency": "EUR"} | renamed
with a rename by the id | 1001 New @workspace  | PUT {"name": "New", "currency": null} | renamed
restored by id          | restored 1003 @EUR   | PUT {"name": "Gone", "currency": "EUR"} | restored
restored, as it has it  | restored 1003 @CHF   | | restored
restored under another name | restored 1003 New | PUT {"name": "New", "currency": "CHF"} | restored
with another one | restored 1003 New @EUR | PUT {"name": "New", "currency": "EUR"} | restored
absent                  | absent Acme @EUR     | | deleted
""")


@pytest.fixture
def service(service: Simulator) -> Simulator:
    return furnished(service, KEEPS)


def furnished(service: Simulator, switches: Switches) -> Simulator:
    service.reset(switches)
    for name, currency in (("Acme", "USD"), ("Beta ", None), ("Gone", "CHF")):
        service.add(name, currency=currency, deleted=name == "Gone")
    return service


def currencies(service: Simulator) -> dict[int, str | None]:
    return {client.id: client.currency for client in service.clients()}


def bodies(service: Simulator) -> str:
    written = [(entry.method, entry.body.decode()) for entry in service.writes if entry.body]
    return ", ".join(f"{method} {body}" for method, body in written)


SERVICES = {"replaces": KEEPS, "keeps": Switches(currency="keeps"), "hides deleted ones": HIDES}


@pytest.mark.parametrize("switches", SERVICES.values(), ids=SERVICES)
@pytest.mark.parametrize(("wanted", "body", "done"), SET)
def test_it_becomes_as_declared(
    service: Simulator, module: str, switches: Any, wanted: str, body: str, done: str, journal: Path
) -> None:
    """Check mode says the same, a second run nothing; undo and the journal bring back what was."""
    furnished(service, switches)
    before = currencies(service)
    check = run_entry(module, service, wanted, check_mode=True)
    assert service.writes == []
    ran = run_entry(module, service, wanted, journal=str(journal))
    assert not ran.get("failed"), ran["msg"]
    if done != "none":
        assert journal_undo(journal.read_text(), service.workspace_id) == ran["undo"]
    assert bodies(service) == body
    for key in ("changed", "action") if module == "focus_client" else ("changed",):
        assert ran[key] == check[key]
    assert ran.get("action", done) == done and ran["changed"] is (done != "none")
    if switches is not HIDES:
        assert check["diff"] == ran["diff"]
    again = run_entry(module, service, wanted.replace("restored ", ""))
    assert again["changed"] is False, again["msg"]
    if "absent" not in wanted and done not in ("created", "restored"):
        clients(service, clients=ran["undo"])
        assert currencies(service) == before


SHOWN_AS = unnamed_rows("""
Stark @EUR | {step: create, name: Stark, currency: EUR} | Would create 1.
    | - name: Stark  # new; currency EUR | Created "Stark" (id 1004), currency EUR.
Acme @EUR | {step: update, id: 1001, name: Acme, currency: EUR, currency_from: USD}
    | Would update 1. | - name: Acme  # currency EUR, was USD
    | Updated "Acme" (id 1001), currency EUR, was USD.
New (was Acme) @workspace
    | {step: rename, id: 1001, name: New, from: Acme, currency: workspace, currency_from: USD}
    | Would rename 1. | - name: New  # was "Acme", id 1001; currency workspace, was USD
    | Renamed "Acme" (id 1001) to "New", currency workspace, was USD.
""")


@pytest.mark.parametrize(("wanted", "row", "would", "line", "did"), SHOWN_AS)
def test_the_plan_shows_it(
    service: Simulator, wanted: str, row: str, would: str, line: str, did: str
) -> None:
    planned = clients(service, check_mode=True, clients=wanted)
    assert planned["plan"] == [{**yaml.safe_load(row), "status": "planned"}]
    assert line in planned["diff"]["after"].splitlines()
    assert planned["msg"] == would
    assert run_entry("focus_client", service, wanted)["msg"] == did


NOT_KEPT = {
    "unknown": (UNKNOWN, "Acme @EUR", "was set to EUR, but the service shows none. It may"),
    "shown": (SHOWN, "Acme @workspace", 'cleared, but the service shows "EUR". It may keep none'),
}


@pytest.mark.parametrize(("switches", "wanted", "words"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_the_service_does_not_keep_is_an_error_each_time(
    service: Simulator, module: str, switches: Switches, wanted: str, words: str
) -> None:
    """And no change on each run."""
    furnished(service, switches)
    first = run_entry(module, service, wanted)
    for ran in (first, run_entry(module, service, wanted)):
        assert ran["failed"] and words in ran["msg"], ran["msg"]
    assert ran["changed"] is False
    assert sent(service)[-3:] == ["PUT", "GET", "GET"], "a look, and one more after a pause"


def test_all_entries_that_set_it_are_in_error_and_the_rest_is_kept(service: Simulator) -> None:
    """The undo is true: it takes back the rename, and gives back what may have been set."""
    furnished(service, UNKNOWN)
    ran = clients(service, clients="New (was Acme) @EUR; 1002 @EUR; Stark @EUR; absent Gone")
    errors = {row["name"]: row["status"] for row in ran["plan"] if "error" in row}
    assert errors == {"New": "done", "Beta ": "unclear", "Stark": "done"}
    assert ran["failed"] and ran["changed"]
    clients(service, clients=ran["undo"])
    assert [name.strip() for name in service.names()] == ["Acme", "Beta"]


def test_what_no_list_can_declare_is_left_out_and_kept_by_every_write(service: Simulator) -> None:
    """In the list that is returned, which carries all others; and in the undo, with a warning."""
    service.add("Odd", currency="US$")
    desired = info(service)["desired"]
    assert desired == [{"name": "Acme", "currency": "USD"}, {"name": "Beta"}, {"name": "Odd"}]
    assert clients(service, clients=desired)["msg"].startswith("Nothing to do")
    clients(service, clients="Other (was Odd)")
    assert bodies(service) == 'PUT {"name": "Other", "currency": "US$"}'
    ran = clients(service, clients="Odd @EUR; Acme @CHF")
    assert ran["undo"] == [{"name": "Acme", "id": 1001, "currency": "USD"}]
    assert 'had the currency "US$". The undo list cannot give it back' in ran["warnings"][0]


def test_what_is_set_is_kept_although_what_is_cleared_is_not(service: Simulator) -> None:
    furnished(service, SHOWN)
    ran = clients(service, clients="Acme @workspace; 1002 @CHF; Stark @EUR")
    assert [row["name"] for row in ran["plan"] if "error" in row] == ["Acme"]
    assert sent(service)[-2:] == ["GET", "GET"], "one client is read, and once more after a pause"


@pytest.mark.parametrize("status", ["unclear", "done"])
def test_a_lost_answer_to_clearing_it_is_settled_by_a_look(service: Simulator, status: str) -> None:
    """What shows in its place may be the workspace's: then nobody can tell."""
    furnished(service, SHOWN if status == "unclear" else KEEPS)
    service.script = [Fault(), Fault(on("PUT"), when="after", status=200, body=b"<p>Welcome")]
    ran = clients(service, clients="Acme @workspace")
    assert [step["status"] for step in ran["plan"]] == [status]
    assert [entry["currency"] for entry in ran["undo"]] == ["USD"]
    assert sent(service).count("PUT") == 1


def test_what_was_read_long_ago_is_read_again_first(service: Simulator, monkeypatch: Any) -> None:
    """A wait for the quota, for example: somebody has given the client another currency since."""
    service.add("Acme", currency="EUR")
    monkeypatch.setattr(api, "LONGEST_KEPT", -1.0)

    def edited(method: str, _: str) -> bool:
        if method == "GET" and len(service.log) == 2:
            service.workspace.update(1001, Body(name="Acme", currency="USD"))
        return False

    service.script = [Fault(on("GET", path="/1001"), when="after"), Fault(match=edited)]
    result = client(service, id=1001, name="New")
    assert sent(service) == ["GET", "GET", "GET", "PUT"] and result["action"] == "renamed"
    assert json.loads(service.writes[0].body) == {"name": "New", "currency": "USD"}
