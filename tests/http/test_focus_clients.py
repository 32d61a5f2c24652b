# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_clients`` over real HTTP: the whole list, reviewed plans, requests."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from support.running import VARIANTS, as_done, assert_predicted, assert_undone, clients, rows
from support.workspace import fill, state

CLIENTS = "Acme, Globex, Initech, Hooli, (Umbrella)"
EVERY_KIND = (
    "New; Acme; Globex Corporation (was Globex); 1003 Hooli; 1004 Initech; restored 1005 Umbra; "
    "absent Nobody"
)
AFTER_EVERY_KIND = ["Acme", "Globex Corporation", "Hooli", "Initech", "New", "Umbra"]


@pytest.mark.parametrize("switches", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("concurrency", [1, 4])
def test_whatever_the_service_answers(service: Simulator, switches: Any, concurrency: int) -> None:
    """Check mode predicts, the run does it, the second run has nothing to do, undo undoes."""
    before = state(fill(service, CLIENTS, switches))
    wanted = {"clients": EVERY_KIND, "concurrency": concurrency}
    checked = clients(service, check_mode=True, **wanted)
    assert service.writes == []
    ran = clients(service, **wanted)
    assert not ran.get("failed"), ran
    for key in ("changed", "plan_digest", "diff", "summary", "warnings"):
        assert checked[key] == ran[key], key
    assert_predicted(checked["plan"], ran["plan"])
    assert rows(checked, "planned") == checked["plan"]
    assert rows(ran, "done") == ran["plan"]
    assert as_done(checked["msg"]) == ran["msg"]
    assert service.names() == AFTER_EVERY_KIND
    done = {"created": 1, "renamed": 3, "restored": 1, "unchanged": 2}
    assert {key: count for key, count in ran["summary"].items() if count} == done
    again = clients(service, **wanted)
    assert (again["changed"], again["plan"]) == (False, [])
    assert_undone(service, ran, before)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("there", [1, 99, 100, 250, 1000])
def test_requests(service: Simulator, there: int, concurrency: int) -> None:
    """The list, one a changed client, and for names that are given the cheaper check of it."""
    service.add_many(there)
    others = "; ".join(f"Client {number}" for number in range(2, there + 1)) or "absent Nobody"
    newer = "; ".join(f"Newer {number}" for number in range(12))
    for wanted, writes, names_given in (
        ("Client 1", 0, 0),
        ("Client 1; New", 1, 1),
        ("1001 Other", 1, 1),
        ("Another (was Other)", 1, 1),
        ("absent 1001", 1, 0),
        (newer, 12, 12),
    ):
        service.log.clear()
        pages = len(service.clients()) // 100 + 1
        result = clients(service, clients=f"{others}; {wanted}", concurrency=concurrency)
        assert not result.get("failed"), result["msg"]
        checks = min(names_given, pages - 1)
        assert len(service.log) == result["requests"] == pages + checks + writes
