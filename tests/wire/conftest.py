# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' functions, and a service that shares no code with the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from simulator.server import Simulator
from support.running import client, clients
from wire import standin
from wire.standin import Service

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def service() -> Iterator[Service]:
    with standin.running() as made:
        yield made


@pytest.fixture
def run(service: Service) -> Run:
    """``run(clients=[...])`` is a task of ``focus_clients``, without a list of ``focus_client``."""

    def one(**options: Any) -> dict[str, Any]:
        module = clients if "clients" in options else client
        return {"failed": False, **module(cast(Simulator, service), **options)}

    return one
