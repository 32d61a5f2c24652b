# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what fits into an hour is computed, and what it computes is what is sent."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest
from simulator.server import Simulator
from support import running
from support.playbooks import ROOT


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_tool", ROOT / "tools" / "docs.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


docs = load_tool()


def entries(count: int, prefix: str = "New ") -> list[dict[str, str]]:
    return [{"name": f"{prefix}{number}"} for number in range(count)]


def test_the_table_of_the_guide_is_the_computed_one() -> None:
    text = (docs.SOURCE / "quota.rst").read_text(encoding="utf-8")
    assert docs.with_table(text) == text
    assert docs.quota_table() in text


@pytest.mark.parametrize("clients", [0, 1, 99, 100, 101, 199, 200, 500])
def test_a_list_costs_what_is_computed(service: Simulator, clients: int) -> None:
    service.add_many(clients)
    result = running.clients(service, clients=[])
    assert result["requests"] == len(service.log) == docs.reads(clients)


@pytest.mark.parametrize("quota", docs.PLANS.values())
def test_so_many_changes_fit_and_not_one_more(service: Simulator, quota: int) -> None:
    most = docs.changes(quota, 99)
    service.reset(quota_limit=quota)
    service.add_many(99)
    refused = running.clients(service, clients=entries(most + 1))
    assert refused["failed"] and service.writes == []
    service.reset(quota_limit=quota)
    service.add_many(99)
    result = running.clients(service, clients=entries(most))
    assert not result.get("failed") and result["summary"]["created"] == most
    assert len(service.log) == quota


def test_so_many_comparisons_fit_and_not_one_more(service: Simulator) -> None:
    quota, clients = docs.PLANS["Free"], 500
    service.reset(quota_limit=quota)
    service.add_many(clients)
    wanted = entries(clients, "Client ")[1:]
    results = [
        running.clients(service, clients=wanted)
        for _run in range(docs.comparisons(quota, clients) + 1)
    ]
    assert [bool(result.get("failed")) for result in results] == [*[False] * 5, True]


def test_the_longest_list_costs_the_whole_quota() -> None:
    for quota in docs.PLANS.values():
        assert docs.reads(docs.longest_list(quota)) == quota
        assert docs.reads(docs.longest_list(quota) + 1) > quota


def test_one_client_costs_one_request_and_a_change_two(service: Simulator) -> None:
    service.add("Acme")
    assert running.client(service, name="Acme")["requests"] == 1
    assert running.client(service, name="Globex")["requests"] == 2


def test_so_many_hours_for_a_thousand_clients() -> None:
    """The first window loses one request to the list."""
    assert [docs.hours(quota, 1000) for quota in docs.PLANS.values()] == [34, 5, 2]
    assert docs.hours(30, 29) == 1
    assert docs.hours(30, 30) == 2
