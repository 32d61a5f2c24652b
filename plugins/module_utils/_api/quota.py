# SPDX-License-Identifier: GPL-3.0-or-later
"""What answers say about the quota, and how long a run waits for it. No I/O, and no clock.

It is not known in which form the service refuses: headers, words as JSON or as plain text,
``Retry-After``, or nothing at all. All of them are understood.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Mapping
from typing import NamedTuple

from .answers import whole_number
from .errors import Closed, ErrorResponse

LONGEST_PAUSE = 600.0
"""Seconds between two tries if it is not known when the quota reopens."""

_FIRST_PAUSE = 60.0

# Compiled where they are used: most runs meet no refusal.
_ABOUT_QUOTA = r"(?i)quota|too many|hourly|per hour|rate.?limit|\brequests\b|\bcalls\b"
_ABOUT_A_LIMIT = r"(?i)\blimit"
_ABOUT_A_FEATURE = (
    r"(?i)\b(plans?|features?|paid|upgrad\w+|subscri\w+|billing|premium|starter|enterprise)\b"
)
_WHEN = r"(?i)\b(?:in|after)\s+(\d{1,7})\s*(second|sec\b|s\b|minute|min\b|hour)"


class Quota(NamedTuple):
    """What the last answer said about the quota: requests left, seconds until it reopens. ``None``
    if it did not say."""

    remaining: int | None = None
    resets_in: int | None = None


def quota_of(headers: Mapping[str, str]) -> Quota:
    """Return what the headers of an answer say."""
    said = (headers.get(f"X-Toggl-Quota-{name}") for name in ("Remaining", "Resets-In"))
    return Quota(*map(whole_number, said))


def closed_by(quota: Quota, response: ErrorResponse, is_used_up: bool = False) -> Closed | None:
    """Return what a 402 says about the quota; ``None`` if it is about something else.

    :arg quota: what its headers say
    :arg is_used_up: whether an earlier answer has said that nothing is left
    """
    words, asked = response.words, response.retry_after
    said = (quota.resets_in, _seconds_in(words), None if asked is None else math.ceil(asked))
    resets_in = next((seconds for seconds in said if seconds is not None), None)
    if re.search(_ABOUT_QUOTA, words) or quota.remaining == 0:
        return Closed(resets_in)
    if re.search(_ABOUT_A_FEATURE, words):
        return None
    if re.search(_ABOUT_A_LIMIT, words) or asked is not None or is_used_up:
        return Closed(resets_in)
    if quota.remaining is not None:
        return None
    return Closed(resets_in, certain=resets_in is not None)


def _seconds_in(words: str) -> int | None:
    found = re.search(_WHEN, words)
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2][0].lower()] if found else None


class Window:
    """The service's window as a run sees it. Shared by all threads of the run.

    It is closed until the moment that an answer named. If none did and there is ``quota_wait``, it
    is closed for a pause, and each pause is longer; without, it is closed for good, if the answer
    was certainly about the quota. All times are on the monotonic clock.
    """

    def __init__(self, quota_wait: int) -> None:
        self.quota = Quota()
        """What the last answer that mentions it said, unless that window is over."""
        self.in_doubt = False
        """Whether it is over, and no answer has shown yet that the quota has reopened."""
        self.wait_left = float(quota_wait)
        """Seconds that the run may still wait."""
        self._lock = threading.Lock()
        self._closed_until: float | None = None
        self._is_guess = False
        self._in_vain = 0
        """Waits since the last answer."""

    def note(self, quota: Quota, now: float) -> None:
        """Record what an answer says. Answers to requests sent at once may come in any order: the
        lowest count counts until the window reopens, which shows when the seconds go up."""
        with self._lock:
            known = self.quota
            same_window = (known.resets_in or 0) >= (quota.resets_in or 0)
            if same_window and known.remaining is not None and quota.remaining is not None:
                quota = quota._replace(remaining=min(known.remaining, quota.remaining))
            self.quota = quota
            if quota.remaining == 0 and quota.resets_in is not None:
                self._closed_until, self._is_guess = now + quota.resets_in, False

    def answered(self) -> None:
        """Record an answer that is not a refusal because of the quota."""
        with self._lock:
            self._in_vain = 0
            self.in_doubt = False

    def refused(self, closed: Closed, now: float) -> None:
        """Record a refusal because of the quota. If the moment that answers name proves wrong again
        and again, the pauses still grow."""
        with self._lock:
            growth = 2 ** min(self._in_vain, 10)
            if closed.resets_in is not None:
                until = now + max(closed.resets_in, min(growth - 1, LONGEST_PAUSE))
            elif self._closed_until is not None:
                return  # since a refusal of another request
            elif self.wait_left >= 1:
                until = now + min(_FIRST_PAUSE * growth, LONGEST_PAUSE, self.wait_left)
            elif closed.certain:
                until = math.inf
            else:
                return
            self._closed_until, self._is_guess = until, closed.resets_in is None

    def closed(self, now: float) -> Closed | None:
        """Return how a request is known to be refused, ``None`` if it may be sent, since the window
        is open or reopens now."""
        with self._lock:
            if self._closed_until is not None and now >= self._closed_until:
                self._closed_until, self._is_guess = None, False
                self.in_doubt = True
                self.quota = Quota()  # what answers said was about the window that is over
            if self._closed_until is None:
                return None
            return Closed(None if self._is_guess else math.ceil(self._closed_until - now))

    def wait(self, now: float) -> float | None:
        """Return until when to sleep before what was refused is sent again; ``None``: for longer
        than ``quota_wait``, or nobody knows. An answer's seconds may be rounded down."""
        with self._lock:
            opens = now if self._closed_until is None else self._closed_until
            until = opens if self._is_guess else opens + 1
            return until if until - now <= self.wait_left else None

    def waited(self, seconds: float) -> None:
        """Record a wait; another one does not begin before it is over."""
        with self._lock:
            self.wait_left -= seconds
            self._in_vain += 1
