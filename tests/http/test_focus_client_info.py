# SPDX-License-Identifier: GPL-3.0-or-later
"""``focus_client_info`` over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import Switches
from support.notation import entries_from
from support.running import VARIANTS, client, info
from support.workspace import fill

CLIENTS = "Acme, acme Labs, Globex, Globex, (Umbrella)"
FILTERS: dict[str, tuple[dict[str, Any], str]] = {
    "all active ones": ({}, "Acme, acme Labs, Globex, Globex"),
    "exact name": ({"name": "Acme"}, "Acme"),
    "exact name, blanks around": ({"name": " Acme "}, "Acme"),
    "exact name, another case": ({"name": "ACME"}, ""),
    "part of the name, any case": ({"name_contains": "ACME"}, "Acme, acme Labs"),
    "id": ({"id": 1001}, "Acme"),
    "id, deleted": ({"id": 1005}, ""),
    "id, unknown": ({"id": 9}, ""),
    "limit": ({"limit": 2}, "Acme, acme Labs"),
    "order": ({"order_by": ["-name"]}, "acme Labs, Globex, Globex, Acme"),
    "only deleted": ({"deleted": "only"}, "Umbrella"),
    "deleted too": ({"deleted": "include"}, "Acme, acme Labs, Globex, Globex, Umbrella"),
}


def names(result: dict[str, Any]) -> list[str]:
    return [found["name"] for found in result["clients"]]


@pytest.mark.parametrize("switches", [Switches(), *VARIANTS.values()], ids=["usual", *VARIANTS])
def test_filters(service: Simulator, switches: Switches) -> None:
    """In whatever order, and without deleted clients where the service hides them. The quota is
    returned if the service says it."""
    for given, expected in FILTERS.values():
        result = info(fill(service, CLIENTS, switches), **given)
        found, quota = names(result), result.get("quota", {})
        assert (0 < quota.get("resets_in", 0) <= 3600) is switches.quota_headers
        assert ("remaining" in quota) is switches.quota_headers
        if switches == Switches():
            assert ", ".join(found) == expected
            assert (result["requests"], len(service.log), result["changed"]) == (1, 1, False)
            clients = "1 client" if len(found) == 1 else f"{len(found)} clients"
            assert result["msg"] == f"Found {clients}."
        if not switches.list_shows_deleted:
            expected = expected.removesuffix("Umbrella").rstrip(", ")
        if {"order_by", "limit"}.isdisjoint(given):
            assert sorted(found) == sorted(filter(None, expected.split(", "))), given


@pytest.mark.parametrize("per_page_cap", [100, 50, 20])
@pytest.mark.parametrize("there", [0, 1, 99, 100, 101, 199, 200, 250])
def test_every_page_is_read(service: Simulator, there: int, per_page_cap: int) -> None:
    """One request a page, and one more only where the last page is exactly full. A limit
    ends it; a name is sought on all of them."""
    switches = Switches(per_page_cap=per_page_cap, list_order="newest", name_filter="ignored")
    fill(service, there, switches)
    result = info(service)
    assert len(result["clients"]) == there
    assert result["requests"] == there // per_page_cap + 1
    assert info(service, limit=20)["requests"] == 1
    assert names(info(service, name="Client 1")) == ["Client 1"][:there]


def test_desired_is_the_list_that_changes_nothing(service: Simulator) -> None:
    """A client whose name no list can give, blank or with a line break, is in it by its id. So are
    all of a part: whether a name is there twice is known of a list that was read to its end."""
    fill(service, f"{CLIENTS},    , Two\nlines")
    desired = info(service, deleted="include")["desired"]
    assert desired == entries_from(
        "Acme; acme Labs; 1003 Globex; 1004 Globex; absent 1005 Umbrella; 1006; 1007"
    )
    for entry in desired:
        assert client(service, **entry)["changed"] is False
    assert service.writes == []
    assert info(service, limit=1)["desired"] == [{"name": "Acme", "id": 1001}]
    assert info(service, id=1003)["desired"] == [{"name": "Globex", "id": 1003}]
