# SPDX-License-Identifier: GPL-3.0-or-later
"""A service behind TLS, with the authority that vouches for it; a stage for playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from simulator.server import Simulator

from faults.certificates import Certificate, issue
from faults.copies import hurried
from faults.playing import Stage


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


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the collection that hardly pauses between two tries."""
    return hurried(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def stage(service: Simulator, tmp_path: Path, collections: Path) -> Stage:
    return Stage(service, tmp_path, collections)
