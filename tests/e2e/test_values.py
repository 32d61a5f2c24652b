# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook's values become, on every ansible-core: what is omitted counts as not given, and
what is no list is refused in the same words everywhere."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.playbooks import Play, ansible_playbook

ONE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
ROLE = "ansible.builtin.include_role"

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
NO_LIST = {"Acme": {}, "Beta": {"state": "absent"}}
WORDS = (
    "The option clients cannot be used: it is a mapping, not a list; begin each client with a "
    "hyphen, as in - name: Acme."
)
INTERNAL = re.compile("omit_place|<<Omit|_OmitType|_Ansible")


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((row["step"], row["name"]) for row in result["plan"])


@pytest.fixture
def delta(service: Simulator) -> Simulator:
    service.add("Delta")
    return service


def test_what_is_omitted_is_not_given_to_a_module(delta: Simulator, play: Play) -> None:
    """An element, a name, an id and a former name."""
    former = {"name": "Beta", "id": "{{ x | default(omit) }}", "former_names": OMITTED[:1]}
    ran = play(
        [
            {BULK: {"clients": OMITTED}, "register": "all"},
            {ONE: former, "register": "one"},
            {
                ONE: {"id": 1001, "name": "{{ x | default(omit) }}", "state": "absent"},
                "register": "by_id",
            },
        ]
    )
    assert ran.status == 0, ran.output
    assert steps(ran.results["all"]) == STEPS
    assert ran.results["one"]["changed"] is False
    assert ran.results["by_id"]["action"] == "deleted"
    assert delta.names() == ["Beta"]
    assert not INTERNAL.search(ran.output)


def test_nor_to_a_filter(service: Simulator, play: Play) -> None:
    """Neither in a list, nor as a list's value, nor as an option."""
    filtered = {
        "listed": "listed | toggl.focus.clients_plan(base)",
        "written": (
            "['Beta', x | default(omit), {'name': 'Gamma', 'former_names': [x | default(omit), "
            "'Delta'], 'id': x | default(omit)}] | toggl.focus.clients_plan(base, "
            "purge=x | default(omit), protected=x | default(omit), max_deletions=x | default(omit),"
            " max_deletion_percent=x | default(omit), workspace_id=x | default(omit), "
            "api_url=x | default(omit))"
        ),
        "nothing": "x | default(omit) | toggl.focus.clients_plan([])",
    }
    tasks = [
        {"ansible.builtin.debug": {"msg": f"{{{{ {template} }}}}"}, "register": name}
        for name, template in filtered.items()
    ]
    variables = {"listed": OMITTED, "base": ["{{ x | default(omit) }}", "Delta"]}
    ran = play(tasks, vars=variables)
    assert ran.status == 0, ran.output
    assert steps(ran.results["listed"]["msg"]) == STEPS
    assert steps(ran.results["written"]["msg"]) == STEPS
    assert ran.results["nothing"]["msg"]["msg"] == (
        "The option clients cannot be used: it is not a list; give a list of clients, or [] if "
        "there are none."
    )
    assert not INTERNAL.search(ran.output)


def test_nor_to_the_playbooks(delta: Simulator, tmp_path: Path) -> None:
    """They see the same list."""
    variables = tmp_path / "clients.yml"
    variables.write_text(yaml.safe_dump({"clients_list": OMITTED}))

    def run(name: str) -> str:
        ran = ansible_playbook(delta, f"toggl.focus.{name}", "-e", f"@{variables}", folder=tmp_path)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert not INTERNAL.search(ran.stdout + ran.stderr)
        return ran.stdout

    assert "Entries: 2. All are sound" in run("check")
    run("plan")
    (planned,) = json.loads((tmp_path / "plan.json").read_text())["workspaces"].values()
    assert sorted((row["step"], row["name"]) for row in planned["steps"]) == STEPS
    run("apply")
    assert delta.names() == ["Beta", "Gamma"]


