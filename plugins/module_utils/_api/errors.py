# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a request, and what is done then: connections, answers, refusals.

A class says which branch the code takes; the functions write the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from .._errors import RequestError
from .._text import quoted, shown


class Request(NamedTuple):
    """What is sent."""

    method: str
    path: str
    parameters: Sequence[tuple[str, str]] = ()
    content: bytes | None = None

    @property
    def where(self) -> str:
        return f"{self.method} {shown(self.path)}"


class Answer(NamedTuple):
    """What came back, whole."""

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class NotConnected(RequestError):
    """No connection: the request was never sent."""

    stops_all = may_pass = True


class Untrusted(NotConnected):
    """The server's certificate was not accepted; trying again cannot help."""

    may_pass = False


class ConnectionLost(RequestError):
    """No complete answer came after the request was sent: the connection broke, or time ran out."""

    unclear = may_pass = True


class BadAnswer(RequestError):
    """An answer that is not from this service: not JSON, cut off, of another shape."""

    unclear = True

    def __init__(self, reason: str, answer: Answer) -> None:
        text = f"{reason} (status {answer.status})"
        super().__init__(_NOT_FROM_API.format(where=answer.request.where, text=text))
        self.status = answer.status


class OtherWorkspace(RequestError):
    """An answer that shows a client of another workspace."""

    stops_all = unclear = True


class ListMoved(RequestError):
    """The list changed while it was read: a client may be missing in what was read.

    :arg sign: what shows it, as a part of a sentence
    """

    def __init__(self, sign: str) -> None:
        super().__init__(
            f"The list of clients changed while it was read, {sign}, so it was discarded. "
            "Run it again when nobody else changes the workspace."
        )


class Closed(NamedTuple):
    """A refusal because of the quota: seconds until it reopens, if the answer says, and whether
    that is certain, rather than the more likely of two meanings."""

    resets_in: int | None
    certain: bool = True


class ErrorResponse(NamedTuple):
    """What an answer with an error status says.

    :arg words: the service's own, ``""`` if there are none
    :arg trace_id: what the vendor's support asks for, ``""`` if the answer has none
    :arg is_of_the_api: whether it has the form of the API's own errors
    :arg retry_after: seconds that it asks to wait
    """

    request: Request
    status: int
    words: str = ""
    trace_id: str = ""
    is_of_the_api: bool = True
    retry_after: float | None = None

    @property
    def text(self) -> str:
        words = f" {quoted(self.words)}" if self.words else ""
        trace = f" (trace id {shown(self.trace_id)})" if self.trace_id else ""
        return f"{self.status}{words}{trace}"


class StatusError(RequestError):
    """An answer with an error status."""

    def __init__(self, response: ErrorResponse, sentence: str) -> None:
        super().__init__(sentence)
        self.status = response.status
        self.retry_after = response.retry_after
        self.response = response


class NotFound(StatusError):
    """404: the service shows no such client, or has no such address."""


class NotFromApi(StatusError):
    """404 or 407 without the form of the API's own errors: a write may have reached the service."""

    unclear = True


class RefusedForAll(StatusError):
    """A redirect, the credentials, a permission, a subscription: the same for every request."""

    stops_all = True


class QuotaExceeded(StatusError):
    """402 because the hourly quota is used up, or a request that was not sent because of it.

    :arg sent: whether the service refused it; otherwise it was not sent
    :arg quota_wait: seconds that the task may wait in all
    """

    stops_all = may_pass = not_processed = True

    def __init__(
        self, response: ErrorResponse, closed: Closed, sent: bool = True, quota_wait: int = 0
    ) -> None:
        where = response.request.where
        why = _quota_reason(closed, where, response.text if sent else f"{where} was not sent")
        super().__init__(response, f"{why} {_quota_advice(closed, quota_wait)}")


class TooManyRequests(StatusError):
    """429: the request was not processed."""

    may_pass = True


class ServerError(StatusError):
    """5xx: the service failed, perhaps after it had carried the request out."""

    unclear = may_pass = True


Next = Literal["repeat", "check", "give up"]

