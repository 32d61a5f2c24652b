# SPDX-License-Identifier: GPL-3.0-or-later
"""What is omitted in a playbook's values counts as not given, on every ansible-core. What YAML
makes of names, and what is no list, is in ``test_mistakes.py``."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.stage import CLIENT, CLIENTS, Outcome, fill, outcome, workspaces

HERE = 4711
OMITTED: list[Any] = [
    "{{ second | default(omit) }}",
    "Beta",
    {
        "name": "Gamma",
        "id": "{{ gamma_id | default(omit) }}",
        "former_names": ["{{ old | default(omit) }}", "Delta"],
    },
]
STEPS = [("create", "Beta"), ("rename", "Gamma")]
INTERNAL = re.compile("omit_place|<<Omit|_OmitType|_Ansible")

TASKS: dict[str, dict[str, Any]] = {
    "all": {CLIENTS: {"clients": OMITTED}},
    "one": {CLIENT: {"name": "Beta", "id": OMITTED[0], "former_names": OMITTED[:1]}},
    "by_id": {CLIENT: {"id": 1001, "name": OMITTED[0], "state": "absent"}},
}
TEMPLATES = {
    "filtered": "listed | toggl.focus.clients_plan(base)",
    "filtered_as_written": (
        "['Beta', x | default(omit), {'name': 'Gamma', 'former_names': [x | default(omit), "
        "'Delta'], 'id': x | default(omit)}] | toggl.focus.clients_plan(base, "
        "purge=x | default(omit), protected=x | default(omit), max_deletions=x | default(omit),"
        " max_deletion_percent=x | default(omit), workspace_id=x | default(omit), "
        "api_url=x | default(omit))"
    ),
    "filtered_nothing": "x | default(omit) | toggl.focus.clients_plan([])",
}
VARIABLES = {"listed": OMITTED, "base": ["{{ x | default(omit) }}", "Delta"]}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    tasks = [{**task, "register": name, "ignore_errors": True} for name, task in TASKS.items()]
    for name, template in TEMPLATES.items():
        tasks.append({"ansible.builtin.debug": {"msg": f"{{{{ {template} }}}}"}, "register": name})
    with workspaces(HERE) as service:
        fill(service, HERE, "Delta")
        return outcome(service, tmp_path_factory.mktemp("play"), tasks, vars=VARIABLES)


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((row["step"], row["name"]) for row in result["plan"])


def test_what_is_omitted_is_not_given_to_a_module(told: Outcome) -> None:
    """An element, a name, an id and a former name."""
    results = told.ran.results
    assert steps(results["all"]) == STEPS
    assert results["one"]["changed"] is False
    assert results["by_id"]["action"] == "deleted"
    assert told.names == {HERE: ["Beta"]}
    assert not INTERNAL.search(told.ran.output)


def test_nor_to_a_filter(told: Outcome) -> None:
    """Neither in a list, nor as a list's value, nor as an option."""
    results = told.ran.results
    assert steps(results["filtered"]["msg"]) == STEPS
    assert steps(results["filtered_as_written"]["msg"]) == STEPS
    assert results["filtered_nothing"]["msg"]["msg"] == (
        "The option clients cannot be used: it is not a list; give a list of clients, or [] if "
        "there are none."
    )
