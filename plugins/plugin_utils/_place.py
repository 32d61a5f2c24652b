# SPDX-License-Identifier: GPL-3.0-or-later
"""The workspace that a task would work on, from its options and the environment, before it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import starmap
from typing import Any, NamedTuple

from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._errors import FocusError, listed
from ..module_utils._model import ATTRIBUTES
from ..module_utils._task.arguments import from_environment
from ..module_utils._task.entries import whole_number
from ..module_utils._text import SERVICE_URL, grouped, normal_address, shown

PLAN_FORMAT = 5
"""The format of plan files. It rises when the digest changes its meaning."""

Options = Mapping[str, Any]


class Place(NamedTuple):
    """``workspace_id`` is ``None`` if it is not given, or is no number."""

    workspace_id: int | None
    api_url: str

    def __str__(self) -> str:
        return f"workspace {self.workspace_id} at {shown(self.api_url)}"


def place_of(options: Options) -> Place:
    """Return where a task with these options works; an empty one counts as not given."""
    known_id = whole_number(options.get("workspace_id") or from_environment("workspace_id"))
    url = str(options.get("api_url") or from_environment("api_url") or SERVICE_URL)
    return Place(known_id, normal_address(url))


def workspaces(hosts: Sequence[Options]) -> dict[str, Any]:
    """Return the workspace of each host, and why they cannot be worked on together.

    :arg hosts: each with the options that its tasks have
    :raises FocusError: they are something else
    """
    if not all(isinstance(host, Mapping) and "host" in host for host in hosts):
        raise FocusError("It takes a list with the options of each host, and its name as host.")
    places = [(place_of(options), options) for options in hosts]
    by_host = {}
    for place, options in places:
        verifies = boolean(options.get("validate_certs", True), strict=False)
        by_host[options["host"]] = {**place._asdict(), "validate_certs": verifies}
    shared = [of for of in grouped(places).items() if of[0].workspace_id and len(of[1]) > 1]
    of_plan_files = {"plan_format": PLAN_FORMAT, "attributes": list(ATTRIBUTES)}
    return {"hosts": by_host, "refusal": " ".join(starmap(_refusal, shared)), **of_plan_files}


def _refusal(place: Place, hosts: Sequence[Options]) -> str:
    names = listed([shown(options["host"]) for options in hosts])
    own = "give each host the clients_workspace_id of its own workspace"
    if any(options.get("workspace_id") for options in hosts):
        remedy = f"{own}, or leave hosts out with --limit"
    else:
        remedy = f"run on this machine alone with -e clients_hosts=localhost, or {own}"
    return f"These hosts have the same workspace: {names} ({place}); {remedy}."
