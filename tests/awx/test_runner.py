# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of examples/awx/, run by ansible-runner as AWX does, against the simulator."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from awx.jobs import Job
from simulator.server import Simulator
from support.lists import load_list

Launch = Callable[..., Job]
MODULE = "toggl.focus.focus_clients"
DIGESTS = {f"clients_plan_digest_of_{host}" for host in ("europe", "asia", "america_north")}


def names(workspaces: Simulator) -> dict[int, list[str]]:
    return {
        number: sorted(client.name for client in workspace.clients() if not client.deleted_at)
        for number, workspace in workspaces.workspaces.items()
    }


def foreseen(step: dict[str, Any]) -> dict[str, Any]:
    """What a review says of a step as the run does: not the id of a new client."""
    unforeseen = {"status", "id"} if step["step"] == "create" else {"status"}
    return {name: value for name, value in step.items() if name not in unforeseen}


AS_DECLARED = {4711: ["Acme", "Globex Corporation"], 4712: ["Acme", "Umbrella"], 4713: ["Hooli"]}


@pytest.fixture
def filled(workspaces: Simulator) -> Simulator:
    for name in ("Globex", "Initech"):
        workspaces.workspaces[4711].add(name, False)
    workspaces.workspaces[4712].add("Umbrella", True)
    return workspaces


def test_a_reviewed_plan_is_applied(filled: Simulator, job: Launch) -> None:
    plan = job("Toggl Focus plan")
    assert plan.status == "successful", plan.output
    assert filled.writes == []
    assert set(plan.artifacts) == DIGESTS
    planned = {host: result["plan"] for host, result in plan.results(MODULE).items()}
    assert {step["step"] for step in planned["europe"]} == {"rename", "delete", "create"}
    assert planned["america-north"] == [{"step": "create", "name": "Hooli", "status": "planned"}]
    assert "create   Hooli" in plan.output
    applied = job("Toggl Focus apply reviewed", extra_vars=plan.artifacts)
    assert applied.status == "successful", applied.output
    assert names(filled) == AS_DECLARED
    results = applied.results(MODULE)
    for host, steps in planned.items():
        assert [foreseen(step) for step in results[host]["plan"]] == list(map(foreseen, steps))
        assert {step["status"] for step in results[host]["plan"]} == {"done"}
    assert "create   Hooli (id " in applied.output
    assert {result["plan_digest"] for result in results.values()} == set(plan.artifacts.values())
    assert results["europe"]["undo"]
    for done in (plan, applied):
        assert done.events and filled.token not in done.written()


def test_whoever_approves_sees_the_plan_of_all_in_the_output(
    filled: Simulator, job: Launch
) -> None:
    """What ``plan.md`` has, in one place, deletions first."""
    output = job("Toggl Focus plan").output
    assert "### Plan for 3 workspaces: create 3, rename 1, restore 1, delete 1" in output
    assert "- `europe`: `Initech`, id 1002" in output
    assert output.index("**1 deletion**") < output.index("#### `america-north`, workspace 4713")
    assert "| rename | `Globex` | `Globex Corporation` | 1001 |" in output
    assert '"step":' not in output


def test_a_workspace_that_cannot_be_planned_ends_the_workflow(
    filled: Simulator, job: Launch
) -> None:
    """With its reason in the plan that the others are in too."""
    refused = job("Toggl Focus plan", extra_vars={"clients_max_deletions": 0})
    assert refused.status == "failed"
    assert "**`europe` cannot be applied:**" in refused.output
    assert "max_deletions" in refused.output and "#### `asia`, workspace 4712" in refused.output


def test_a_plan_that_is_no_longer_the_one_is_refused(filled: Simulator, job: Launch) -> None:
    plan = job("Toggl Focus plan")
    filled.workspaces[4711].add("Acme", False)
    applied = job("Toggl Focus apply reviewed", extra_vars=plan.artifacts)
    assert applied.status == "failed"
    results = applied.results(MODULE)
    assert "has changed since it was reviewed" in results["europe"]["msg"], results["europe"]
    assert results["europe"]["refused"] is True
    assert "Nothing was written. The plan would " in applied.output
    assert names(filled) == {**AS_DECLARED, 4711: ["Acme", "Globex", "Initech"]}


