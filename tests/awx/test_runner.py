# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of examples/awx/, run by ansible-runner as AWX does, against the simulator."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from awx.jobs import Job, imported_inventory, launch
from simulator.records import Fault
from simulator.server import Simulator
from support.lists import load_list
from support.running import assert_predicted
from support.stage import CLIENTS, active, asked, fill, workspaces

Launch = Callable[..., Job]
PLAN, APPLY = "Toggl Focus plan", "Toggl Focus apply"
APPLY_REVIEWED, DRIFT = "Toggl Focus apply reviewed", "Toggl Focus drift"
EUROPE, ASIA, AMERICA = (
    f"clients_plan_digest_of_{host}" for host in ("europe", "asia", "america_north")
)

ANSWERS = {"clients_purge": "false", "clients_max_deletion_percent": 30}
"""Of a survey: whether to purge is a text."""

AS_DECLARED = {4711: ["Acme", "Globex Corporation"], 4712: ["Acme", "Umbrella"], 4713: ["Hooli"]}


@pytest.fixture(scope="module")
def inventory() -> dict[str, Any]:
    return imported_inventory()


@pytest.fixture(scope="module")
def many_workspaces() -> Iterator[Simulator]:
    with workspaces(*AS_DECLARED) as running:
        yield running


@pytest.fixture(scope="module")
def job(
    many_workspaces: Simulator,
    inventory: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Launch:
    def run(template: str, **options: Any) -> Job:
        inputs = {"api_token": many_workspaces.token, "api_url": many_workspaces.url}
        given = {"inventory": inventory, "inputs": inputs, **options}
        return launch(tmp_path_factory.mktemp("job"), template, **given)

    return run


def names(service: Simulator) -> dict[int, list[str]]:
    return {number: active(service, number) for number in service.workspaces}


def refill(service: Simulator) -> None:
    service.reset()
    fill(service, 4711, "Globex", "Initech")
    service.workspaces[4712].add("Umbrella", deleted=True)


@pytest.fixture
def filled(many_workspaces: Simulator) -> Simulator:
    refill(many_workspaces)
    return many_workspaces


class Workflow(NamedTuple):
    """A plan, what was applied after its review, and two comparisons on a later day, when somebody
    has added a client by hand."""

    plan: Job
    applied: Job
    drift: Job
    purging: Job
    names: dict[int, list[str]]
    sent_elsewhere: int


@pytest.fixture(scope="module")
def workflow(many_workspaces: Simulator, job: Launch, inventory: dict[str, Any]) -> Workflow:
    """In which a variable of each host would send the key elsewhere."""
    refill(many_workspaces)
    with Simulator() as elsewhere:
        hosts = inventory["_meta"]["hostvars"]
        led = {name: {**known, "clients_api_url": elsewhere.url} for name, known in hosts.items()}
        hostile = {"_meta": {"hostvars": led}}
        plan = job(PLAN, inventory=hostile)
        assert many_workspaces.writes == []
        applied = job(APPLY_REVIEWED, inventory=hostile, extra_vars=plan.artifacts)
        after = names(many_workspaces)
        fill(many_workspaces, 4712, "Stray")
        drift = job(DRIFT, inventory=hostile, extra_vars=ANSWERS)
        purge = {**ANSWERS, "clients_purge": "true"}
        purging = job(DRIFT, inventory=hostile, extra_vars=purge)
        return Workflow(plan, applied, drift, purging, after, len(elsewhere.log))


def test_a_reviewed_plan_is_applied(workflow: Workflow, many_workspaces: Simulator) -> None:
    plan, applied = workflow.plan, workflow.applied
    assert plan.status == "successful", plan.output
    assert set(plan.artifacts) == {EUROPE, ASIA, AMERICA}
    planned = {host: result["plan"] for host, result in plan.results(CLIENTS).items()}
    assert {step["step"] for step in planned["europe"]} == {"rename", "delete", "create"}
    assert planned["america-north"] == [{"step": "create", "name": "Hooli", "status": "planned"}]
    assert "create   Hooli" in plan.output
    assert applied.status == "successful", applied.output
    assert workflow.names == AS_DECLARED
    results = applied.results(CLIENTS)
    for host, steps in planned.items():
        assert_predicted(steps, results[host]["plan"])
        assert {step["status"] for step in results[host]["plan"]} == {"done"}
    assert "create   Hooli (id " in applied.output
    assert {result["plan_digest"] for result in results.values()} == set(plan.artifacts.values())
    assert results["europe"]["undo"]
    for done in (plan, applied):
        assert done.events and many_workspaces.token not in done.written()


def test_whoever_approves_sees_the_plan_of_all_in_the_output(workflow: Workflow) -> None:
    """What ``plan.md`` has, in one place, deletions first."""
    output = workflow.plan.output
    assert "### Plan for 3 workspaces: create 3, rename 1, restore 1, delete 1" in output
    assert "- `europe`: `Initech` (id 1002)" in output
    assert output.index("**1 deletion**") < output.index("#### `america-north`, workspace 4713")
    assert "| rename | `Globex` | `Globex Corporation` | 1001 |" in output
    assert '"step":' not in output


def test_no_variable_of_a_host_sends_the_key_elsewhere(workflow: Workflow) -> None:
    """The address is the one of the credential, in the plan, in what is applied and by drift."""
    assert workflow.drift.status == "successful", workflow.drift.output
    assert workflow.sent_elsewhere == 0
    assert workflow.names == AS_DECLARED


def test_drift_fails_the_job_of_a_workspace_that_differs(workflow: Workflow) -> None:
    drift = workflow.purging
    assert (workflow.drift.status, drift.status) == ("successful", "failed")
    assert "+- name: Stray" not in drift.output and "-- name: Stray" in drift.output


def test_nothing_is_applied_but_the_reviewed_plan(
    filled: Simulator, job: Launch, workflow: Workflow
) -> None:
    """One workspace has changed since, and for one there is no digest: nothing is asked there."""
    fill(filled, 4711, "Acme")
    digests = {name: of for name, of in workflow.plan.artifacts.items() if name != AMERICA}
    applied = job(APPLY_REVIEWED, extra_vars=digests)
    assert applied.status == "failed"
    refused = applied.results(CLIENTS)["europe"]
    assert "has changed since it was reviewed" in refused["msg"], refused
    assert refused["refused"] is True
    assert "Nothing was written. The plan would " in applied.output
    assert names(filled) == {**AS_DECLARED, 4711: ["Acme", "Globex", "Initech"], 4713: []}
    assert AMERICA in applied.output
    assert {*asked(filled)} == {4711, 4712}


@pytest.fixture(scope="module")
def shown(many_workspaces: Simulator, job: Launch) -> dict[str, Job]:
    """Jobs with everything shown: Europe has too many deletions, and America's key is refused."""
    jobs = {}
    for template in (PLAN, APPLY):
        refill(many_workspaces)
        many_workspaces.chaos = lambda call: Fault(status=401) if "/4713/" in call.path else None
        answers = {**ANSWERS, "clients_max_deletions": 0}
        jobs[template] = job(template, extra_vars=answers, verbosity=4)
    return jobs


@pytest.mark.parametrize("template", [PLAN, APPLY])
def test_no_secret_stands_in_what_a_job_leaves_behind(
    many_workspaces: Simulator, shown: dict[str, Job], template: str
) -> None:
    """Neither with everything shown, nor when the key is refused."""
    results = shown[template].results(CLIENTS)
    assert results["asia"]["plan"] and "401" in results["america-north"]["msg"]
    assert many_workspaces.token not in shown[template].written()


def test_a_workspace_that_cannot_be_planned_ends_the_workflow(
    workflow: Workflow, shown: dict[str, Job]
) -> None:
    """With its reason in the plan that the others are in too. A digest is handed on for each
    workspace by itself: AWX joins the artifacts of slices without looking into them."""
    refused = shown[PLAN]
    assert refused.status == "failed"
    assert "**`europe` cannot be applied:** 1 client would be deleted, but " in refused.output
    assert "max_deletions to 1" in refused.results(CLIENTS)["europe"]["msg"]
    assert "#### `asia`, workspace 4712" in refused.output
    assert refused.artifacts == {ASIA: workflow.plan.artifacts[ASIA]}


def test_an_export_is_a_list_that_changes_nothing(filled: Simulator, job: Launch) -> None:
    """It is kept in base64: AWX makes extra variables of artifacts, which Ansible evaluates."""
    evil = "{{ lookup('ansible.builtin.pipe', 'echo evaluated') }}"
    fill(filled, 4713, "Globex", evil)
    exported = job("Toggl Focus export", hosts=["america-north"])
    artifact = exported.artifacts["clients_export_of_america_north"]
    text = base64.b64decode(artifact, validate=True).decode()
    assert load_list(text)["clients_list"] == [{"name": "Globex"}, {"name": evil}]
    assert all(line in exported.output for line in text.replace('"', '\\"').splitlines())


def test_the_credential_can_hold_the_workspace(filled: Simulator, job: Launch) -> None:
    inputs = {"api_token": filled.token, "api_url": filled.url, "workspace_id": "4713"}
    alone = {"_meta": {"hostvars": {"one": {"clients_list": [{"name": "Hooli"}]}}}}
    done = job(APPLY, inputs=inputs, inventory=alone)
    assert done.status == "successful", done.output
    assert names(filled)[4713] == ["Hooli"]
