# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports of this machine at which tests answer themselves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

POLL = 0.02
"""Seconds until a server that is to end notices."""


class _Server(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False


@contextmanager
def serving(handler: type[BaseRequestHandler]) -> Iterator[int]:
    """A port at which each connection has a handler, in a thread of its own."""
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def listening(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port at which each connection is served until one side ends it."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                serve(self.request)

    with serving(Handler) as port:
        yield port


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
