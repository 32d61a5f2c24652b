# SPDX-License-Identifier: GPL-3.0-or-later
"""A vaulted value is a value like any other, on every ansible-core that is supported."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from simulator.service import Credentials
from support.playbooks import access
from support.stage import CLIENT, CLIENTS, ROLE, Outcome, fill, outcome, workspaces

PASSWORD = "the password of this vault"
TOKEN = Credentials().token


class Vaulted(str):
    """What the playbook holds as an inline ``!vault`` value."""


class Dumper(yaml.SafeDumper):
    pass


def encrypted(dumper: yaml.SafeDumper, text: Vaulted) -> yaml.Node:
    lib = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
    return dumper.represent_scalar("!vault", lib.encrypt(str(text)).decode(), style="|")


Dumper.add_representer(Vaulted, encrypted)
WORKSPACES = {"tokens": 1, "in_process": 2, "module": 3}
CONNECTIONS = {"in_process": "local", "module": "elsewhere"}
CHECKED = "{{ (listed | toggl.focus.clients_plan(base, protected=listed[:1])).msg }}"
LISTED: list[Any] = [
    Vaulted("Initech"),
    {"name": Vaulted("Globex Corporation"), "former_names": [Vaulted("Globex")]},
]


def by_token(token: str) -> list[dict[str, Any]]:
    """Vaulted in a task, by a variable, in module_defaults and through the role; and as it is
    through the role, also if that refuses another variable."""
    vaulted = Vaulted(token)
    defaults = {"group/toggl.focus.focus": {"api_token": vaulted}}
    rescue = [{"ansible.builtin.debug": {"msg": "refused"}}]
    plain = {"clients_list": ["Plain"], "clients_api_token": token}
    roles: list[dict[str, Any]] = [
        {"block": [{**ROLE, "vars": {**plain, **more}}], "rescue": rescue}
        for more in ({}, {"clients_purge": "maybe"}, {"clients_password": PASSWORD})
    ]
    return [
        {CLIENT: {"name": "In a task", "api_token": vaulted}},
        {CLIENT: {"name": "By a variable", "api_token": "{{ the_token }}"}},
        {CLIENT: {"name": "In module_defaults"}, "module_defaults": defaults},
        {**ROLE, "vars": {"clients_list": ["By the role"], "clients_api_token": vaulted}},
        *roles,
    ]


def by_name(token: Vaulted, way: str) -> list[dict[str, Any]]:
    own = {"api_token": token, "workspace_id": WORKSPACES[way]}
    there = {"ansible_connection": CONNECTIONS[way]}
    return [
        {CLIENT: {"name": Vaulted("Acme"), **own}, "register": f"{way}_one", "vars": there},
        {CLIENTS: {"clients": LISTED, **own}, "register": f"{way}_all", "vars": there},
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One playbook at ``-vvvv``, without credentials in its environment."""
    folder = tmp_path_factory.mktemp("vault")
    (folder / "password").write_text(PASSWORD)
    with workspaces(*WORKSPACES.values()) as service:
        token = Vaulted(TOKEN)
        tasks = by_token(TOKEN)
        for way in CONNECTIONS:
            fill(service, WORKSPACES[way], "Globex")
            tasks += by_name(token, way)
        tasks.append({"ansible.builtin.debug": {"msg": CHECKED}, "register": "checked"})
        return outcome(
            service,
            folder,
            tasks,
            *("--vault-password-file", str(folder / "password"), "-vvvv"),
            environment={**access(service), "TOGGL_FOCUS_API_TOKEN": ""},
            dumper=Dumper,
            vars={"the_token": token, "listed": LISTED, "base": [Vaulted("Globex")]},
        )


def test_a_vaulted_token_opens_the_service_and_is_in_no_output(opened: Outcome) -> None:
    ways = ["By a variable", "By the role", "In a task", "In module_defaults", "Plain"]
    assert opened.names[WORKSPACES["tokens"]] == ways
    assert opened.ran.output.count("FAILED!") == 2
    assert TOKEN not in opened.ran.output
    assert PASSWORD not in opened.ran.output


@pytest.mark.parametrize("way", CONNECTIONS)
def test_names(opened: Outcome, way: str) -> None:
    """Of a client by itself, and in a list: as an entry, a name and a former name; and in the
    filter by which ``toggl.focus.check`` validates without the service."""
    results = opened.ran.results
    assert results[f"{way}_one"]["client"]["name"] == "Acme"
    assert results[f"{way}_all"]["summary"]["renamed"] == 1
    assert results["checked"]["msg"] == "Would create 1, rename 1."
    assert opened.names[WORKSPACES[way]] == ["Acme", "Globex Corporation", "Initech"]
