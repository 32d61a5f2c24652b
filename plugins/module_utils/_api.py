# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints of the Focus clients API: one method each. Knows no Ansible and no plans.

The contract is the vendor's reference page of the clients endpoints; where it is silent, every
answer is taken.
"""

from __future__ import annotations

import base64
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard, TypeVar

from ansible_collections.toggl.focus.plugins.module_utils import _errors
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadAnswer, RequestError
from ansible_collections.toggl.focus.plugins.module_utils._model import Client
from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._transport import (
    Answer,
    Parameters,
    Transport,
    retry_after,
)

PAGE_SIZE = 100
"""Clients; more is refused or answered with a silently empty page (facts.md)."""

MOST_PAGES = 2_000
"""Of one list, which is 200,000 clients; the largest quota reads 600 pages an hour."""

LARGEST_LIST = 128 * 1024 * 1024
"""Bytes of all pages of one list."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_LONGEST_RETRY_AFTER = 120.0
_DEADLINE = 300.0
_TRACK_TOKEN = re.compile(r"[0-9a-f]{32}")
_ABOUT_QUOTA = re.compile(r"quota|limit|too many", re.IGNORECASE)

Read = TypeVar("Read")


@dataclass(frozen=True)
class Access:
    """How to reach the service. Times in seconds; ``repr`` shows no secret."""

    workspace_id: int
    api_url: str
    api_token: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    retries: int = 4
    quota_wait: int = 0
    verify: bool | str = True
    connections: int = 1

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be in no output: also the login as the header carries it."""
        if self.api_token:
            return (self.api_token,)
        login = f"{self.username}:{self.password}".encode()
        return (self.password or "", base64.b64encode(login).decode())


def connected(access: Access) -> Transport:
    """A connection to the service; opened with the first request, kept alive after it."""
    token, user = access.api_token, (access.username or "", access.password or "")
    return Transport(
        access.api_url, token or user, access.timeout, access.verify, access.connections
    )


class Quota(NamedTuple):
    """What the last answer said of the quota: requests left, seconds until it reopens."""

    remaining: int | None
    resets_in: int | None


class FocusApi:
    """The clients of one workspace.

    All methods raise ``RequestError`` and what derives from it. A method that returns has
    succeeded. ``requests`` counts what was sent, tries again included.
    """

    def __init__(self, access: Access, transport: Transport, progress: Progress) -> None:
        """:arg transport: the connection, from ``connected``"""
        self._transport = transport
        self._progress = progress
        self._access = access
        self._clients = f"/workspaces/{access.workspace_id}/clients"
        self._lock = threading.Lock()
        self._quota_wait_left = float(access.quota_wait)
        self._waits_until = 0.0
        self.requests = 0
        self.quota: Quota | None = None

    @property
    def workspace_id(self) -> int:
        return self._access.workspace_id

    @property
    def quota_wait_left(self) -> float:
        """Seconds that may still be slept until the quota reopens."""
        return self._quota_wait_left

    # the six endpoints

    def list_clients(self, name: str | None = None, order_by: Sequence[str] = ()) -> list[Client]:
        """All clients, each once; see ``pages``."""
        return [client for page in self.pages(name, order_by) for client in page]

    def pages(
        self, name: str | None = None, order_by: Sequence[str] = ()
    ) -> Iterator[list[Client]]:
        """GET of the list, page by page; a client seen on two pages is given once.

        The list is whole when the iteration ends by itself: behind a page that is shorter than
        the envelope's own ``per_page``, or empty.

        :arg name: passed on as a filter; nobody knows how it compares, so match the answer
        :arg order_by: passed on
        :raises ListIncomplete: it cannot be read to its end
        """
        seen: set[int] = set()
        number: int | None = None
        size = 0
        for _turn in range(MOST_PAGES):
            page = self._page(number, name, order_by)
            size += page.size
            if size > LARGEST_LIST:
                raise self._incomplete(page.number, "which is too large")
            fresh = [client for client in page.clients if client.id not in seen]
            seen.update(client.id for client in fresh)
            self._progress.listed(len(fresh))
            if page.clients and not fresh:
                raise self._incomplete(page.number, "which repeats itself")
            yield fresh
            if page.is_last:
                return
            number = page.number + 1
        raise self._incomplete(MOST_PAGES, "which has no end")

    def create(self, name: str) -> dict[str, Any]:
        """POST of a new client, never repeated when it may have been carried out.

        :returns: the fields that the answer tells for sure: all of the client, or its ``id``
            alone, or none (the reference shows no body)
        :raises OtherName: it was created, but under another name
        """
        return self._call(
            "POST", self._clients, lambda answer: self._created(answer, name), body={"name": name}
        )

    def get(self, client_id: int) -> Client:
        """GET of one client.

        :raises NotFound: the service shows no client with the id; it may be a deleted one
        """
        path = self._client(client_id)

        def read(answer: Answer) -> Client:
            client = _client(_json(answer, "GET", path), answer, "GET", path)
            if client.id != client_id:
                raise BadAnswer("GET", path, answer.status, "it shows another client")
            return client

        return self._call("GET", path, read)

    def rename(self, client_id: int, name: str) -> None:
        """PUT of a client's name."""
        self._write("PUT", self._client(client_id), {"name": name})

    def delete(self, client_id: int) -> None:
        """DELETE of a client; one that an earlier, unclear try has deleted counts as deleted."""
        try:
            self._write("DELETE", self._client(client_id))
        except _errors.NotFound as error:
            if not error.repeated_unclear:
                raise

    def restore(self, client_id: int) -> None:
        """PATCH that brings a deleted client back."""
        self._write("PATCH", self._client(client_id) + "/restore")

    def pause(self, error: RequestError, tries: int) -> bool:
        """Sleep before a write is looked for; whether it may be sent again then."""
        time.sleep(_pause(error, tries))
        return tries < self._access.retries

    # requests

    def _client(self, client_id: int) -> str:
        return f"{self._clients}/{client_id}"

    def _write(self, method: str, path: str, body: Mapping[str, str] | None = None) -> None:
        """A write that answers without a body (204)."""

        def read(answer: Answer) -> None:
            if answer.body.strip():
                _json(answer, method, path)

        self._call(method, path, read, body=body)

    def _call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], Read],
        parameters: Parameters = (),
        body: Mapping[str, str] | None = None,
    ) -> Read:
        """Send, again where that is safe, until an answer is one that ``read`` understands."""
        content = None if body is None else json.dumps(body).encode()
        deadline = time.monotonic() + _DEADLINE
        tries, unclear = 0, False
        while True:
            try:
                return read(self._once(method, path, parameters, content))
            except _errors.QuotaExceeded as error:
                error.repeated_unclear = unclear
                self._wait_for_quota(error)
            except RequestError as error:
                error.repeated_unclear = unclear
                pause = _pause(error, tries)
                if not _may_repeat(method, error) or tries >= self._access.retries:
                    raise
                if time.monotonic() + pause > deadline:
                    raise
                tries, unclear = tries + 1, unclear or error.unclear
                time.sleep(pause)

    def _once(
        self, method: str, path: str, parameters: Parameters, content: bytes | None
    ) -> Answer:
        with self._lock:
            self.requests += 1
        answer = self._transport.exchange(method, path, parameters, content)
        self._note_quota(answer)
        if 200 <= answer.status < 300:
            return answer
        raise self._refusal(answer, method, path)

    def _note_quota(self, answer: Answer) -> None:
        """Answers to requests under way at once may come in any order: the lowest count holds
        until the window reopens, which shows in the seconds going up."""
        told = _quota(answer)
        if told is None:
            return
        with self._lock:
            known = self.quota
            same_window = known is not None and (known.resets_in or 0) >= (told.resets_in or 0)
            if known is not None and same_window and None not in (known.remaining, told.remaining):
                told = told._replace(remaining=min(known.remaining or 0, told.remaining or 0))
            self.quota = told
        self._progress.told(told.remaining)

    def _wait_for_quota(self, error: _errors.QuotaExceeded) -> None:
        """Sleep until the window reopens, if ``quota_wait`` allows; waits at once count once."""
        if error.resets_in is None:
            raise error
        now = time.monotonic()
        reopens = now + error.resets_in + 1
        with self._lock:
            longer = max(0.0, reopens - max(now, self._waits_until))
            if longer > self._quota_wait_left:
                raise error
            self._quota_wait_left -= longer
            self._waits_until = max(reopens, self._waits_until)
        self._progress.sleeps(reopens)
        time.sleep(reopens - now)

    def _refusal(self, answer: Answer, method: str, path: str) -> RequestError:
        status = answer.status
        words, trace_id = _words(answer)
        told = (method, path, status, words, trace_id)
        if 300 <= status < 400:
            return _errors.Redirected(*told)
        if status == 401:
            unauthorized = _errors.Unauthorized(*told)
            token = self._access.api_token or ""
            unauthorized.track_token = _TRACK_TOKEN.fullmatch(token) is not None
            return unauthorized
        if status == 402:
            return self._payment(answer, told)
        if status == 403:
            return _errors.Forbidden(*told)
        if status == 404:
            return _not_found(answer, told)
        if status == 429:
            return _with_pause(_errors.TooManyRequests(*told), answer)
        if status >= 500:
            return _with_pause(_errors.ServerError(*told), answer)
        return _errors.StatusError(*told)

    def _payment(self, answer: Answer, told: tuple[str, str, int, str, str | None]) -> RequestError:
        """402 is the quota, or a feature that the plan lacks: headers and body tell (facts.md)."""
        quota = _quota(answer) or Quota(None, None)
        said_by_headers = quota.remaining == 0 or (
            quota.remaining is None and quota.resets_in is not None
        )
        said_by_body = quota.remaining is None and _ABOUT_QUOTA.search(told[3]) is not None
        if said_by_headers or said_by_body:
            return _errors.QuotaExceeded(*told, quota.resets_in)
        return _errors.PaymentRequired(*told)

    # answers

    def _page(self, number: int | None, name: str | None, order_by: Sequence[str]) -> _Page:
        """The first page is asked for without a number, so that it is the first in any count."""
        parameters = [("per_page", str(PAGE_SIZE))]
        parameters += [] if number is None else [("page", str(number))]
        parameters += [] if name is None else [("name", name)]
        parameters += [("order_by[]", order) for order in order_by]
        return self._call(
            "GET", self._clients, lambda answer: self._read_page(answer, number), parameters
        )

    def _read_page(self, answer: Answer, number: int | None) -> _Page:
        envelope = _json(answer, "GET", self._clients)
        if not isinstance(envelope, dict) or not ({"data", "page", "per_page"} & envelope.keys()):
            raise self._wrong_shape(answer, "it has no list of clients")
        data = envelope.get("data") or []
        if not isinstance(data, list):
            raise self._wrong_shape(answer, "its data is not a list")
        shown_number = envelope.get("page")
        if number is not None and _is_id(shown_number) and shown_number != number:
            raise self._incomplete(number, "the service gave another page")
        per_page = envelope.get("per_page")
        return _Page(
            number=shown_number if number is None and _is_whole(shown_number) else number or 1,
            clients=[_client(fields, answer, "GET", self._clients) for fields in data],
            per_page=per_page if _is_id(per_page) else None,
            size=len(answer.body),
        )

    def _created(self, answer: Answer, name: str) -> dict[str, Any]:
        if not answer.body.strip():
            return {}
        fields = _json(answer, "POST", self._clients)
        if isinstance(fields, dict) and isinstance(fields.get("data"), dict):
            fields = fields["data"]
        if not isinstance(fields, dict):
            raise self._wrong_shape(answer, "it has no client", "POST")
        if not _is_id(fields.get("id")):
            return {}
        if name_key(str(fields.get("name", name))) != name_key(name):
            raise _errors.OtherName("POST", self._clients, name, fields)
        return fields

    def _wrong_shape(self, answer: Answer, reason: str, method: str = "GET") -> BadAnswer:
        return BadAnswer(method, self._clients, answer.status, reason)

    def _incomplete(self, page: int, reason: str) -> _errors.ListIncomplete:
        return _errors.ListIncomplete("GET", self._clients, page, reason)


