# SPDX-License-Identifier: GPL-3.0-or-later
"""A service behind TLS, with the authority that vouches for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from simulator.server import Simulator

from faults.certificates import Certificate, issue


@dataclass(frozen=True)
class Secured:
    service: Simulator
    certificate: Certificate


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture(scope="session")
def tls_server(certificate: Certificate) -> Iterator[Simulator]:
    with Simulator(ssl_certfile=certificate.server, ssl_keyfile=certificate.server) as running:
        yield running


@pytest.fixture
def secured(tls_server: Simulator, certificate: Certificate) -> Secured:
    tls_server.reset()
    return Secured(tls_server, certificate)
