# SPDX-License-Identifier: GPL-3.0-or-later
"""Names with a secret in them, where Ansible masks what a module returns too."""

from __future__ import annotations

from pathlib import Path

from simulator.server import Simulator
from simulator.service import Credentials
from support.playbooks import WAYS, access, played

PASSWORD = "demo"
WHO = Credentials("toggl_sk_of-a-test", "ada@example.com", PASSWORD)
MODULES = {
    "focus_client": {"id": 1001, "name": "Globex"},
    "focus_clients": {"clients": ["Acme"], "purge": True, "max_deletion_percent": 100},
    "focus_client_info": {},
}


def test_no_list_is_returned_or_undone_with_a_masked_name(tmp_path: Path) -> None:
    """Each module refuses before a write. In Ansible's own process, tests/http shows it."""
    login = {"username": WHO.username, "password": PASSWORD}
    tasks = [
        {f"toggl.focus.{module}": {**options, **login}, "register": module, "ignore_errors": True}
        for module, options in MODULES.items()
    ]
    with Simulator() as service:
        service.credentials = WHO
        for name in ("demo Ltd", "Acme"):
            service.add(name)
        given = {**access(service), "TOGGL_FOCUS_API_TOKEN": ""}
        ran = played(service, tmp_path, tasks, *WAYS["module"], environment=given)
        assert service.writes == []
    for module in MODULES:
        result = ran.results[module]
        assert (result["failed"], result["changed"]) == (True, False)
        assert "Use an API key (api_token) in place of the password." in result["msg"]
    assert PASSWORD not in ran.output
