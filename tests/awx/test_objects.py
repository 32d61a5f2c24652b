# SPDX-License-Identifier: GPL-3.0-or-later
"""Both descriptions of AWX say the same, and fit what they name and what awx.awx documents."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from awx import objects
from awx.objects import OBJECTS, TEMPLATES, UNCHANGED, WORKFLOWS, Object, injected, only, the_only

SERVICE = "https://focus.toggl.com/api"
WORKFLOW, UNDO = WORKFLOWS.values()
GROUP = the_only("instance_group")


def playbooks_of(workflow: Mapping[str, Any]) -> list[str]:
    """Return what its nodes launch, one after the other: playbooks, or what kind of approval."""
    nodes = workflow["workflow_nodes"]
    for node, after in pairwise(nodes):
        assert node["related"]["success_nodes"] == [{"identifier": after["identifier"]}]
    launched = [node["unified_job_template"] for node in nodes]
    return [TEMPLATES.get(one["name"], {}).get("playbook", one["type"]) for one in launched]


def questions(asking: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asking["survey_spec"]["spec"] if asking["survey_enabled"] else []
    return found


def test_both_describe_the_same_objects_each_after_what_it_refers_to() -> None:
    """So the other tests look at one of them."""
    names = [(found.kind, found.name) for found in OBJECTS]
    assert names == [(found.kind, found.name) for found in objects.from_variables()]
    assert len(set(names)) == len(names) == 18
    assert list(dict.fromkeys(kind for kind, _ in names)) == list(objects.KINDS.values())
    for one, other in zip(OBJECTS, objects.from_variables(), strict=True):
        assert one.options == other.options, one.name


def test_a_credential_sets_the_environment_and_an_address_that_no_host_overrides() -> None:
    """An address that is not given is the service's. AWX allows no variable ``ANSIBLE_...``."""
    kind = the_only("credential_type")
    fields = kind["inputs"]["fields"]
    secret = {field["id"] for field in fields if field.get("secret")}
    assert secret == {"api_token"} == set(kind["inputs"]["required"])
    given, extra = injected(kind, {field["id"]: f"<{field['id']}>" for field in fields})
    assert given == {
        "TOGGL_FOCUS_API_TOKEN": "<api_token>",
        "TOGGL_FOCUS_WORKSPACE_ID": "<workspace_id>",
        "TOGGL_FOCUS_API_URL": "<api_url>",
    }
    assert extra == {"clients_api_url": "<api_url>"}
    alone, extra = injected(kind, {"api_token": "x"})
    assert alone["TOGGL_FOCUS_API_URL"] == extra["clients_api_url"] == SERVICE


def test_no_secret_is_written_down_or_printed() -> None:
    """AWX shows no secret again, so that with an update every run would be a change."""
    credential = the_only("credential")
    assert credential["inputs"] == {"api_token": "$TOGGL_FOCUS_API_TOKEN"}
    assert credential["update_secrets"] is False
    (play,) = objects.load(objects.TASKS)
    (task,) = [task for task in play["tasks"] if "awx.awx.credential" in task]
    assert task["no_log"] is True


def test_what_they_refer_to_exists() -> None:
    """Options that have the name of a kind name an object of it."""
    for options in (found.options for found in OBJECTS):
        for reference in {*options} & {*objects.KINDS.values()}:
            assert options[reference] in only(reference)
    for template in TEMPLATES.values():
        assert set(template["credentials"]) <= set(only("credential"))
    playbooks = {template["playbook"] for template in TEMPLATES.values()}
    assert playbooks == {path.name for path in objects.PROJECT.glob("*.yml")}
    source = the_only("inventory_source")
    assert (objects.PROJECT / source["source_path"]).is_file()
    assert source["source_project"] in only("project")
    for schedule in only("schedule").values():
        assert schedule["unified_job_template"] in TEMPLATES


def test_the_jobs_that_only_look_run_in_check_mode() -> None:
    types = {template["playbook"]: template["job_type"] for template in TEMPLATES.values()}
    looking = {name for name, job_type in types.items() if job_type == "check"}
    assert looking == {"check.yml", "plan.yml", "drift.yml", "undo_plan.yml"}


def test_an_approval_stands_between_a_plan_and_what_applies_it() -> None:
    approval = "workflow_approval"
    assert playbooks_of(WORKFLOW) == ["check.yml", "plan.yml", approval, "apply_reviewed.yml"]
    assert playbooks_of(UNDO) == ["undo_plan.yml", approval, "undo_reviewed.yml"]


