# SPDX-License-Identifier: GPL-3.0-or-later
"""The mistakes that a new user makes, and the very words that the user reads."""

from __future__ import annotations

from typing import Any

import yaml
from simulator.server import Simulator
from support.playbooks import Play, access

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"

DIGEST_OF_NOTHING = (
    "The option plan_digest cannot be used: it is empty; give the digest of the plan that was "
    "reviewed, or leave the option out."
)

ONE: dict[str, tuple[str, str]] = {
    "no": ("name: No", "The option name is not a text, it became false; put the name in quotes."),
    "version": (
        "name: 1.10",
        "The option name is not a text, it became the number 1.1; put the name in quotes.",
    ),
    "time": (
        "name: 12:30",
        "The option name is not a text, it became the number 750; put the name in quotes.",
    ),
    "octal": (
        "name: 007",
        "The option name is not a text, it became the number 7; put the name in quotes.",
    ),
    "date": (
        "name: 2026-01-31",
        "The option name is not a text, it became the date 2026-01-31; put the name in quotes.",
    ),
    "moment": (
        "name: 2026-01-31 12:30:00",
        "The option name is not a text, it became the time 2026-01-31 12:30:00; put the name in "
        "quotes.",
    ),
    "brackets": (
        "name: [Acme]",
        "The option name is not a text, it became a list; put the name in quotes.",
    ),
    "braces": (
        "name: {Acme}",
        "The option name is not a text, it became a mapping; put the name in quotes.",
    ),
    "null": (
        "name: null",
        "The option name is empty (null); give a name or an id. A name that YAML takes for "
        "nothing, such as null or ~, needs quotes.",
    ),
    "former": (
        "{name: Acme, former_names: [Globex, 1984]}",
        "The option former_names is not a text, it became the number 1984; put the name in quotes.",
    ),
    "state": (
        "{name: Acme, state: abset}",
        'The option state is "abset"; did you mean absent?',
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
        'The id "Acme" is not a client\'s id: give a whole number above 0.',
    ),
}