_NEXT: dict[type[RequestError], tuple[Next, Next, Next]] = {
    # what happened   to a GET,  PUT, PATCH or DELETE, POST
    NotConnected: ("repeat", "repeat", "repeat"),
    TooManyRequests: ("repeat", "repeat", "repeat"),
    ConnectionLost: ("repeat", "repeat", "check"),
    ServerError: ("repeat", "repeat", "check"),
    BadAnswer: ("repeat", "check", "check"),
    NotFromApi: ("give up", "check", "check"),
}
"""What follows; whatever is not listed is given up. See ``docs/docsite/rst/faults.rst``.

A check settles whether the write was executed. It also follows the last try of a write that is
repeated and may have been executed.
"""


def next_after(error: RequestError, method: str) -> Next:
    """Return what follows an error of a request with this method."""
    after_get, after_write, after_post = _NEXT.get(type(error), ("give up",) * 3)
    return {"GET": after_get, "POST": after_post}.get(method, after_write)


def status_error(response: ErrorResponse, api_token: str | None = None) -> StatusError:
    """Return the error that a response is, except one about the quota.

    :arg api_token: may be a token of Toggl Track, which people paste by mistake
    """
    status = response.status
    row = 300 if 300 <= status < 400 else min(status, 500)
    kind, sentence = _KINDS.get(row, StatusError), _SENTENCES.get(row, _REFUSED)
    if status in (404, 407) and not response.is_of_the_api:
        kind, sentence = NotFromApi, _NOT_FROM_API
    elif status == 404 and (not response.words or response.request.path.endswith("/clients")):
        sentence = f"{_REFUSED} Check api_url, which should end in /api, and workspace_id."
    elif status == 401 and re.fullmatch("[0-9a-f]{32}", api_token or ""):
        sentence = _TRACK_TOKEN
    where = response.request.where
    return kind(response, sentence.format(where=where, text=response.text, status=status))


_REFUSED = "The service refused {where}: {text}."
_TRACK_TOKEN = (
    "The service does not accept the credentials: {text}. The token has the form of a Toggl Track "
    "token, which this service never takes: make an API key in Focus, it begins with toggl_sk_."
)
_KINDS: dict[int, type[StatusError]] = {
    **dict.fromkeys((300, 401, 402, 403), RefusedForAll),
    **{404: NotFound, 429: TooManyRequests, 500: ServerError},
}
"""300 stands for all 3xx, 500 for whatever is above it."""
_SENTENCES = {
    300: "The service answered {where} with a redirect ({status}), which is not followed: set "
    "api_url to the final address.",
    401: "The service does not accept the credentials: {text}. Check that the API key is whole, "
    "not expired and not replaced by a newer one, or check username and password.",
    402: "The service asks for another subscription plan for {where}: {text}. Check the plan of "
    "the workspace's organization.",
    403: "The service forbids {where}: {text}. Check the workspace_id and that the user may do "
    "this with clients of the workspace.",
    500: "The service failed on {where}: {text}. Run it again later.",
}
_NOT_FROM_API = (
    "The answer to {where} is not from the Focus API: {text}. Check api_url, the workspace_id, "
    "HTTPS_PROXY, and any proxy or firewall in between."
)


def _quota_reason(closed: Closed, where: str, why: str) -> str:
    if not closed.certain:
        return (
            f"The service asks for payment for {where}, and does not say why: {why}. Either the "
            "quota of requests is used up, or the organization's plan lacks what was asked for."
        )
    when = "the service does not say when it resets"
    if closed.resets_in is not None:
        when = f"it resets in {closed.resets_in} seconds"
    return f"The quota of requests is used up, {when}: {why}."


def _quota_advice(closed: Closed, quota_wait: int) -> str:
    """Return the advice that helps in this case."""
    if closed.resets_in is not None:
        enough = quota_wait + closed.resets_in + 1  # it may have waited already
        return f"Run again then, or let the task wait with quota_wait: {enough} seconds are enough."
    if quota_wait:
        return (
            f"The task has waited {quota_wait} seconds, as quota_wait allows, and was refused "
            "again. Run it again later; if it stays so, check the organization's plan."
        )
    return (
        "Run again later, at most after an hour, or let the task wait with quota_wait: 3600 "
        "seconds are an hour, in which it tries again every few minutes."
    )
