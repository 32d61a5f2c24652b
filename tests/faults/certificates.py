# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates for this machine, made for one test and trusted by nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509


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


_UTF8_STRING = 12


def hashed_folder(ca_path: str, folder: Path) -> str:
    """The authority alone in a folder, under the name that OpenSSL looks for, as ``c_rehash`` and
    ``openssl rehash`` make it."""
    folder.mkdir()
    text = Path(ca_path).read_bytes()
    name = x509.load_pem_x509_certificate(text).subject
    (folder / f"{_subject_hash(name):08x}.0").write_bytes(text)
    return str(folder)


def _subject_hash(name: x509.Name) -> int:
    """X509_NAME_hash: of the subject with lower-case text and single blanks."""
    canonical = b"".join(_der(0x31, (_attribute(one) for one in part)) for part in name.rdns)
    return int.from_bytes(hashlib.sha1(canonical).digest()[:4], "little")


def _attribute(attribute: Any) -> bytes:
    text = " ".join(str(attribute.value).lower().split()).encode()
    return _der(0x30, (_oid(attribute.oid), _der(_UTF8_STRING, (text,))))


def _oid(oid: x509.ObjectIdentifier) -> bytes:
    first, second, *rest = map(int, oid.dotted_string.split("."))
    return _der(6, (bytes([40 * first + second]), *map(_base_128, rest)))


def _base_128(number: int) -> bytes:
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _der(tag: int, parts: Iterable[bytes]) -> bytes:
    content = b"".join(parts)
    assert len(content) < 128, "a short length is enough here"
    return bytes([tag, len(content)]) + content
