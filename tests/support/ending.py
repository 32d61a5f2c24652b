# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends the main thread's work as Ansible ends a task: a signal's handler raises an exception."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

SOON = 0.05


class TaskTimeoutError(BaseException):
    """As Ansible's: no ``Exception``, so that nothing takes it for one of its own."""


@contextmanager
def ended_by(
    error: BaseException,
    every: float = 0.0,
    after: float = SOON,
    timer: tuple[int, signal.Signals] = (signal.ITIMER_REAL, signal.SIGALRM),
) -> Iterator[None]:
    """The error comes ``after`` seconds, and again and again if ``every`` says so."""

    def end(*_: object) -> None:
        raise error

    handler = signal.signal(timer[1], end)
    signal.setitimer(timer[0], after, every)
    try:
        yield
    finally:
        signal.setitimer(timer[0], 0)
        signal.signal(timer[1], handler)


def ends_within(seconds: float) -> AbstractContextManager[None]:
    """A planner that never ends must fail its test, and not stop it. Seconds of the processor, so
    that what else runs does not count."""
    error = TaskTimeoutError(f"It has not ended within {seconds} s.")
    return ended_by(error, after=seconds, timer=(signal.ITIMER_VIRTUAL, signal.SIGVTALRM))
