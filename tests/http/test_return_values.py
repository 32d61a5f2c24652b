# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' documentation against what they take and give."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from support.running import client, clients, info

from ansible_collections.toggl.focus.plugins.module_utils._task import arguments

PLUGINS = "ansible_collections.toggl.focus.plugins"
COMMON = {"changed", "failed", "warnings"}
SPECS = {
    "focus_client": arguments.CLIENT,
    "focus_client_info": arguments.CLIENT_INFO,
    "focus_clients": arguments.CLIENTS,
}


def documented(name: str, part: str = "RETURN") -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        getattr(importlib.import_module(f"{PLUGINS}.modules.{name}"), part)
    )
    return loaded


def test_what_is_returned_is_documented(service: Simulator) -> None:
    assert client(service, name="Acme").keys() - COMMON == documented("focus_client").keys()
    assert client(service, name=" ").keys() - COMMON <= documented("focus_client").keys()
    assert info(service).keys() - COMMON == documented("focus_client_info").keys()
    done = clients(service, clients="Acme")
    told_if_so = {"unmanaged", "refused"}
    assert done.keys() - COMMON == documented("focus_clients").keys() - told_if_so
    all_told = clients(service, clients="Acme", report="all")
    assert all_told.keys() - done.keys() == {"unmanaged"}
    refused = clients(service, clients=[], purge=True)
    assert refused.keys() - done.keys() - COMMON == {"refused"}


@pytest.mark.parametrize("module", SPECS)
def test_each_option_is_described_as_it_is(module: str) -> None:
    fragment: Any = importlib.import_module(f"{PLUGINS}.doc_fragments.focus").ModuleDocFragment
    shared = yaml.safe_load(fragment.DOCUMENTATION)["options"]
    own = documented(module, "DOCUMENTATION")["options"]
    assert {*shared, *own} == set(SPECS[module]["argument_spec"])
    for option, variables in arguments.VARIABLES.items():
        for variable in variables:
            assert variable in " ".join(shared[option]["description"]), option
