# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to ask the simulator over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from simulator.server import Simulator


class Caller:
    """Requests to the clients of the simulated workspace."""

    def __init__(self, service: Simulator) -> None:
        self.base = f"{service.url}/workspaces/{service.workspace_id}/clients"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {service.token}"
        self.session.headers["Content-Type"] = "application/json"

    def __call__(self, method: str, path: str = "", **options: Any) -> requests.Response:
        return self.session.request(method, self.base + path, timeout=5, **options)

    def create(self, name: str, **fields: Any) -> requests.Response:
        return self("POST", json={"name": name, **fields})

    def rename(self, client_id: int, name: str, **fields: Any) -> requests.Response:
        return self("PUT", f"/{client_id}", json={"name": name, **fields})

    def shown(self, client_id: int) -> dict[str, Any]:
        shown: dict[str, Any] = self("GET", f"/{client_id}").json()
        return shown

    def delete(self, client_id: int) -> requests.Response:
        return self("DELETE", f"/{client_id}")

    def restore(self, client_id: int) -> requests.Response:
        return self("PATCH", f"/{client_id}/restore")

    def names(self, **params: Any) -> list[str]:
        data = self("GET", params=params).json()["data"]
        return [client["name"] for client in data]


@pytest.fixture
def call(service: Simulator) -> Caller:
    return Caller(service)
