# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad options: one clear sentence, and no request."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from support.running import client, info

SECRET = "toggl_sk_00000000000000000000000000000bad"

CLIENT: dict[str, tuple[dict[str, Any], str]] = {
    "no authentication": ({"api_token": None}, "no authentication is given"),
    "empty token": ({"api_token": " "}, "no authentication is given"),
    "both kinds": ({"username": "ada", "password": SECRET}, "keep one kind"),
    "user without password": ({"api_token": None, "username": "ada"}, "password"),
    "password without user": ({"api_token": None, "password": SECRET}, "username"),
    "token with a line break": ({"api_token": SECRET + "\nX-Evil: 1"}, "api_token"),
    "token that is no ASCII": ({"api_token": SECRET + "\u2013"}, "api_token"),
    "public http": ({"api_url": "http://focus.toggl.com/api"}, "use https"),
    "user in the address": ({"api_url": f"https://ada:{SECRET}@focus.toggl.com/api"}, "user"),
    "token in the address": ({"api_url": f"https://{SECRET}@focus.toggl.com/api"}, "user"),
    "no scheme": ({"api_url": "focus.toggl.com/api"}, "https://"),
    "another scheme": ({"api_url": "ftp://focus.toggl.com/api"}, "https://"),
    "no host": ({"api_url": "https:///api"}, "https://"),
    "bad port": ({"api_url": "https://focus.toggl.com:x/api"}, "not a valid address"),
    "query in the address": ({"api_url": "https://focus.toggl.com/api?x=1"}, "without ?"),
    "timeout of 0": ({"api_timeout": 0.0}, "api_timeout"),
    "timeout that is no number": ({"api_timeout": float("nan")}, "api_timeout"),
    "retries below 0": ({"api_retries": -1}, "api_retries"),
    "wait below 0": ({"quota_wait": -1}, "quota_wait"),
    "workspace 0": ({"workspace_id": 0}, "workspace_id"),
    "no such ca_path": ({"ca_path": "/nowhere/ca.pem"}, "ca_path"),
    "neither name nor id": ({"name": None}, "Neither name nor id"),
    "empty name": ({"name": ""}, "empty"),
    "blank name": ({"name": " \t\u00a0"}, "empty"),
    "blank former name": ({"former_names": [" "]}, "former_names"),
    "id of 0": ({"id": 0}, "id 0"),
    "id below 0": ({"id": -5}, "id -5"),
}

INFO: dict[str, tuple[dict[str, Any], str]] = {
    "blank name": ({"name": " "}, "name"),
    "id of 0": ({"id": 0}, "id"),
    "limit of 0": ({"limit": 0}, "limit"),
}


def assert_refused(result: dict[str, Any], service: Simulator, expected: str) -> None:
    assert result["failed"] is True
    assert result["changed"] is False
    assert expected in result["msg"]
    assert result["msg"].count("\n") == 0
    assert result["requests"] == 0
    assert service.log == []
    assert SECRET not in str(result)


@pytest.mark.parametrize("case", CLIENT)
def test_focus_client(service: Simulator, case: str) -> None:
    given, expected = CLIENT[case]
    assert_refused(client(service, **{"name": "Acme", **given}), service, expected)


@pytest.mark.parametrize("case", INFO)
def test_focus_client_info(service: Simulator, case: str) -> None:
    given, expected = INFO[case]
    assert_refused(info(service, **given), service, expected)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
def test_plain_http_to_this_machine_is_let_through(service: Simulator, host: str) -> None:
    """It is tried: nothing listens at that port, so the error is another one."""
    result = client(service, name="Acme", api_url=f"http://{host}:9/api", api_retries=0)
    assert "No connection to" in result["msg"]
