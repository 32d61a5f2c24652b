# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: a request out, a whole answer or a typed error back. No retries, no rules."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Iterator, Mapping, Sequence
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ansible_collections.toggl.focus.plugins.module_utils._deadline import DeadlineAdapter
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    BadAnswer,
    ConnectionLost,
    NotConnected,
    RequestError,
    Untrusted,
)
from ansible_collections.toggl.focus.plugins.module_utils._text import is_loopback

try:
    import requests
    from requests.auth import AuthBase, HTTPBasicAuth
    from urllib3 import disable_warnings
    from urllib3.exceptions import (
        ConnectTimeoutError,
        HTTPError,
        InsecureRequestWarning,
        InvalidHeader,
        MaxRetryError,
        NewConnectionError,
        ProxyError,
    )
    from urllib3.util.retry import Retry

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False
    AuthBase = object  # type: ignore[assignment,misc]

VERSION = "1.0.0"
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes. A page of 100 clients is some 30 KB; past this the answer is not one of the service."""

_CHUNK = 65536

Parameters = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """A kept-alive session to one address, with one kind of credentials.

    :arg api_url: the address below which all paths lie; checked by the caller
    :arg credentials: an API key, or user name and password
    :arg timeout: seconds, to connect, and for an answer as a whole
    :arg verify: whether to verify certificates, or against which file or folder
    """

    def __init__(
        self,
        api_url: str,
        credentials: str | tuple[str, str],
        timeout: float,
        verify: bool | str,
        connections: int = 1,
    ) -> None:
        self._api_url = api_url
        self._host = urlsplit(api_url).hostname or ""
        self._timeout = timeout
        self._verify = verify
        # A proxy would see plain http, and no proxy is needed to reach the same machine.
        self._proxies: dict[str, Any] = (
            {"http": None, "https": None, "all": None} if is_loopback(self._host) else {}
        )
        self._session = _session(credentials, connections)
        if verify is False:  # the user asked for it; a warning at each request helps nobody
            disable_warnings(InsecureRequestWarning)

    def exchange(
        self, method: str, path: str, parameters: Parameters, body: bytes | None
    ) -> Answer:
        """Send once and read the whole answer.

        :raises NotConnected: the request was never sent
        :raises ConnectionLost: it was sent, and no whole answer came
        :raises BadAnswer: the answer is too large
        """
        try:
            with self._session.request(
                method,
                self._api_url + path,
                params=list(parameters),
                data=body,
                timeout=self._timeout,
                verify=self._verify,
                proxies=self._proxies,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, method, path)
                return Answer(response.status_code, response.headers, content)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise self._typed(error, method, path) from None

    def _read(self, response: requests.Response, method: str, path: str) -> bytes:
        content = bytearray()
        for chunk in response.iter_content(_CHUNK):
            content += chunk
            if len(content) > LARGEST_ANSWER:
                raise BadAnswer(method, path, response.status_code, "it is too large")
        return bytes(content)

    def _typed(self, error: Exception, method: str, path: str) -> RequestError:
        """The error by what it says of the request; the text of libraries is not passed on,
        because it may hold addresses with passwords of proxies."""
        certificate = _cause(error, ssl.SSLCertVerificationError)
        if certificate is not None:
            reason = getattr(certificate, "verify_message", "") or "it cannot be verified"
            return Untrusted(method, path, self._host, str(reason))
        if _cause(error, NewConnectionError, ConnectTimeoutError, ProxyError) is not None:
            return NotConnected(method, path, self._host)
        if any(map(_raised_while_connecting, _causes(error))):
            return NotConnected(method, path, self._host)
        return ConnectionLost(method, path, self._timeout)


def _session(credentials: str | tuple[str, str], connections: int) -> requests.Session:
    session = requests.Session()
    session.headers.update(
        {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": f"toggl.focus/{VERSION}",
        }
    )
    # Given as ``auth`` rather than as a header: requests then never looks into ~/.netrc.
    session.auth = (
        _Bearer(credentials)
        if isinstance(credentials, str)
        else HTTPBasicAuth(*(part.encode("utf-8") for part in credentials))
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = DeadlineAdapter(pool_maxsize=connections, max_retries=0)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _raised_while_connecting(error: BaseException) -> bool:
    """Such as when a handshake breaks. Nothing was sent then; later, the request may have arrived,
    and the types of the errors are the same."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_code.co_name == "connect" for frame, _line in frames)


def _cause(error: BaseException, *kinds: type[BaseException]) -> BaseException | None:
    """The first error of one of ``kinds`` that ``error`` stands for, itself included."""
    return next((cause for cause in _causes(error) if isinstance(cause, kinds)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and those that it stands for, as the libraries wrap them."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or current in seen:
            continue
        yield current
        seen.append(current)
        reason = current.reason if isinstance(current, MaxRetryError) else None
        waiting += [reason, current.__cause__, *current.args]


def retry_after(text: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, given as seconds or as a date."""
    if not text:
        return None
    try:
        seconds: float = Retry().parse_retry_after(text)
    except (InvalidHeader, ValueError, OverflowError):
        return None
    return seconds
