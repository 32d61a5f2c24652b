# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as their users get them: a process, options as JSON, a result as JSON.

``--collection FOLDER`` takes another checkout in place of this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wire import standin
from wire.standin import WORKSPACE, Service

Run = Callable[..., dict[str, Any]]
TOKEN = "toggl_sk_0123456789abcdef0123456789abcdef"
PATIENCE = 25  # seconds; no run here has reason to take more than a few


@pytest.fixture(scope="session")
def tree(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which Python and Ansible find the collection."""
    folder = tmp_path_factory.mktemp("tree")
    place = folder / "ansible_collections" / "toggl"
    place.mkdir(parents=True)
    checkout = pytestconfig.getoption("collection") or pytestconfig.rootpath
    (place / "focus").symlink_to(Path(checkout).resolve())
    return folder


@pytest.fixture
def service() -> Iterator[Service]:
    with standin.running() as made:
        yield made


@pytest.fixture
def environment(tree: Path, tmp_path: Path) -> dict[str, str]:
    """Nobody's settings: no proxy, no credentials."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(tree),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ANSIBLE_COLLECTIONS_PATH": str(tree),
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
    }


@pytest.fixture
def run(service: Service, environment: dict[str, str], tmp_path: Path) -> Run:
    """``run(clients=[...])`` is a task of ``focus_clients``, without a list of ``focus_client``."""

    def one(check: bool = False, **options: Any) -> dict[str, Any]:
        module = "focus_clients" if "clients" in options else "focus_client"
        shared = {"workspace_id": WORKSPACE, "api_url": service.url, "api_token": TOKEN}
        arguments = {**shared, **options, "_ansible_check_mode": check}
        given = {k: v for k, v in arguments.items() if v is not None}
        if "clients" in given:  # an earlier version takes no plain texts as entries
            given["clients"] = [{"name": e} if isinstance(e, str) else e for e in given["clients"]]
        ran = subprocess.run(
            [sys.executable, "-m", f"ansible_collections.toggl.focus.plugins.modules.{module}"],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
        assert lines, f"no result:\n{ran.stdout}{ran.stderr}"
        result: dict[str, Any] = json.loads(lines[-1])
        result.setdefault("failed", False)
        return result

    return one
