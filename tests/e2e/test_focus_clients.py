# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole list in one task, as users run it."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import Play

MODULE = "toggl.focus.focus_clients"

LIST: list[dict[str, Any]] = [
    {"name": "New"},
    {"name": "Acme"},
    {"name": "Globex Corporation", "former_names": ["Globex"]},
    {"id": 1003, "name": "Hooli"},
    {"id": 1004, "name": "Initech"},
    {"id": 1005, "state": "restored"},
    {"name": "Stark", "state": "absent"},
]


def seed(service: Simulator) -> None:
    """1001 Acme, 1002 Globex, 1003 Initech, 1004 Hooli; 1005 Umbrella is deleted; 1006 Stark."""
    for name in ("Acme", "Globex", "Initech", "Hooli"):
        service.add(name)
    service.add("Umbrella", deleted=True)
    service.add("Stark")


def state(service: Simulator) -> dict[int, tuple[str, bool]]:
    return {found.id: (found.name, bool(found.deleted_at)) for found in service.clients()}


COUNTS = "%s 1, %s 3, %s 1, %s 1; 1 unchanged"


def foreseen(step: dict[str, Any]) -> dict[str, Any]:
    """What check mode says of a step as the run does: not the id of a new client."""
    unforeseen = {"status", "id"} if step["step"] == "create" else {"status"}
    return {name: value for name, value in step.items() if name not in unforeseen}


def task(name: str, **options: Any) -> dict[str, Any]:
    return {MODULE: {"clients": LIST, **options}, "register": name}


def test_review_apply_repeat_undo(service: Simulator, play: Play) -> None:
    """A plan that was reviewed in check mode is applied by its digest, and taken back."""
    seed(service)
    before = state(service)
    review = play([task("plan")], "--check", "--diff")
    assert review.status == 0, review.output
    assert service.writes == [], "check mode sends no write"
    assert "+- name: Globex Corporation" in review.output
    digest = review.results["plan"]["plan_digest"]
    applied = play([task("first", plan_digest=digest), task("second")], "--diff")
    assert applied.status == 0, applied.output
    planned, first = review.results["plan"], applied.results["first"]
    for key in ("changed", "plan_digest", "diff", "summary"):
        assert planned[key] == first[key], key
    assert [foreseen(step) for step in planned["plan"]] == [foreseen(s) for s in first["plan"]]
    assert {step["status"] for step in planned["plan"]} == {"planned"}
    assert {step["status"] for step in first["plan"]} == {"done"}
    assert planned["msg"] == f"Would {COUNTS % ('create', 'rename', 'restore', 'delete')}."
    assert first["msg"] == f"{COUNTS % ('Created', 'renamed', 'restored', 'deleted')}."
    assert applied.results["second"]["changed"] is False
    assert applied.results["second"]["requests"] == 1
    assert applied.results["second"]["msg"] == "Nothing to do: all 7 entries are as declared."
    undone = play([{MODULE: {"clients": applied.results["first"]["undo"]}}])
    assert undone.status == 0, undone.output
    after = state(service)
    assert before == {client_id: after[client_id] for client_id in before}
    assert all(gone for client_id, (_, gone) in after.items() if client_id not in before)


def test_a_plan_that_changed_since_its_review_is_not_applied(
    service: Simulator, play: Play
) -> None:
    seed(service)
    reviewed = play([task("plan")], "--check").results["plan"]
    service.workspace.rename(1002, "Somebody else's")
    late = task("late", plan_digest=reviewed["plan_digest"])
    refused = play([{**late, "ignore_errors": True}]).results["late"]
    assert "Nothing was written" in refused["msg"]
    assert (refused["failed"], refused["changed"], refused["undo"]) == (True, False, [])
    assert refused["plan_digest"] != reviewed["plan_digest"]
    assert {step["status"] for step in refused["plan"]} == {"planned"}
    assert service.writes == []


GUARDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an empty list": ({"clients": []}, ["Acme", "Stark", "max_deletion_percent is 30"]),
    "a purge above the percentage": (
        {"clients": [{"name": "Acme"}, {"name": "Globex"}, {"name": "Stark"}]},
        ["Initech", "Hooli", "set it to 40"],
    ),
    "more than max_deletions": (
        {"clients": [{"name": "Stark", "state": "absent"}], "purge": False, "max_deletions": 0},
        ["Stark", "max_deletions is 0"],
    ),
    "a protected client": (
        {"clients": [{"name": "Stark", "state": "absent"}], "purge": False, "protected": ["st*"]},
        ['"Stark" (id 1006) is protected by "st*"'],
    ),
}


@pytest.mark.parametrize("arguments", [[], ["--check"]], ids=["run", "check mode"])
def test_guards(service: Simulator, play: Play, arguments: list[str]) -> None:
    """Refused with the victims' names before any write, in check mode too."""
    seed(service)
    tasks = [
        {MODULE: {"purge": True, **given}, "register": f"t_{at}", "ignore_errors": True}
        for at, (given, _) in enumerate(GUARDS.values())
    ]
    ran = play(tasks, *arguments)
    for at, (given, expected) in enumerate(GUARDS.values()):
        result = ran.results[f"t_{at}"]
        assert (result["failed"], result["changed"]) == (True, False), given
        for words in expected:
            assert words in result["msg"]
        assert (result["refused"], result["undo"]) == (True, []), given
        assert result["plan"], "what was nearly done is shown"
        assert {step["status"] for step in result["plan"]} == {"planned"}
        assert result["summary"]["deleted"] + result["summary"]["purged"] == len(result["plan"])
    assert service.writes == []
    service.reset()
    service.add("Acme")
    emptied = {MODULE: {"clients": [], "purge": True}, "register": "t", "ignore_errors": True}
    refused = play([emptied], *arguments).results["t"]
    assert 'would delete the last client, "Acme" (id 1001)' in refused["msg"]
    assert service.writes == []


def test_402_in_the_middle_and_the_next_run_does_the_rest(service: Simulator, play: Play) -> None:
    service.reset(Switches(quota_headers=False), quota_limit=120)
    listed = [{"name": f"Client {number}"} for number in range(300)]
    wanted = {MODULE: {"clients": listed, "concurrency": 1}}
    ran = play([{**wanted, "register": "broken", "ignore_errors": True}])
    broken = ran.results["broken"]
    assert (broken["failed"], broken["changed"]) == (True, True)
    assert (broken["summary"]["created"], broken["summary"]["pending"]) == (119, 181)
    assert [entry["entry"] for entry in broken["results"]] == list(range(1, 301))
    assert [step["status"] for step in broken["plan"]] == ["done"] * 119 + ["pending"] * 181
    service.quota.limit = 10_000
    rest = play([{**wanted, "register": "rest"}]).results["rest"]
    assert rest["summary"]["created"] == 181
    assert rest["summary"]["unchanged"] == 119
    assert [entry["entry"] for entry in rest["results"]] == list(range(120, 301))
    assert len(service.names()) == len(set(service.names())) == 300
