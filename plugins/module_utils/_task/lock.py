# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one workspace take turns: a lock of this user on this machine.

Two runs that both read a list without a client would both create it, and the service offers no lock
and no condition on a write.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from .._errors import FocusError, Interrupted
from .._progress import TICK, Halt, Progress
from .._text import normal_address, shown

LONGEST_WAIT = 600.0
_WIDTH = 20  # of a process id in the file
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW


@contextmanager
def turn(address: str, workspace_id: int, progress: Progress, halt: Halt) -> Iterator[list[str]]:
    """Hold the lock of a workspace, and yield warnings: without a lock, the run goes on.

    :raises FocusError: another run has held it for ``LONGEST_WAIT`` seconds
    :raises Interrupted: the run was ended while it waited
    """
    warnings = []
    with ExitStack() as held:
        try:
            own = os.open(_path(address, workspace_id), _FLAGS, 0o600)
            file = held.enter_context(io.FileIO(own, "r+"))
            _wait_for(file, progress, halt)
            halt.let_go = file.close
        except OSError as error:
            warnings.append(
                f"There can be no lock on this machine: {shown(error)}. Other runs of yours may "
                "write to the workspace at the same time; let one end before the next begins."
            )
        yield warnings


def _wait_for(file: io.FileIO, progress: Progress, halt: Halt) -> None:
    """Lock the file. The lock ends when it is closed, or with the process. The service may not show
    yet what the run wrote that had it."""
    ends = time.monotonic() + LONGEST_WAIT
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        pid = os.pread(file.fileno(), _WIDTH, 0).decode(errors="replace").strip()
        holder = f"process {pid}" if pid.isdecimal() else "a process that has just begun"
        progress.set(holder=holder)
        if time.monotonic() > ends:
            raise FocusError(
                f"Another run on this workspace ({holder}) has not ended for "
                f"{LONGEST_WAIT / 60:.0f} minutes, so nothing was sent. End it, or run again later."
            )
        if not halt.sleep(TICK):
            raise Interrupted(halt.by or "")
    file.write(f"{os.getpid():{_WIDTH}}".encode())  # to shorten a file may take a millisecond
    if progress.so_far.holder is not None:
        progress.set(holder=None)
        halt.wait_for_consistency()


def _path(address: str, workspace_id: int) -> str:
    """Return the path of the lock, in a folder that no other user may write to.

    :raises OSError: there is none
    """
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not os.path.isabs(folder):
        folder = os.path.join(tempfile.gettempdir(), f"toggl.focus-{os.geteuid()}")
        os.makedirs(folder, 0o700, exist_ok=True)
    found = os.lstat(folder)
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_own or found.st_mode & stat.S_IWOTH:
        raise PermissionError(f"{folder} is no folder that you alone may write to")
    workspace = f"{normal_address(address)} {workspace_id}".encode()
    return os.path.join(folder, f"toggl.focus-{hashlib.sha256(workspace).hexdigest()[:32]}.lock")
