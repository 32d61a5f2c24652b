# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook's values become, on every ansible-core: what is omitted counts as not given, and
what is no list is refused in the same words everywhere.

The tasks of one playbook are the cases, and the hosts of another one."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from support.playbooks import Ran, played
from support.stage import Stage, active, asked, workspaces

ONE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
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
    "all": {BULK: {"clients": OMITTED, **HERE}},
    "one": {ONE: {"name": "Beta", "id": OMITTED[0], "former_names": OMITTED[:1], **HERE}},
    "by_id": {ONE: {"id": 1001, "name": OMITTED[0], "state": "absent", **HERE}},
    "mapping": {BULK: {"clients": NO_LIST}},
    "texts": {BULK: {"clients": NO_TEXTS}},
    "looped": {ONE: {"name": "{{ item }}"}, "loop": LOOPED},
    "date": {BULK: {"clients": DATES}},
    "date_by_variable": {BULK: {"clients": "{{ dates }}"}},
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
        role = {"ansible.builtin.include_role": {"name": "toggl.focus.clients"}}
        told = {"ansible.builtin.set_fact": {"failed": "{{ ansible_failed_result }}"}}
        yield {"block": [{**role, "vars": {"clients_list": given}}], "rescue": [told]}
        yield {"ansible.builtin.debug": {"msg": "{{ failed.msg }}"}, "register": name}


class Told(NamedTuple):
    ran: Ran
    names: list[str]
    asked: set[int]
    """The workspaces to which requests were sent."""

    def message(self, name: str) -> Any:
        return self.ran.results[name]["msg"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    with workspaces(OTHER, 1) as service:
        service.workspaces[1].add("Delta")
        ran = played(service, tmp_path_factory.mktemp("play"), [*tasks()], vars=VARIABLES)
        assert ran.results, ran.output
        return Told(ran, active(service, 1), {*asked(service)})


def steps(result: dict[str, Any], key: str = "plan") -> list[tuple[str, str]]:
    return sorted((row["step"], row["name"]) for row in result[key])


def test_what_is_omitted_is_not_given_to_a_module(told: Told) -> None:
    """An element, a name, an id and a former name. What is refused sends no request."""
    results = told.ran.results
    assert steps(results["all"]) == STEPS
    assert results["one"]["changed"] is False
    assert results["by_id"]["action"] == "deleted"
    assert (told.names, told.asked) == (["Beta"], {1})
    assert not INTERNAL.search(told.ran.output)


def test_nor_to_a_filter(told: Told) -> None:
    """Neither in a list, nor as a list's value, nor as an option."""
    assert steps(told.message("filtered")) == STEPS
    assert steps(told.message("filtered_as_written")) == STEPS
    assert told.message("filtered_nothing")["msg"] == (
        "The option clients cannot be used: it is not a list; give a list of clients, or [] if "
        "there are none."
    )


def test_what_is_no_list_or_no_name_is_told_alike_by_module_role_and_filter(told: Told) -> None:
    """Check uses the filter. Up to ansible-core 2.18, a whole list with a date in it becomes a text
    on its way through a template."""
    assert told.message("mapping") == told.message("role_mapping") == WORDS
    assert told.message("texts") == told.message("role_texts") == TOLD
    assert told.message("filtered_texts")["msg"] == TOLD
    for name in ("date", "date_by_variable"):
        assert "became the date 2026-01-31; put the name in quotes." in told.message(name)
    said = [one["msg"] for one in told.ran.results["looped"]["results"]]
    became = ["false", "the number 1.1", "the number 750", "the number 7"]
    for message, value in zip(said, became, strict=True):
        assert f"became {value};" in message


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
