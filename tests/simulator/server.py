# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator as a server on this machine, for tests in the same process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

import uvicorn

from simulator.app import create_app
from simulator.records import Client, Entry
from simulator.service import WORKSPACE_ID, Service
from simulator.switches import Switches
from simulator.workspace import Workspace


class Simulator(Service):
    """The service, which answers at ``url`` inside of this context manager."""

    def __init__(
        self,
        switches: Switches | None = None,
        *,
        workspace_ids: Sequence[int] = (WORKSPACE_ID,),
        ssl_certfile: str | None = None,
        ca_path: str = "",
        **conditions: Any,
    ) -> None:
        """``ssl_certfile``: a certificate with its key, by the authority of ``ca_path``, to be
        served over TLS; ``conditions``: as ``reset`` takes them."""
        super().__init__(workspace_ids)
        self.ca_path = ca_path
        self.reset(switches, **conditions)
        self._config = _config(self, ssl_certfile)
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._server.run, name="simulator", daemon=True)

    def __enter__(self) -> Simulator:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the simulator did not start")
            time.sleep(0.002)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        scheme = "https" if self._config.is_ssl else "http"
        self.url = f"{scheme}://{self._config.host}:{self.port}/api"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()

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
        port=0,
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
