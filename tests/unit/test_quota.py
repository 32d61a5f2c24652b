# SPDX-License-Identifier: GPL-3.0-or-later
"""What a 402 means, and how long a run waits: rules on values, with a clock that is a number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.toggl.focus.plugins.module_utils._api import quota as Q
from ansible_collections.toggl.focus.plugins.module_utils._api.errors import ErrorResponse, Request
from ansible_collections.toggl.focus.plugins.module_utils._api.quota import Closed, Quota, Window

HOUR = 3600
GET = Request("GET", "/workspaces/1/clients")


def headers(remaining: str, resets_in: str = "") -> dict[str, str]:
    return {"X-Toggl-Quota-Remaining": remaining, "X-Toggl-Quota-Resets-In": resets_in}


SAID = "You have hit your hourly limit for API calls. Your quota will reset in 1838 seconds."
DOUBT = Closed(None, certain=False)

REFUSALS: dict[str, tuple[dict[str, str], str, float | None, Closed | None]] = {
    "headers": (headers("0", "61"), "", None, Closed(61)),
    "the time alone": (headers("", "61"), "", None, Closed(61)),
    "the count alone": (headers("0"), "", None, Closed(None)),
    "plain words with the seconds": ({}, SAID, None, Closed(1838)),
    "words with minutes": ({}, "Too many requests, try again in 30 minutes", None, Closed(1800)),
    "words without a time": ({}, "API quota exceeded", None, Closed(None)),
    "words, with requests left": (headers("7", "61"), "API quota exceeded", None, Closed(61)),
    "Retry-After alone": ({}, "", 90.5, Closed(91)),
    "all three: headers": (headers("0", "5"), "quota, in 6 seconds", 7.0, Closed(5)),
    "nothing at all": ({}, "", None, DOUBT),
    "words that say nothing": ({}, "Payment Required", None, DOUBT),
    "a feature": ({}, "private projects are paid", None, None),
    "a feature of a plan": ({}, "not on this plan", None, None),
    "a limit of the plan": ({}, "your plan has a limit of 5 clients", None, None),
    "a feature, with requests left": (headers("7", "61"), "upgrade to use this", None, None),
    "no words, with requests left": (headers("7", "61"), "", None, None),
}


@pytest.mark.parametrize(("given", "words", "asked", "expected"), REFUSALS.values(), ids=REFUSALS)
def test_what_a_402_means(given: Any, words: str, asked: float | None, expected: object) -> None:
    response = ErrorResponse(GET, 402, words, retry_after=asked)
    assert Q.closed_by(Q.quota_of(given), response) == expected


ODD = ["", "soon", "-5", "nan", "inf", "1e400", "9" * 400, "0x10", "1,5", "\u0663", "1e300", " 7 "]


@pytest.mark.parametrize("resets_in", ODD)
@pytest.mark.parametrize("remaining", ODD)
def test_odd_headers_never_break_a_run(remaining: str, resets_in: str) -> None:
    """Nor does a count below 0, which may stand for no limit at all, hold requests back."""
    odd = headers(remaining, resets_in)
    known = Q.quota_of(odd)
    assert all(number is None or number >= 0 for number in (known.remaining, known.resets_in))
    window, closed = Window(HOUR), Q.closed_by(known, ErrorResponse(GET, 402, "quota"))
    assert closed is not None
    window.note(known, 0.0)
    window.refused(closed, 0.0)
    window.wait(0.0)
    window.closed(1.0)


def test_no_late_answer_reopens_the_window() -> None:
    """What is not sent while it is closed, and until when, is in http/test_refusals.py."""
    window = Window(0)
    for left in (2, 0, 3):
        window.note(Quota(left, 60), now=100)
    assert (window.closed(101), window.quota) == (Closed(59), Quota(0, 60))


def test_where_a_feature_may_be_lacking_other_requests_are_sent() -> None:
    window = Window(0)
    window.refused(DOUBT, now=0)
    assert window.closed(0) is None


def pauses(quota_wait: int, closed: Closed) -> list[float]:
    """Seconds of each pause of a request that is refused again and again."""
    window, now, slept = Window(quota_wait), 0.0, []
    window.refused(closed, now)
    while (until := window.wait(now)) is not None:
        slept.append(until - now)
        assert len(slept) < 1_000, "it never ends"
        window.waited(until - now)
        now = until
        assert window.closed(now) is None
        window.refused(closed, now)
    return slept


def test_a_time_that_proves_wrong_is_believed_ever_less() -> None:
    """A service that always says "in 0 seconds" is not asked every second for an hour."""
    slept = pauses(HOUR, Closed(0))
    assert slept[0] == 1 and len(slept) <= 20


@given(st.integers(0, 100_000), st.none() | st.integers(0, 10_000))
def test_it_never_sleeps_longer_than_quota_wait(quota_wait: int, resets_in: int | None) -> None:
    assert sum(pauses(quota_wait, Closed(resets_in))) <= quota_wait


def test_after_a_pause_of_unknown_use_one_asks_for_all() -> None:
    window = Window(HOUR)
    window.refused(Closed(None), now=0)
    assert window.wait(0) == 60
    assert window.closed(30) is not None
    window.closed(60)
    assert window.in_doubt
    window.refused(Closed(None), now=61)
    assert window.closed(61) is not None, "who waited for that answer waits on"
    window.closed(10_000)
    window.answered()
    assert not window.in_doubt
