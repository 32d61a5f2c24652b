# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for this machine, made for one test and trusted by nobody else."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TypedDict

import trustme

ISSUER = "tests"
HASHED = "4290ff89.0"
"""The file in which OpenSSL looks for that issuer, as ``openssl rehash`` calls it."""


class Certificate(TypedDict):
    """As a ``Simulator`` takes it."""

    ca_path: str
    ssl_certfile: str


def issue(folder: Path, *names: str, expired: bool = False) -> Certificate:
    """A certificate for ``names``, by an authority of its own; all of these have one name."""
    authority = trustme.CA(organization_name=ISSUER, organization_unit_name=ISSUER)
    ended = datetime.now(timezone.utc) - timedelta(days=1) if expired else None
    issued = authority.issue_cert(*names, not_after=ended)
    ca_path, server = folder / "authority.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(str(ca_path))
    issued.private_key_and_cert_chain_pem.write_to_path(str(server))
    return {"ca_path": str(ca_path), "ssl_certfile": str(server)}


def hashed_folder(ca_path: str, folder: Path) -> str:
    """The authority alone in a folder, under the name that OpenSSL looks for."""
    folder.mkdir()
    shutil.copy(ca_path, folder / HASHED)
    return str(folder)
