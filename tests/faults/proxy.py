# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on this machine that knows CONNECT, and takes every host for one port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

import pytest
from support.ports import listening

USER, PASSWORD = "proxy-user", "of-the-proxy-and-nobody-else"

Behaviour = Literal["through", "silent", "hangs up"] | int
"""What it does with a CONNECT; a number is the status that it refuses with."""

OF_HTTPS = ("HTTPS_PROXY", "https_proxy")
OF_ALL = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove what the checks' environment says of proxies."""
    for name in (*OF_HTTPS, *OF_ALL, "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@dataclass
class Proxy:
    """Every tunnel leads to ``target``. ``behaviours``: of the next ones; all others go through."""

    target: int
    asked: list[str] = field(default_factory=list)
    port: int = 0
    behaviours: list[Behaviour] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    def stand_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Be the only proxy of this process."""
        without_proxies(monkeypatch)
        for name in OF_HTTPS:
            monkeypatch.setenv(name, self.url)

    def serve(self, client: socket.socket) -> None:
        with client.makefile("rb") as head:
            lines = list(iter(lambda: head.readline().strip(), b""))
        if not lines:
            return
        self.asked.append(lines[0].decode())
        behaviour = self.behaviours.pop(0) if self.behaviours else "through"
        if behaviour == "silent":
            client.recv(1)
        elif behaviour == "through":
            self._tunnel(client)
        elif isinstance(behaviour, int):
            client.sendall(f"HTTP/1.1 {behaviour} No\r\nContent-Length: 0\r\n\r\n".encode())

    def _tunnel(self, client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self.target)) as service:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_copy, args=(service, client), daemon=True)
            back.start()
            _copy(client, service)
            back.join(5)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Until one side ends; then the other one ends, too."""
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    made = Proxy(target)
    with listening(made.serve) as made.port:
        yield made