def test_a_mapping_in_place_of_the_list_is_told_as_by_the_module(
    service: Simulator, tmp_path: Path
) -> None:
    """By ``toggl.focus.check``, which has the filter's words; the others have the role's, see
    below."""
    variables = tmp_path / "clients.yml"
    variables.write_text(yaml.safe_dump({"clients_list": NO_LIST}))
    arguments = ("-e", f"@{variables}")
    ran = ansible_playbook(service, "toggl.focus.check", *arguments, folder=tmp_path)
    assert ran.returncode == 2
    assert WORDS in ran.stdout
    assert not INTERNAL.search(ran.stdout + ran.stderr)
    assert service.log == []


def test_and_by_the_module_itself(service: Simulator, play: Play) -> None:
    role = {ROLE: {"name": "toggl.focus.clients"}, "vars": {"clients_list": NO_LIST}}
    told = {"ansible.builtin.set_fact": {"by_role": "{{ ansible_failed_result }}"}}
    kept = {"ansible.builtin.debug": {"msg": "{{ by_role.msg }}"}, "register": "role"}
    module = {BULK: {"clients": NO_LIST}, "ignore_errors": True, "register": "module"}
    ran = play([module, {"block": [role], "rescue": [told]}, kept])
    assert ran.results["module"]["msg"] == ran.results["role"]["msg"] == WORDS
    assert service.log == []


NO_TEXTS = yaml.safe_load("""
- No
- name: 1.10
- 12:30
- name: 007
  state: absent
- name: Acme
  former_names: [1.5, Off]
- |
  Two
  lines
- "007"
- "Globex\\n"
""")
TOLD = (
    "Entries 1, 2, 3 and 4: name is not a text, it became false, the number 1.1, the number 750 "
    'and the number 7; put the names in quotes. Entry 5 ("Acme"): former_names is not a text, it '
    "became the number 1.5 and false; put the names in quotes. "
    'Entry 6: name is "Two\\nlines\\n", which has a line break; write the name on one line, or '
    "give the client's id."
)


def test_what_yaml_makes_of_a_name_is_no_name(service: Simulator, play: Play) -> None:
    """In the module, in the role, also through a variable, and in the filter that check uses."""
    role = {ROLE: {"name": "toggl.focus.clients"}, "vars": {"clients_list": "{{ listed }}"}}
    told = {"ansible.builtin.set_fact": {"by_role": "{{ ansible_failed_result }}"}}
    offline = "{{ (listed | toggl.focus.clients_plan([])).msg }}"
    ran = play(
        [
            {BULK: {"clients": NO_TEXTS}, "ignore_errors": True, "register": "module"},
            {"block": [role], "rescue": [told]},
            {"ansible.builtin.debug": {"msg": "{{ by_role.msg }}"}, "register": "role"},
            {"ansible.builtin.debug": {"msg": offline}, "register": "filter"},
        ],
        vars={"listed": NO_TEXTS},
    )
    assert [ran.results[way]["msg"] for way in ("module", "role", "filter")] == [TOLD] * 3
    assert service.log == []


def test_so_is_a_date(service: Simulator, play: Play) -> None:
    """Up to ansible-core 2.18, the whole list becomes a text on its way through a template."""
    listed = ["Acme", datetime.date(2026, 1, 31)]
    templates = {"direct": listed, "by_variable": "{{ listed }}"}
    tasks = [
        {BULK: {"clients": given}, "ignore_errors": True, "register": name}
        for name, given in templates.items()
    ]
    ran = play(tasks, vars={"listed": listed})
    for name in templates:
        message = ran.results[name]["msg"]
        assert "became the date 2026-01-31; put the name in quotes." in message
    assert service.log == []


def test_one_client_of_a_loop_is_told_the_same(service: Simulator, play: Play) -> None:
    items = [entry["name"] if isinstance(entry, dict) else entry for entry in NO_TEXTS[:4]]
    task = {ONE: {"name": "{{ item }}"}, "loop": items, "ignore_errors": True, "register": "each"}
    ran = play([task])
    assert [re.search("became (.+);", one["msg"])[1] for one in ran.results["each"]["results"]] == [  # type: ignore[index]
        "false",
        "the number 1.1",
        "the number 750",
        "the number 7",
    ]
    assert service.log == []
