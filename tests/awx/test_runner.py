# SPDX-License-Identifier: GPL-3.0-or-later
"""The jobs of examples/awx/, run by ansible-runner as AWX does, against the simulator."""

from __future__ import annotations

import base64
import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from awx.jobs import Job, as_awx_writes, launch
from awx.objects import PROJECT, UNCHANGED
from checks.commands import run
from simulator.records import Fault
from simulator.server import Simulator
from support.lists import load_list
from support.playbooks import ansible_playbook, keep
from support.running import assert_predicted
from support.stage import CLIENTS, active, asked, fill, serving

Launch = Callable[..., Job]
PLACES = ("europe", "asia", "america_north")
EUROPE, ASIA, AMERICA = (f"focus_plan_digest_of_{place}" for place in PLACES)

ANSWERS = {"focus_purge": UNCHANGED, "focus_max_deletion_percent": UNCHANGED}
"""Those of a survey that nobody has changed."""

AS_DECLARED = {4711: ["Acme", "Globex Corporation"], 4712: ["Acme", "Umbrella"], 4713: ["Hooli"]}


@pytest.fixture(scope="module")
def inventory() -> dict[str, Any]:
    """What AWX reads from the project, once for all jobs."""
    command, source = "ansible-inventory --list -i", PROJECT / "inventory" / "workspaces.yml"
    found: dict[str, Any] = json.loads(run(command, source))
    return found


many_workspaces = serving(*AS_DECLARED)


