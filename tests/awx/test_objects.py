# SPDX-License-Identifier: GPL-3.0-or-later
"""The two descriptions of what is in AWX say the same, and fit to what they name."""

from __future__ import annotations

import pytest
import yaml
from awx import objects as described
from awx.objects import AWX, KINDS, ROOT, Object, from_tasks, from_variables, injected, only

TASKS = from_tasks()
VARIABLES = from_variables()
PROJECT = AWX / "project"
ROLE = yaml.safe_load((ROOT / "roles/clients/meta/argument_specs.yml").read_text())
ROLE_VARIABLES = ROLE["argument_specs"]["main"]["options"]


@pytest.fixture(params=[TASKS, VARIABLES], ids=["awx.awx", "infra.aap_configuration"])
def objects(request: pytest.FixtureRequest) -> list[Object]:
    found: list[Object] = request.param
    return found


def test_both_describe_the_same_objects() -> None:
    names = [(found.kind, found.name) for found in TASKS]
    assert names == [(found.kind, found.name) for found in VARIABLES]
    assert len(set(names)) == len(names) == 13
    for one, other in zip(TASKS, VARIABLES, strict=True):
        assert one.options == other.options, one.name


def test_the_environment_is_one_that_awx_allows(objects: list[Object]) -> None:
    (kind,) = only(objects, "credential_type").values()
    fields = {field["id"] for field in kind["inputs"]["fields"]}
    secret = {field["id"] for field in kind["inputs"]["fields"] if field.get("secret")}
    given = {field: f"<{field}>" for field in fields}
    environment = injected(kind, given).environment
    assert environment == {
        "TOGGL_FOCUS_API_TOKEN": "<api_token>",
        "TOGGL_FOCUS_WORKSPACE_ID": "<workspace_id>",
        "TOGGL_FOCUS_API_URL": "<api_url>",
    }
    assert not [name for name in environment if name.startswith("ANSIBLE_")]
    assert secret == {"api_token"} == set(kind["inputs"]["required"])
    spec = (ROOT / "plugins/module_utils/_task/arguments.py").read_text()
    assert all(f'"{name}"' in spec for name in environment)


def test_an_address_that_is_not_given_is_the_one_of_the_service(objects: list[Object]) -> None:
    (kind,) = only(objects, "credential_type").values()
    alone = injected(kind, {"api_token": "x"})
    assert alone.environment["TOGGL_FOCUS_API_URL"] == "https://focus.toggl.com/api"
    assert alone.extra_vars == {"clients_api_url": "https://focus.toggl.com/api"}


def test_the_address_is_an_extra_variable_that_no_host_overrides(objects: list[Object]) -> None:
    """``test_runner.py`` has a host that tries."""
    (kind,) = only(objects, "credential_type").values()
    given = injected(kind, {"api_token": "x", "api_url": "https://focus.example.com/api"})
    assert given.extra_vars == {"clients_api_url": "https://focus.example.com/api"}
    assert given.extra_vars.keys() <= ROLE_VARIABLES.keys()


def test_the_collection_is_the_same_in_plan_and_apply() -> None:
    """A range could have grown in between."""
    (asked,) = described.load(PROJECT / "collections" / "requirements.yml")["collections"]
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"]
    assert asked == {"name": "toggl.focus", "version": version}


def test_no_secret_is_written_down(objects: list[Object]) -> None:
    (credential,) = only(objects, "credential").values()
    assert credential["inputs"] == {"api_token": "$TOGGL_FOCUS_API_TOKEN"}


def test_the_secret_is_in_no_output() -> None:
    (play,) = described.load(described.TASKS)
    (task,) = [task for task in play["tasks"] if "awx.awx.credential" in task]
    assert task["no_log"] is True


def test_a_second_run_leaves_the_credential(objects: list[Object]) -> None:
    """AWX shows no secret again, so that with an update every run would be a change."""
    (credential,) = only(objects, "credential").values()
    assert credential["update_secrets"] is False


def test_what_they_refer_to_exists(objects: list[Object]) -> None:
    templates = only(objects, "job_template")
    for template in templates.values():
        assert template["project"] in only(objects, "project")
        assert template["inventory"] in only(objects, "inventory")
        assert template["execution_environment"] in only(objects, "execution_environment")
        assert set(template["credentials"]) <= set(only(objects, "credential"))
        assert (PROJECT / template["playbook"]).is_file()
    playbooks = {template["playbook"] for template in templates.values()}
    assert playbooks == {path.name for path in PROJECT.glob("*.yml")}
    for credential in only(objects, "credential").values():
        assert credential["credential_type"] in only(objects, "credential_type")
    for source in only(objects, "inventory_source").values():
        assert (PROJECT / source["source_path"]).is_file()
        assert source["inventory"] in only(objects, "inventory")
        assert source["source_project"] in only(objects, "project")
    for schedule in only(objects, "schedule").values():
        assert schedule["unified_job_template"] in templates


def test_what_is_referred_to_is_made_before(objects: list[Object]) -> None:
    assert list(dict.fromkeys(found.kind for found in objects)) == list(KINDS.values())


def test_the_jobs_that_only_look_run_in_check_mode(objects: list[Object]) -> None:
    types = {o["playbook"]: o["job_type"] for o in only(objects, "job_template").values()}
    assert types["plan.yml"] == types["drift.yml"] == "check"
    assert types["apply.yml"] == types["apply_reviewed.yml"] == "run"


def test_an_approval_stands_between_plan_and_apply(objects: list[Object]) -> None:
    (workflow,) = only(objects, "workflow_job_template").values()
    nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    order = ["plan"]
    while after := nodes[order[-1]].get("related", {}).get("success_nodes"):
        order += [node["identifier"] for node in after]
    assert order == ["plan", "approve", "apply"] == list(nodes)
    assert nodes["approve"]["unified_job_template"]["type"] == "workflow_approval"
    templates = only(objects, "job_template")
    ran = [templates[nodes[key]["unified_job_template"]["name"]] for key in ("plan", "apply")]
    assert [template["playbook"] for template in ran] == ["plan.yml", "apply_reviewed.yml"]


def test_plan_and_apply_get_the_same_answers(objects: list[Object]) -> None:
    """Else the plan would be another, and its digest would be refused."""
    (workflow,) = only(objects, "workflow_job_template").values()
    surveys = [
        template["survey_spec"]
        for template in only(objects, "job_template").values()
        if template["playbook"] in ("plan.yml", "apply.yml", "apply_reviewed.yml", "drift.yml")
    ]
    assert surveys == [workflow["survey_spec"]] * 4


def test_a_survey_asks_for_variables_of_the_role(objects: list[Object]) -> None:
    (workflow,) = only(objects, "workflow_job_template").values()
    for question in workflow["survey_spec"]["spec"]:
        assert question["variable"] in ROLE_VARIABLES
        assert question["required"] and question["default"] != ""


def test_nobody_can_send_the_key_elsewhere(objects: list[Object]) -> None:
    """Free extra variables could hold another ``clients_api_url``."""
    for kind in ("job_template", "workflow_job_template"):
        for name, template in only(objects, kind).items():
            assert template["ask_variables_on_launch"] is False, name
