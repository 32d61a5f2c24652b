# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules as their users get them: a process, options as JSON, a result as JSON.

``--collection FOLDER`` takes another checkout in place of this one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.forks import Forks
from wire import standin
from wire.standin import WORKSPACE, Service

Run = Callable[..., dict[str, Any]]
TOKEN = "toggl_sk_0123456789abcdef0123456789abcdef"
PATIENCE = 25  # seconds, then the run is ended; none here has reason to take more than a few


@pytest.fixture(scope="session")
def loaded(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Forks]:
    """The modules in a process that is copied for each run: loading them takes half a second."""
    folder = tmp_path_factory.mktemp("tree")
    place = folder / "ansible_collections" / "toggl"
    place.mkdir(parents=True)
    checkout = pytestconfig.getoption("collection") or pytestconfig.rootpath
    (place / "focus").symlink_to(Path(checkout).resolve())
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(folder)}
    with closing(Forks("wire.forks", environment)) as made:
        yield made


@pytest.fixture
def service() -> Iterator[Service]:
    with standin.running() as made:
        yield made


@pytest.fixture
def run(service: Service, tmp_path: Path, loaded: Forks) -> Run:
    """``run(clients=[...])`` is a task of ``focus_clients``, without a list of ``focus_client``."""
    # Nobody's settings: no proxy, no credentials.
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}

    def one(**options: Any) -> dict[str, Any]:
        module = "focus_clients" if "clients" in options else "focus_client"
        shared = {"workspace_id": WORKSPACE, "api_url": service.url, "api_token": TOKEN}
        given = {**shared, **options}
        if "clients" in given:  # an earlier version takes no plain texts as entries
            given["clients"] = [{"name": e} if isinstance(e, str) else e for e in given["clients"]]
        arguments = [module, json.dumps({"ANSIBLE_MODULE_ARGS": given})]
        ran = loaded.fork(arguments, environment, tmp_path, PATIENCE)
        results = [line for line in ran.stdout.splitlines() if line.startswith("{")]
        assert results, f"no result: {ran}"
        result: dict[str, Any] = json.loads(results[-1])
        return {"failed": False, **result}

    return one
