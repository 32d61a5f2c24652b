# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``clients_plan`` is ``focus_clients`` in check mode, without the service."""

from __future__ import annotations

import random
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from support.running import clients, info
from support.world import NAMES

from ansible_collections.toggl.focus.plugins.filter.clients_plan import clients_plan

OF_THE_SERVICE = {"requests", "quota"}


def entry(chance: random.Random) -> Any:
    """An entry by chance: half of the lists have some that contradict each other."""
    name = chance.choice(NAMES)
    if chance.random() < 0.2:
        return name
    options: dict[str, Any] = {"name": name}
    if chance.random() < 0.4:
        options["id"] = chance.randint(1001, 1008)
        if chance.random() < 0.4:
            del options["name"]
    if chance.random() < 0.5:
        options["state"] = chance.choice(["present", "absent", "restored"])
    if chance.random() < 0.3:
        options["former_names"] = chance.sample(NAMES, 2)
    if chance.random() < 0.2:
        options["restore_deleted"] = True
    return options


def rules(chance: random.Random) -> dict[str, Any]:
    return {
        "purge": chance.random() < 0.6,
        "protected": chance.choice([[], ["A*"], ["*"]]),
        "max_deletions": chance.choice([None, None, 0, 2]),
        "max_deletion_percent": chance.choice([30, 50, 100, 0]),
    }


def told(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in sorted(result) if key not in OF_THE_SERVICE and result[key]}


@pytest.mark.parametrize("ten", range(20))
def test_the_filter_returns_what_the_module_does(service: Simulator, ten: int) -> None:
    """For lists, workspaces and guards by chance: the plan, its digest, each word."""
    for seed in range(10 * ten, 10 * ten + 10):
        chance = random.Random(seed)
        service.reset(Switches(missing_fields=chance.choice(QUESTIONS["missing_fields"])))
        for name in chance.sample(NAMES, chance.randint(0, len(NAMES))):
            service.add(name, deleted=chance.random() < 0.3)
        wanted = [entry(chance) for _ in range(chance.randint(0, 4))]
        guards = rules(chance)
        place = {"workspace_id": service.workspace_id, "api_url": service.url}
        existing = info(service, deleted="include")["clients"]
        checked = clients(service, check_mode=True, clients=wanted, **guards)
        offline = clients_plan(wanted, existing, **place, **guards)
        assert told(offline) == told(checked), f"seed {seed}"
