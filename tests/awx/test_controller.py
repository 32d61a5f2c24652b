# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/awx/controller/ run with the real modules of awx.awx, against a stand-in for AWX."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from awx.collection import installed
from awx.controller import TOKEN, Controller, running
from awx.jobs import environment, tool
from awx.objects import KINDS, TASKS, from_tasks, from_variables, only

KEY = "toggl_sk_fedcba9876543210fedcba9876543210"


@pytest.fixture(scope="session")
def awx_awx() -> Path:
    folder = installed()
    if folder is None:
        pytest.skip("the package that bundles the collection awx.awx cannot be had")
    return folder


@pytest.fixture
def controller() -> Iterator[Controller]:
    with running() as found:
        yield found


def documented(folder: Path, module: str) -> dict[str, Any]:
    """The options of a module, by name."""
    path = folder / "ansible_collections/awx/awx/plugins/modules" / f"{module}.py"
    text = path.read_text().split("DOCUMENTATION = '''")[1].split("'''")[0]
    found: dict[str, Any] = yaml.safe_load(text)["options"]
    return found


def configure(controller: Controller, folder: Path, *arguments: str) -> str:
    access = {"CONTROLLER_HOST": controller.url, "CONTROLLER_OAUTH_TOKEN": TOKEN}
    done = subprocess.run(
        [tool("ansible-playbook"), *arguments, str(TASKS)],
        env={
            **environment(),
            **access,
            "ANSIBLE_COLLECTIONS_PATH": str(folder),
            "ANSIBLE_PIPELINING": "true",
            "TOGGL_FOCUS_API_TOKEN": KEY,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    assert KEY not in output and TOKEN not in output
    return done.stdout


@pytest.mark.parametrize("objects", [from_tasks(), from_variables()], ids=["tasks", "variables"])
def test_each_option_is_one_of_the_module(awx_awx: Path, objects: list[Any]) -> None:
    for found in objects:
        options = documented(awx_awx, found.kind)
        assert set(found.options) <= set(options), found.name
        for name, value in found.options.items():
            assert value in options[name].get("choices", [value]), f"{found.name}: {name}"
    assert {found.kind for found in objects} == set(KINDS.values())


def test_it_makes_what_is_described_and_a_second_run_leaves_it(
    awx_awx: Path, controller: Controller
) -> None:
    assert "failed=0" in configure(controller, awx_awx)
    compare(controller)
    before = len(controller.writes)
    again = configure(controller, awx_awx)
    # awx.awx looks for fields on an approval that AWX does not have there, so it always "changes".
    (written,) = controller.writes[before:]
    assert written[0] == "PATCH" and "workflow_approval_templates" in written[1]
    assert "changed=1" in again


def compare(controller: Controller) -> None:
    assert controller.secrets == [{"api_token": KEY}]
    (kind,) = controller.objects["credential_types"].values()
    (described,) = only(from_variables(), "credential_type").values()
    assert kind["injectors"] == described["injectors"]
    templates = controller.named("job_templates")
    for name, options in only(from_variables(), "job_template").items():
        made = templates[name]
        assert made["playbook"] == options["playbook"] and made["job_type"] == options["job_type"]
        assert controller.surveys["job_templates", made["id"]] == options["survey_spec"]
        (credential,) = controller.related["job_templates", made["id"], "credentials"]
        assert controller.objects["credentials"][credential]["name"] == "Toggl Focus clients"
    assert links(controller) == {"plan": ["approve"], "approve": ["apply"], "apply": []}
    (schedule,) = controller.objects["schedules"].values()
    assert schedule["unified_job_template"] == templates["Toggl Focus drift"]["id"]


def links(controller: Controller) -> dict[str, list[str]]:
    """Which node of the workflow comes after which, if that has succeeded."""
    kind = "workflow_job_template_nodes"
    nodes = controller.objects[kind]
    return {
        node["identifier"]: [
            nodes[after]["identifier"]
            for after in controller.related.get((kind, number, "success_nodes"), [])
        ]
        for number, node in nodes.items()
    }
