# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks run by ``ansible-playbook`` as a process, against the simulator over real HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.server import Simulator

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")


@dataclass(frozen=True)
class Ran:
    """``results`` holds what each registered task returned, by its name."""

    output: str
    status: int
    results: dict[str, dict[str, Any]]


Play = Callable[..., Ran]


def ansible_playbook(
    service: Simulator,
    playbook: Path | str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Its tasks find the service and the credentials in the environment.

    :arg folder: where the process runs, if not here
    """
    access = {
        "TOGGL_FOCUS_API_URL": service.url,
        "TOGGL_FOCUS_API_TOKEN": service.token,
        "TOGGL_FOCUS_WORKSPACE_ID": str(service.workspace_id),
    }
    own = {
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "e2e" / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".ansible" / "tree"),
        "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "e2e" / "connection"),
        "ANSIBLE_HOME": str(ROOT / ".ansible" / "e2e"),
        "LC_ALL": "C.UTF-8",
    }
    given = access if environment is None else environment
    return subprocess.run(
        [str(ANSIBLE_PLAYBOOK), *arguments, str(playbook)],
        cwd=folder,
        env={**os.environ, **own, **given, **({"PWD": str(folder)} if folder else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def keep(names: Sequence[str | None], path: Path) -> dict[str, Any]:
    """A task that writes the registered results down, also in check mode."""
    pairs = ", ".join(f"'{name}': {name}" for name in names if name)
    return {
        "name": "Keep the results",
        "ansible.builtin.copy": {"content": f"{{{{ {{{pairs}}} | to_json }}}}", "dest": str(path)},
        "check_mode": False,
        "changed_when": False,
        "diff": False,
        "no_log": True,
    }