ALL: dict[str, tuple[str, str]] = {
    "state": (
        "clients: [Acme, Globex, {name: Gamma, state: presnt}]",
        'Entry 3 ("Gamma"): state is "presnt"; did you mean present?',
    ),
    "option": (
        "clients: [Acme, Globex, {nmae: Gamma}]",
        "Entry 3: the option nmae is not known; did you mean name?",
    ),
    "option beside the name": (
        "clients: [Acme, {name: Gamma, former_name: Beta}]",
        'Entry 2 ("Gamma"): the option former_name is not known; did you mean former_names?',
    ),
    "what the service returns": (
        "clients: [Globex, {id: 1001, name: Acme, active: true, workspace_id: 4711}]",
        'Entry 2 ("Acme"): the options active and workspace_id are not known; an entry has name, '
        "id, state, former_names and restore_deleted.",
    ),
    "colon": (
        "clients:\n- Globex\n- Acme: Inc",
        "Entry 2: the option Acme is not known; an entry has name, id, state, former_names and "
        "restore_deleted. A name with a colon in it needs quotes.",
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
        "Entries 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: the option nam is not known; did you "
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


def mistakes(module: str, cases: dict[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """A task for each case, by the name under which its result is kept."""
    return {
        f"{module.rpartition('.')[2]}_{number}": {module: yaml.safe_load(given)}
        for number, (given, _) in enumerate(cases.values())
    }


def test_each_mistake_has_its_words(service: Simulator, play: Play) -> None:
    """With one client and with a list. What needs no service is said before credentials are asked
    for."""
    nobody = {"TOGGL_FOCUS_API_TOKEN": "", "TOGGL_FOCUS_WORKSPACE_ID": ""}
    tasks = {
        **mistakes(MODULE, ONE),
        **mistakes(BULK, ALL),
        "nobody": {BULK: yaml.safe_load(ALL["state"][0]), "environment": nobody},
    }
    ran = play(registered(tasks))
    assert ran.results, ran.output
    expected = [words for _, words in [*ONE.values(), *ALL.values(), ALL["state"]]]
    assert {name: ran.results[name]["msg"] for name in tasks} == dict(
        zip(tasks, expected, strict=True)
    )
    assert all(result["requests"] == 0 for result in ran.results.values())
    assert service.log == []


def registered(tasks: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """They may fail, and their results are kept."""
    return [{**task, "register": name, "ignore_errors": True} for name, task in tasks.items()]


def test_the_users_of_the_role_read_the_same_words(service: Simulator, play: Play) -> None:
    """And not the role's argument spec. An empty digest is not the same as none; a variable that is
    not given is."""
    given = {
        "an unknown variable": "{clients_list: [Acme, {name: Gamma, state: presnt}], "
        "clients_purg: true}",
        "an empty digest": "{clients_list: [Acme], clients_plan_digest: ''}",
        "no digest": "{clients_list: [Globex]}",
    }
    role = {"name": "toggl.focus.clients"}
    tasks = [
        {
            "block": [
                {"ansible.builtin.include_role": role, "vars": yaml.safe_load(variables)},
            ],
            "rescue": [
                {"ansible.builtin.debug": {"msg": "rescued {{ ansible_failed_result.msg }}"}}
            ],
        }
        for variables in given.values()
    ]
    ran = play(tasks)
    assert ran.status == 0, ran.output
    said = " ".join(ran.output.split()).replace('\\"', "'")
    assert "rescued Entry 2 ('Gamma'): state is 'presnt'; did you mean present?" in said
    assert f"rescued {DIGEST_OF_NOTHING}" in said
    assert "argument_spec" not in said
    warning = (
        "The role toggl.focus.clients has no variable clients_purg; did you mean clients_purge?"
    )
    assert warning in said
    assert service.names() == ["Globex"]


def test_an_option_of_one_kind_outdoes_the_other_kind_in_the_environment(
    service: Simulator, play: Play
) -> None:
    """In a task and in module_defaults. Both kinds as options or in the environment, half of one
    and none are errors."""
    login = {"username": service.username, "password": service.password}
    token = {"api_token": service.token}
    in_environment = {
        "TOGGL_FOCUS_API_TOKEN": service.token,
        "TOGGL_FOCUS_USERNAME": service.username,
        "TOGGL_FOCUS_PASSWORD": service.password,
    }
    workspace = {
        name: value for name, value in access(service).items() if not name.endswith("TOKEN")
    }
    defaults = {"group/toggl.focus.focus": login}
    without_login = {"TOGGL_FOCUS_USERNAME": "", "TOGGL_FOCUS_PASSWORD": ""}
    tasks: list[dict[str, Any]] = [
        {MODULE: {"name": "Acme", **login}},
        {MODULE: {"name": "Acme", **token}},
        {MODULE: {"name": "Acme"}, "module_defaults": defaults},
        {
            MODULE: {"name": "Acme", "username": service.username},
            "environment": {"TOGGL_FOCUS_USERNAME": ""},
        },
        {MODULE: {"name": "Acme", **login, **token}},
        {MODULE: {"name": "Acme"}},
        {MODULE: {"name": "Acme"}, "environment": {"TOGGL_FOCUS_API_TOKEN": ""}},
        {
            MODULE: {"name": "Acme"},
            "environment": {"TOGGL_FOCUS_API_TOKEN": "", "TOGGL_FOCUS_PASSWORD": ""},
        },
        {
            MODULE: {"name": "Acme"},
            "environment": {"TOGGL_FOCUS_API_TOKEN": "", **without_login},
        },
        {
            MODULE: {"name": "Acme"},
            "environment": {"TOGGL_FOCUS_WORKSPACE_ID": "", **without_login},
        },
    ]
    named = {f"t_{number}": task for number, task in enumerate(tasks)}
    ran = play(registered(named), environment={**workspace, **in_environment})
    said = [ran.results[name].get("msg") for name in named]
    as_declared = 'Nothing to do: "Acme" (id 1001) is as declared.'
    assert said[4:] == [
        "The option api_token cannot be used: username or password is given as well; keep one kind "
        "of authentication.",
        "The option api_token cannot be used: the environment holds both kinds of authentication, "
        "TOGGL_FOCUS_API_TOKEN and TOGGL_FOCUS_USERNAME; unset one, or give one kind as options.",
        as_declared,
        "The option password is missing: give it, or set the environment variable "
        "TOGGL_FOCUS_PASSWORD.",
        "No authentication is given: give api_token or set TOGGL_FOCUS_API_TOKEN, or give username "
        "and password or set TOGGL_FOCUS_USERNAME and TOGGL_FOCUS_PASSWORD.",
        "The option workspace_id is missing: give it, or set the environment variable "
        "TOGGL_FOCUS_WORKSPACE_ID.",
    ]
    assert said[:4] == ['Created "Acme" (id 1001).', *[as_declared] * 3]
    assert service.names() == ["Acme"]
