# SPDX-License-Identifier: GPL-3.0-or-later
"""One call: sent, and retried where that is safe, until an answer is understood.

All tries of a request have one owner, ``Attempts``, including those of a create, between which the
client is looked for. Knows no endpoint.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime
from itertools import count
from typing import TypeVar

from .._errors import Interrupted, RequestError
from .._model import Access
from .._progress import TICK, Background, Halt, Progress
from .._redact import mask
from .._text import shown
from .answers import date_of, readable, words_of
from .errors import (
    BadAnswer,
    ConnectionLost,
    Elsewhere,
    Forbidden,
    Heard,
    NotConnected,
    NotFound,
    PaymentRequired,
    QuotaExceeded,
    Redirected,
    ServerError,
    StatusError,
    TooManyRequests,
    Unanswered,
    Unauthorized,
    Untrusted,
)
from .quota import Quota, Window, closed_by, quota_of
from .transport import Answer, Parameters, Transport, retry_after

_FIRST_PAUSE = 0.5

_LONGEST_PAUSE = 30.0

_LONGEST_RETRY_AFTER = 120.0

_DEADLINE = 300.0


_TRACK_TOKEN = re.compile(r"[0-9a-f]{32}")


Read = TypeVar("Read")


class Attempts:
    """The tries of one request, limited in number and in time.

    ``unclear``: whether one of them may have been carried out.
    """

    def __init__(self, retries: int, halt: Halt) -> None:
        self._retries = retries
        self._halt = halt
        self._ends = time.monotonic() + _DEADLINE
        self._made = 0
        self.unclear = False

    def again(self, error: RequestError) -> bool:
        """Sleep before the next try; false if there is none.

        If the run is ended meanwhile and a try may have been carried out, there is none, so that
        the error says so.
        """
        pause = _pause(error, self._made)
        if self._made >= self._retries or time.monotonic() + pause > self._ends:
            return False
        self._made += 1
        self.unclear = self.unclear or error.unclear
        return self._halt.sleep(pause) or not self.unclear

    def extend(self, seconds: float) -> None:
        """Add the seconds that the request has waited for the quota, which do not count."""
        self._ends += seconds


class Session:
    """Calls to the service, side by side. ``requests`` counts what was sent."""

    def __init__(
        self, access: Access, transport: Transport, progress: Progress, halt: Halt
    ) -> None:
        self._access = access
        self._transport = transport
        self._progress = progress
        self._halt = halt
        self._lock = threading.Lock()
        self._probe = threading.Lock()
        self._window = Window(access.quota_wait)
        self.requests = 0
        self.sent: list[str] = []
        """A line for each request that has ended, as ``-vvv`` shows it."""
        self.first_date: datetime | None = None
        """The service's own time of the first good answer, ``None`` if it does not say."""
        self._is_answered = False

    @property
    def quota(self) -> Quota | None:
        """What the last answer that mentions it says, unless that window is over."""
        return self._window.quota

    @property
    def quota_wait_left(self) -> float:
        """Seconds that the run may still wait for the quota."""
        return self._window.wait_left

    def attempts(self) -> Attempts:
        """The tries that a request has."""
        return Attempts(self._access.retries, self._halt)

    def let_settle(self) -> None:
        """Sleep, so that the service shows what was just written: it may answer with old data."""
        self._halt.sleep(6 * _FIRST_PAUSE)

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], Read],
        parameters: Parameters = (),
        body: Callable[[], Mapping[str, str]] | None = None,
    ) -> Read:
        """Send, and retry where that is safe, until ``read`` understands the answer.

        :arg body: returns what to send; asked before each try, since one may come much later
        :raises RequestError: and what derives from it
        """
        attempts = self.attempts()
        for number in count(1):
            try:
                content = None if body is None else json.dumps(body()).encode()
                return read(self._once(number, method, path, parameters, content))
            except QuotaExceeded as error:
                attempts.extend(self._waited_for_quota(error, attempts.unclear))
            except RequestError as error:
                unclear = attempts.unclear
                if not _may_repeat(method, error) or not attempts.again(error):
                    raise error.repeated(unclear) from None
        raise AssertionError("a count has no end")

    def _once(
        self, number: int, method: str, path: str, parameters: Parameters, content: bytes | None
    ) -> Answer:
        """Send, unless it is known to be refused or the run is over. While it is in doubt whether
        the quota has reopened, one request is sent at a time."""
        with self._probe if self._goes_alone else nullcontext():
            self._check_goes_on(method, path)
            self._check_quota(method, path)
            with self._lock:
                self.requests += 1
            started = time.monotonic()
            outcome = self._outcome(method, path, parameters, content)
            took = time.monotonic() - started
        if isinstance(outcome, Answer):
            self.sent.append(_line(method, path, str(outcome.status), number, took))
            return outcome
        if not isinstance(outcome, Interrupted):
            trace_id = getattr(outcome, "trace_id", None)
            self.sent.append(_line(method, path, _status_of(outcome), number, took, trace_id))
        raise outcome

    def _outcome(
        self, method: str, path: str, parameters: Parameters, content: bytes | None
    ) -> Answer | RequestError:
        try:
            answer = self._exchanged(method, path, parameters, content)
            return self._noted(answer, method, path) or answer
        except RequestError as error:
            return error

    def _check_goes_on(self, method: str, path: str) -> None:
        """:raises Interrupted: the run was ended"""
        if self._halt.by is not None:
            raise Interrupted(self._halt.by, method, path)

    def _exchanged(
        self, method: str, path: str, parameters: Parameters, content: bytes | None
    ) -> Answer:
        """Wait for the answer, unless the run is abandoned meanwhile: nothing else ends a wait for
        a name server or for a proxy.

        :raises Interrupted: the run was ended before the request was sent
        :raises Unanswered: the run was abandoned before the answer came
        """

        def exchange() -> Answer | BaseException:
            try:
                return self._transport.exchange(
                    method, path, parameters, content, lambda: self._check_goes_on(method, path)
                )
            except BaseException as error:
                return error

        exchanging = Background(exchange)
        exchanging.begin()
        while (answer := exchanging.result_within(TICK)) is None:
            if self._halt.is_abandoned:
                raise Unanswered(method, path, self._halt.by or "")
        if isinstance(answer, BaseException):
            raise answer
        return answer

    @property
    def _goes_alone(self) -> bool:
        """Whether its answer must come before the next request is sent: that may be one too many
        for the quota."""
        quota = self._window.quota
        left = None if quota is None else quota.remaining
        scarce = left is not None and left < 2 * self._access.connections
        return self._window.in_doubt or (scarce and self._access.connections > 1)

    def _check_quota(self, method: str, path: str) -> None:
        closed = self._window.closed(time.monotonic())
        if closed is not None:
            raise QuotaExceeded(Heard(method, path, 402), closed.resets_in, sent=False)

    def _noted(self, answer: Answer, method: str, path: str) -> RequestError | None:
        """The error that an answer is, if it is one; what it says of the quota is kept."""
        quota = quota_of(answer.headers)
        if quota is not None:
            self._window.note(quota, time.monotonic())
            self._progress.quota_left(quota.remaining)
        if answer.status == 206:
            raise BadAnswer(method, path, answer.status, "the response is partial")
        error = None if 200 <= answer.status < 300 else self._refusal(answer, method, path)
        if error is None and not self._is_answered:  # an error may be from what is in between
            self._is_answered = True
            self.first_date = date_of(answer.headers.get("Date"))
        if not isinstance(error, QuotaExceeded):
            self._window.answered()
        return error

    def _waited_for_quota(self, error: QuotaExceeded, unclear: bool) -> float:
        """Sleep until the window reopens, if ``quota_wait`` allows; the seconds that it took."""
        now = time.monotonic()
        until = self._window.wait(now, is_known=not error.sent or error.resets_in is not None)
        if until is None:
            in_vain = error.after(self._access.quota_wait, self._window.waited)
            raise in_vain.repeated(unclear) from None
        self._progress.sleeps(until)
        self._halt.sleep(until - now)
        self._window.slept(until)
        self._progress.quota_left(None)
        return until - now

    def _refusal(self, answer: Answer, method: str, path: str) -> RequestError:
        status = answer.status
        heard = Heard(method, path, status, *self._words(answer))
        if 300 <= status < 400:
            return Redirected(heard)
        if status == 401:
            return Unauthorized(heard, _is_track_token(self._access.api_token or ""))
        if status == 402:
            return self._payment(answer, heard)
        if status == 403:
            return Forbidden(heard)
        if status in (404, 407) and not _is_of_the_api(answer, status):
            return Elsewhere(heard)
        if status == 404:
            return NotFound(heard)
        if status == 429:
            return TooManyRequests(heard, retry_after(answer.headers.get("Retry-After")))
        if status >= 500:
            return ServerError(heard, retry_after(answer.headers.get("Retry-After")))
        return StatusError(heard)

    def _payment(self, answer: Answer, heard: Heard) -> RequestError:
        """402 is the quota, or a feature that the plan lacks: headers and body say which."""
        asked = retry_after(answer.headers.get("Retry-After"))
        closed = closed_by(answer.headers, heard.words, asked, self._window.is_used_up)
        if closed is None:
            return PaymentRequired(heard)
        self._window.refused(closed, time.monotonic())
        return QuotaExceeded(heard, closed.resets_in, closed.certain)

    def _words(self, answer: Answer) -> tuple[str, str | None]:
        """The service's own words and the trace id of an error answer, if it has them.

        Secrets are masked before anything is cut, since a part of one would not be recognised.
        """
        words, trace_id = words_of(answer)
        secrets = self._access.secrets
        return mask(words, secrets), None if trace_id is None else mask(trace_id, secrets)


