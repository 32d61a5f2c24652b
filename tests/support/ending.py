# SPDX-License-Identifier: GPL-3.0-or-later
"""That something ends: a planner that goes round for ever must fail its test, and not stop it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class DoesNotEnd(BaseException):
    """Not an Exception, so that nothing takes it for one of its own."""


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    """Seconds of the processor, so that what else runs does not count; in the main thread only."""

    def give_up(_signal: int, _frame: object) -> None:
        raise DoesNotEnd(f"It has not ended within {seconds} s.")

    former = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)
