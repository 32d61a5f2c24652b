# SPDX-License-Identifier: GPL-3.0-or-later
"""What examples/awx/controller/ describes, as values: one list of AWX objects from either file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment

ROOT = Path(__file__).resolve().parents[2]
AWX = ROOT / "examples" / "awx"
PROJECT = AWX / "project"
TASKS = AWX / "controller" / "awx_awx.yml"
VARIABLES = AWX / "controller" / "aap_configuration_vars.yml"
PLAY = AWX / "controller" / "aap_configuration.yml"

KINDS = {
    "controller_instance_groups": "instance_group",
    "controller_credential_types": "credential_type",
    "controller_credentials": "credential",
    "controller_execution_environments": "execution_environment",
    "controller_projects": "project",
    "controller_inventories": "inventory",
    "controller_inventory_sources": "inventory_source",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
    "controller_schedules": "schedule",
}
"""The module of awx.awx for each list of infra.aap_configuration; none refers to a later one."""


class Object(NamedTuple):
    kind: str
    name: str
    options: dict[str, Any]


class Unsafe(str):
    """A text that Ansible does not take for a template."""


class Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Ansible warns of a key that is given twice, also where one is merged by ``<<``."""
        self.flatten_mapping(node)
        keys = [key.value for key, _ in node.value]
        assert len(set(keys)) == len(keys), keys
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


Loader.add_constructor("!unsafe", lambda _loader, node: Unsafe(node.value))


def load(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader)  # a SafeLoader


def resolved(value: Any, variables: Mapping[str, Any]) -> Any:
    """Return the value without templates; what is from the environment is its variable's name."""
    if isinstance(value, Unsafe):
        return str(value)
    if isinstance(value, str) and "{{" in value:
        return resolved(NATIVE.from_string(value).render(variables), variables)
    if isinstance(value, dict):
        return {key: resolved(part, variables) for key, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, variables) for part in value]
    return value


NATIVE = NativeEnvironment()
NATIVE.globals["lookup"] = lambda _plugin, name: f"${name}"
NATIVE.filters["ternary"] = lambda test, yes, no: yes if test else no


def _of_task(task: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[Object]:
    name, options = next((n, o) for n, o in task.items() if n.startswith("awx.awx."))
    for item in task.get("loop", [None]):
        given = {**variables, "item": resolved(item, variables)}
        values = resolved(options, given)
        yield Object(name.removeprefix("awx.awx."), values["name"], values)


def from_tasks(**changed: Any) -> list[Object]:
    """:arg changed: variables of the play that are given"""
    (play,) = load(TASKS)
    variables = {**play["vars"], **changed}
    tasks = (task for task in play["tasks"] if "ansible.builtin.assert" not in task)
    return [made for task in tasks for made in _of_task(task, variables)]


def from_variables() -> list[Object]:
    (play,) = load(PLAY)
    lists = load(VARIABLES)
    variables = {**play["vars"], **lists}
    return [
        Object(kind, entry["name"], resolved(entry, variables))
        for key, kind in KINDS.items()
        for entry in lists[key]
    ]


OBJECTS = from_tasks()


def only(kind: str, objects: list[Object] = OBJECTS) -> dict[str, dict[str, Any]]:
    """Return the options of each object of a kind, by its name."""
    return {found.name: found.options for found in objects if found.kind == kind}


def the_only(kind: str) -> dict[str, Any]:
    (found,) = only(kind).values()
    return found


TEMPLATES, WORKFLOWS = only("job_template"), only("workflow_job_template")
UNCHANGED = "as the inventory says"
"""The answer of a survey with which nothing changes."""


def injected(credential_type: Mapping[str, Any], inputs: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the environment and the extra variables that a credential adds to a job."""
    sandbox = ImmutableSandboxedEnvironment()
    return [
        {name: sandbox.from_string(text).render(inputs) for name, text in templates.items()}
        for templates in map(credential_type["injectors"].get, ("env", "extra_vars"))
    ]
