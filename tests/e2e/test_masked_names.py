# SPDX-License-Identifier: GPL-3.0-or-later
"""Names with a secret in them, where Ansible masks what a module returns too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from simulator.server import Simulator
from simulator.service import Credentials
from support.playbooks import WAYS, Play, access

PASSWORD = "demo"


@pytest.fixture
def login(service: Simulator) -> Iterator[dict[str, str]]:
    usual = service.credentials
    service.credentials = Credentials("toggl_sk_of-a-test", "ada@example.com", PASSWORD)
    yield {"username": "ada@example.com", "password": PASSWORD}
    service.credentials = usual


def test_no_list_is_returned_or_undone_with_a_masked_name(
    service: Simulator, play: Play, login: dict[str, str]
) -> None:
    """Each module refuses before a write. In Ansible's own process, tests/http shows it."""
    for name in ("demo Ltd", "Acme"):
        service.add(name)
    modules: dict[str, dict[str, Any]] = {
        "focus_client": {"id": 1001, "name": "Globex"},
        "focus_clients": {"clients": ["Acme"], "purge": True, "max_deletion_percent": 100},
        "focus_client_info": {},
    }
    tasks = [
        {f"toggl.focus.{module}": {**options, **login}, "register": module, "ignore_errors": True}
        for module, options in modules.items()
    ]
    given = access(service)
    del given["TOGGL_FOCUS_API_TOKEN"]
    ran = play(tasks, *WAYS["module"], environment=given)
    for module in modules:
        result = ran.results[module]
        assert (result["failed"], result["changed"]) == (True, False)
        assert "Use an API key (api_token) in place of the password." in result["msg"]
    assert PASSWORD not in ran.output
    assert service.writes == []
