# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes that a new user makes, and the very words that the user reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml
from simulator.server import Simulator
from simulator.service import Credentials
from support.playbooks import Ran, played

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"

DIGEST_OF_NOTHING = (
    "The option plan_digest cannot be used: it is empty; give the digest of the plan that was "
    "reviewed, or leave the option out."
)

ONE: dict[str, tuple[str, str]] = {
    "no": ("name: No", "name is not a text, it became false; put the name in quotes."),
    "version": (
        "name: 1.10",
        "name is not a text, it became the number 1.1; put the name in quotes.",
    ),
    "time": (
        "name: 12:30",
        "name is not a text, it became the number 750; put the name in quotes.",
    ),
    "octal": (
        "name: 007",
        "name is not a text, it became the number 7; put the name in quotes.",
    ),
    "date": (
        "name: 2026-01-31",
        "name is not a text, it became the date 2026-01-31; put the name in quotes.",
    ),
    "moment": (
        "name: 2026-01-31 12:30:00",
        "name is not a text, it became the time 2026-01-31 12:30:00; put the name in quotes.",
    ),
    "brackets": (
        "name: [Acme]",
        "name is not a text, it became a list; put the name in quotes.",
    ),
    "braces": (
        "name: {Acme}",
        "name is not a text, it became a mapping; put the name in quotes.",
    ),
    "null": (
        "name: null",
        "name is empty (null); give a name or an id. A name that YAML takes for "
        "nothing, such as null or ~, needs quotes.",
    ),
    "former": (
        "{name: Acme, former_names: [Globex, 1984]}",
        "former_names is not a text, it became the number 1984; put the name in quotes.",
    ),
    "state": (
        "{name: Acme, state: abset}",
        'state is "abset"; did you mean absent?',
    ),
    "no name": (
        "{}",
        "Neither name nor id is given: give at least one, so that the client can be found.",
    ),
    "a text in place of a list": (
        "{name: Acme, former_names: 'Globex, Inc.'}",
        'The option former_names cannot be used: "Globex, Inc." is a text that Ansible splits at '
        "its commas; write a list.",
    ),
    "word for an id": (
        "id: Acme",
        'id is "Acme"; give a whole number above 0.',
    ),
}

