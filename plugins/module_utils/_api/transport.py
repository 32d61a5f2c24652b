# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: a request out, a whole answer or a typed error back. No retries, no rules."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

from .._errors import MissingLibrary
from .._model import Access
from .._text import is_loopback, shown
from .connections import (
    BEFORE_SENDING,
    UNKNOWN_HOST,
    DeadlineAdapter,
    address,
    reason_of_proxy,
)
from .errors import Answer, BadAnswer, ConnectionLost, NotConnected, Request, Untrusted

try:
    import requests
    from requests.exceptions import InvalidProxyURL, InvalidSchema, InvalidURL
    from urllib3 import disable_warnings
    from urllib3.exceptions import (
        DecodeError,
        HTTPError,
        InsecureRequestWarning,
        LocationValueError,
        URLSchemeUnknown,
    )

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False

VERSION = "1.0.0"

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes. A page of 100 clients has some 30 KB; a larger answer is not from the service."""

_PIECE = 4096
"""Bytes that are read at a time."""

_PORTS = {"http": 80, "https": 443}


class Transport:
    """A kept-alive session to one address, with one kind of credentials; opened with the first
    request.

    :raises MissingLibrary: there is no way to send one
    """

    def __init__(self, access: Access) -> None:
        if not HAS_REQUESTS:
            raise MissingLibrary("requests")
        self._access = access
        parts = urlsplit(access.api_url)
        self._host = address(parts.hostname or "", parts.port or _PORTS[parts.scheme])
        # A proxy would see plain http, and no proxy is needed to reach the same machine.
        self._proxies: dict[str, Any] = (
            {"http": None, "https": None, "all": None} if is_loopback(parts.hostname or "") else {}
        )
        self._session = _session(access)
        self._has_lost_one = False
        """After that, each request has a connection of its own: what is in between may not let
        connections be used again, and there may be many of them."""
        if access.verify is False:  # as the user wants; a warning at each request would not help
            disable_warnings(InsecureRequestWarning)

    def exchange(self, request: Request, before_sending: Callable[[], None]) -> Answer:
        """Send once and read the whole answer.

        :arg before_sending: called once more when a connection has been made for the request, which
            may take long; what it raises is raised here, and nothing is sent
        :raises NotConnected: the request was never sent
        :raises ConnectionLost: it was sent, but no complete answer came
        :raises BadAnswer: the answer is too large, or in an encoding that was not requested
        """
        BEFORE_SENDING.set(before_sending)
        connections: AbstractContextManager[requests.Session] = (
            _session(self._access) if self._has_lost_one else nullcontext(self._session)
        )
        try:
            with (
                connections as session,
                session.request(
                    request.method,
                    self._access.api_url + request.path,
                    params=urlencode(request.parameters),
                    data=request.content,
                    timeout=self._access.timeout,
                    verify=self._access.verify,
                    proxies=self._proxies,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                answer = Answer(request, response.status_code, response.headers)
                return answer._replace(body=_content(answer, response.raw))
        except Untrusted:
            raise
        except NotConnected as unopened:
            raise self._not_connected(request, str(unopened)) from None
        except (InvalidProxyURL, InvalidSchema, URLSchemeUnknown):  # api_url has a good one
            raise self._not_connected(request, reason_of_proxy()) from None
        except (InvalidURL, LocationValueError):
            raise self._not_connected(request, UNKNOWN_HOST) from None
        except (requests.RequestException, HTTPError, OSError):
            # The libraries' messages are not passed on: they may contain addresses with passwords.
            self._has_lost_one = True
            raise ConnectionLost(
                f"The connection was lost before the answer to {request.where} was complete, "
                f"or it took longer than {self._access.timeout:g} seconds (api_timeout)."
            ) from None

    def _not_connected(self, request: Request, reason: str) -> NotConnected:
        return NotConnected(f"No connection to {shown(self._host)} ({request.where}): {reason}")


def _content(answer: Answer, stream: Any) -> bytes:
    """Return the whole body. A single encoding is accepted although none is requested: a proxy may
    compress whatever it sees. A piece decompresses to at most a thousand times its size."""
    if answer.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise BadAnswer(_OTHER_ENCODING, answer)
    content = bytearray()
    stream.enforce_content_length = True  # urllib3 before version 2 does not
    try:
        for piece in stream.stream(_PIECE, decode_content=True):
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise BadAnswer("it is too large", answer)
    except DecodeError:
        raise BadAnswer(_OTHER_ENCODING, answer) from None
    return bytes(content)


_ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")

_OTHER_ENCODING = "it is encoded in a way that was not asked for"


def _session(access: Access) -> requests.Session:
    def authorized(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = access.authorization
        return request

    session = requests.Session()
    session.headers.update(
        {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"toggl.focus/{VERSION}",
        }
    )
    # As ``auth`` rather than as a header, so that requests never reads ~/.netrc.
    session.auth = authorized
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = DeadlineAdapter(pool_maxsize=access.connections, max_retries=0)
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session
