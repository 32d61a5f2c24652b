# SPDX-License-Identifier: GPL-3.0-or-later
"""How names and hosts are compared and how foreign text is shown. No I/O."""

from __future__ import annotations

import difflib
import ipaddress
import unicodedata
from collections.abc import Iterator, Sequence

LONGEST_SHOWN = 300  # characters; more of a service's answer helps nobody
MOST_COMPARED = 5_000  # names; more takes longer than a suggestion is worth
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def trimmed(name: str) -> str:
    """The name as it is sent: without blanks around it, otherwise untouched."""
    return name.strip()


def name_key(name: str) -> str:
    """What two names must have in common to be one: trimmed, Unicode NFC, case kept (design)."""
    return _composed(name.strip())


def case_key(name: str) -> str:
    """What two names have in common that differ in case only."""
    return _composed(name_key(name).casefold())


def forms(name: str) -> Iterator[str]:
    """The name as given, then as a filter may need it that compares bytes (facts.md)."""
    given = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    yield from dict.fromkeys(given)


def nearest_name(name: str, names: Sequence[str]) -> str | None:
    """The one of ``names`` that was probably meant; ``None`` if none is near, or they are many."""
    if len(names) > MOST_COMPARED:
        return None
    written = {case_key(candidate): candidate for candidate in names}
    near = difflib.get_close_matches(case_key(name), written, n=1, cutoff=0.75)
    return written[near[0]] if near else None


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    """Foreign text on one line: control and format characters escaped, cut to ``longest``.

    A name or an error text comes from outside; it must not forge a line of output, move the
    cursor or turn the reading direction.
    """
    raw = str(text)
    cut = raw if len(raw) <= longest else raw[:longest] + "…"
    return "".join(_shown_character(character) for character in cut)


def quoted(name: object) -> str:
    """A name within a message, in quotes."""
    return f'"{shown(name)}"'


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _composed(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _shown_character(character: str) -> str:
    if unicodedata.category(character) in _UNPRINTABLE:
        return character.encode("unicode_escape").decode("ascii")
    return character