ALL: dict[str, tuple[str, str]] = {
    "state": (
        "clients: [Acme, Globex, {name: Gamma, state: presnt}]",
        'Entry 3 ("Gamma"): state is "presnt"; did you mean present?',
    ),
    "option": (
        "clients: [Acme, Globex, {nmae: Gamma}]",
        'Entry 3: the option "nmae" is not known; did you mean name?',
    ),
    "option beside the name": (
        "clients: [Acme, {name: Gamma, former_name: Beta}]",
        'Entry 2 ("Gamma"): the option "former_name" is not known; did you mean former_names?',
    ),
    "what the service returns": (
        "clients: [Globex, {id: 1001, name: Acme, active: true, workspace_id: 4711}]",
        'Entry 2 ("Acme"): options that are not known: "active" and "workspace_id"; an entry has '
        "name, id, state, former_names and restore_deleted.",
    ),
    "colon": (
        "clients:\n- Globex\n- Acme: Inc",
        'Entry 2: options that are not known: "Acme"; an entry has name, id, state, former_names '
        "and restore_deleted. A name with a colon in it needs quotes.",
    ),
    "names without quotes": (
        "clients: [Acme, No, 1.10, 2026-01-31, {name: 12:30}]",
        "Entries 2, 3, 4 and 5: name is not a text, it became false, the number 1.1, the date "
        "2026-01-31 and the number 750; put the names in quotes.",
    ),
    "a hyphen too many": (
        "clients:\n- Acme\n-",
        "Entry 2: it is null; an entry is a name, or options such as name and id.",
    ),
    "a list in the list": (
        "clients: [Acme, [Globex]]",
        "Entry 2: it is a list; an entry is a name, or options such as name and id.",
    ),
    "a name twice": (
        "clients: [Acme, Globex, Acme]",
        'Entries 1 and 3: The name "Acme" is in the list more than once: keep one entry, or give '
        "each one its id.",
    ),
    "here and gone": (
        "clients: [Acme, {name: Acme, state: absent}]",
        'Entries 1 and 2: The name "Acme" is declared both present and absent: keep one of the '
        "entries, or give the id of the client to delete.",
    ),
    "all together": (
        "clients: [{id: 7}, {id: 7, name: Acme}, {name: Beta, state: gone}, {name: Beta}, {}]",
        'Entry 3 ("Beta"): state is "gone"; it must be one of present, absent and restored. '
        "Entry 5: Neither name nor id is given: give at least one, so that the client can be "
        "found. Entries 1 and 2: The id 7 is in the list more than once: keep one entry.",
    ),
    "the same in many entries": (
        "clients: [" + ", ".join(["{nam: Acme}"] * 12) + "]",
        'Entries 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: the option "nam" is not known; did you '
        "mean name?",
    ),
    "a file that is not parsed": (
        "clients: |\n  - name: Acme\n  - name: Globex",
        "The option clients cannot be used: it is a text, not a list; if it comes from a file, put "
        "| from_yaml behind it.",
    ),
    "a mapping": (
        "clients: {name: Acme}",
        "The option clients cannot be used: it is a mapping, not a list; begin each client with a "
        "hyphen, as in - name: Acme.",
    ),
    "no patterns": (
        "{clients: [Acme], purge: true, protected: [No]}",
        "The option protected cannot be used: a pattern in it became false; put the pattern in "
        "quotes.",
    ),
    "a text in place of patterns": (
        "{clients: [Acme], purge: true, protected: 'Smith, Jones*'}",
        'The option protected cannot be used: "Smith, Jones*" is a text that Ansible splits at its '
        "commas; write a list.",
    ),
    "empty digest": ('{clients: [Acme], plan_digest: ""}', DIGEST_OF_NOTHING),
    "blank digest": ('{clients: [Acme], plan_digest: " "}', DIGEST_OF_NOTHING),
    "null digest": ("{clients: [Acme], plan_digest: null}", DIGEST_OF_NOTHING),
    "half a digest": (
        "{clients: [Acme], plan_digest: 5f0c1e3a}",
        'The option plan_digest cannot be used: "5f0c1e3a" is not a digest, which has 64 '
        "hexadecimal digits; copy it from the plan that was reviewed.",
    ),
}


