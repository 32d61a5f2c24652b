# SPDX-License-Identifier: GPL-3.0-or-later
"""A guide as a story: its code blocks, and the comments beside them that say what a test does.

Readers do not see these comments. Each stands before the block that it concerns, or by itself::

    .. test: workspace Acme, -Umbrella      a workspace with these clients, the last one deleted;
                                            a number is its id, quota=N the requests it allows
    .. test: hides deleted clients          from the next workspace on, the service does so
    .. test: refuses names of deleted clients                  the same
    .. test: clients Acme                   the names of the active clients are these now
    .. test: output                         each line of the block is in the last command's output
    .. test: prints                         the block is what the last command printed, see
                                            transcript.py
    .. test: drawn in FILE                  so is that picture, with colours
    .. test: shows NAME                     the block is what the file holds now
    .. test: fails                          the block's last command fails
    .. test: not run, REASON                the block is for readers only

``--write`` writes what is printed and drawn instead of comparing it.

Without a comment, a block with a caption is written to the file of that name, and a block of shell
commands is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

COMMENT = re.compile(r"\.\. test: (?P<text>.+)")
DIRECTIVE = re.compile(r"\.\. code-block:: (?P<language>\S+)")
STANDALONE = ("workspace ", "clients ", "hides ", "refuses ", "drawn in ")


@dataclass(frozen=True)
class Block:
    """A code block; ``line`` is where it begins, ``test`` the comment before it, if any. A comment
    by itself is a block without a language."""

    line: int
    test: str
    language: str = ""
    caption: str | None = None
    text: str = ""


def read(path: Path) -> Iterator[Block]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pending = ""
    for number, line in enumerate(lines):
        comment, directive = COMMENT.fullmatch(line), DIRECTIVE.fullmatch(line)
        if comment and comment["text"].startswith(STANDALONE):
            yield Block(number + 1, comment["text"])
        elif comment:
            assert not pending, f"{path.name}:{number + 1}: two comments concern one block"
            pending = comment["text"]
        elif directive:
            caption, text = _content(lines[number + 1 :])
            yield Block(number + 1, pending, directive["language"], caption, text)
            pending = ""
    assert not pending, f"{path.name}: the last comment concerns no block"


def captioned(path: Path, caption: str) -> str:
    """The text of a block with a caption."""
    return next(block.text for block in read(path) if block.caption == caption)


def with_blocks(text: str, blocks: Mapping[int, str]) -> str:
    """The guide with other text in its blocks, by the line where each begins."""
    lines = text.split("\n")
    for line, content in sorted(blocks.items(), reverse=True):
        begin = end = line + 1
        while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        lines[begin:end] = [*indent(content.rstrip("\n"), "   ").split("\n"), ""]
    return "\n".join(lines)


def _content(lines: list[str]) -> tuple[str | None, str]:
    indented = []
    for line in lines:
        if line and not line.startswith(" "):
            break
        indented.append(line)
    text = dedent("\n".join(indented)).strip("\n")
    caption = re.match(r":caption: (.+)\n+", text)
    return (caption[1], text[caption.end() :] + "\n") if caption else (None, text + "\n")
