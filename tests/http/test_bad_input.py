# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad options: one clear sentence, and no request."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.server import Simulator
from support.running import client, clients, info, sent

from ansible_collections.toggl.focus.plugins.module_utils._task import arguments

SECRET = "toggl_sk_00000000000000000000000000000bad"

BAD_URL = "The option api_url cannot be used"

CLIENT: dict[str, tuple[dict[str, Any], str]] = {
    "token with a line break": ({"api_token": SECRET + "\nX-Evil: 1"}, "api_token"),
    "token that is no ASCII": ({"api_token": SECRET + "\u2013"}, "api_token"),
    "token with a blank in it": ({"api_token": f"{SECRET} {SECRET}"}, "quotes, blanks or"),
    "token in quotes": ({"api_token": f'"{SECRET}"'}, "it contains quotes, blanks or characters"),
    "token in single quotes": ({"api_token": f"'{SECRET}'"}, "it contains quotes, blanks or"),
    "public http": ({"api_url": "http://focus.toggl.com/api"}, "use https"),
    "user in the address": ({"api_url": f"https://ada:{SECRET}@focus.toggl.com/api"}, "user"),
    "token in the address": ({"api_url": f"https://{SECRET}@focus.toggl.com/api"}, "user"),
    "no scheme": ({"api_url": "focus.toggl.com/api"}, "https://"),
    "another scheme": ({"api_url": "ftp://focus.toggl.com/api"}, "https://"),
    "no host": ({"api_url": "https:///api"}, "https://"),
    "bad port": ({"api_url": "https://focus.toggl.com:x/api"}, "not a valid address"),
    "blank in the host": ({"api_url": "https://focus toggl.com/api"}, BAD_URL),
    "pattern for a host": ({"api_url": "https://*.toggl.com/api"}, BAD_URL),
    "blank in the path": ({"api_url": "https://focus.toggl.com/my api"}, BAD_URL),
    "tab in the path": ({"api_url": "https://focus.toggl.com/api\tx"}, BAD_URL),
    "template for a host": ({"api_url": "https://{{host}}/api"}, BAD_URL),
    "query in the address": ({"api_url": "https://focus.toggl.com/api?x=1"}, "without ?"),
    "timeout of 0": ({"api_timeout": 0.0}, "api_timeout"),
    "timeout that is no number": ({"api_timeout": float("nan")}, "api_timeout"),
    "retries below 0": ({"api_retries": -1}, "api_retries"),
    "wait below 0": ({"quota_wait": -1}, "quota_wait"),
    "workspace 0": ({"workspace_id": 0}, "workspace_id"),
    "no such ca_path": ({"ca_path": "/nowhere/ca.pem"}, "ca_path"),
    "id of 0": ({"id": 0}, "id is the number 0;"),
}

INFO: dict[str, Any] = {"name": " ", "id": 0, "limit": 0, "order_by": ["\ud800"]}
"""Blank, too small, or what nothing can send."""

ACCESS = {"api_token": SECRET, "workspace_id": 1}
DIGEST = "5f0c1e3a9d7b2c4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6"

CLIENTS: dict[str, tuple[dict[str, Any], str]] = {
    "digest of nothing": ({"plan_digest": ""}, '"" is not a digest'),
    "digest and more": ({"plan_digest": DIGEST + "0"}, "is not a digest, which has 64 hexadecimal"),
    "digest with another sign": ({"plan_digest": "g" + DIGEST[1:]}, "is not a digest"),
    "percentage above 100": ({"max_deletion_percent": 101}, "max_deletion_percent"),
    "percentage below 0": ({"max_deletion_percent": -1}, "max_deletion_percent"),
    "no write at once": ({"concurrency": 0, **ACCESS}, "concurrency"),
    "17 writes at once": ({"concurrency": 17, **ACCESS}, "concurrency"),
    "fewer than no deletions": ({"max_deletions": -1}, "max_deletions"),
}
"""In check mode too, and before credentials are asked for unless they are given."""


def assert_refused(result: dict[str, Any], service: Simulator, expected: str) -> None:
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
    assert expected in result["msg"] and "\n" not in result["msg"]
    assert service.log == []
    assert SECRET not in str(result)


@pytest.mark.parametrize(("given", "expected"), CLIENT.values(), ids=CLIENT)
def test_focus_client(service: Simulator, given: Any, expected: str) -> None:
    assert_refused(client(service, **{"name": "Acme", **given}), service, expected)


@pytest.mark.parametrize("option", INFO)
def test_focus_client_info(service: Simulator, option: str) -> None:
    assert_refused(info(service, **{option: INFO[option]}), service, option)


