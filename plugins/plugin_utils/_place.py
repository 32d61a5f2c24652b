# SPDX-License-Identifier: GPL-3.0-or-later
"""The workspace that a task would work on, from its options and the environment, before it runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import listed
from ..module_utils._task.arguments import from_environment
from ..module_utils._task.entries import whole_number
from ..module_utils._text import SERVICE_URL, normal_address, shown


class Place(NamedTuple):
    """``workspace_id`` is ``None`` if it is not given, or is no number."""

    workspace_id: int | None
    api_url: str

    def __str__(self) -> str:
        return f"workspace {self.workspace_id} at {shown(self.api_url)}"


def place_of(workspace_id: object, api_url: object) -> Place:
    """Return where a task with these options works; an empty one counts as not given."""
    known_id = whole_number(workspace_id or from_environment("workspace_id"))
    url = str(api_url or from_environment("api_url") or SERVICE_URL)
    return Place(known_id, normal_address(url))


def workspaces_of(hosts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the workspace of each host, and why they cannot be worked on together.

    :arg hosts: each with the options that its tasks have
    """
    places: dict[str, Any] = {}
    sharing: dict[Place, list[Mapping[str, Any]]] = defaultdict(list)
    for options in hosts:
        place = place_of(options.get("workspace_id"), options.get("api_url"))
        verifies = boolean(options.get("validate_certs", True), strict=False)
        places[options["host"]] = {**place._asdict(), "validate_certs": verifies}
        if place.workspace_id is not None:
            sharing[place].append(options)
    shared = (_refusal(*at) for at in sharing.items() if len(at[1]) > 1)
    return {"hosts": places, "refusal": " ".join(shared)}


def _refusal(place: Place, hosts: list[Mapping[str, Any]]) -> str:
    names = listed([shown(options["host"]) for options in hosts])
    own = "give each host the clients_workspace_id of its own workspace"
    if any(options.get("workspace_id") for options in hosts):
        remedy = f"{own}, or leave hosts out with --limit"
    else:
        remedy = f"run on this machine alone with -e clients_hosts=localhost, or {own}"
    return f"These hosts have the same workspace: {names} ({place}); {remedy}."
