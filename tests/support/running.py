# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' functions with options as Ansible would hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.server import Simulator
from simulator.switches import Switches, every_single_switch, random_switches

from ansible_collections.toggl.focus.plugins.module_utils import _api
from ansible_collections.toggl.focus.plugins.module_utils._arguments import (
    CLIENT,
    CLIENT_INFO,
    CLIENTS,
    ENTRY,
)
from ansible_collections.toggl.focus.plugins.module_utils._listing import list_clients
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import (
    reconcile_client,
    reconcile_clients,
)
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime

_api._FIRST_PAUSE = 0.001  # seconds; a test has no crowd to spread


def _described(switches: Switches) -> str:
    default = vars(Switches())
    answers = vars(switches).items()
    return " ".join(f"{name}={value}" for name, value in answers if value != default[name])


_ENTRY_DEFAULTS = {name: option.get("default") for name, option in ENTRY.items()}

_RANDOM = {seed: random_switches(seed) for seed in range(20)}

VARIANTS: dict[str, Switches] = {
    **{_described(switches): switches for switches in every_single_switch()},
    **{
        f"seed={seed} {_described(random_switches(seed))}": random_switches(seed)
        for seed in range(20)
    },
}
"""Every answer to every open question by itself, and 20 random combinations."""


def options(spec: Mapping[str, Any], service: Simulator, **given: Any) -> dict[str, Any]:
    defaults = {name: option.get("default") for name, option in spec["argument_spec"].items()}
    access = {
        "workspace_id": service.workspace_id,
        "api_url": service.url,
        "api_token": service.token,
    }
    return {**defaults, **access, **given}


def client(service: Simulator, check_mode: bool = False, **given: Any) -> dict[str, Any]:
    return reconcile_client(options(CLIENT, service, **given), check_mode, Runtime())


def clients(
    service: Simulator, check_mode: bool = False, *, clients: list[dict[str, Any]], **given: Any
) -> dict[str, Any]:
    entries = [{**_ENTRY_DEFAULTS, **entry} for entry in clients]
    return reconcile_clients(
        options(CLIENTS, service, clients=entries, **given), check_mode, Runtime()
    )


def info(service: Simulator, **given: Any) -> dict[str, Any]:
    return list_clients(options(CLIENT_INFO, service, **given), False, Runtime())


def sent(service: Simulator) -> list[str]:
    """Methods of the requests that the service saw."""
    return [entry.method for entry in service.log]
