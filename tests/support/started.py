# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-playbook`` by a process that has loaded Ansible, and forks for each run: loading it is
half of what a short playbook costs. What Ansible reads while it is loaded, as all of
``ANSIBLE_...``, is the same for all runs of one process. Each run has its own arguments, folder and
other variables."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SECONDS = 300
"""A run that takes longer is killed."""


class Started:
    """:arg folder: for what the runs print"""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._printed = folder / "stdout", folder / "stderr"
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__, *map(str, self._printed)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.communicate()

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        assert self._process.stdin and self._process.stdout
        command = ["ansible-playbook", *arguments]
        wanted = json.dumps([command, {**environment, "PWD": str(folder)}])
        self._process.stdin.write(wanted + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        stdout, stderr = (path.read_text(encoding="utf-8") for path in self._printed)
        return subprocess.CompletedProcess(command, status, stdout, stderr)


def serve(*printed: str) -> None:
    """Answers each line of the input with the status of the run that it describes."""
    import requests  # noqa: F401  # the collection's library
    from ansible.cli.playbook import PlaybookCLI

    gc.freeze()  # what is not touched is not copied
    for line in sys.stdin:
        arguments, environment = json.loads(line)
        process = os.fork()
        if process == 0:
            signal.alarm(SECONDS)
            for target, path in enumerate((os.devnull, *printed)):
                os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), target)
            os.environ.update(environment)
            os.chdir(environment["PWD"])
            status: object = 1
            try:
                PlaybookCLI.cli_executor(arguments)
            except SystemExit as end:
                status = end.code
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(int(str(status or 0)))  # what is there for all runs stays
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    serve(*sys.argv[1:])
