# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way to declare a currency is the same in Ansible's own process and as a module, on every
kind of service. What each leads to is in ``tests/http/test_currency.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simulator.switches import Switches
from support.notation import entries_from
from support.playbooks import WAYS, played
from support.stage import CLIENTS, workspaces

WANTED = [
    *("Stark @EUR", "Stark @workspace", "Acme @EUR", "Acme @usd", "1002 @EUR", "Acme @workspace"),
    *("1002 @workspace", "Acme", "1002 New", "New (was Acme) @EUR", "1001 New @workspace"),
    *("restored 1003 @EUR", "restored 1003 @CHF", "restored 1003 New @EUR", "absent Acme @EUR"),
]
SERVICES = {
    "replaces it": (Switches(), 0),
    "keeps it": (Switches(currency="keeps"), 0),
    "has none": (Switches(currency="unknown"), 8),
    "shows the workspace's": (Switches(currency_shown="workspace"), 3),
}
"""Each with how many of the entries it does not keep."""

SAID = ("changed", "failed", "msg", "plan", "summary", "undo", "diff", "requests")


def said(folder: Path, switches: Switches, way: str) -> dict[str, Any]:
    """What a task says in a workspace of its own, by the entry, and which currencies there are."""
    numbered = dict(enumerate(WANTED, 1))
    with workspaces(*numbered) as service:
        service.reset(switches)
        tasks = []
        for workspace_id, wanted in numbered.items():
            there = service.workspaces[workspace_id]
            for name, currency in (("Acme", "USD"), ("Beta ", None), ("Gone", "CHF")):
                there.add(name, currency=currency, deleted=name == "Gone")
            options = {"workspace_id": workspace_id, "clients": entries_from(wanted)}
            task = {CLIENTS: options, "register": f"n{workspace_id}", "ignore_errors": True}
            tasks.append(task)
        ran = played(service, folder, tasks, *WAYS[way])
        found = {}
        for number, wanted in numbered.items():
            result = ran.results[f"n{number}"]
            left = {c.name: c.currency for c in service.workspaces[number].clients()}
            found[wanted] = [result.get(key) for key in SAID], left
        return found


@pytest.mark.parametrize(("switches", "not_kept"), SERVICES.values(), ids=SERVICES)
def test_both_ways_say_and_do_the_same(tmp_path: Path, switches: Switches, not_kept: int) -> None:
    here, there = (said(tmp_path, switches, way) for way in WAYS)
    for wanted in WANTED:
        assert here[wanted] == there[wanted], wanted
    assert sum(bool(result[1]) for result, _ in here.values()) == not_kept
