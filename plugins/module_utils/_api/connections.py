# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP connections that know whether a request was ever sent, and that limit the time of a whole
answer, headers included.

The libraries wrap errors into types of their own, which differ from version to version and do not
distinguish a connection that was never made from one that was lost behind a proxy. And their own
time limit starts again with every byte: an answer that trickles in could take forever.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

from .._text import shown
from .errors import NotConnected, Untrusted

try:
    from requests.adapters import HTTPAdapter
    from urllib3.util.ssl_match_hostname import CertificateError
except ImportError:
    HTTPAdapter = object  # type: ignore[assignment,misc]
    CertificateError = ValueError  # type: ignore[assignment,misc]


UNKNOWN_HOST = (
    "no such host is known. Check api_url and HTTPS_PROXY, and that this machine can resolve names."
)

_REASONS: dict[tuple[type[BaseException], ...], str] = {
    (TimeoutError,): "nothing answered in time. Check api_url, the network and the proxy settings.",
    (socket.gaierror, UnicodeError): UNKNOWN_HOST,
    (ConnectionRefusedError,): (
        "it was refused. Check api_url, its port, and whether a firewall forbids it."
    ),
    (ConnectionError, ssl.SSLError): (
        "the TLS handshake failed. Check api_url, its port, and any proxy or firewall in between."
    ),
    (Exception,): "the network is unreachable. Check api_url and the proxy settings.",
}
"""What exceptions mean, also where a library has wrapped them. The first that fits counts."""

BEFORE_SENDING: ContextVar[Callable[[], None]] = ContextVar("before_sending")
"""What a thread calls between making a connection and sending. The libraries hand nothing down to
their connections."""


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
        service = address(beyond or self.host, self._tunnel_port or self.port)
        self._is_through = beyond is None
        try:
            super().connect()
        except Exception as error:
            raise self._not_opened(error, service, beyond or self.host) from error
        BEFORE_SENDING.get()()

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
                return untrusted(host if self._is_through else self.host, reason)
        if not self._is_through:
            return not_connected(service, _reason_of_proxy(address(self.host, self.port), chain))
        kinds = next(kinds for kinds in _REASONS for cause in chain if isinstance(cause, kinds))
        return not_connected(service, _REASONS[kinds])


def not_connected(service: str, reason: str) -> NotConnected:
    return NotConnected(f"No connection to {shown(service)}: {reason}")


def untrusted(host: str, reason: str) -> Untrusted:
    return Untrusted(
        f"The certificate of {shown(host)} is not trusted: {shown(reason)}. Check api_url, or give "
        "the authority's certificate in ca_path."
    )


def address(host: str, port: int) -> str:
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
            raise untrusted(conn.host, missing) from None
