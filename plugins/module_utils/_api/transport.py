# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: a request out, a whole answer or a typed error back. No retries, no rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from typing import Any
from urllib.parse import urlencode, urlsplit

from .._errors import FocusError
from .._model import Access
from .._text import is_loopback
from .connections import BEFORE_SENDING, UNKNOWN_HOST, DeadlineAdapter, address, not_connected
from .errors import Answer, BadAnswer, ConnectionLost, Request

try:
    import requests
    from requests.exceptions import InvalidSchema, InvalidURL
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError

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
    """Kept-alive connections to one address, with one kind of credentials; opened with the first
    request.

    It is the adapter of ``requests`` that sends: a session would read all of a redirect, however
    large, would keep cookies, and would take credentials from ~/.netrc.

    :raises FocusError: there is no way to send one
    """

    def __init__(self, access: Access) -> None:
        if not HAS_REQUESTS:
            raise FocusError(f"The library requests is missing: install it for {sys.executable}.")
        self._access = access
        service = urlsplit(access.api_url)
        host = service.hostname or ""
        self._service = address(host, service.port or _PORTS[service.scheme])
        # A proxy would see plain http, and no proxy is needed to reach the same machine.
        self._not_proxied = ("http", "https", "all") if is_loopback(host) else ()
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Authorization": access.authorization,
            "Content-Type": "application/json",
            "User-Agent": f"toggl.focus/{VERSION}",
        }
        self._environment: Any = requests.Session().merge_environment_settings
        self._kept = nullcontext(DeadlineAdapter(pool_maxsize=access.connections))
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
        :raises BadAnswer: the answer is too large, or a part of one
        """
        BEFORE_SENDING.set(before_sending)
        url = f"{self._access.api_url}{request.path}?{urlencode(request.parameters)}"
        timeout = self._access.timeout
        try:
            sent = requests.Request(request.method, url, self._headers, data=request.content)
            proxies = dict.fromkeys(self._not_proxied)
            settings = self._environment(url, proxies, True, self._access.verify, None)
            with (
                closing(DeadlineAdapter()) if self._has_lost_one else self._kept as adapter,
                adapter.send(sent.prepare(), timeout=timeout, **settings) as response,
            ):
                answer = Answer(request, response.status_code, response.headers)
                return answer._replace(body=_content(answer, response.raw))
        except (InvalidSchema, InvalidURL, LocationValueError):  # of the service, or of a proxy
            raise not_connected(self._service, UNKNOWN_HOST) from None
        except (requests.RequestException, HTTPError, OSError):
            # The libraries' messages are not passed on: they may contain addresses with passwords.
            self._has_lost_one = True
            raise ConnectionLost(
                f"The connection was lost before the answer to {request.where} was complete, "
                f"or it took longer than {timeout:g} seconds (api_timeout)."
            ) from None


def _content(answer: Answer, stream: Any) -> bytes:
    """Return the whole body, as it is: no encoding was asked for, and none is undone."""
    if answer.status == 206:
        raise BadAnswer("the response is partial", answer)
    if answer.status < 200:  # the real answer may follow: the connection must not be used again
        raise HTTPError
    content = bytearray()
    stream.enforce_content_length = True  # urllib3 before version 2 does not
    for piece in stream.stream(_PIECE, decode_content=False):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise BadAnswer("it is too large", answer)
    return bytes(content)
