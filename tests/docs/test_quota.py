# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what fits into an hour is computed, and what it computes is what is sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from simulator.server import Simulator
from support import running
from support.playbooks import ROOT

PLANS = {"Free": 30, "Starter": 240, "Premium": 600}
"""Requests an hour, by subscription plan."""

PAGE = 100
"""Clients."""


def reads(clients: int) -> int:
    """Requests for a list: one a page, and one more only where the last page is exactly full."""
    return clients // PAGE + 1


def longest_list(quota: int) -> int:
    """The most clients that a list read with these requests can hold."""
    return quota * PAGE - 1


def changes(quota: int, clients: int) -> int:
    """Deletions that one run of ``focus_clients`` can make in a workspace of so many clients."""
    return quota - reads(clients)


def creations(quota: int, clients: int) -> int:
    """The same for creations: the boundaries of the list's pages are checked before."""
    return changes(quota, clients) - (reads(clients) - 1)


def hours(quota: int, creates: int) -> int:
    """Windows in which a run fills an empty workspace with so many clients."""
    return -(-(reads(0) + creates) // quota)


ROWS: tuple[tuple[str, Callable[[int], int]], ...] = (
    ("the longest list that an hour can read, in clients", longest_list),
    ("comparisons an hour with a workspace of 99 clients", lambda q: q // reads(99)),
    ("comparisons an hour with a workspace of 500 clients", lambda q: q // reads(500)),
    ("changes by one run in an hour, in a workspace of 99 clients", lambda q: changes(q, 99)),
    ("deletions by one run in an hour, in a workspace of 500 clients", lambda q: changes(q, 500)),
    ("creations by one run in an hour, in a workspace of 500 clients", lambda q: creations(q, 500)),
    ("tasks an hour for a single client, with nothing to do", lambda q: q),
    ("tasks an hour that each create or delete a single client", lambda q: q // 2),
    ("hours begun until an empty workspace has 1,000 clients", lambda q: hours(q, 1000)),
)


def quota_table() -> str:
    lines = [
        ".. list-table::",
        "   :header-rows: 1",
        f"   :widths: 55 {' '.join(['15'] * len(PLANS))}",
        "",
        "   * - Plan, requests an hour",
        *(f"     - {plan}, {quota}" for plan, quota in PLANS.items()),
    ]
    for label, count in ROWS:
        lines.append(f"   * - {label}")
        lines += [f"     - {count(quota):,}" for quota in PLANS.values()]
    return "\n".join(lines)


def with_table(text: str) -> str:
    begin, end = ".. quota-table: begin", ".. quota-table: end"
    table = f"{begin}\n\n{quota_table()}\n\n{end}"
    return re.sub(rf"(?s){re.escape(begin)}.*{re.escape(end)}", lambda _: table, text)


def entries(count: int, prefix: str = "New ") -> list[dict[str, str]]:
    return [{"name": f"{prefix}{number}"} for number in range(count)]


def test_the_table_of_the_guide_is_the_computed_one(request: pytest.FixtureRequest) -> None:
    """With ``--write``, it is written."""
    guide = ROOT / "docs" / "docsite" / "rst" / "quota.rst"
    text = guide.read_text(encoding="utf-8")
    if request.config.getoption("--write", default=False):
        guide.write_text(with_table(text), encoding="utf-8")
    assert with_table(text) == text and quota_table() in text


@pytest.mark.parametrize("clients", [0, 1, 99, 100, 101, 199, 200, 500])
def test_a_list_costs_what_is_computed(service: Simulator, clients: int) -> None:
    service.add_many(clients)
    result = running.clients(service, clients=[])
    assert result["requests"] == len(service.log) == reads(clients)


@pytest.mark.parametrize(
    ("quota", "there", "most"),
    [
        *((quota, 99, changes(quota, 99)) for quota in PLANS.values()),
        (30, 500, creations(30, 500)),
    ],
)
def test_so_many_creations_fit_and_not_one_more(
    service: Simulator, quota: int, there: int, most: int
) -> None:
    for count, fits in ((most + 1, False), (most, True)):
        service.reset(quota_limit=quota)
        service.add_many(there)
        result = running.clients(service, clients=entries(count))
        assert bool(result.get("failed")) is not fits
        assert len(service.writes) == (most if fits else 0)
    assert len(service.log) == quota


def test_so_many_comparisons_fit_and_not_one_more(service: Simulator) -> None:
    quota, clients = PLANS["Free"], 500
    service.reset(quota_limit=quota)
    service.add_many(clients)
    wanted = entries(clients, "Client ")[1:]
    most = quota // reads(clients)
    results = [running.clients(service, clients=wanted) for _run in range(most + 1)]
    assert [bool(result.get("failed")) for result in results] == [*[False] * 5, True]


def test_one_client_costs_one_request_and_a_creation_or_a_deletion_two(service: Simulator) -> None:
    service.add("Acme")
    assert running.client(service, name="Acme")["requests"] == 1
    assert running.client(service, name="Globex")["requests"] == 2
    assert running.client(service, name="Acme", state="absent")["requests"] == 2


def test_the_longest_list_and_the_hours_for_a_thousand_clients() -> None:
    """The list costs the whole quota. The first window loses one request to the list."""
    for quota in PLANS.values():
        assert reads(longest_list(quota)) == quota
        assert reads(longest_list(quota) + 1) > quota
    assert [hours(quota, 1000) for quota in PLANS.values()] == [34, 5, 2]
    assert [hours(30, creates) for creates in (29, 30)] == [1, 2]
