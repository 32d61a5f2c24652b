# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hosts of one workspace are told before any request: they would create each client twice."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from support.filters import workspaces
from support.notation import rows

URL = "https://focus.toggl.com/api"

HOSTS = rows("""
no hosts      | []                                                                   |
two ids       | [{workspace_id: 1}, {workspace_id: 2}]                               |
two addresses | [{workspace_id: 1}, {workspace_id: 1, api_url: https://example.org/api}] |
no ids        | [{}, {workspace_id: ""}, {workspace_id: null}]                       |
what is no id | [{workspace_id: x}, {workspace_id: x}]                               |
as numbers and as texts        | [{workspace_id: 1}, {workspace_id: " 1 "}]          | shared
a number with a zero before it | [{workspace_id: "1"}, {workspace_id: "01"}]         | shared
an address that is empty       | [{workspace_id: 1, api_url: ""}, {workspace_id: 1}] | shared
an address that is the default
    | [{workspace_id: 1}, {workspace_id: 1, api_url: https://focus.toggl.com/api}] | shared
addresses written in two ways | [{workspace_id: 1, api_url: https://example.org/api},
    {workspace_id: 1, api_url: "HTTPS://EXAMPLE.ORG:443/api/"}] | shared
one with certificates, one without
    | [{workspace_id: 1}, {workspace_id: 1, validate_certs: no}] | shared
""")


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOGGL_FOCUS_API_URL", "TOGGL_FOCUS_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)


def found(hosts: list[dict[str, Any]]) -> dict[str, Any]:
    return workspaces([{"host": f"h{number}", **host} for number, host in enumerate(hosts)])


@pytest.mark.parametrize(("hosts", "expected"), HOSTS)
def test_two_hosts_of_one_workspace_are_refused(hosts: str, expected: str) -> None:
    """Ids are compared as numbers, addresses however they are written."""
    start = "These hosts have the same workspace: h0 and h1 (workspace 1 at http"
    advice = "give each host the clients_workspace_id of its own workspace, or leave"
    refusal = found(yaml.safe_load(hosts))["refusal"]
    assert refusal.startswith(start) and advice in refusal if expected else refusal == ""


def test_the_workspace_of_each_host_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOGGL_FOCUS_API_URL", "https://example.org/api/")
    hosts = found([{"workspace_id": "7"}, {"validate_certs": "no", "api_url": URL}])["hosts"]
    assert hosts == {
        "h0": {"workspace_id": 7, "api_url": "https://example.org/api", "validate_certs": True},
        "h1": {"workspace_id": None, "api_url": URL, "validate_certs": False},
    }
