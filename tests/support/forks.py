# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has loaded what its runs need, and is copied for each of them."""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock


class Forks:
    """:arg module: loads, and calls ``serve``"""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._busy = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=Path(__file__).parents[1],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.communicate()

    def fork(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: int
    ) -> subprocess.CompletedProcess[str]:
        """Return what a run did; one that takes longer is killed."""
        assert self._process.stdin and self._process.stdout
        assert self._busy.acquire(blocking=False), "runs at once need processes of their own"
        with TemporaryDirectory() as printed:
            paths = [Path(printed, name) for name in ("stdout", "stderr")]
            wanted = [dict(environment), str(folder), seconds, [*map(str, paths)], [*arguments]]
            print(json.dumps(wanted), file=self._process.stdin, flush=True)
            status = int(self._process.stdout.readline())
            stdout, stderr = (path.read_text(encoding="utf-8") for path in paths)
        self._busy.release()
        return subprocess.CompletedProcess(arguments, status, stdout, stderr)


def serve(run: Callable[..., object]) -> None:
    """Answer each line of the input with the status of the run that it describes."""
    gc.freeze()  # what is not touched is not copied
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            environment, folder, seconds, printed, arguments = json.loads(line)
            _prepare(environment, folder, seconds, printed)
            sys.exit(run(*arguments))
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


def _prepare(
    environment: Mapping[str, str], folder: str, seconds: int, printed: Sequence[str]
) -> None:
    signal.alarm(seconds)
    for target, path in enumerate((os.devnull, *printed)):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), target)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    atexit._clear()  # the loader removes what is there for all runs
