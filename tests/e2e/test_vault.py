# SPDX-License-Identifier: GPL-3.0-or-later
"""A vaulted value is a value like any other, on every ansible-core that is supported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from simulator.server import Simulator
from support.playbooks import WAYS, Play, access

MODULE = "toggl.focus.focus_client"
BULK = "toggl.focus.focus_clients"
ROLE = {"ansible.builtin.include_role": {"name": "toggl.focus.clients"}}
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


def test_a_vaulted_token_opens_the_service_and_is_in_no_output(
    service: Simulator, play: Play, unlocked: tuple[str, str]
) -> None:
    """Vaulted in a task, by a variable, in module_defaults and through the role; and as it is
    through the role, also if that refuses another variable."""
    token = Vaulted(service.token)
    defaults = {"group/toggl.focus.focus": {"api_token": token}}
    sound: list[dict[str, Any]] = [
        {MODULE: {"name": "In a task", "api_token": token}},
        {MODULE: {"name": "By a variable", "api_token": "{{ the_token }}"}},
        {MODULE: {"name": "In module_defaults"}, "module_defaults": defaults},
        {**ROLE, "vars": {"clients_list": ["By the role"], "clients_api_token": token}},
    ]
    rescue = [{"ansible.builtin.debug": {"msg": "refused"}}]
    plain = {"clients_list": ["Plain"], "clients_api_token": service.token}
    roles: list[dict[str, Any]] = [
        {"block": [{**ROLE, "vars": {**plain, **more}}], "rescue": rescue}
        for more in ({}, {"clients_purge": "maybe"}, {"clients_password": PASSWORD})
    ]
    ran = play(
        [*sound, *roles],
        *unlocked,
        "-vvvv",
        environment=where(service),
        dumper=Dumper,
        vars={"the_token": token},
    )
    assert ran.status == 0, ran.output
    assert service.names() == [
        "By a variable",
        "By the role",
        "In a task",
        "In module_defaults",
        "Plain",
    ]
    assert ran.output.count("FAILED!") == 2
    assert service.token not in ran.output
    assert PASSWORD not in ran.output


CHECKED = "{{ (listed | toggl.focus.clients_plan(base, protected=listed[:1])).msg }}"


@pytest.mark.parametrize("way", WAYS)
def test_names(service: Simulator, play: Play, unlocked: tuple[str, str], way: str) -> None:
    """Of a client by itself, and in a list: as an entry, a name and a former name; and in the
    filter by which ``toggl.focus.check`` judges without the service."""
    service.add("Globex")
    listed = [
        Vaulted("Initech"),
        {"name": Vaulted("Globex Corporation"), "former_names": [Vaulted("Globex")]},
    ]
    token = Vaulted(service.token)
    tasks = [
        {MODULE: {"name": Vaulted("Acme"), "api_token": token}, "register": "one"},
        {BULK: {"clients": listed}, "register": "all"},
        {"ansible.builtin.debug": {"msg": CHECKED}, "register": "checked"},
    ]
    variables = {"listed": listed, "base": [Vaulted("Globex")]}
    ran = play(tasks, *unlocked, *WAYS[way], dumper=Dumper, vars=variables)
    assert ran.status == 0, ran.output
    assert ran.results["one"]["client"]["name"] == "Acme"
    assert ran.results["all"]["summary"]["renamed"] == 1
    assert ran.results["checked"]["msg"] == "Would create 1, rename 1."
    assert sorted(service.names()) == ["Acme", "Globex Corporation", "Initech"]
