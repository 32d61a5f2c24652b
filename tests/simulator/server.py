# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a server on this machine, for tests in the same process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import uvicorn

from simulator.app import create_app
from simulator.records import Client, Entry
from simulator.service import WORKSPACE_ID, Service
from simulator.switches import Switches
from simulator.workspace import Workspace

HOST = "127.0.0.1"
BACKLOG = 512


class Simulator(Service):
    """The service, which answers at ``url`` inside of this context manager."""

    def __init__(
        self,
        switches: Switches | None = None,
        *,
        workspace_id: int = WORKSPACE_ID,
        ssl_certfile: str | None = None,
        ca_path: str = "",
        **conditions: Any,
    ) -> None:
        """
        :arg ssl_certfile: a certificate with its key, to be served over TLS
        :arg ca_path: the authority that has issued it
        :arg conditions: as ``reset`` takes them
        """
        super().__init__(workspace_id)
        self.workspace_id, self.ca_path = workspace_id, ca_path
        self.reset(switches, **conditions)
        self._socket = _listening_socket()
        scheme = "https" if ssl_certfile else "http"
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{scheme}://{HOST}:{self.port}/api"
        self._server = uvicorn.Server(_config(self, ssl_certfile))
        run = partial(self._server.run, sockets=[self._socket])
        self._thread = threading.Thread(target=run, name="simulator", daemon=True)

    def __enter__(self) -> Simulator:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the simulator did not start")
            time.sleep(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    @property
    def token(self) -> str:
        return self.credentials.token

    @property
    def writes(self) -> list[Entry]:
        return [entry for entry in self.log if entry.method != "GET"]

    @property
    def workspace(self) -> Workspace:
        return self.workspaces[self.workspace_id]

    def add(self, name: str, deleted: bool = False, currency: str | None = None) -> Client:
        """Put a client there without a request and without asking any rule."""
        return self.workspace.add(name, deleted, currency)

    def add_many(self, count: int, prefix: str = "Client ") -> list[Client]:
        return [self.add(f"{prefix}{number}") for number in range(1, count + 1)]

    def names(self) -> list[str]:
        """The names of the active clients, sorted."""
        return sorted(client.name for client in self.clients() if not client.deleted_at)

    def clients(self) -> list[Client]:
        """All clients, deleted ones included."""
        return self.workspace.clients()

    def rewind(self, clients: Iterable[Client]) -> None:
        """Have these clients again; log, faults and what is in flight are forgotten."""
        self.forget()
        self.workspace.rewind(clients)

    def settle(self, seconds: float = 5.0) -> None:
        """Wait until the work of every request is done, whoever still waits for the answer."""
        ends = time.monotonic() + seconds
        while self.in_flight:
            if time.monotonic() > ends:
                raise TimeoutError("requests are still in flight")
            time.sleep(0.002)


def _config(service: Service, certfile: str | None) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(service),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        date_header=False,
        log_config=None,
        log_level="critical",
        timeout_graceful_shutdown=0,
        ssl_certfile=certfile,
    )


def _listening_socket() -> socket.socket:
    # Only where the protocol is named does asyncio turn Nagle's 40 ms off.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, 0))
    listener.listen(BACKLOG)
    return listener
