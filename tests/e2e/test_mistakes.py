# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes that a new user makes, and the very words that the user reads: no argument spec of
Ansible comes before them, and module and role say the same on every ansible-core. All words are in
``tests/unit/test_entries.py``, what ``toggl.focus.check`` says in ``test_repository.py``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from ansible.release import __version__
from simulator.service import Credentials
from support.notation import table
from support.stage import CLIENT, CLIENTS, INFO, ROLE, Outcome, outcome, workspaces

CORE = tuple(map(int, __version__.split(".")[:2]))
NO_DIGEST = (
    'The option plan_digest cannot be used: "" is not a digest, which has 64 hexadecimal digits; '
    "copy it from the plan that was reviewed, or leave the option out."
)


ONE = table("""
name: No | name is not a text, it became false; put the name in quotes.
name: 2026-01-31 | name is not a text, it became the date 2026-01-31; put the name in quotes.
name: {Acme} | name is not a text, it became a mapping; put the name in quotes.
name: null | Neither name nor id is given: give at least one. A name that YAML takes for nothing,
    such as null or ~, needs quotes.
{name: Acme, former_names: [Globex, 1984]} | The option former_names cannot be used: a text in it
    became the number 1984; put it in quotes.
{name: Acme, former_names: 'Globex, Inc.'} | The option former_names cannot be used: "Globex, Inc."
    is a text that Ansible splits at its commas; write a list.
{name: Acme, state: abset} | state is "abset"; did you mean absent?
id: Acme | id is "Acme"; give a whole number above 0.
clients: [Acme] | Unsupported parameters for (toggl.focus.focus_client) module: clients.
{names: [Acme], state: absent} | Unsupported parameters for (toggl.focus.focus_client) module:
    names.
name: Acme | The option workspace_id is missing: give it, or set the environment variable
    TOGGL_FOCUS_WORKSPACE_ID.
""")
"""Options of a task for one client, and what is said of them."""

ALL = table("""
clients: [Acme, Globex, {name: Gamma, state: presnt}] | Entry 3 ("Gamma"): state is "presnt"; did
    you mean present?
clients: [Acme, {name: Gamma, former_name: Beta}] | Entry 2 ("Gamma"): the option "former_name" is
    not known; did you mean former_names?
clients: [No, {name: 1.10}, {name: Acme, former_names: [Off]}, "Two\\nlines", "007", "Globex\\n"]
    | Entry 1: name is not a text, it became false; put the name in quotes. Entry 2: name is not a
    text, it became the number 1.1; put the name in quotes. Entry 3 ("Acme"): former_names is not a
    text, it became false; put the name in quotes. Entry 4: name is "Two\\nlines", which has a line
    break; write it on one line, or give an id.
clients: [Store, Store] | Entries 1 and 2: The name "Store" is in the list more than once: keep one
    entry, or give each one its id. YAML cuts off what follows ' #': put such a name in quotes.
clients: {Acme: {}, Beta: {state: absent}} | The option clients cannot be used: give each client a
    hyphen, as in - name: Acme; it is a mapping, not a list.
{clients: [Acme], purge: true, protected: [No]} | The option protected cannot be used: a text in it
    became false; put it in quotes.
{clients: [Acme], purge: true, protected: 'Smith, Jones*'} | The option protected cannot be used:
    "Smith, Jones*" is a text that Ansible splits at its commas; write a list.
""")
"""The same of a task for a list."""

READ = table("""
{name: No, deleted: include} | The option name cannot be used: a text in it became false; put it in
    quotes.
name_contains: 1.10 | The option name_contains cannot be used: a text in it became the number 1.1;
    put it in quotes.
""")
"""And of one that reads."""

LISTS = {given: words for given, words in ALL.items() if given.startswith("clients: ")}
ALL["clients: '- name: Acme'"] = (
    "The option clients cannot be used: it is a text, not a list; if it comes from a file, put "
    "| from_yaml behind it."
)
ALL |= {f"{{clients: [Acme], plan_digest: {blank}}}": NO_DIGEST for blank in ("''", "' '", "null")}
MODULES = {CLIENT: ONE, CLIENTS: ALL, INFO: READ}
GIVEN = {(m, given): words for m, said in MODULES.items() for given, words in said.items()}

VALUES: dict[str, object] = {"false": False, "the number 1.1": 1.10}
"""What a template makes of names, by what is said of it."""
DAY = date(2026, 1, 31)
if CORE >= (2, 19):  # before, the template makes a text of a date: the name as it was written
    VALUES["the date 2026-01-31"] = DAY

MINE = 1


def mistakes() -> Iterator[dict[str, Any]]:
    """Return tasks with the names under which their results are kept; each may fail."""
    for number, (module, given) in enumerate(GIVEN):
        yield {module: yaml.safe_load(given), "register": f"given_{number}"}
    yield {CLIENT: {"name": "{{ item }}"}, "loop": [*VALUES.values()], "register": "looped"}
    dated = {"dated": ["Acme", DAY]}
    yield {CLIENTS: {"clients": "{{ dated }}"}, "vars": dated, "register": "dated"}


def by_role() -> Iterator[dict[str, Any]]:
    told = {"ansible.builtin.set_fact": {"told": "{{ ansible_failed_result }}"}}
    access = {"clients_workspace_id": MINE, "clients_api_token": Credentials().token}
    given = [{"clients_list": yaml.safe_load(given)["clients"]} for given in LISTS]
    blank = {"clients_list": ["Acme"], "clients_plan_digest": ""}
    sound = {"clients_list": ["Globex"], "clients_purg": True}
    for number, own in enumerate((*given, blank, sound)):
        yield {"block": [{**ROLE, "vars": {**access, **own}}], "rescue": [told]}
        yield {"ansible.builtin.debug": {"msg": "{{ told.msg }}"}, "register": f"role_{number}"}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    tasks = [*({**task, "ignore_errors": True} for task in mistakes()), *by_role()]
    with workspaces(MINE) as service:
        nobody = {"TOGGL_FOCUS_API_URL": service.url}
        return outcome(service, tmp_path_factory.mktemp("play"), tasks, environment=nobody)


def results(said: Outcome, kind: str) -> list[dict[str, Any]]:
    return [result for name, result in said.ran.results.items() if name.startswith(f"{kind}_")]


def test_each_mistake_has_its_words(said: Outcome) -> None:
    """With one client and with a list, before credentials are asked for."""
    of_tasks = results(said, "given")
    found = [result["msg"].partition(" Supported ")[0] for result in of_tasks]
    assert dict(zip(GIVEN, found, strict=True)) == GIVEN
    assert all(result["requests"] == 0 for result in of_tasks)


def test_what_a_template_makes_of_names_is_said_too(said: Outcome) -> None:
    """Up to ansible-core 2.18, a whole list with a date becomes a text on its way."""
    looped = said.ran.results["looped"]["results"]
    for words, result in zip(VALUES, looped, strict=True):
        assert f"became {words};" in result["msg"]
    message = said.ran.results["dated"]["msg"]
    assert "became the date 2026-01-31; put the name in quotes." in message


def test_the_users_of_the_role_read_the_same_words(said: Outcome) -> None:
    """An empty digest is not the same as none; a variable that is not given is."""
    messages = [result["msg"] for result in results(said, "role")]
    assert messages == [*LISTS.values(), NO_DIGEST, NO_DIGEST], "the last one did not fail"
    warning = "The role toggl.focus.clients has no variable clients_purg; did you mean"
    assert f"{warning} clients_purge?" in " ".join(said.ran.output.split())
    assert said.names == {MINE: ["Globex"]}, "by the last one"
