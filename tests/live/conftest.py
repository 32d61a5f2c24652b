# SPDX-License-Identifier: GPL-3.0-or-later
"""A key, a workspace, and consent: without them, nothing is sent. They are variables of the
environment. Status 0: done; 1: failed; 2: something is missing, or interrupted; 3: call it again.
"""

from __future__ import annotations

import fcntl
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from live.run import Run, table
from live.workspace import State
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._errors import FocusError
from ansible_collections.toggl.focus.plugins.module_utils._model import Access
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import SHARED
from ansible_collections.toggl.focus.plugins.module_utils._task.options import access

CONSENT = "yes-change-this-workspace"
MISSING = 2


def pytest_addoption(parser: pytest.Parser) -> None:
    kept = ROOT / ".ansible" / "live"
    parser.addoption("--folder", type=Path, default=kept, help="of the state")


def given() -> Access:
    if os.environ.get("TOGGL_FOCUS_LIVE") != CONSENT:
        pytest.exit(
            "This creates, renames, deletes and restores clients of its own in a workspace, best "
            f"one that does not matter: say TOGGL_FOCUS_LIVE={CONSENT} if you want that.",
            MISSING,
        )
    options = {name: option.get("default") for name, option in SHARED.items()}
    for name in ("api_token", "workspace_id", "api_url"):
        options[name] = os.environ.get(f"TOGGL_FOCUS_{name.upper()}") or options[name]
    try:
        return access({**options, "workspace_id": int(options["workspace_id"] or 0)})
    except (FocusError, ValueError) as error:
        needed = "TOGGL_FOCUS_API_TOKEN and TOGGL_FOCUS_WORKSPACE_ID say how to reach it."
        pytest.exit(f"{error} {needed}", MISSING)


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    folder, allowed = request.config.option.folder, given()
    folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it cleans up
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pytest.exit("Another call is running: let it end first.", MISSING)
        name = re.sub(r"\W+", "-", f"{allowed.api_url}-{allowed.workspace_id}")
        state = State(folder / f"{name}.json")
        yield Run(allowed, state)
        print(f"\n{table(state.found)}\n")
        if {"questions", "modules"} <= {*state.done}:  # the next call begins anew
            state.done, state.found = [], {}
            state.save()
