# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: a request out, a whole answer or a typed error back. No retries, no rules.

Its connections know whether a request was ever sent, and limit the time of a whole answer, headers
included. The libraries wrap errors into types of their own, which differ from version to version
and do not distinguish a connection that was never made from one that was lost behind a proxy. And
their own time limit starts again with every byte: an answer that trickles in could take forever.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode, urlsplit

from .._errors import FocusError
from .._model import Access
from .._text import OWN_PORTS, is_loopback, shown
from .errors import Answer, BadAnswer, ConnectionLost, NotConnected, Request, Untrusted

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.exceptions import InvalidSchema, InvalidURL
    from urllib3 import disable_warnings
    from urllib3.exceptions import HTTPError, InsecureRequestWarning, LocationValueError
    from urllib3.util.ssl_match_hostname import CertificateError

    HAS_REQUESTS = True
except ImportError:
    HAS_REQUESTS = False
    HTTPAdapter = object  # type: ignore[assignment,misc]

VERSION = "1.0.0"

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes. A page of 100 clients has some 30 KB; a larger answer is not from the service."""

_PIECE = 4096
"""Bytes that are read at a time."""

_UNKNOWN_HOST = (
    "no such host is known. Check api_url and HTTPS_PROXY, and that this machine can resolve names."
)

_REASONS: dict[tuple[type[BaseException], ...], str] = {
    (TimeoutError,): "nothing answered in time. Check api_url, the network and the proxy settings.",
    (socket.gaierror, UnicodeError): _UNKNOWN_HOST,
    (ConnectionRefusedError,): "it was refused. Check api_url, its port and the firewalls.",
    (ConnectionError, ssl.SSLError): (
        "the TLS handshake failed. Check api_url, its port, and any proxy or firewall in between."
    ),
    (Exception,): "the network is unreachable. Check api_url and the proxy settings.",
}
"""What exceptions mean, also where a library has wrapped them. The first that fits counts."""

_BEFORE_SENDING: ContextVar[Callable[[], None]] = ContextVar("before_sending")
"""What a thread calls between making a connection and sending. The libraries hand nothing down to
their connections."""


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
        self._service = _address(host, service.port or OWN_PORTS[service.scheme])
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
        _BEFORE_SENDING.set(before_sending)
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
            raise _not_connected(self._service, _UNKNOWN_HOST) from None
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


class _Limited(io.RawIOBase):
    """A stream from a socket. All reads together may take as long as the socket's timeout."""

    def __init__(self, incoming: io.RawIOBase, sock: socket.socket) -> None:
        self._incoming = incoming
        self._sock = sock
        self._ends = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(left)
        return self._incoming.readinto(buffer)

    def close(self) -> None:
        self._incoming.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **keywords: Any) -> None:
        super().__init__(sock, *arguments, **keywords)
        self.fp = io.BufferedReader(_Limited(self.fp.detach(), sock))


class _Connection(http.client.HTTPConnection):
    """Mixed into a connection class of urllib3: if ``connect`` fails, nothing was sent."""

    response_class = _Answer
    _tunnel_host: str | None
    _tunnel_port: int | None
    _is_through = False
    """Whether the service is reached, which a proxy may stand before."""

    def connect(self) -> None:
        beyond = self._tunnel_host  # reset when the connection closes
        service = _address(beyond or self.host, self._tunnel_port or self.port)
        self._is_through = beyond is None
        try:
            super().connect()
        except Exception as error:
            raise self._not_opened(error, service, beyond or self.host) from error
        _BEFORE_SENDING.get()()

    def _tunnel(self) -> None:
        super()._tunnel()  # type: ignore[misc]
        self._is_through = True

    def _not_opened(self, error: BaseException, service: str, host: str) -> NotConnected:
        """Return the error of a connection that could not be made.

        :arg service: its ``host`` and port, also if the connection is to a proxy
        """
        chain = [error]
        while (earlier := chain[-1].__cause__ or chain[-1].__context__) is not None:
            chain.append(earlier)
        for cause in chain:
            if isinstance(cause, (ssl.SSLCertVerificationError, CertificateError)):
                reason = getattr(cause, "verify_message", str(cause))
                return _untrusted(host if self._is_through else self.host, reason)
        if not self._is_through:
            return _not_connected(service, _reason_of_proxy(_address(self.host, self.port), chain))
        kinds = next(kinds for kinds in _REASONS for cause in chain if isinstance(cause, kinds))
        return _not_connected(service, _REASONS[kinds])


def _not_connected(service: str, reason: str) -> NotConnected:
    return NotConnected(f"No connection to {shown(service)}: {reason}")


def _untrusted(host: str, reason: str) -> Untrusted:
    return Untrusted(
        f"The certificate of {shown(host)} is not trusted: {shown(reason)}. Check api_url, or give "
        "the authority's certificate in ca_path."
    )


def _address(host: str, port: int) -> str:
    """Return host and port as they are written in an address."""
    return f"[{host}]:{port}" if ":" in host and not host.startswith("[") else f"{host}:{port}"


def _reason_of_proxy(proxy: str, chain: Iterable[BaseException]) -> str:
    """Return why a proxy let no connection through.

    :arg proxy: its host and port, never its user part
    """
    refused = re.search(r"Tunnel connection failed: (\d{3})\b", "\n".join(map(str, chain)))
    if refused is not None and refused[1] == "407":
        return f"the proxy {shown(proxy)} asks for a user and a password. Give them in HTTPS_PROXY."
    did = f"refused with {refused[1]}" if refused is not None else "did not let it through"
    return f"the proxy {shown(proxy)} {did}. Check HTTPS_PROXY, NO_PROXY and api_url."


class DeadlineAdapter(HTTPAdapter):
    """The adapter of ``requests``, with such connections, also by way of a proxy."""

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Prepare the pool ``conn``, before each request, whichever way it goes.

        :raises Untrusted: an environment variable names a file of authorities that is missing
        """
        kind = conn.ConnectionCls  # to a SOCKS proxy, it is another one
        if not issubclass(kind, _Connection):
            conn.ConnectionCls = type("Connection", (_Connection, kind), {})
        try:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
        except OSError:
            source = "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
            missing = f"the CA bundle {verify}, which {source} names, does not exist"
            raise _untrusted(conn.host, missing) from None
