# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a task as Ansible does: by an exception that a signal's handler raises."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SOON = 0.05


class TaskTimeoutError(BaseException):
    """As Ansible's: no ``Exception``."""


@contextmanager
def ended_by(error: BaseException, every: float = 0.0, after: float = SOON) -> Iterator[None]:
    """The error comes ``after`` seconds, and again and again if ``every`` says so."""

    def end(*_: object) -> None:
        raise error

    handler = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, after, every)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
