# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' documentation against what they take and give."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import yaml
from simulator.server import Simulator
from support.running import client, clients, info

from ansible_collections.toggl.focus.plugins.module_utils._task import arguments as _arguments

COMMON = {"changed", "failed", "warnings"}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"ansible_collections.toggl.focus.plugins.modules.{name}")


def documented(name: str) -> set[str]:
    return set(yaml.safe_load(module(name).RETURN))


def test_what_focus_client_returns_is_documented(service: Simulator) -> None:
    done = client(service, name="Acme")
    assert done.keys() - COMMON == documented("focus_client")
    failed = client(service, name=" ")
    assert failed.keys() - COMMON <= documented("focus_client")


def test_what_focus_client_info_returns_is_documented(service: Simulator) -> None:
    assert info(service).keys() - COMMON == documented("focus_client_info")


def test_what_focus_clients_returns_is_documented(service: Simulator) -> None:
    done = clients(service, clients=[{"name": "Acme"}])
    told_if_so = {"unmanaged", "refused"}
    assert done.keys() - COMMON == documented("focus_clients") - told_if_so
    all_told = clients(service, clients=[{"name": "Acme"}], report="all")
    assert all_told.keys() - done.keys() == {"unmanaged"}
    refused = clients(service, clients=[], purge=True)
    assert refused.keys() - done.keys() - COMMON == {"refused"}


def test_each_option_is_described_as_it_is() -> None:
    fragment: Any = importlib.import_module(
        "ansible_collections.toggl.focus.plugins.doc_fragments.focus"
    )
    shared = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]
    for name, spec in (
        ("focus_client", _arguments.CLIENT),
        ("focus_client_info", _arguments.CLIENT_INFO),
        ("focus_clients", _arguments.CLIENTS),
    ):
        own = yaml.safe_load(module(name).DOCUMENTATION)["options"]
        assert set(shared) | set(own) == set(spec["argument_spec"])
    for option, variables in _arguments.VARIABLES.items():
        described = " ".join(shared[option]["description"])
        for variable in variables:
            assert variable in described, f"{option} does not name {variable}"