def test_nothing_is_applied_without_a_review(filled: Simulator, job: Launch) -> None:
    applied = job("Toggl Focus apply reviewed")
    assert applied.status == "failed"
    assert "clients_plan_digest_of_europe" in applied.output
    assert filled.log == []


def test_no_variable_of_a_host_sends_the_key_elsewhere(
    filled: Simulator, job: Launch, inventory: dict[str, Any]
) -> None:
    """The address is the one of the credential, in the plan, in what is applied and by drift."""
    with Simulator() as elsewhere:
        hosts = inventory["_meta"]["hostvars"]
        led = {name: {**known, "clients_api_url": elsewhere.url} for name, known in hosts.items()}
        hostile = {"_meta": {"hostvars": led}}
        plan = job("Toggl Focus plan", inventory=hostile)
        assert plan.status == "successful", plan.output
        for template in ("Toggl Focus apply reviewed", "Toggl Focus drift"):
            done = job(template, inventory=hostile, extra_vars=plan.artifacts)
            assert done.status == "successful", done.output
        assert elsewhere.log == []
    assert names(filled) == AS_DECLARED


def test_slices_hand_on_what_each_has_planned(filled: Simulator, job: Launch) -> None:
    """AWX joins the artifacts of slices one over the other, without looking into them."""
    artifacts = {
        **job("Toggl Focus plan", hosts=["europe", "america-north"]).artifacts,
        **job("Toggl Focus plan", hosts=["asia"]).artifacts,
    }
    assert set(artifacts) == DIGESTS
    job("Toggl Focus apply reviewed", hosts=["europe", "asia"], extra_vars=artifacts)
    assert names(filled) == {**AS_DECLARED, 4713: []}


def test_drift_fails_the_job_of_a_workspace_that_differs(filled: Simulator, job: Launch) -> None:
    answers = {"clients_purge": "false", "clients_max_deletion_percent": 30}
    assert job("Toggl Focus apply", extra_vars=answers).status == "successful"
    assert job("Toggl Focus drift", extra_vars=answers).status == "successful"
    filled.workspaces[4712].add("Stray", False)
    purging = {**answers, "clients_purge": "true"}
    drift = job("Toggl Focus drift", extra_vars=purging)
    assert drift.status == "failed"
    assert "+- name: Stray" not in drift.output and "-- name: Stray" in drift.output


def test_an_export_is_a_list_that_changes_nothing(filled: Simulator, job: Launch) -> None:
    """It is kept in base64: AWX makes extra variables of artifacts, which Ansible evaluates."""
    evil = "{{ lookup('ansible.builtin.pipe', 'echo evaluated') }}"
    filled.workspaces[4711].add(evil, False)
    exported = job("Toggl Focus export")
    artifact = exported.artifacts["clients_export_of_europe"]
    text = base64.b64decode(artifact, validate=True).decode()
    listed = load_list(text)["clients_list"]
    assert listed == [{"name": "Globex"}, {"name": "Initech"}, {"name": evil}]
    assert all(line in exported.output for line in text.replace('"', '\\"').splitlines())


@pytest.mark.parametrize("template", ["Toggl Focus plan", "Toggl Focus apply"])
def test_no_secret_stands_in_what_a_job_leaves_behind(
    filled: Simulator, job: Launch, template: str
) -> None:
    """Neither with everything shown, nor when the key is refused."""
    wrong = "toggl_sk_ffffffffffffffffffffffffffffffff"
    inputs = {"api_token": filled.token, "api_url": filled.url}
    shown = job(template, inputs=inputs, verbosity=4, hosts=["europe"])
    refused = job(template, inputs={**inputs, "api_token": wrong}, verbosity=4, hosts=["europe"])
    assert (shown.status, refused.status) == ("successful", "failed")
    assert "401" in refused.output
    assert filled.token not in shown.written()
    assert wrong not in refused.written()


def test_the_credential_can_hold_the_workspace(filled: Simulator, job: Launch) -> None:
    inputs = {"api_token": filled.token, "api_url": filled.url, "workspace_id": "4713"}
    alone = {"_meta": {"hostvars": {"one": {"clients_list": [{"name": "Hooli"}]}}}}
    done = job("Toggl Focus apply", inputs=inputs, inventory=alone)
    assert done.status == "successful", done.output
    assert names(filled)[4713] == ["Hooli"]
