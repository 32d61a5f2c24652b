# SPDX-License-Identifier: GPL-3.0-or-later
"""One call: sent, and retried where that is safe, until an answer is understood.

All tries of a request are made in one loop, ``Session.call``, including those of a create, between
which the client is searched for. Knows no endpoint.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TypeVar

from .._errors import Interrupted, Outdated, RequestError
from .._model import Access
from .._progress import TICK, Background, Halt, Progress
from .._text import shown
from . import errors
from .answers import date_of, error_response
from .errors import Answer, ConnectionLost, QuotaExceeded, Request, StatusError
from .quota import Quota, Window, closed_by, quota_of
from .transport import Transport

_FIRST_PAUSE = 0.5

_LONGEST_PAUSE = 30.0

_LONGEST_RETRY_AFTER = 120.0

_DEADLINE = 300.0

LONGEST_KEPT = 60.0
"""Seconds after which other people may have changed what was read."""

Read = TypeVar("Read")

Body = Callable[[], Mapping[str, "str | None"]]
"""Returns what to send; asked before each try, since one may come much later."""


class Session:
    """Calls to the service, concurrently. ``requests`` counts what was sent, retries included."""

    def __init__(self, access: Access, transport: Transport) -> None:
        self.progress = Progress()
        self.halt = Halt()
        self._access = access
        self._transport = transport
        self._gate = threading.Lock()
        self.window = Window(access.quota_wait)
        self.is_outdated = False
        """Whether no write is sent until the clients have been read again."""
        self.requests = 0
        self.sent: list[str] = []
        """A line for each request that has ended, as ``-vvv`` shows it."""
        self.first_date: datetime | None = None
        """The service's own time of the first good answer, ``None`` if it does not say."""
        self.read_at: float | None = None
        """When the clients began to be read, on the monotonic clock."""

    def begin_reading(self) -> None:
        """Record that the clients are read anew."""
        self.read_at = time.monotonic()

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], Read],
        parameters: Sequence[tuple[str, str]] = (),
        body: Body | None = None,
        find: Callable[[RequestError], Read | None] | None = None,
    ) -> Read:
        """Send, and retry where that is safe, until ``read`` understands the answer.

        :arg find: after an unclear answer, returns what the request has made, and ``None`` if it
            was certainly not executed; then it is sent again, if a try is left
        :raises RequestError: and what derives from it; ``unclear`` says of a write whether one of
            its tries may have been executed
        """
        number = tries = 0
        ends, may_be_done = self._clock() + _DEADLINE, False
        while True:
            number += 1
            try:
                content = None if body is None else json.dumps(body()).encode()
                return read(self._once(number, Request(method, path, parameters, content)))
            except QuotaExceeded as error:
                error.unclear = may_be_done
                if self.window.wait(time.monotonic()) is None:
                    raise
            except RequestError as error:
                may_be_done = method != "GET" and (error.unclear or may_be_done)
                error.unclear = may_be_done
                then = errors.next_after(error, method)
                if then == "give up" or (then == "check" and find is None):
                    raise
                goes_on = self._sleeps(error, tries, ends)
                tries += 1
                if then == "check" and find is not None:
                    found = find(error)
                    if found is not None:
                        return found
                    may_be_done = error.unclear = False
                if not goes_on:
                    raise

    def _sleeps(self, error: RequestError, tries: int, ends: float) -> bool:
        """Sleep before the next try; return whether there is one, limited in number and in time.

        If the run is ended meanwhile and a try may have been executed, there is none, so that the
        error says so.
        """
        pause = _pause(error, tries)
        if tries >= self._access.retries or self._clock() + pause > ends:
            return False
        return self.halt.sleep(pause) or not error.unclear

    def _once(self, number: int, request: Request) -> Answer:
        """Send, unless it is known to be refused or the run is over. One request at a time waits
        for the quota; and while an answer may say that it is used up, one is sent at a time."""
        with ExitStack() as turn:
            turn.enter_context(self._gate)
            self._wait_for_quota(request)
            if self.is_outdated and request.method != "GET":
                raise Outdated
            self.requests += 1
            if not self._goes_alone:
                turn.close()
            started = time.monotonic()
            outcome = self._outcome(request)
            took = time.monotonic() - started
        if not isinstance(outcome, Interrupted):
            self.sent.append(_line(request, outcome, number, took))
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def _check_goes_on(self) -> None:
        """:raises Interrupted: the run was ended"""
        if self.halt.by is not None:
            raise Interrupted(self.halt.by)

    def _outcome(self, request: Request) -> Answer | BaseException:
        """Return the answer, or the error that it is or that came in its place. It is not waited
        for when the run is abandoned: nothing else ends a wait for a name server or for a proxy."""

        def exchange() -> Answer | BaseException:
            try:
                return self._checked(self._transport.exchange(request, self._check_goes_on))
            except BaseException as error:
                return error

        exchanging = Background(exchange)
        exchanging.begin()
        while (outcome := exchanging.result_within(TICK)) is None:
            if self.halt.is_abandoned:
                by = self.halt.by
                return ConnectionLost(f"{by} ended the run before {request.where} was answered.")
        return outcome

    @property
    def _goes_alone(self) -> bool:
        """Return whether a request's answer must come before the next one is sent, which may be
        one too many for the quota."""
        left = self.window.quota.remaining
        return self.window.in_doubt or (left is not None and left < 2 * self._access.connections)

    def _wait_for_quota(self, request: Request) -> None:
        """Sleep until the window is open, as long as ``quota_wait`` allows.

        :raises QuotaExceeded: it does not
        :raises Interrupted: the run was ended
        """
        self._check_goes_on()
        now = time.monotonic()
        while (closed := self.window.closed(now)) is not None:
            until = self.window.wait(now)
            if until is None:
                refused = errors.ErrorResponse(request, 402)
                raise QuotaExceeded(refused, closed, False, self._access.quota_wait)
            self.progress.set(wakes=until)
            self.halt.sleep(until - now)
            self.progress.set(quota=None, wakes=None)
            self.window.waited(until - now)
            self.is_outdated |= until - now > LONGEST_KEPT
            self._check_goes_on()
            now = until

    def _clock(self) -> float:
        """Return a time that stands still while the run waits for the quota."""
        return time.monotonic() + self.window.wait_left

    def _checked(self, answer: Answer) -> Answer:
        """Return the answer; raise the error that it is. Keep what it says of the quota."""
        quota = quota_of(answer.headers)
        if quota != Quota():
            self.window.note(quota, time.monotonic())
            self.progress.set(quota=quota.remaining)
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, quota)
        self.window.answered()
        if self.read_at is None:  # an error may be from what is in between
            self.begin_reading()
            self.first_date = date_of(answer.headers.get("Date"))
        return answer

    def _refusal(self, answer: Answer, quota: Quota) -> StatusError:
        response = error_response(answer, self._access.secrets)
        if answer.status == 402:  # the quota, or a feature that the plan lacks
            closed = closed_by(quota, response, is_used_up=self.window.quota.remaining == 0)
            if closed is not None:
                self.window.refused(closed, time.monotonic())
                return QuotaExceeded(response, closed, True, self._access.quota_wait)
        self.window.answered()
        return errors.status_error(response, self._access.api_token)


def _line(request: Request, outcome: Answer | BaseException, number: int, took: float) -> str:
    """Return how a request ended, as ``-vvv`` shows it."""
    no_answer = "not connected" if isinstance(outcome, errors.NotConnected) else "no answer"
    trace_id = outcome.response.trace_id if isinstance(outcome, StatusError) else ""
    trace = f", trace id {shown(trace_id)}" if trace_id else ""
    what = f"{request.method} {request.path} {getattr(outcome, 'status', None) or no_answer}"
    return f"{what} (try {number}, {1000 * took:.0f} ms{trace})"


def _pause(error: RequestError, tries: int) -> float:
    """Return the seconds before the next try: those that the service asks for, else exponential
    with jitter."""
    if error.retry_after is not None:
        return min(error.retry_after, _LONGEST_RETRY_AFTER)
    longest: float = min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)
