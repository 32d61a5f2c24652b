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
TOKENS, CONNECTIONS = 1, {"local": 2, "elsewhere": 3}
"""Workspaces: for the ways to give a token, and for names in Ansible's own process and a module."""
CHECKED = "{{ (listed | toggl.focus.clients_plan(base, protected=listed[:1])).msg }}"
LISTED: list[Any] = [
    Vaulted("Initech"),
    {"name": Vaulted("Globex Corporation"), "former_names": [Vaulted("Globex")]},
]
VAULTED = Vaulted(TOKEN)
DEFAULTS = {"group/toggl.focus.focus": {"api_token": VAULTED}}


def by_role(defaults: dict[str, Any], name: str, **more: object) -> dict[str, Any]:
    return {
        "block": [{**ROLE, "vars": {"clients_list": [name], **more}}],
        "module_defaults": defaults,
    }


def tasks() -> list[dict[str, Any]]:
    """The token is vaulted in a task, by a variable, in module_defaults and through the role, whose
    variables are stronger, and is as it is through the role, also if that refuses another one."""
    made: list[dict[str, Any]] = [
        {CLIENT: {"name": "In a task", "api_token": VAULTED}},
        {CLIENT: {"name": "By a variable", "api_token": "{{ the_token }}"}},
        {CLIENT: {"name": "In module_defaults"}, "module_defaults": DEFAULTS},
        by_role({CLIENTS: {"api_token": "of nobody"}}, "By the role", clients_api_token=VAULTED),
        by_role(DEFAULTS, "By the role's defaults"),
    ]
    plain = {"clients_list": ["Plain"], "clients_api_token": TOKEN}
    for more in ({}, {"clients_purge": "maybe"}, {"clients_password": PASSWORD}):
        refused = {"ansible.builtin.debug": {"msg": "refused"}}
        made.append({"block": [{**ROLE, "vars": {**plain, **more}}], "rescue": [refused]})
    for way, workspace_id in CONNECTIONS.items():
        own = {"api_token": VAULTED, "workspace_id": workspace_id}
        there = {"ansible_connection": way}
        one = {CLIENT: {"name": Vaulted("Acme"), **own}, "register": f"{way}_one", "vars": there}
        all_ = {CLIENTS: {"clients": LISTED, **own}, "register": f"{way}_all", "vars": there}
        made += [one, all_]
    return [*made, {"ansible.builtin.debug": {"msg": CHECKED}, "register": "checked"}]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One playbook at ``-vvvv``, without credentials in its environment."""
    folder = tmp_path_factory.mktemp("vault")
    (folder / "password").write_text(PASSWORD)
    with workspaces(TOKENS, *CONNECTIONS.values()) as service:
        for workspace_id in CONNECTIONS.values():
            fill(service, workspace_id, "Globex")
        return outcome(
            service,
            folder,
            tasks(),
            *("--vault-password-file", str(folder / "password"), "-vvvv"),
            environment={**access(service), "TOGGL_FOCUS_API_TOKEN": ""},
            dumper=Dumper,
            vars={"the_token": VAULTED, "listed": LISTED, "base": [Vaulted("Globex")]},
        )


def test_a_vaulted_token_opens_the_service_and_is_in_no_output(opened: Outcome) -> None:
    by_role = ["By the role", "By the role's defaults"]
    ways = ["By a variable", *by_role, "In a task", "In module_defaults", "Plain"]
    assert opened.names[TOKENS] == ways
    assert opened.ran.output.count("FAILED!") == 2
    assert TOKEN not in opened.ran.output
    assert PASSWORD not in opened.ran.output


@pytest.mark.parametrize(("way", "workspace_id"), CONNECTIONS.items())
def test_names(opened: Outcome, way: str, workspace_id: int) -> None:
    """Of a client by itself, in a list and in the filter that ``toggl.focus.check`` uses."""
    results = opened.ran.results
    assert results[f"{way}_one"]["client"]["name"] == "Acme"
    assert results[f"{way}_all"]["summary"]["renamed"] == 1
    assert results["checked"]["msg"] == "Would create 1, rename 1."
    assert opened.names[workspace_id] == ["Acme", "Globex Corporation", "Initech"]
