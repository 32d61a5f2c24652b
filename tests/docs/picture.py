# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows, with its colours, as an SVG that loads nothing. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

COLOURS = {
    "": "#d8dee9",
    "30": "#8f9bb3",
    "31": "#ff8a80",
    "32": "#9ccc65",
    "33": "#e8c25a",
    "34": "#82b1ff",
    "35": "#e0a0f0",
    "36": "#6fd3dd",
}
"""What text is drawn in, by the code of its colour."""

BACKGROUND = "#1d2330"
"""Of its own, so that the picture does in a light and a dark theme."""

WIDTH, HEIGHT, EDGE = 8.4, 20, 16
"""Of a character and around all of it."""

_LICENCE = "SPDX-License-Identifier" + ": GPL-3.0-or-later"  # which is not this file's own line
COLOUR = r"\x1b\[[0-9;]*m"


def without_colours(text: str) -> str:
    return re.sub(COLOUR, "", text)


def picture(text: str, name: str, title: str, description: str) -> str:
    """:arg name: what the ids in it begin with, since a page may hold several pictures"""
    lines = text.rstrip("\n").split("\n")
    width = round(max(len(without_colours(line)) for line in lines) * WIDTH + 2 * EDGE)
    height = len(lines) * HEIGHT + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
            f'     viewBox="0 0 {width} {height}" role="img"',
            f'     aria-labelledby="{name}-title {name}-desc" font-size="14"',
            '     font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace">',
            f"  <!-- {_LICENCE} -->",
            f'  <title id="{name}-title">{escape(title)}</title>',
            f'  <desc id="{name}-desc">{escape(description)}</desc>',
            f'  <rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
            *(f"  {drawn}" for y, line in enumerate(lines) for drawn in _texts(line, y)),
            "</svg>\n",
        ]
    )


def _texts(line: str, row: int) -> Iterator[str]:
    """Each piece of one colour has its place and its length: fonts differ in width."""
    column = 0
    for colour, piece in _pieces(line):
        x, y = EDGE + column * WIDTH, EDGE + (row + 0.75) * HEIGHT
        shown = escape(piece).replace(" ", "\N{NO-BREAK SPACE}")
        column += len(piece)
        if piece.strip():
            yield (
                f'<text x="{x:g}" y="{y:g}" textLength="{len(piece) * WIDTH:g}" '
                f'fill="{COLOURS[colour]}">{shown}</text>'
            )


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """The pieces of one colour: ``0;33`` is a colour, ``0`` the end of it."""
    _plain, *coded = re.split(r"(?=\x1b\[)", f"\x1b[0m{line}")
    for part in coded:
        code, _, piece = part.removeprefix("\x1b[").partition("m")
        yield next((colour for colour in code.split(";") if colour in COLOURS), ""), piece