class _Page(NamedTuple):
    number: int
    clients: list[Client]
    per_page: int | None
    size: int

    @property
    def is_last(self) -> bool:
        """Without ``per_page`` only an empty page is the end: the size may have been capped."""
        if self.per_page is None:
            return not self.clients
        return len(self.clients) < self.per_page


def _may_repeat(method: str, error: RequestError) -> bool:
    """The design's table "When things fail": what may be sent again without a look."""
    if isinstance(error, _errors.Untrusted):
        return False
    if isinstance(error, (_errors.NotConnected, _errors.TooManyRequests)):
        return True
    if method == "POST":
        return False
    if isinstance(error, BadAnswer):
        return method == "GET"
    return isinstance(error, (_errors.ConnectionLost, _errors.ServerError))


def _pause(error: RequestError, tries: int) -> float:
    """Seconds before the next try: what the service asks for, else exponential with jitter."""
    asked: float | None = getattr(error, "retry_after", None)
    if asked is not None:
        return min(asked, _LONGEST_RETRY_AFTER)
    longest: float = min(_FIRST_PAUSE * 2**tries, _LONGEST_PAUSE)
    return random.uniform(longest / 2, longest)


def _with_pause(
    error: _errors.TooManyRequests | _errors.ServerError, answer: Answer
) -> _errors.TooManyRequests | _errors.ServerError:
    error.retry_after = retry_after(answer.headers.get("Retry-After"))
    return error


