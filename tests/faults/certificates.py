# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for this machine, made for one test and trusted by nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """``ca_path`` holds the authority; ``server`` the certificate with its key."""

    ca_path: str
    server: str


def issue(folder: Path, *names: str, expired: bool = False) -> Certificate:
    """A certificate for ``names``, by an authority of its own."""
    authority = trustme.CA()
    ended = datetime.now(timezone.utc) - timedelta(days=1) if expired else None
    issued = authority.issue_cert(*names, not_after=ended)
    ca_path, server = folder / "authority.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(str(ca_path))
    issued.private_key_and_cert_chain_pem.write_to_path(str(server))
    return Certificate(str(ca_path), str(server))
