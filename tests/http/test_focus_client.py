# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client`` over real HTTP: every state, by name and by id, in check mode and for real."""

from __future__ import annotations

import pytest
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import entry_from, rows, unnamed_rows
from support.running import VARIANTS, as_done, client, without_new_id
from support.workspace import assert_as_before, fill, state

CLIENTS = "Acme, Globex, Initech, (Umbrella)"
AS_IT_IS = 'Nothing to do: "Acme" (id 1001) is as declared.'
CASES = f"""
present, name           | Hooli | created | Acme, Globex, Hooli, Initech | Would create "Hooli".
present, name, there    | Acme  | none    | Acme, Globex, Initech        | {AS_IT_IS}
present, former name    | Acme Ltd (was Nobody, Acme) | renamed  | Acme Ltd, Globex, Initech
    | Would rename "Acme" (id 1001) to "Acme Ltd".
present, id and name    | 1001 Acme Ltd               | renamed  | Acme Ltd, Globex, Initech
    | Would rename "Acme" (id 1001) to "Acme Ltd".
present, id             | 1001          | none    | Acme, Globex, Initech | {AS_IT_IS}
absent, name            | absent Acme   | deleted | Globex, Initech | Would delete "Acme" (id 1001).
absent, name, not there | absent Hooli                | none     | Acme, Globex, Initech
    | Nothing to do: there is no active client "Hooli".
absent, id              | absent 1001   | deleted | Globex, Initech | Would delete "Acme" (id 1001).
absent, id and name     | absent 1001 Acme            | deleted  | Globex, Initech
    | Would delete "Acme" (id 1001).
absent, id, deleted     | absent 1004                 | none     | Acme, Globex, Initech
    | Nothing to do: there is no active client with the id 1004.
restored, id            | restored 1004               | restored | Acme, Globex, Initech, Umbrella
    | Would restore "Umbrella" (id 1004).
restored, id and name   | restored 1004 Umbra         | restored | Acme, Globex, Initech, Umbra
    | Would restore "Umbrella" (id 1004) and rename it to "Umbra".
restored, id, active    | restored 1001 | none | Acme, Globex, Initech | {AS_IT_IS}
restored, name, active  | restored Acme | none | Acme, Globex, Initech | {AS_IT_IS}
"""
LISTED_CASES = """
restored, name           | restored Umbrella         | restored | Acme, Globex, Initech, Umbrella
    | Would restore "Umbrella" (id 1004).
present, restore_deleted | Umbrella (restore_deleted) | restored | Acme, Globex, Initech, Umbrella
    | Would restore "Umbrella" (id 1004).
"""
"""They need a deleted client in the list, which the service may hide."""

ON_THE_USUAL_ONE = """
absent, renamed first   | absent 1001 Old (was Acme)  | deleted  | Globex, Initech
    | Would rename "Acme" (id 1001) to "Old" and delete it.
absent, id, unknown     | absent 9                    | none     | Acme, Globex, Initech
    | Nothing to do: there is no active client with the id 9.
absent, id and name, deleted | absent 1004 Umbrella   | none     | Acme, Globex, Initech
    | Nothing to do: there is no active client with the id 1004.
"""


@pytest.mark.parametrize("switches", [Switches(), *VARIANTS.values()], ids=["usual", *VARIANTS])
def test_whatever_the_service_answers(service: Simulator, switches: Switches) -> None:
    """What is said of a hidden client is in test_reports."""
    listed = LISTED_CASES if switches.list_shows_deleted else ""
    usual = ON_THE_USUAL_ONE if switches == Switches() else ""
    for case in rows(CASES.rstrip() + listed.rstrip() + usual):
        *expected, message = case.values
        ran = check_run_repeat_and_undo(fill(service, CLIENTS, switches), *expected)
        assert ran == message or not switches.get_shows_deleted, case.id


def check_run_repeat_and_undo(service: Simulator, wanted: str, action: str, after: str) -> str:
    """Check mode predicts the run, a second one changes nothing, undo undoes. Return its words."""
    before, given = state(service), entry_from(wanted)
    checked = client(service, check_mode=True, **given)
    assert service.writes == [], "check mode sends no write"
    ran = client(service, **given)
    for key in ("changed", "action", "diff", "warnings"):
        assert checked.get(key) == ran.get(key), (key, wanted)
    assert as_done(checked["msg"]) == without_new_id(ran) or "the client " in checked["msg"]
    assert (ran["action"], ran["changed"]) == (action, action != "none"), wanted
    assert not ran.get("failed"), ran
    assert ", ".join(service.names()) == after, wanted
    writes = len(service.writes)
    again = client(service, **given)
    assert (again["changed"], again["action"]) == (False, "none"), wanted
    assert len(service.writes) == writes
    for entry in ran["undo"]:
        assert not client(service, **entry).get("failed"), wanted
    assert_as_before(service, before)
    return str(checked["msg"])


REQUESTS = unnamed_rows("""
Client 1                   | 1 | 1
New                        | 2 | 1
M\u00fcller                | 3 | 1
New (was Client 1)         | 3 | 1
New (was None, Client 1)   | 4 | 1
absent New                 | 1 | 1
absent Client 1            | 2 | 1
1001                       | 1 | 1
1001 New                   | 3 | 1
1001 New @EUR              | 4 | 1
Client 1 @EUR              | 3 | 1
New @EUR                   | 3 | 1
absent 1001                | 2 | 1
restored 1001              | 1 | 1
restored 1000              | 3 | 1
restored 1000 New          | 4 | 1
1001 Client 1              | 1 | 1
absent 1001 Client 1 (was Client 1) | 2 | 1
absent 1000 Gone (was Gone) | 1 | 1
""")
"""What is wanted (1000 is the id of a deleted client), and requests of a first and a second run."""


@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
@pytest.mark.parametrize(("wanted", "first", "again"), REQUESTS)
def test_requests(service: Simulator, there: int, wanted: str, first: str, again: str) -> None:
    """The docs' table, for any size of the workspace, where the filter narrows to one page."""
    fill(service, there, Switches(name_filter="equals"))
    service.add("Gone", deleted=True)
    given = entry_from(wanted.replace("1000", str(1001 + there)))
    for expected in (int(first), int(again)):
        service.log.clear()
        result = client(service, **given)
        assert not result.get("failed"), result
        assert (result["requests"], len(service.log)) == (expected, expected)


@pytest.mark.parametrize("there", [0, 1, 100, 101, 250])
def test_requests_where_the_filter_is_ignored(service: Simulator, there: int) -> None:
    """A look-up of several pages is checked at each boundary; several former names cost a list."""
    fill(service, there, Switches(name_filter="ignored"))
    pages = there // 100 + 1
    look = pages + (pages - 1)
    assert client(service, name="New")["requests"] == look + 1
    if there:
        assert client(service, name="Client 1")["requests"] == 1
    if pages > 1:
        several = {"name": "Newer", "former_names": ["One", "Two", "Three"]}
        assert client(service, **several)["requests"] == look + look + 1
