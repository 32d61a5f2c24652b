# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook's values become, on every ansible-core: what is omitted counts as not given, and
what is no list is refused in the same words everywhere.

The tasks of one playbook are the cases, and the hosts of another one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.stage import CLIENT, CLIENTS, ROLE, Outcome, Stage, asked, outcome, workspaces

OTHER = 4711
"""The workspace of all tasks that must not get as far as a request."""

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


NO_TEXTS = yaml.safe_load("""
- No
- name: 1.10
- 12:30
- name: 007
  state: absent
- name: Acme
  former_names: [1.5, Off]
- "Two\\nlines"
- "007"
- "Globex\\n"
""")
TOLD = (
    "Entries 1, 2, 3 and 4: name is not a text, it became false, the number 1.1, the number 750 "
    'and the number 7; put the names in quotes. Entry 5 ("Acme"): former_names is not a text, it '
    "became the number 1.5 and false; put the names in quotes. Entry 6: name is "
    '"Two\\nlines", which has a line break; write the name on one line, or give the client\'s id.'
)
LOOPED = [entry["name"] if isinstance(entry, dict) else entry for entry in NO_TEXTS[:4]]
DATES = ["Acme", datetime.date(2026, 1, 31)]

HERE = {"workspace_id": 1}

# By the name under which its result is kept. Every task may fail.
TASKS: dict[str, dict[str, Any]] = {
    "all": {CLIENTS: {"clients": OMITTED, **HERE}},
    "one": {CLIENT: {"name": "Beta", "id": OMITTED[0], "former_names": OMITTED[:1], **HERE}},
    "by_id": {CLIENT: {"id": 1001, "name": OMITTED[0], "state": "absent", **HERE}},
    "mapping": {CLIENTS: {"clients": NO_LIST}},
    "texts": {CLIENTS: {"clients": NO_TEXTS}},
    "looped": {CLIENT: {"name": "{{ item }}"}, "loop": LOOPED},
    "date": {CLIENTS: {"clients": DATES}},
    "date_by_variable": {CLIENTS: {"clients": "{{ dates }}"}},
}
FILTERED = {
    "filtered": "listed | toggl.focus.clients_plan(base)",
    "filtered_as_written": (
        "['Beta', x | default(omit), {'name': 'Gamma', 'former_names': [x | default(omit), "
        "'Delta'], 'id': x | default(omit)}] | toggl.focus.clients_plan(base, "
        "purge=x | default(omit), protected=x | default(omit), max_deletions=x | default(omit),"
        " max_deletion_percent=x | default(omit), workspace_id=x | default(omit), "
        "api_url=x | default(omit))"
    ),
    "filtered_nothing": "x | default(omit) | toggl.focus.clients_plan([])",
    "filtered_texts": "texts_given | toggl.focus.clients_plan([])",
}
BY_ROLE = {"role_mapping": NO_LIST, "role_texts": "{{ texts_given }}"}
VARIABLES = {
    "listed": OMITTED,
    "base": ["{{ x | default(omit) }}", "Delta"],
    "texts_given": NO_TEXTS,
    "dates": DATES,
}


def tasks() -> Iterator[dict[str, Any]]:
    for name, task in TASKS.items():
        yield {**task, "register": name, "ignore_errors": True}
    for name, template in FILTERED.items():
        yield {"ansible.builtin.debug": {"msg": f"{{{{ {template} }}}}"}, "register": name}
    for name, given in BY_ROLE.items():
        told = {"ansible.builtin.set_fact": {"failed": "{{ ansible_failed_result }}"}}
        yield {"block": [{**ROLE, "vars": {"clients_list": given}}], "rescue": [told]}
        yield {"ansible.builtin.debug": {"msg": "{{ failed.msg }}"}, "register": name}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    with workspaces(OTHER, 1) as service:
        service.workspaces[1].add("Delta")
        return outcome(service, tmp_path_factory.mktemp("play"), [*tasks()], vars=VARIABLES)


def message(told: Outcome, name: str) -> Any:
    return told.ran.results[name]["msg"]


def steps(result: dict[str, Any], key: str = "plan") -> list[tuple[str, str]]:
    return sorted((row["step"], row["name"]) for row in result[key])


def test_what_is_omitted_is_not_given_to_a_module(told: Outcome) -> None:
    """An element, a name, an id and a former name. What is refused sends no request."""
    results = told.ran.results
    assert steps(results["all"]) == STEPS
    assert results["one"]["changed"] is False
    assert results["by_id"]["action"] == "deleted"
    assert told.names == {1: ["Beta"]}
    assert not INTERNAL.search(told.ran.output)


def test_nor_to_a_filter(told: Outcome) -> None:
    """Neither in a list, nor as a list's value, nor as an option."""
    assert steps(message(told, "filtered")) == STEPS
    assert steps(message(told, "filtered_as_written")) == STEPS
    assert message(told, "filtered_nothing")["msg"] == (
        "The option clients cannot be used: it is not a list; give a list of clients, or [] if "
        "there are none."
    )


def test_what_is_no_list_or_no_name_is_told_alike_by_module_role_and_filter(told: Outcome) -> None:
    """Check uses the filter. Up to ansible-core 2.18, a whole list with a date in it becomes a text
    on its way through a template."""
    assert message(told, "mapping") == message(told, "role_mapping") == WORDS
    assert message(told, "texts") == message(told, "role_texts") == TOLD
    assert message(told, "filtered_texts")["msg"] == TOLD
    for name in ("date", "date_by_variable"):
        assert "became the date 2026-01-31; put the name in quotes." in message(told, name)
    said = [one["msg"] for one in told.ran.results["looped"]["results"]]
    became = ["false", "the number 1.1", "the number 750", "the number 7"]
    for words, value in zip(said, became, strict=True):
        assert f"became {value};" in words


def test_the_playbooks_see_the_same(tmp_path: Path) -> None:
    """Without what is omitted; a mapping is told in the filter's words."""
    with workspaces(OTHER) as service:
        stage = Stage(service, tmp_path)
        service.add("Delta")
        stage.inventory(
            {
                "omitted": {"clients_list": OMITTED, "clients_workspace_id": OTHER},
                "mapping": {"clients_list": NO_LIST, "clients_workspace_id": 1},
            }
        )
        names = ("check", "plan", "apply")
        stage.write("book.yml", [{"import_playbook": f"toggl.focus.{name}"} for name in names])
        printed = stage.run("book.yml", status=2)
        assert "Entries: 2. All are sound" in printed and WORDS in printed
        assert not INTERNAL.search(printed)
        assert steps(stage.plans()["omitted"], "steps") == STEPS
        assert service.names() == ["Beta", "Gamma"]
        assert {*asked(service)} == {OTHER}
