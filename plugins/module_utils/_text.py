# SPDX-License-Identifier: GPL-3.0-or-later
"""How names and hosts are compared and how foreign text is shown. No I/O."""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

Key = TypeVar("Key")
Value = TypeVar("Value")

LONGEST_SHOWN = 300  # characters; more of a service's answer does not help

CUT = "…"
"""Follows what is shown of a longer text; ``_redact`` relies on it."""

SERVICE_URL = "https://focus.toggl.com/api"
"""The service's own address."""

OWN_PORTS = {"http": 80, "https": 443}

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_NO_CHARACTERS = frozenset("\ufffe\uffff")
"""They stand for no character; no YAML may contain them."""

OF_A_SECRET = re.compile(r"\*{8}|\$REDACTED\$|VALUE_SPECIFIED_IN_NO_LOG_PARAMETER")

OMITTED = re.compile("__omit_place_holder__[0-9a-f]{40}|<<Omit>>")
"""What a template writes of a value that is omitted, up to ansible-core 2.18, and from 2.19 on."""

_BLANKS = re.compile("[\\s\u115f\u1160\u2800\u3164\uffa0]+")
"""Whitespace, and what looks like it: Hangul fillers and the empty Braille pattern."""

_UNSEEN_MARKS = re.compile("[\u034f\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""The grapheme joiner, inherent vowels and variation selectors: marks that are invisible."""


def name_key(name: str) -> str:
    """Return what is equal for two names that count as one: trimmed, Unicode NFC, case kept."""
    return unicodedata.normalize("NFC", name.strip())


def case_key(name: str) -> str:
    """Return what is equal for two names that differ only in case."""
    if name.isascii():  # most names, and every plan compares all of them
        return name.strip().lower()
    return unicodedata.normalize("NFC", name_key(name).casefold())


def confusable_key(name: str) -> str:
    """Return what is equal for two names that look alike: as ``case_key``, with any blanks as one
    blank, and without invisible characters."""
    if name.isascii() and name.isprintable() and "  " not in name:
        return case_key(name)
    seen = "".join(char for char in name if not _is_unseen(char))
    return case_key(_BLANKS.sub(" ", seen))


def is_listable(name: str) -> bool:
    """Return whether a list can give a name: something of it can be seen, and it is fit."""
    return why_no_name(name) is None


def why_no_name(text: str) -> str | None:
    """Return why a list cannot give a text as a name, if it cannot."""
    if OMITTED.search(text):
        return (
            "has a part that is omitted (default(omit)); only a whole value can be. Give the part "
            "another default, such as ''."
        )
    if has_lone_surrogate(text):
        return f"is {quoted(text)}, which contains a lone surrogate; write the character itself."
    if OF_A_SECRET.search(text):
        return (
            f"is {quoted(text)}, which Ansible has written in place of a secret; give the name "
            "itself, or the client's id."
        )
    if len(text.strip().splitlines()) > 1:
        return f"is {quoted(text)}, which has a line break; write it on one line, or give an id."
    return None if confusable_key(text) else "is empty or blank; give a name or leave it out."


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text contains a lone surrogate, which cannot be sent."""
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def unicode_forms(name: str) -> tuple[str, ...]:
    """Return the name as given, then its other Unicode forms: the filter may compare bytes."""
    given = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    return tuple(dict.fromkeys(given))


def nearest(word: str, words: Sequence[str], least: float = 0.75) -> str | None:
    """Return the one of ``words`` that was probably meant; ``None`` if none is near.

    :arg least: how like it must be, for ``difflib``
    """
    written = {case_key(candidate): candidate for candidate in words}
    near = difflib.get_close_matches(case_key(word), written, n=1, cutoff=least)
    return written[near[0]] if near else None


def shown(text: object, longest: int = LONGEST_SHOWN) -> str:
    """Return foreign text on one line: control and format characters escaped, cut to ``longest``.

    A name or an error text comes from outside; it must not forge a line of output, move the
    cursor or change the reading direction.
    """
    raw = str(text)
    cut = raw if len(raw) <= longest else raw[:longest] + CUT
    if cut.isprintable():  # most texts: this is a hundred times faster
        return cut
    return "".join(_escaped(char) if _is_unprintable(char) else char for char in cut)


def revealed(text: str) -> str:
    """Return a text on one line, with all invisible characters escaped, and blanks of other kinds
    too."""
    return "".join(
        _escaped(char) if char != " " and (_BLANKS.match(char) or _is_unseen(char)) else char
        for char in text
    )


def quoted(name: object) -> str:
    """Return a name as messages show it, in quotes."""
    return f'"{shown(name)}"'


_BARE = re.compile(r"[A-Za-z\u00c0-\u024f][\w .&+/()-]*(?<! )")

_OTHER_THAN_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""YAML takes these for something else, unless they are quoted."""

_TEMPLATE = re.compile("[{][{%#]|^#jinja2:")
"""Where Ansible begins a template. ``toggl.focus.export`` has the same rule."""


def yaml_text(name: str) -> str:
    """Return the name as a user would write it in YAML; invisible characters are escaped.

    Whoever pastes it has it read by Ansible, so what it would take for a template is marked as
    data.
    """
    mark = "!unsafe " if is_template(name) else ""
    if not mark and _BARE.fullmatch(name) and name.lower() not in _OTHER_THAN_TEXT:
        return name
    return mark + revealed(json.dumps(name, ensure_ascii=False))


def is_template(name: str) -> bool:
    """Return whether any ansible-core would take a name for a template."""
    return bool(_TEMPLATE.search(name))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 client``, ``2 clients``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """Return the values of each key; keys and values in the order in which they come."""
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def at_most(texts: Sequence[str], most: int, more: str) -> list[str]:
    """Return so many of the texts, and where there are more, how many.

    :arg more: says that, with ``{}`` for the number
    """
    left = len(texts) - most
    return [*texts[:most], more.format(left)] if left > 0 else list(texts)


def normal_address(url: str) -> str:
    """Return what is equal for two addresses of one service: scheme and host in lower case, without
    the scheme's own port, and without a slash at the end."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:  # it is no address; whoever sends a request there refuses it
        return url.strip()
    host = f"[{host}]" if ":" in host else host
    place = host if port in (None, OWN_PORTS.get(parts.scheme)) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # it is a name
        return host == "localhost"


def _is_unprintable(character: str) -> bool:
    return unicodedata.category(character) in _UNPRINTABLE or character in _NO_CHARACTERS


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _is_unseen(character: str) -> bool:
    is_mark = _UNSEEN_MARKS.match(character) is not None
    return is_mark or (_is_unprintable(character) and not character.isspace())
