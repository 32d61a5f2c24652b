# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-playbook`` as a fork of a process that has loaded Ansible and the collection. Loading
them is most of what a short playbook costs.

Real is all that a run does: it reads its arguments, folder, environment, inventory and playbook,
forks for its tasks, starts the processes of modules, prints, and ends by itself. Not real is what
comes before, which all runs of one loader share: the settings of Python and Ansible, the seed of
hashes, Ansible's folder for temporary files, and the collection's code. ``fits`` says whether a
process of its own would have the same settings. Nobody types or sends a signal to a run.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
SECONDS = 300
"""A run that takes longer is killed."""
OF_A_RUN = re.compile(r"TOGGL_\w+|PWD|PYTEST_CURRENT_TEST|RAN")
"""Variables that nothing reads before a run begins; ``RAN`` is one of the tests."""


class Started:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._busy = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.started"],
            cwd=Path(__file__).parents[1],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.communicate()

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether nothing differs that is read while Ansible is loaded."""
        different = dict(self._environment.items() ^ environment.items())
        return all(map(OF_A_RUN.fullmatch, different))

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        assert self.fits(environment)
        assert self._process.stdin and self._process.stdout
        assert self._busy.acquire(blocking=False), "runs at once need processes of their own"
        with TemporaryDirectory() as printed:
            paths = [Path(printed, name) for name in ("stdout", "stderr")]
            wanted = [dict(environment), str(folder), [*map(str, paths)], [*arguments]]
            print(json.dumps(wanted), file=self._process.stdin, flush=True)
            status = int(self._process.stdout.readline())
            stdout, stderr = (path.read_text(encoding="utf-8") for path in paths)
        self._busy.release()
        command = [str(ANSIBLE_PLAYBOOK), *arguments]
        return subprocess.CompletedProcess(command, status, stdout, stderr)


# what the process does


def load() -> None:
    """Load what each run would load for itself, in the same order."""
    import ansible.cli.playbook  # noqa: F401  # before all others: it sets up the rest
    from ansible.plugins import loader

    from support.callback.loaded import load_collection

    loader.init_plugin_loader([])
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    importlib.import_module("ansible_collections.ansible.builtin")
    for plugins in (loader.connection_loader, loader.shell_loader, loader.become_loader):
        list(plugins.all(class_only=True))
    load_collection()


def serve() -> None:
    """Answer each line of the input with the status of the run that it describes."""
    gc.freeze()  # what is not touched is not copied
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            sys.exit(run(*json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def run(
    environment: Mapping[str, str], folder: str, printed: Sequence[str], arguments: Sequence[str]
) -> Any:
    """End this process as ``ansible-playbook`` does."""
    from ansible.cli.playbook import main

    signal.alarm(SECONDS)
    for target, path in enumerate((os.devnull, *printed)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), target)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    atexit._clear()  # the loader removes what is there for all runs
    sys.argv = [str(ANSIBLE_PLAYBOOK), *arguments]
    return main()


if __name__ == "__main__":
    sys.path[0] = str(ANSIBLE_PLAYBOOK.parent)
    load()
    serve()
