# SPDX-License-Identifier: GPL-3.0-or-later
"""A service behind TLS, with the authority that vouches for it; a stage for playbooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from simulator.server import Simulator

from faults.certificates import Certificate, issue
from faults.copies import HURRIED, copied
from faults.playing import Stage


@dataclass(frozen=True)
class Secured:
    service: Simulator
    ca_path: str


@contextmanager
def secured_by(certificate: Certificate) -> Iterator[Secured]:
    with Simulator(ssl_certfile=certificate.server) as running:
        yield Secured(running, certificate.ca_path)


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with secured_by(issue(tmp_path_factory.mktemp("tls"), "127.0.0.1")) as running:
        yield running


@pytest.fixture
def secured(tls_server: Secured) -> Secured:
    tls_server.service.reset()
    return tls_server


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the collection that hardly pauses between two tries."""
    return copied(tmp_path_factory.mktemp("collections"), HURRIED)


@pytest.fixture
def stage(service: Simulator, tmp_path: Path, collections: Path) -> Stage:
    return Stage(service, tmp_path, collections)
