# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes that a new user makes, and the very words that the user reads: no argument spec of
Ansible comes before them. All words are in ``tests/unit/test_entries.py``; what YAML makes of names
is in ``test_values.py`` too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from simulator.service import Credentials
from support.notation import unnamed_rows
from support.stage import CLIENT, CLIENTS, ROLE, Outcome, outcome, workspaces

NO_DIGEST = (
    'The option plan_digest cannot be used: "" is not a digest, which has 64 hexadecimal digits; '
    "copy it from the plan that was reviewed, or leave the option out."
)


def cases(text: str) -> dict[str, str]:
    return dict(case.values for case in unnamed_rows(text))


ONE = cases("""
name: No | name is not a text, it became false; put the name in quotes.
name: 1.10 | name is not a text, it became the number 1.1; put the name in quotes.
name: 2026-01-31 | name is not a text, it became the date 2026-01-31; put the name in quotes.
name: [Acme] | name is not a text, it became a list; put the name in quotes.
name: {Acme} | name is not a text, it became a mapping; put the name in quotes.
name: null | name is empty (null); give a name or an id. A name that YAML takes for nothing, such as
    null or ~, needs quotes.
{name: Acme, former_names: [Globex, 1984]} | former_names is not a text, it became the number 1984;
    put the name in quotes.
{name: Acme, former_names: 'Globex, Inc.'} | The option former_names cannot be used: "Globex, Inc."
    is a text that Ansible splits at its commas; write a list.
{name: Acme, state: abset} | state is "abset"; did you mean absent?
{} | Neither name nor id is given: give at least one, so that the client can be found.
id: Acme | id is "Acme"; give a whole number above 0.
""")
"""Options of a task for one client, and what is said of them."""

ALL = cases("""
clients: [Acme, Globex, {name: Gamma, state: presnt}] | Entry 3 ("Gamma"): state is "presnt"; did
    you mean present?
clients: [Acme, {name: Gamma, former_name: Beta}] | Entry 2 ("Gamma"): the option "former_name" is
    not known; did you mean former_names?
clients: [Globex, {Acme: Inc}] | Entry 2: options that are not known: "Acme"; an entry has name, id,
    state, former_names and restore_deleted. A name with a colon in it needs quotes.
clients: [Acme, null] | Entry 2: it is null; an entry is a name, or options such as name and id.
clients: [Acme, Globex, Acme] | Entries 1 and 3: The name "Acme" is in the list more than once: keep
    one entry, or give each one its id.
clients: [{id: 7}, {id: 7, name: Acme}, {name: Beta, state: gone}, {name: Beta}, {}] | Entry 3
    ("Beta"): state is "gone"; it must be one of present, absent and restored. Entry 5: Neither name
    nor id is given: give at least one, so that the client can be found. Entries 1 and 2: The id 7
    is in the list more than once: keep one entry.
{clients: [Acme], purge: true, protected: [No]} | The option protected cannot be used: a pattern in
    it became false; put the pattern in quotes.
{clients: [Acme], purge: true, protected: 'Smith, Jones*'} | The option protected cannot be used:
    "Smith, Jones*" is a text that Ansible splits at its commas; write a list.
{clients: [Acme], plan_digest: 5f0c1e3a} | The option plan_digest cannot be used: "5f0c1e3a" is not
    a digest, which has 64 hexadecimal digits; copy it from the plan that was reviewed, or leave the
    option out.
""")
"""The same of a task for a list."""

TYPING = next(iter(ALL))
ALL["clients: '- name: Acme'"] = (
    "The option clients cannot be used: it is a text, not a list; if it comes from a file, put "
    "| from_yaml behind it."
)
for blank in ("''", "' '", "null"):
    ALL[f"{{clients: [Acme], plan_digest: {blank}}}"] = NO_DIGEST

BY_ROLE = (
    "{clients_list: [Acme, {name: Gamma, state: presnt}], clients_purg: true}",
    "{clients_list: [Acme], clients_plan_digest: ''}",
    "{clients_list: [Globex]}",
)

TOKEN, USERNAME, PASSWORD, WORKSPACE = (
    f"TOGGL_FOCUS_{name}" for name in ("API_TOKEN", "USERNAME", "PASSWORD", "WORKSPACE_ID")
)
WHO = Credentials()
LOGIN = {"username": WHO.username, "password": WHO.password}
BOTH = {TOKEN: WHO.token, USERNAME: WHO.username, PASSWORD: WHO.password}
AS_DECLARED = 'Nothing to do: "Acme" (id 1001) is as declared.'
Given = dict[str, str]

