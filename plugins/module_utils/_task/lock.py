# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on one workspace take turns: a lock of this user on this machine.

Two runs that both read a list without a client would both create it, and the service offers no lock
and no condition on a write.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from .._errors import FocusError, Interrupted
from .._progress import Halt, Progress
from .._text import normal_address, shown

LONGEST_WAIT = 600.0
_PAUSE = 0.1


@contextmanager
def turn(
    address: str, workspace_id: int, progress: Progress, halt: Halt, settle: Callable[[], None]
) -> Iterator[tuple[str, ...]]:
    """Hold the lock of a workspace, and yield warnings: without a lock, the run goes on.

    :arg settle: is called after a wait, since the service may not show yet what the other run wrote
    :raises FocusError: another run has held it for ``LONGEST_WAIT`` seconds
    :raises Interrupted: the run was ended while it waited
    """
    workspace = f"{normal_address(address)} {workspace_id}"
    name = f"toggl.focus-{hashlib.sha256(workspace.encode()).hexdigest()[:32]}.lock"
    try:
        file = _wait_for(os.path.join(_folder(), name), progress, halt, settle)
    except OSError as error:
        reason = shown(error)
    else:
        halt.let_go = file.close
        with file:
            yield ()
        return
    yield (
        f"There can be no lock on this machine: {reason}. Other runs of yours may write to the "
        "workspace at the same time; let one end before the next begins.",
    )


def _wait_for(path: str, progress: Progress, halt: Halt, settle: Callable[[], None]) -> io.FileIO:
    """Return the locked file. The lock ends when it is closed, or with the process."""
    ends = time.monotonic() + LONGEST_WAIT
    holder = None
    while True:
        # Opened anew for each try: somebody may have cleared the folder.
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        file = io.FileIO(opened, "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate()
            file.write(str(os.getpid()).encode())
            progress.set(holder=None)
            if holder is not None:
                settle()
            return file
        except BlockingIOError:
            holder = _holder(file)
            file.close()
        except OSError:
            file.close()
            raise
        progress.set(holder=holder)
        if time.monotonic() > ends:
            raise FocusError(
                f"Another run on this workspace ({holder}) has not ended for "
                f"{LONGEST_WAIT / 60:.0f} minutes, so nothing was sent. End it, or run again later."
            )
        if not halt.sleep(_PAUSE):
            raise Interrupted(halt.by or "")


def _holder(file: io.FileIO) -> str:
    pid = file.read(20).decode(errors="replace")
    return f"process {pid}" if pid.isdecimal() else "a process that has just begun"


def _folder() -> str:
    """Return a folder that no other user may write to.

    :raises OSError: there is none
    """
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not os.path.isabs(folder):
        folder = os.path.join(tempfile.gettempdir(), f"toggl.focus-{os.geteuid()}")
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "It is no folder", folder)
    if found.st_uid != os.geteuid() or found.st_mode & stat.S_IWOTH:
        raise PermissionError(errno.EPERM, "Other users may write to it", folder)
    return folder