def named(module: str, cases: dict[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """A task for each case, by the name under which its result is kept."""
    return {
        f"{module.rpartition('.')[2]}_{number}": {module: yaml.safe_load(given)}
        for number, (given, _) in enumerate(cases.values())
    }


MISTAKES = {
    **named(MODULE, ONE),
    **named(BULK, ALL),
    "nobody": {
        BULK: yaml.safe_load(ALL["state"][0]),
        "environment": {"TOGGL_FOCUS_API_TOKEN": "", "TOGGL_FOCUS_WORKSPACE_ID": ""},
    },
}

BY_ROLE = {
    "an unknown variable": "{clients_list: [Acme, {name: Gamma, state: presnt}], "
    "clients_purg: true}",
    "an empty digest": "{clients_list: [Acme], clients_plan_digest: ''}",
    "no digest": "{clients_list: [Globex]}",
}

TOKEN = "TOGGL_FOCUS_API_TOKEN"
USERNAME = "TOGGL_FOCUS_USERNAME"
PASSWORD = "TOGGL_FOCUS_PASSWORD"
WHO = Credentials()
LOGIN = {"username": WHO.username, "password": WHO.password}
BOTH = {TOKEN: WHO.token, USERNAME: WHO.username, PASSWORD: WHO.password}
AS_DECLARED = 'Nothing to do: "Acme" (id 1001) is as declared.'

# Options, what the environment has besides both kinds of credentials, and what is said.
KINDS: list[tuple[dict[str, str], dict[str, str], str]] = [
    (LOGIN, {}, 'Created "Acme" (id 1001).'),
    ({"api_token": WHO.token}, {}, AS_DECLARED),
    ({"username": WHO.username}, {USERNAME: ""}, AS_DECLARED),
    (
        {**LOGIN, "api_token": WHO.token},
        {},
        "The option api_token cannot be used: username or password is given as well; keep one kind "
        "of authentication.",
    ),
    (
        {},
        {},
        "The option api_token cannot be used: the environment holds both kinds of authentication, "
        "TOGGL_FOCUS_API_TOKEN and TOGGL_FOCUS_USERNAME; unset one, or give one kind as options.",
    ),
    ({}, {TOKEN: ""}, AS_DECLARED),
    (
        {},
        {TOKEN: "", PASSWORD: ""},
        "The option password is missing: give it, or set the environment variable "
        "TOGGL_FOCUS_PASSWORD.",
    ),
    (
        {},
        {TOKEN: "", USERNAME: "", PASSWORD: ""},
        "No authentication is given: give api_token or set TOGGL_FOCUS_API_TOKEN, or give username "
        "and password or set TOGGL_FOCUS_USERNAME and TOGGL_FOCUS_PASSWORD.",
    ),
    (
        {},
        {"TOGGL_FOCUS_WORKSPACE_ID": "", USERNAME: "", PASSWORD: ""},
        "The option workspace_id is missing: give it, or set the environment variable "
        "TOGGL_FOCUS_WORKSPACE_ID.",
    ),
]
NOWHERE, ROLES, KEYS = WORKSPACES = (1, 2, 3)


def tasks() -> Iterator[dict[str, Any]]:
    """They may fail, and their results are kept."""
    for name, task in MISTAKES.items():
        yield {**task, "register": name, "ignore_errors": True}
    role = {"ansible.builtin.include_role": {"name": "toggl.focus.clients"}}
    told = {"ansible.builtin.debug": {"msg": "rescued {{ ansible_failed_result.msg }}"}}
    for given in BY_ROLE.values():
        variables = {**yaml.safe_load(given), "clients_workspace_id": ROLES}
        yield {"block": [{**role, "vars": variables}], "rescue": [told]}
    there = {**BOTH, "TOGGL_FOCUS_WORKSPACE_ID": str(KEYS)}
    kept = {"ignore_errors": True}
    for number, (options, more, _) in enumerate(KINDS):
        task = {MODULE: {"name": "Acme", **options}, "environment": {**there, **more}}
        yield {**task, **kept, "register": f"kind_{number}"}
    defaults = {"group/toggl.focus.focus": LOGIN}
    task = {MODULE: {"name": "Acme"}, "module_defaults": defaults, "environment": there}
    yield {**task, **kept, "register": "by_default"}


class Said(NamedTuple):
    ran: Ran
    names: dict[int, list[str]]
    """Of the clients of each workspace to which a request was sent."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    with Simulator(workspace_id=NOWHERE) as service:
        service.workspace_ids = WORKSPACES
        service.reset()
        ran = played(service, tmp_path_factory.mktemp("play"), [*tasks()])
        assert ran.status == 0, ran.output
        asked = {int(entry.path.split("/")[3]) for entry in service.log}
        return Said(
            ran,
            {
                id_: sorted(client.name for client in service.workspaces[id_].clients())
                for id_ in asked
            },
        )


def test_each_mistake_has_its_words(said: Said) -> None:
    """With one client and with a list. What needs no service is said before credentials are asked
    for."""
    expected = [words for _, words in [*ONE.values(), *ALL.values(), ALL["state"]]]
    results = {name: said.ran.results[name] for name in MISTAKES}
    assert {name: result["msg"] for name, result in results.items()} == dict(
        zip(MISTAKES, expected, strict=True)
    )
    assert all(result["requests"] == 0 for result in results.values())
    assert NOWHERE not in said.names


def test_the_users_of_the_role_read_the_same_words(said: Said) -> None:
    """And not the role's argument spec. An empty digest is not the same as none; a variable that is
    not given is."""
    output = " ".join(said.ran.output.split()).replace('\\"', "'")
    assert "rescued Entry 2 ('Gamma'): state is 'presnt'; did you mean present?" in output
    assert f"rescued {DIGEST_OF_NOTHING}" in output
    assert "argument_spec" not in output
    warning = (
        "The role toggl.focus.clients has no variable clients_purg; did you mean clients_purge?"
    )
    assert warning in output
    assert said.names[ROLES] == ["Globex"]


def test_an_option_of_one_kind_outdoes_the_other_kind_in_the_environment(said: Said) -> None:
    """In a task and in module_defaults. Both kinds as options or in the environment, half of one
    and none are errors."""
    messages = [said.ran.results[f"kind_{number}"]["msg"] for number in range(len(KINDS))]
    assert messages == [message for *_, message in KINDS]
    assert said.ran.results["by_default"]["msg"] == AS_DECLARED
    assert said.names[KEYS] == ["Acme"]
