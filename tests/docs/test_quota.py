# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's table of what fits into an hour is computed, and what is computed is what is sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from simulator.server import Simulator
from support import running
from support.playbooks import ROOT

QUOTAS = (30, 240, 600)
"""Requests an hour, by subscription plan."""


def reads(clients: int) -> int:
    """Requests for a list: one a page, and one more only where the last page is exactly full."""
    return clients // 100 + 1


def creations(quota: int, clients: int) -> int:
    """By one run, which reads a list of so many clients and checks the boundaries of its pages."""
    return quota - reads(clients) - (reads(clients) - 1)


def hours(quota: int) -> int:
    """Until a task that waits has created 1,000 clients. It reads the list again each hour."""
    created = []
    while sum(created) < 1000:
        created.append(creations(quota, sum(created)))
    return len(created)


ROWS: dict[str, Callable[[int], int]] = {
    "the longest list that an hour can read, in clients": lambda q: q * 100 - 1,
    "comparisons an hour with a workspace of 99 clients": lambda q: q // reads(99),
    "comparisons an hour with a workspace of 500 clients": lambda q: q // reads(500),
    "changes by one run in an hour, in a workspace of 99 clients": lambda q: q - reads(99),
    "deletions by one run in an hour, in a workspace of 500 clients": lambda q: q - reads(500),
    "creations by one run in an hour, in a workspace of 500 clients": lambda q: creations(q, 500),
    "tasks an hour for a single client, with nothing to do": lambda q: q,
    "tasks an hour that each create or delete a single client": lambda q: q // 2,
    "hours begun until an empty workspace has 1,000 clients": hours,
}


def test_the_table_of_the_guide_is_the_computed_one() -> None:
    text = (ROOT / "docs" / "docsite" / "rst" / "quota.rst").read_text(encoding="utf-8")
    table = re.findall(r"   \* - (.+)" + r"\n     - ([\d,]+)" * len(QUOTAS), text)
    assert {row[0]: row[1:] for row in table} == {
        label: tuple(f"{count(quota):,}" for quota in QUOTAS) for label, count in ROWS.items()
    }
    for quota in QUOTAS:
        longest = ROWS["the longest list that an hour can read, in clients"](quota)
        assert reads(longest) == quota < reads(longest + 1)


@pytest.mark.parametrize("there", [99, 500])
def test_so_many_creations_fit_and_not_one_more(service: Simulator, there: int) -> None:
    """What lists and tasks for one client cost is in ``tests/http``."""
    quota = QUOTAS[0]
    most = creations(quota, there)
    for count, fits in ((most + 1, False), (most, True)):
        service.reset(quota_limit=quota)
        service.add_many(there)
        result = running.clients(service, clients=[f"New {number}" for number in range(count)])
        assert bool(result.get("failed")) is not fits
        assert len(service.writes) == (most if fits else 0)
    assert len(service.log) == quota
