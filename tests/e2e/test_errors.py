# SPDX-License-Identifier: GPL-3.0-or-later
"""What users see when something is wrong: one sentence, no traceback, no secret."""

from __future__ import annotations

import base64
from typing import Any

from simulator.records import Fault
from simulator.server import Simulator
from support.playbooks import Play

MODULE = "toggl.focus.focus_client"
INFO = "toggl.focus.focus_client_info"
TRACK_TOKEN = "0123456789abcdef0123456789abcdef"
OTHER_SECRET = "another-secret-of-some-length"


def failing(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**task, "register": f"t_{number}", "ignore_errors": True}
        for number, task in enumerate(tasks)
    ]


def test_bad_input_is_one_sentence_and_no_request(service: Simulator, play: Play) -> None:
    tasks = [
        {MODULE: {"name": "Acme", "api_token": OTHER_SECRET, "username": "ada"}},
        {MODULE: {"name": " "}},
        {MODULE: {}},
        {MODULE: {"id": 0}},
        {MODULE: {"name": "Acme", "api_url": "http://focus.toggl.com/api"}},
        {INFO: {"api_url": f"https://ada:{OTHER_SECRET}@focus.toggl.com/api"}},
    ]
    ran = play(failing(tasks), "-vvv")
    for number in range(len(tasks)):
        result = ran.results[f"t_{number}"]
        assert result["failed"] is True
        assert result["requests"] == 0
        assert result["msg"].endswith(".")
    assert service.log == []
    assert "Traceback" not in ran.output


def test_without_credentials_the_message_names_the_variables(
    service: Simulator, play: Play
) -> None:
    environment = {"TOGGL_FOCUS_WORKSPACE_ID": "1", "TOGGL_FOCUS_API_URL": service.url}
    ran = play(failing([{MODULE: {"name": "Acme"}}]), environment=environment)
    assert "TOGGL_FOCUS_API_TOKEN" in ran.results["t_0"]["msg"]
    for environment in ({}, {"TOGGL_FOCUS_WORKSPACE_ID": ""}):
        ran = play(failing([{MODULE: {"name": "Acme"}}]), environment=environment)
        assert ran.results["t_0"]["msg"] == (
            "The option workspace_id is missing: give it, or set the environment variable "
            "TOGGL_FOCUS_WORKSPACE_ID."
        )


def test_bad_answers_are_one_sentence(service: Simulator, play: Play) -> None:
    bodies = [
        Fault(status=200, body=b"<html>"),
        Fault(status=200, body=b'{"data": [{'),
        Fault(status=200, body=b'{"data": 7}'),
        Fault(status=403, body=b'{"error": "forbidden", "trace_id": "abc"}'),
        Fault(status=402, headers={"X-Toggl-Quota-Resets-In": "600"}),
        Fault(status=404, body=b'{"error": "not_found"}'),
        Fault(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    ]
    service.reset(script=bodies)
    tasks = [{MODULE: {"name": "Acme", "api_retries": 0}} for _ in bodies]
    wrong = {MODULE: {"name": "Acme", "api_token": TRACK_TOKEN}}
    ran = play(failing([*tasks, wrong]), "-vvv")
    expected = ["JSON", "JSON", "not a list", "abc", "600 seconds", "refused", "redirect", "Track"]
    for number, words in enumerate(expected):
        assert words in ran.results[f"t_{number}"]["msg"]
    assert "Traceback" not in ran.output
    assert {entry.method for entry in service.log} == {"GET"}


def test_no_secret_is_in_any_output(service: Simulator, play: Play) -> None:
    """The whole output at -vvvv, with diff, success and failure, by both authentications."""
    basic = {
        "api_token": "",
        "username": service.username,
        "password": service.password,
    }
    service.reset(script=[Fault(), Fault(), Fault(), Fault(), Fault(status=403)])
    tasks = [
        {MODULE: {"name": "Acme"}},
        {MODULE: {"name": "Globex", **basic}},
        {INFO: {}},
        {MODULE: {"name": "Acme", "api_token": OTHER_SECRET}},
        {MODULE: {"name": "Acme", "api_url": "http://127.0.0.1:9/api", "api_retries": 0}},
    ]
    ran = play(failing(tasks), "-vvvv", "--diff")
    assert "Acme" in ran.output
    login = f"{service.username}:{service.password}".encode()
    secrets = [service.token, service.password, OTHER_SECRET, base64.b64encode(login).decode()]
    for secret in secrets:
        assert secret not in ran.output
    assert "Authorization" not in ran.output