KINDS: tuple[tuple[Given, Given, str], ...] = (
    (LOGIN, {}, 'Created "Acme" (id 1001).'),
    ({"api_token": WHO.token}, {}, AS_DECLARED),
    ({"username": WHO.username}, {USERNAME: ""}, AS_DECLARED),
    ({}, {TOKEN: ""}, AS_DECLARED),
    (
        {},
        {},
        "The option api_token cannot be used: both kinds of authentication are given, by "
        f"{TOKEN}, {USERNAME} and {PASSWORD}; keep one kind, or give one kind as options.",
    ),
    (
        {},
        {WORKSPACE: "", USERNAME: "", PASSWORD: ""},
        "The option workspace_id is missing: give it, or set the environment variable "
        f"{WORKSPACE}.",
    ),
)
"""Options, what the environment has besides both kinds of credentials, and what is said. All other
mixtures are in ``tests/http/test_bad_input.py``."""

NOWHERE, ROLES, KEYS = WORKSPACES = (1, 2, 3)


def tasks() -> Iterator[dict[str, Any]]:
    """They may fail, and their results are kept."""
    for module, cases in ((CLIENT, ONE), (CLIENTS, ALL)):
        for number, given in enumerate(cases):
            name = f"{module.rpartition('.')[2]}_{number}"
            yield {module: yaml.safe_load(given), "register": name}
    nobody = {TOKEN: "", WORKSPACE: ""}
    yield {CLIENTS: yaml.safe_load(TYPING), "register": "nobody", "environment": nobody}
    there = {**BOTH, WORKSPACE: str(KEYS)}
    for number, (options, more, _) in enumerate(KINDS):
        task = {CLIENT: {"name": "Acme", **options}, "environment": {**there, **more}}
        yield {**task, "register": f"kind_{number}"}
    by_default = {"module_defaults": {"group/toggl.focus.focus": LOGIN}, "environment": there}
    yield {CLIENT: {"name": "Acme"}, **by_default, "register": "by_default"}


def roles() -> Iterator[dict[str, Any]]:
    told = {"ansible.builtin.debug": {"msg": "rescued {{ ansible_failed_result.msg }}"}}
    for given in BY_ROLE:
        variables = {**yaml.safe_load(given), "clients_workspace_id": ROLES}
        yield {"block": [{**ROLE, "vars": variables}], "rescue": [told]}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    book = [*({**task, "ignore_errors": True} for task in tasks()), *roles()]
    with workspaces(*WORKSPACES) as service:
        return outcome(service, tmp_path_factory.mktemp("play"), book)


def test_each_mistake_has_its_words(said: Outcome) -> None:
    """With one client and with a list. What needs no service is said before credentials are asked
    for."""
    of_tasks = said.ran.results.values()
    expected = {**ONE, **ALL, "nobody": ALL[TYPING]}
    results = dict(zip(expected, of_tasks, strict=False))
    assert {given: result["msg"] for given, result in results.items()} == expected
    assert all(result["requests"] == 0 for result in results.values())
    assert NOWHERE not in said.names


def test_the_users_of_the_role_read_the_same_words(said: Outcome) -> None:
    """And not the role's argument spec. An empty digest is not the same as none; a variable that is
    not given is."""
    output = " ".join(said.ran.output.split()).replace('\\"', "'")
    assert "rescued Entry 2 ('Gamma'): state is 'presnt'; did you mean present?" in output
    assert f"rescued {NO_DIGEST}".replace('"', "'") in output
    assert "argument_spec" not in output
    warning = (
        "The role toggl.focus.clients has no variable clients_purg; did you mean clients_purge?"
    )
    assert warning in output
    assert said.names[ROLES] == ["Globex"]


def test_an_option_of_one_kind_outdoes_the_other_kind_in_the_environment(said: Outcome) -> None:
    """In a task and in module_defaults."""
    messages = [said.ran.results[f"kind_{number}"]["msg"] for number in range(len(KINDS))]
    assert messages == [message for *_, message in KINDS]
    assert said.ran.results["by_default"]["msg"] == AS_DECLARED
    assert said.names[KEYS] == ["Acme"]
