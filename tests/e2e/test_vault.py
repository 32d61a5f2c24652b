# SPDX-License-Identifier: GPL-3.0-or-later
"""A vaulted value is a value like any other, on every ansible-core that is supported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from simulator.server import Simulator
from support.playbooks import Play, access

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
PASSWORD = "the password of this vault"


class Vaulted(str):
    """What the playbook holds as an inline ``!vault`` value."""


class Dumper(yaml.SafeDumper):
    pass


def _encrypted(dumper: yaml.SafeDumper, text: Vaulted) -> yaml.Node:
    lib = VaultLib([("default", VaultSecret(PASSWORD.encode()))])
    return dumper.represent_scalar("!vault", lib.encrypt(str(text)).decode(), style="|")


Dumper.add_representer(Vaulted, _encrypted)


@pytest.fixture
def unlocked(tmp_path: Path) -> tuple[str, str]:
    """Arguments by which the vault is opened."""
    path = tmp_path / "password"
    path.write_text(PASSWORD)
    return ("--vault-password-file", str(path))


def where(service: Simulator) -> dict[str, str]:
    """The workspace without the credentials."""
    given = access(service)
    return {name: given[name] for name in given if name != "TOGGL_FOCUS_API_TOKEN"}


def in_a_task(token: Vaulted) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    return [{MODULE: {"name": "Acme", "api_token": token}}], {}


def by_a_variable(token: Vaulted) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    tasks = [{MODULE: {"name": "Acme", "api_token": "{{ the_token }}"}}]
    return tasks, {"vars": {"the_token": token}}


def in_module_defaults(token: Vaulted) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    defaults = {"group/toggl.focus.focus": {"api_token": token}}
    return [{MODULE: {"name": "Acme"}}], {"module_defaults": defaults}


def through_the_role(token: Vaulted) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    variables = {"clients_list": ["Acme"], "clients_api_token": token}
    role = {"ansible.builtin.include_role": {"name": "toggl.focus.clients"}, "vars": variables}
    return [role], {}


@pytest.mark.parametrize("given", [in_a_task, by_a_variable, in_module_defaults, through_the_role])
def test_a_vaulted_token(
    service: Simulator, play: Play, unlocked: tuple[str, str], given: Any
) -> None:
    """It opens the service, and is in no output."""
    tasks, keywords = given(Vaulted(service.token))
    ran = play(tasks, *unlocked, "-vvv", environment=where(service), dumper=Dumper, **keywords)
    assert ran.status == 0, ran.output
    assert service.names() == ["Acme"]
    assert service.token not in ran.output


def test_vaulted_names(service: Simulator, play: Play, unlocked: tuple[str, str]) -> None:
    """Of a client by itself, and in a list: as an entry, a name and a former name."""
    service.add("Globex")
    listed = [
        Vaulted("Initech"),
        {"name": Vaulted("Globex Corporation"), "former_names": [Vaulted("Globex")]},
    ]
    tasks = [
        {MODULE: {"name": Vaulted("Acme")}, "register": "one"},
        {BULK: {"clients": listed}, "register": "all"},
    ]
    ran = play(tasks, *unlocked, dumper=Dumper)
    assert ran.status == 0, ran.output
    assert ran.results["one"]["client"]["name"] == "Acme"
    assert ran.results["all"]["summary"]["renamed"] == 1
    assert sorted(service.names()) == ["Acme", "Globex Corporation", "Initech"]


def test_vaulted_names_without_the_service(
    service: Simulator, play: Play, unlocked: tuple[str, str]
) -> None:
    """``toggl.focus.check`` judges what the other playbooks apply."""
    entry = {"name": Vaulted("Globex"), "former_names": [Vaulted("Initech")]}
    variables = {"listed": [Vaulted("Acme"), entry], "base": [Vaulted("Initech")]}
    message = "{{ (listed | toggl.focus.clients_plan(base, protected=listed[:1])).msg }}"
    task = {"ansible.builtin.debug": {"msg": message}, "register": "said"}
    ran = play([task], *unlocked, dumper=Dumper, vars=variables)
    assert ran.results["said"]["msg"] == "Would create 1, rename 1.", ran.output


def test_a_plain_token_through_the_role(service: Simulator, play: Play) -> None:
    """It is in no output, whatever the verbosity, nor if the role refuses another variable."""
    roles = [
        {
            "ansible.builtin.include_role": {"name": "toggl.focus.clients"},
            "vars": {"clients_list": ["Acme"], "clients_api_token": service.token, **more},
        }
        for more in ({}, {"clients_purge": "maybe"}, {"clients_password": PASSWORD})
    ]
    rescue = [{"ansible.builtin.debug": {"msg": "refused"}}]
    tasks = [{"block": [role], "rescue": rescue} for role in roles]
    ran = play(tasks, "-vvvv", environment=where(service))
    assert service.names() == ["Acme"]
    assert ran.output.count("FAILED!") == 2
    assert service.token not in ran.output
    assert PASSWORD not in ran.output
