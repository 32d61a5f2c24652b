# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``clients_plan`` is ``focus_clients`` in check mode, without the service."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from simulator.server import Simulator
from simulator.switches import QUESTIONS, Switches
from support.running import clients, info
from support.world import NAMES, entries, names_with_deletion

from ansible_collections.toggl.focus.plugins.filter.clients_plan import clients_plan

OF_THE_SERVICE = {"requests", "quota"}
RULES = st.fixed_dictionaries(
    {
        "purge": st.booleans(),
        "protected": st.sampled_from([[], ["A*"], ["*"]]),
        "max_deletions": st.sampled_from([None, None, 0, 2]),
        "max_deletion_percent": st.sampled_from([30, 50, 100, 0]),
    }
)


def told(result: dict[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in sorted(result) if key not in OF_THE_SERVICE and result[key]}


@settings(max_examples=200)
@given(
    there=names_with_deletion(),
    wanted=st.lists(entries() | st.sampled_from(NAMES), max_size=4),
    rules=RULES,
    missing_fields=st.sampled_from(QUESTIONS["missing_fields"]),
)
def test_the_filter_returns_what_the_module_does(
    server: Simulator,
    there: list[tuple[str, bool]],
    wanted: list[Any],
    rules: dict[str, Any],
    missing_fields: str,
) -> None:
    """For any list, workspace and guards: the plan, its digest, each word."""
    server.reset(Switches(missing_fields=missing_fields))
    for name, deleted in there:
        server.add(name, deleted)
    place = {"workspace_id": server.workspace_id, "api_url": server.url}
    existing = info(server, deleted="include")["clients"]
    checked = clients(server, check_mode=True, clients=wanted, **rules)
    assert told(clients_plan(wanted, existing, **place, **rules)) == told(checked)