def _not_found(answer: Answer, told: tuple[str, str, int, str, str | None]) -> RequestError:
    """A 404 without the service's own words comes from elsewhere: api_url is wrong then."""
    if answer.body.strip() and not _is_json(answer.body):
        return BadAnswer(told[0], told[1], told[2], "it is not JSON")
    return _errors.NotFound(*told)


def _client(fields: object, answer: Answer, method: str, path: str) -> Client:
    if not isinstance(fields, dict):
        raise BadAnswer(method, path, answer.status, "it has no client")
    client_id, name = fields.get("id"), fields.get("name")
    deleted_at = fields.get("deleted_at")
    if not _is_id(client_id) or not isinstance(name, str):
        raise BadAnswer(method, path, answer.status, "a client in it has no id or no name")
    return Client(client_id, name, str(deleted_at) if deleted_at else None, fields)


def _json(answer: Answer, method: str, path: str) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        raise BadAnswer(method, path, answer.status, "it is not JSON") from None


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _words(answer: Answer) -> tuple[str, str | None]:
    """The service's own words and the trace id of an error answer, if it has them."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(body, dict):
        return "", None
    parts = [body.get("error"), body.get("error_description")]
    trace_id = body.get("trace_id")
    return ": ".join(str(part) for part in parts if part), str(trace_id) if trace_id else None


def _quota(answer: Answer) -> Quota | None:
    remaining = _whole(answer.headers.get("X-Toggl-Quota-Remaining"))
    resets_in = _whole(answer.headers.get("X-Toggl-Quota-Resets-In"))
    return None if remaining is None and resets_in is None else Quota(remaining, resets_in)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_id(value: object) -> TypeGuard[int]:
    return _is_whole(value) and value > 0


def _whole(text: str | None) -> int | None:
    """A header's whole number, ``None`` if it has none; below 0 counts as 0."""
    try:
        return None if text is None else max(0, int(float(text)))
    except (ValueError, OverflowError):
        return None
