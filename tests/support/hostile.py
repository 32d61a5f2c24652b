# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that Ansible evaluates wherever it takes them for templates; each one touches a file."""

from __future__ import annotations

import random
from pathlib import Path

FOLDER = "$RAN"
"""Where they touch it: a variable of the environment, since a client's name is short."""

ONE_LINE, WITH_A_BREAK, BRACES = range(3)
"""The places of the three known forms among the texts."""

DELIMITERS = (("[[", "]]"), ("{{", "}}"), ("<<", ">>"), ("{", "}"), ("(", ")"))
PIECES = (
    *("", "", "Acme ", "{{", "}}", "{%", "%}", "{#", "#}", "#", "#jinja2:", ":", ",", "'", '"'),
    *("\\", "\t", "!unsafe ", "- ", ": ", "[", "{", "%", "~", "Zo\u00eb", "\u2028", "\U0001f680"),
)


def hostile_texts(seed: int, drawn: int) -> list[str]:
    """The known forms, then texts that are drawn; the one at ``n`` touches the file ``n``. On
    ansible-core up to 2.18, the options of a header are told apart by commas, and each needs a
    colon; so does what follows it in one line."""
    rng = random.Random(seed)
    known = [
        f"{_header('[[', ']]')},x:[[{_call(ONE_LINE)}]]",
        f"{_header('[[', ']]')}\n[[{_call(WITH_A_BREAK)}]]",
        f"{{{{ {_call(BRACES)} }}}}",
    ]
    numbers = range(len(known), len(known) + drawn)
    return [*known, *(_drawn(rng, number) for number in numbers)]


def touched(folder: Path) -> list[int]:
    """The places of the texts that were evaluated."""
    return sorted(int(path.name) for path in folder.iterdir())


def _call(number: int) -> str:
    return f"lookup('pipe',':;touch {FOLDER}/{number}')"


def _header(opening: str, closing: str) -> str:
    return f"#jinja2:variable_start_string:'{opening}',variable_end_string:'{closing}'"


def _drawn(rng: random.Random, number: int) -> str:
    opening, closing = rng.choice(DELIMITERS)
    header = rng.choice(("", _header(opening, closing), f"{_header(opening, closing)},x:"))
    before, between, after = rng.choice(PIECES[:3]), rng.choice(("", "\n", " ")), rng.choice(PIECES)
    piece = rng.choice(PIECES)
    return f"{before}{header}{between}{piece}{opening}{_call(number)}{closing}{after}".strip()