@pytest.mark.parametrize(("given", "expected"), CLIENTS.values(), ids=CLIENTS)
def test_focus_clients(service: Simulator, given: Any, expected: str, check_mode: bool) -> None:
    nobody = {"clients": "Acme", "api_token": None, "workspace_id": 0}
    assert_refused(clients(service, check_mode, **{**nobody, **given}), service, expected)


@pytest.mark.parametrize("written", [str, str.upper, " {}\n".format])
def test_a_digest_counts_however_it_is_written(service: Simulator, written: Any) -> None:
    digest = clients(service, check_mode=True, clients=["Acme"])["plan_digest"]
    result = clients(service, clients=["Acme"], plan_digest=written(digest))
    assert (result["changed"], sent(service)) == (True, ["GET", "GET", "POST"])


TOKEN = "toggl_sk_0000000000000000000000000000"
OTHER = {"TOGGL_FOCUS_API_TOKEN": SECRET}
USER, PASSWORD = {"TOGGL_FOCUS_USERNAME": "bob"}, {"TOGGL_FOCUS_PASSWORD": SECRET}
LOGIN = {**USER, **PASSWORD}
ADA = {"username": "ada", "password": "pass"}
SET_PASSWORD = "set the environment variable TOGGL_FOCUS_PASSWORD"
BOTH = "both kinds of authentication are given, by TOGGL_FOCUS_API_TOKEN"

CREDENTIALS = {
    "token, and another one set": ({"api_token": TOKEN}, OTHER, "toggl_sk_"),
    "token, and a login set": ({"api_token": TOKEN}, LOGIN, "toggl_sk_"),
    "login, and a token set": (ADA, OTHER, "Basic"),
    "login, and what is no token set": (ADA, {"TOGGL_FOCUS_API_TOKEN": "no key"}, "Basic"),
    "user, password and token set": ({"username": "ada"}, {**LOGIN, **OTHER}, "Basic"),
    "token set": ({}, OTHER, "toggl_sk_"),
    "token of another name set": ({}, {"TOGGL_API_TOKEN": SECRET}, "toggl_sk_"),
    "login set": ({}, LOGIN, "Basic"),
    "blank token, login set": ({"api_token": ""}, LOGIN, "Basic"),
    # None, or two kinds: a message.
    "both as options": ({"api_token": TOKEN, "username": "ada"}, {}, "keep one kind"),
    "both set": ({}, {**OTHER, **LOGIN}, f"{BOTH}, TOGGL_FOCUS_USERNAME and TOGGL_FOCUS_PASSWORD;"),
    "token and user set": ({}, {**OTHER, **USER}, f"{BOTH} and TOGGL_FOCUS_USERNAME;"),
    "user, and a token set": ({"username": "ada"}, OTHER, SET_PASSWORD),
    "user set": ({}, USER, SET_PASSWORD),
    "password": ({"password": SECRET}, {}, "set the environment variable TOGGL_FOCUS_USERNAME"),
    "password set": ({}, PASSWORD, "TOGGL_FOCUS_USERNAME."),
    "what cannot be sent": ({}, {**USER, "TOGGL_FOCUS_PASSWORD": "\udce9"}, "The option password"),
    "none": ({}, {}, "No authentication is given: give api_token or set TOGGL_FOCUS_API_TOKEN"),
    "blank token, and one set": ({"api_token": " "}, OTHER, "No authentication is given"),
}


@pytest.mark.parametrize("case", CREDENTIALS)
def test_an_option_outdoes_the_environment(service: Simulator, monkeypatch: Any, case: str) -> None:
    """No other credentials are given than these options and these variables; the service knows none
    of them. Seen in the header that it gets; with none or two kinds, nothing is sent."""
    given, variables, expected = CREDENTIALS[case]
    for name in sum(arguments.VARIABLES.values(), ()):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = client(service, **{"name": "Acme", "api_token": None, **given})
    if expected not in ("Basic", "toggl_sk_"):
        assert_refused(result, service, expected)
        return
    assert "does not accept the credentials" in result["msg"]
    (request,) = service.log
    assert expected in request.headers["authorization"]
    assert (SECRET in request.headers["authorization"]) == (expected != "Basic" and not given)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
def test_plain_http_to_this_machine_is_let_through(service: Simulator, host: str) -> None:
    """It is tried: nothing listens at that port, so the error is another one."""
    result = client(service, name="Acme", api_url=f"http://{host}:9/api", api_retries=0)
    assert "No connection to" in result["msg"]