def test_what_a_slice_could_not_see_is_looked_at_by_a_job_that_is_not_sliced() -> None:
    """It sees two hosts with one workspace, also beyond the limit of the workflow."""
    found = only("job_template", objects.from_tasks(focus_slices=3)).values()
    counts = {template["playbook"]: template["job_slice_count"] for template in found}
    assert {counts.pop(name) for name in ("plan.yml", "apply_reviewed.yml")} == {3}
    (whole,) = (one["playbook"] for one in found if not one["ask_limit_on_launch"])
    assert set(counts.values()) == {1} and whole == playbooks_of(WORKFLOW)[0] in counts


def test_one_job_at_a_time_and_with_the_journals() -> None:
    """Of one template, and of several: they share a group of instances that runs one."""
    for runs in (*TEMPLATES.values(), *WORKFLOWS.values()):
        assert runs["allow_simultaneous"] is False
    assert {name for one in TEMPLATES.values() for name in one["instance_groups"]} == {
        GROUP["name"]
    }
    assert all(template["prevent_instance_group_fallback"] for template in TEMPLATES.values())
    assert GROUP["max_concurrent_jobs"] == 1
    pod = yaml.safe_load(GROUP["pod_spec_override"])["spec"]
    (worker,) = pod["containers"]
    inventory = objects.load(objects.PROJECT / the_only("inventory_source")["source_path"])
    journal = Path(inventory["all"]["vars"]["clients_journal"])
    assert [mount["mountPath"] for mount in worker["volumeMounts"]] == [str(journal.parent)]
    claim = objects.load(objects.AWX / "controller" / "journals.yml")
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]


def test_no_answer_of_a_survey_overrides_the_inventory() -> None:
    """It would be an extra variable, also where nobody changed it. Plan and apply get the same."""
    asked = {name: questions(one) for name, one in {**TEMPLATES, **WORKFLOWS}.items()}
    plan, undo = questions(WORKFLOW), questions(UNDO)
    assert {name: found for name, found in asked.items() if found} == {
        "Toggl Focus plan": plan,
        "Toggl Focus apply": plan,
        "Toggl Focus undo plan": undo,
        WORKFLOW["name"]: plan,
        UNDO["name"]: undo,
    }
    assert all(question["variable"].startswith("focus_") for question in plan + undo)
    for question in plan:
        assert question["choices"][0] == question["default"] == UNCHANGED and question["required"]
    assert (undo[0]["default"], undo[0]["required"]) == ("the last one", True)


def test_nobody_can_send_the_key_elsewhere() -> None:
    """Free extra variables could hold another ``clients_api_url``."""
    for template in (*TEMPLATES.values(), *WORKFLOWS.values()):
        assert template["ask_variables_on_launch"] is False, template["name"]


# what the modules document

PACKAGE = "ansible==11.13.0"
FOLDER = objects.ROOT / ".ansible" / "cache" / "awx"
INSIDE = "ansible_collections/awx/awx/"
OF_A_SPEC = ("type", "elements", "choices", "required", "aliases")


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder of the modules of awx.awx, from a package that bundles it."""
    found = FOLDER / INSIDE / "plugins" / "modules"
    if found.exists():
        return found
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as draft:
        pip = f"{sys.executable} -m pip download --disable-pip-version-check --no-deps"
        command = f"{pip} --only-binary=:all: --dest {draft} {PACKAGE}".split()
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("the package that bundles the collection awx.awx cannot be had")
        (wheel,) = Path(draft).glob("*.whl")
        with zipfile.ZipFile(wheel) as bundle:
            members = [member for member in bundle.namelist() if member.startswith(INSIDE)]
            bundle.extractall(f"{draft}/tree", members)
        with contextlib.suppress(OSError):  # a run beside this one was faster
            os.replace(f"{draft}/tree", FOLDER)
    return found


def as_spec(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {key: option[key] for key in OF_A_SPEC if key in option}
        | ({"options": as_spec(option["suboptions"])} if "suboptions" in option else {})
        for name, option in options.items()
    }


@pytest.mark.parametrize("described", OBJECTS, ids=lambda described: described.name)
def test_each_object_is_one_that_its_module_takes(modules: Path, described: Object) -> None:
    text = (modules / f"{described.kind}.py").read_text()
    documented = yaml.safe_load(text.split("DOCUMENTATION = '''")[1].split("'''")[0])
    validator = ArgumentSpecValidator(as_spec(documented["options"]))
    assert validator.validate(described.options).error_messages == []
