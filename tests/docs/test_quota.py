# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what fits into an hour is computed, and what it computes is what is sent."""

from __future__ import annotations

import pytest
from simulator.server import Simulator
from support import running
from support.playbooks import ROOT

from . import quota_table


def entries(count: int, prefix: str = "New ") -> list[dict[str, str]]:
    return [{"name": f"{prefix}{number}"} for number in range(count)]


def test_the_table_of_the_guide_is_the_computed_one(request: pytest.FixtureRequest) -> None:
    """With ``--write``, it is written."""
    guide = ROOT / "docs" / "docsite" / "rst" / "quota.rst"
    text = guide.read_text(encoding="utf-8")
    if request.config.getoption("--write", default=False):
        guide.write_text(quota_table.with_table(text), encoding="utf-8")
    assert quota_table.with_table(text) == text
    assert quota_table.quota_table() in text


@pytest.mark.parametrize("clients", [0, 1, 99, 100, 101, 199, 200, 500])
def test_a_list_costs_what_is_computed(service: Simulator, clients: int) -> None:
    service.add_many(clients)
    result = running.clients(service, clients=[])
    assert result["requests"] == len(service.log) == quota_table.reads(clients)


@pytest.mark.parametrize(
    ("quota", "there", "most"),
    [
        *((quota, 99, quota_table.changes(quota, 99)) for quota in quota_table.PLANS.values()),
        (30, 500, quota_table.creations(30, 500)),
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
    quota, clients = quota_table.PLANS["Free"], 500
    service.reset(quota_limit=quota)
    service.add_many(clients)
    wanted = entries(clients, "Client ")[1:]
    most = quota_table.comparisons(quota, clients)
    results = [running.clients(service, clients=wanted) for _run in range(most + 1)]
    assert [bool(result.get("failed")) for result in results] == [*[False] * 5, True]


def test_one_client_costs_one_request_and_a_creation_or_a_deletion_two(service: Simulator) -> None:
    service.add("Acme")
    assert running.client(service, name="Acme")["requests"] == 1
    assert running.client(service, name="Globex")["requests"] == 2
    assert running.client(service, name="Acme", state="absent")["requests"] == 2


def test_the_longest_list_and_the_hours_for_a_thousand_clients() -> None:
    """The list costs the whole quota. The first window loses one request to the list."""
    for quota in quota_table.PLANS.values():
        assert quota_table.reads(quota_table.longest_list(quota)) == quota
        assert quota_table.reads(quota_table.longest_list(quota) + 1) > quota
    assert [quota_table.hours(quota, 1000) for quota in quota_table.PLANS.values()] == [34, 5, 2]
    assert [quota_table.hours(30, creates) for creates in (29, 30)] == [1, 2]
