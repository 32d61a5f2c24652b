# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks run by ``ansible-playbook``, against the simulator over real HTTP."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from simulator.server import Simulator

from support.callback import loaded
from support.started import ANSIBLE_PLAYBOOK, SECONDS, Started

ROOT = Path(__file__).resolve().parents[2]
TREE = str(ROOT / ".ansible" / "tree")

WAYS: dict[str, tuple[str, ...]] = {
    "in process": (),
    "module": ("-e", "ansible_connection=elsewhere"),
}
"""Arguments by which tasks run in Ansible's own process, or as modules."""


class Ran(NamedTuple):
    """``results`` holds what each registered task returned, by its name."""

    output: str
    status: int
    results: dict[str, dict[str, Any]]


def ansible_playbook(
    service: Simulator,
    playbook: Path | str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    typed: str | None = None,
    alone: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Its tasks find the service and the credentials in the environment.

    :arg folder: where the process runs, if not here
    :arg typed: what its user answers
    :arg alone: as a process of its own also where a fork of a loaded Ansible is the same
    """
    given = access(service) if environment is None else environment
    whole = {**settings(), **given, **({"PWD": str(folder)} if folder else {})}
    ready = started(whole["ANSIBLE_COLLECTIONS_PATH"])
    if typed is None and not alone and ready.fits(whole):
        return ready.run([*arguments, str(playbook)], whole, folder or Path.cwd())
    return subprocess.run(
        [str(ANSIBLE_PLAYBOOK), *arguments, str(playbook)],
        cwd=folder,
        env=whole,
        input=typed or "",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@functools.cache
def started(collections: str) -> Started:
    """The process that has loaded Ansible and this collection, for all tests of this process."""
    made = Started({**settings(), "ANSIBLE_COLLECTIONS_PATH": collections})
    atexit.register(made.close)
    return made


def settings() -> dict[str, str]:
    """The environment of a process that runs Ansible, without anything about the service."""
    own = {
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "e2e" / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": TREE,
        "ANSIBLE_ACTION_PLUGINS": str(ROOT / "tests" / "e2e" / "action"),
        "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "e2e" / "connection"),
        "ANSIBLE_HOME": str(ROOT / ".ansible" / "e2e"),
        "LC_ALL": "C.UTF-8",
        **loaded.ENVIRONMENT,
    }
    return {**os.environ, **own}


def access(service: Simulator) -> dict[str, str]:
    """What tells tasks of the service, as variables of the environment."""
    return variables(service.url, service.token, service.workspace_id)


def variables(url: str, token: str, workspace_id: int) -> dict[str, str]:
    return {
        "TOGGL_FOCUS_API_URL": url,
        "TOGGL_FOCUS_API_TOKEN": token,
        "TOGGL_FOCUS_WORKSPACE_ID": str(workspace_id),
    }


def played(
    service: Simulator,
    folder: Path,
    tasks: Sequence[Mapping[str, Any]],
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    dumper: type[yaml.SafeDumper] = yaml.SafeDumper,
    alone: bool = False,
    **keywords: Any,
) -> Ran:
    """Runs tasks as a playbook in ``folder``; a task with ``register`` is found in the results.
    ``keywords`` are the play's; the rest is as for ``ansible_playbook``."""
    kept = folder / "results.json"
    kept.unlink(missing_ok=True)
    book = {"hosts": "localhost", "gather_facts": False, **keywords}
    book["tasks"] = [*tasks, keep([task.get("register") for task in tasks], kept)]
    path = folder / "playbook.yml"
    path.write_text(yaml.dump([book], Dumper=dumper, sort_keys=False, allow_unicode=False))
    ran = ansible_playbook(service, path, *arguments, environment=environment, alone=alone)
    results = json.loads(kept.read_text()) if kept.exists() else {}
    return Ran(ran.stdout + ran.stderr, ran.returncode, results)


def keep(names: Sequence[str | None], path: Path) -> dict[str, Any]:
    """A task that writes the registered results down, also in check mode."""
    pairs = ", ".join(f"'{name}': {name}" for name in names if name)
    return {
        "name": "Keep the results",
        "keep": {"content": f"{{{{ {{{pairs}}} | to_json }}}}", "path": str(path)},
        "no_log": True,
    }