def _line(
    method: str, path: str, status: str, number: int, took: float, trace_id: str | None = None
) -> str:
    trace = f", trace id {shown(trace_id)}" if trace_id else ""
    return f"{method} {path} {status} (try {number}, {1000 * took:.0f} ms{trace})"


def _status_of(error: RequestError) -> str:
    if isinstance(error, (StatusError, BadAnswer)):
        return str(error.status)
    return "not connected" if isinstance(error, NotConnected) else "no answer"


def _may_repeat(method: str, error: RequestError) -> bool:
    """What may be sent again without a read first: see ``docs/docsite/rst/faults.rst``."""
    if isinstance(error, Untrusted):
        return False
    if isinstance(error, (NotConnected, TooManyRequests)):
        return True
    if method == "POST":
        return False
    if isinstance(error, BadAnswer):
        return method == "GET"
    return isinstance(error, (ConnectionLost, ServerError))


def _pause(error: RequestError, tries: int) -> float:
    """Seconds before the next try: what the service asks for, else exponential with jitter."""
    if error.retry_after is not None:
        return min(error.retry_after, _LONGEST_RETRY_AFTER)
    longest: float = min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)


def _is_track_token(token: str) -> bool:
    """Whether it has the form of a token of Toggl Track, which people paste by mistake."""
    return _TRACK_TOKEN.fullmatch(token) is not None


def _is_of_the_api(answer: Answer, status: int) -> bool:
    """Whether an error has the form of the API's errors; a 404 without a body may be one too."""
    if not answer.body.strip():
        return status == 404
    body = readable(answer.body)
    return isinstance(body, dict) and bool({"error", "error_description"} & body.keys())