@pytest.fixture(scope="module")
def job(
    many_workspaces: Simulator, inventory: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Launch:
    def started(template: str, **options: Any) -> Job:
        inputs = {"api_token": many_workspaces.token, "api_url": many_workspaces.url}
        given = {"inventory": inventory, "inputs": inputs, **options}
        return launch(tmp_path_factory.mktemp("job"), f"Toggl Focus {template}", **given)

    return started


def names(service: Simulator) -> dict[int, list[str]]:
    return {number: active(service, number) for number in service.workspaces}


def refill(service: Simulator) -> Simulator:
    service.reset()
    fill(service, 4711, "Globex", "Initech")
    service.workspaces[4712].add("Umbrella", deleted=True)
    return service


@pytest.fixture
def filled(many_workspaces: Simulator) -> Simulator:
    return refill(many_workspaces)


class Workflow(NamedTuple):
    """A plan, what was applied after its review, and two comparisons on a later day, when somebody
    has added a client by hand. The second one is of an inventory that purges."""

    plan: Job
    applied: Job
    drift: Job
    purging: Job
    sent_elsewhere: int


def with_each(inventory: dict[str, Any], **variables: Any) -> dict[str, Any]:
    hosts = inventory["_meta"]["hostvars"]
    return {"_meta": {"hostvars": {name: {**has, **variables} for name, has in hosts.items()}}}


@pytest.fixture(scope="module")
def workflow(many_workspaces: Simulator, job: Launch, inventory: dict[str, Any]) -> Workflow:
    """In which a variable of each host would send the key elsewhere."""
    refill(many_workspaces)
    with Simulator() as elsewhere:
        hostile = with_each(inventory, clients_api_url=elsewhere.url)
        plan = job("plan", inventory=hostile, extra_vars=ANSWERS)
        assert many_workspaces.writes == []
        handed_on = {**plan.artifacts, **ANSWERS}
        applied = job("apply reviewed", inventory=hostile, extra_vars=handed_on)
        assert names(many_workspaces) == AS_DECLARED, applied.output
        fill(many_workspaces, 4712, "Stray")
        drift = job("drift", inventory=hostile)
        purging = job("drift", inventory=with_each(hostile, clients_purge=True))
        return Workflow(plan, applied, drift, purging, len(elsewhere.log))


def test_a_reviewed_plan_is_applied(workflow: Workflow, many_workspaces: Simulator) -> None:
    plan, applied, *_ = workflow
    assert plan.status == "successful", plan.output
    assert set(plan.artifacts) == {EUROPE, ASIA, AMERICA}
    planned = {host: result["plan"] for host, result in plan.results(CLIENTS).items()}
    assert {step["step"] for step in planned["europe"]} == {"rename", "delete", "create"}
    assert applied.status == "successful", applied.output
    results = applied.results(CLIENTS)
    for host, steps in planned.items():
        assert_predicted(steps, results[host]["plan"])
        assert {step["status"] for step in results[host]["plan"]} == {"done"}
    assert "create   Hooli (id " in applied.output
    assert {result["plan_digest"] for result in results.values()} == set(plan.artifacts.values())
    assert results["europe"]["undo"]
    for done in (plan, applied):
        assert done.events and many_workspaces.token not in done.written()
        assert "[WARNING]" not in done.output


def test_whoever_approves_reads_the_plan_of_all_as_lines(workflow: Workflow) -> None:
    """Neither JSON nor Markdown, in one place, at the end."""
    shown = workflow.plan.output.split("Show the plan, for whoever approves] ")[1]
    assert shown.split("msg: |-")[1].startswith(
        """
        america-north, workspace 4713: Would create 1.
            create   Hooli
        asia, workspace 4712: Would create 1, restore 1.
            restore  Umbrella (id 1001)
            create   Acme
        europe, workspace 4711: Would create 1, rename 1, delete 1.
            delete   Initech (id 1002)
            rename   Globex -> Globex Corporation (id 1001)
            create   Acme
"""
    )


def test_no_variable_of_a_host_sends_the_key_elsewhere(workflow: Workflow) -> None:
    """The address is the one of the credential, in the plan, in what is applied and by drift."""
    assert workflow.sent_elsewhere == 0


def test_drift_fails_the_job_of_a_workspace_that_differs(workflow: Workflow) -> None:
    """With the purge of the inventory, which no survey can turn off."""
    drift, purging = workflow.drift, workflow.purging
    assert (drift.status, purging.status) == ("successful", "failed"), drift.output
    assert "+- name: Stray" not in purging.output and "-- name: Stray" in purging.output
    assert "[WARNING]" not in drift.output


PURGE, PERCENT = "clients_purge", "clients_max_deletion_percent"
SET = {PURGE: True, PERCENT: 5}


def played(
    service: Simulator, folder: Path, book: Path, answers: dict[str, str], *flags: str
) -> str:
    """Return what a play of a host alone prints."""
    given, hosts = folder / "given.yml", folder / "hosts.yml"
    given.write_text(as_awx_writes({"awx_job_name": "A", **answers}))
    hosts.write_text(json.dumps({"all": {"hosts": {"one": None}, "vars": SET}}))
    return ansible_playbook(service, book, "-i", str(hosts), "-e", f"@{given}", *flags).stdout


@pytest.mark.parametrize(
    ("answers", "follows"),
    [
        ({}, SET),
        (ANSWERS, SET),
        ({"focus_purge": "no", "focus_max_deletion_percent": "0"}, {PURGE: False, PERCENT: "0"}),
        ({"focus_purge": "yes", "focus_max_deletion_percent": "50"}, {PURGE: True, PERCENT: "50"}),
    ],
)
def test_an_answer_counts_only_where_it_is_another_than_the_inventory_s(
    filled: Simulator, tmp_path: Path, answers: dict[str, str], follows: dict[str, Any]
) -> None:
    book, found = tmp_path / "book.yml", tmp_path / "kept.json"
    kept = {"hosts": "all", "gather_facts": False, "tasks": [keep([*SET], found)]}
    first = {"import_playbook": str(PROJECT / "plays" / "answers.yml")}
    book.write_text(json.dumps([first, {**kept, "connection": "local"}]))
    said = played(filled, tmp_path, book, answers)
    assert json.loads(found.read_text()) == follows, said


def test_two_hosts_with_one_workspace_end_the_workflow_at_its_first_job(
    filled: Simulator, job: Launch, inventory: dict[str, Any]
) -> None:
    same = job("check", inventory=with_each(inventory, clients_workspace_id=4711))
    assert same.status == "failed" and "europe" in same.output and not filled.log


def test_two_hosts_that_would_hand_on_one_variable_end_it_too(
    job: Launch, inventory: dict[str, Any]
) -> None:
    hosts = inventory["_meta"]["hostvars"]
    both = {"america-north": hosts["america-north"], "america_north": hosts["asia"]}
    same = job("check", inventory={"_meta": {"hostvars": both}})
    assert same.status == "failed" and "Rename one of them." in same.output


def test_a_limit_that_names_a_file_shows_nothing_of_it(
    filled: Simulator, job: Launch, tmp_path: Path
) -> None:
    """AWX passes it on as it is. The environment of a job is such a file."""
    (kept := tmp_path / "environ").write_text(f"TOGGL_FOCUS_API_TOKEN={filled.token}\0")
    checked = job("check", limit=f"asia,@{kept}", verbosity=3)
    assert checked.status == "successful" and filled.token not in checked.written()


def test_nothing_is_applied_but_the_reviewed_plan(
    filled: Simulator, job: Launch, workflow: Workflow
) -> None:
    """One workspace has changed since, and for one the digest is blank: nothing is asked there."""
    fill(filled, 4711, "Acme")
    applied = job("apply reviewed", extra_vars={**workflow.plan.artifacts, AMERICA: ""})
    assert applied.status == "failed"
    refused = applied.results(CLIENTS)["europe"]
    assert refused["refused"] and "has changed since it was reviewed" in refused["msg"], refused
    assert "Nothing was written. The plan would " in applied.output
    assert names(filled) == {**AS_DECLARED, 4711: ["Acme", "Globex", "Initech"], 4713: []}
    assert "plan_digest" in applied.output.split("fatal: [america-north]")[1]
    assert {*asked(filled)} == {4711, 4712}
    added = job("apply reviewed", hosts=["america-north"], extra_vars={EUROPE: "0" * 64})
    assert "'not in the plan that was approved' is not a digest" in added.output.replace('"', "'")


@pytest.mark.parametrize(
    ("book", "answers", "says"),
    [
        ("plays/answers.yml", {"focus_purge": ""}, 'Answer "yes"'),
        ("plays/answers.yml", {"focus_purge": "maybe"}, 'Answer "yes"'),
        ("plays/answers.yml", {"focus_max_deletion_percent": ""}, 'Answer "yes"'),
        ("undo_plan.yml --check", {"focus_undo_run": "0"}, "or the id of a run"),
        ("undo_plan.yml --check", {"focus_undo_run": ""}, "or the id of a run"),
        ("undo_plan.yml", {}, "with --check"),
        ("undo_reviewed.yml", {}, "Launch the workflow"),
        ("apply_reviewed.yml", ANSWERS, "Launch the workflow"),
    ],
)
def test_no_job_goes_on_with_what_nobody_has_answered_or_reviewed(
    filled: Simulator, tmp_path: Path, book: str, answers: dict[str, str], says: str
) -> None:
    name, *flags = book.split()
    said = played(filled, tmp_path, PROJECT / name, answers, *flags)
    assert says in said and "failed=1" in said and not filled.log, said


def test_what_was_applied_is_taken_back_after_a_review(filled: Simulator, job: Launch) -> None:
    """By the journals on the volume. What is taken back is the run that was reviewed, and nothing
    where none was. A second undo has nothing for anybody to approve."""
    before = names(filled)
    assert job("apply").status == "successful"
    plan = job("undo plan", extra_vars={"focus_undo_run": "the last one"})
    assert plan.status == "successful" and names(filled) == AS_DECLARED, plan.output
    assert "rename   Globex Corporation -> Globex (id 1001)" in plan.output
    europe, asia, america = (f"focus_undo_run_of_{place}" for place in PLACES)
    assert set(plan.artifacts) == {europe, asia, america}
    run = plan.artifacts[america]
    assert f"  {run}  " in plan.output

    undone = job("undo reviewed", extra_vars={**plan.artifacts, america: ""})
    assert (
        undone.status == "successful"
        and "has no run that was approved on this workspace" in undone.output
    )
    assert names(filled) == {**before, 4713: ["Hooli"]}

    again = job("undo plan", hosts=["europe", "asia"], extra_vars={"focus_undo_run": run})
    assert again.status == "failed" and "nothing to take back in any workspace" in again.output
    assert "taken back already" in again.output
    assert names(filled) == {**before, 4713: ["Hooli"]}


def test_a_workspace_that_cannot_be_planned_ends_the_workflow(
    filled: Simulator, job: Launch, inventory: dict[str, Any], workflow: Workflow
) -> None:
    """With its reason in the plan that the others are in too: Europe has too many deletions, and
    America's key is refused. A digest is handed on for each workspace by itself: AWX joins the
    artifacts of slices without looking into them. No secret is in what the job leaves behind."""
    filled.chaos = lambda call: Fault(status=401) if "/4713/" in call.path else None
    cautious = with_each(inventory, clients_max_deletions=0)
    refused = job("plan", inventory=cautious, extra_vars=ANSWERS, verbosity=4)
    assert refused.status == "failed"
    assert "europe, workspace 4711: 1 client would be deleted, but " in refused.output
    assert "max_deletions to 1" in refused.results(CLIENTS)["europe"]["msg"]
    assert "401" in refused.results(CLIENTS)["america-north"]["msg"]
    assert "asia, workspace 4712: Would create 1, restore 1." in refused.output
    assert refused.artifacts == {ASIA: workflow.plan.artifacts[ASIA]}
    assert filled.token not in refused.written()


def test_an_export_is_a_list_that_changes_nothing(filled: Simulator, job: Launch) -> None:
    """What is shown can be copied. What is kept is in base64: AWX makes extra variables of
    artifacts, which Ansible evaluates."""
    evil = "{{ lookup('ansible.builtin.pipe', 'echo evaluated') }}"
    fill(filled, 4713, "Globex", evil)
    exported = job("export", hosts=["america-north"])
    kept = exported.artifacts["focus_export_of_america_north"]
    shown = exported.output.split("msg: |-\n")[1].split("\nPLAY RECAP")[0]
    for text in (base64.b64decode(kept, validate=True).decode(), textwrap.dedent(shown), shown):
        assert load_list(text)["clients_list"] == [{"name": "Globex"}, {"name": evil}]
    assert "[WARNING]" not in exported.output and "$schema" not in shown
