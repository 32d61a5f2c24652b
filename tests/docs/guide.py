# SPDX-License-Identifier: GPL-3.0-or-later
"""A guide as a story: its code blocks, and the comments beside them that say what a test does.

Readers do not see these comments. Each stands before the block that it concerns, or by itself::

    .. test: workspace Acme, -Umbrella      a workspace with these clients, the last one deleted;
                                            a number is its id, quota=N the requests it allows
    .. test: hides deleted clients          from the next workspace on, the service does so
    .. test: refuses names of deleted clients                  the same
    .. test: clients Acme                   the names of the active clients are these now
    .. test: output                         each line of the block is in the last command's output
    .. test: prints                         the block is what the last command printed
    .. test: drawn in FILE.svg              so is that picture, with colours, and FILE-narrow.svg
    .. test: shows NAME                     the block is what the file holds now
    .. test: fails                          the block's last command fails
    .. test: not run, REASON                the block is for readers only

``--write`` writes what is printed and drawn instead of comparing it.

Without a comment, a block below a line with nothing but a file's name, as in "``clients.yml``:", is
written to that file, and a block of shell commands is run. A code block's own caption is known to
Sphinx alone: GitHub would show nothing of the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent, wrap

from .picture import COLOUR, without_colours

BLOCK = re.compile(
    r"(?m)^\.\. test: (?P<test>.+)\n"
    r"|^(?:``(?P<caption>[^`\n]+)``:\n\n)?\.\. code-block:: (?P<language>\S+)\n\n*"
    r"(?P<text>(?: .*\n|\n)*)"
)
STANDALONE = ("workspace ", "clients ", "hides ", "refuses ", "drawn in ")
WIDTH = 90
"""Longer lines of an output are folded."""
NARROW = 46
"""The same in a picture for small screens."""

_SOURCE = re.compile(rf"(?ms)^(?:{COLOUR})?\[ERROR\].*?(?=^(?:{COLOUR})?fatal: )")
_SILENT = re.compile(r"(?:ok|skipping): \[[^]]*\]|included: .*")


@dataclass(frozen=True)
class Block:
    """``line`` is where it begins, ``test`` the comment before it; one alone has no language."""

    line: int
    test: str
    language: str = ""
    caption: str | None = None
    text: str = ""


def read(path: Path) -> Iterator[Block]:
    text, pending = path.read_text(encoding="utf-8"), ""
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if found["language"]:
            content = dedent(found["text"]).strip("\n") + "\n"
            yield Block(line, pending, found["language"], found["caption"], content)
            pending = ""
        elif found["test"].startswith(STANDALONE):
            yield Block(line, found["test"])
        else:
            assert not pending, f"{path.name}:{line}: two comments concern one block"
            pending = found["test"]
    assert not pending, f"{path.name}: the last comment concerns no block"


def with_blocks(text: str, blocks: Mapping[int, str]) -> str:
    """Return the guide with other text in its blocks, by the line where each begins."""

    def replaced(found: re.Match[str]) -> str:
        content = blocks.get(text.count("\n", 0, found.start()) + 1)
        if content is None:
            return found[0]
        begins = found.start("text") - found.start()
        return f"{found[0][:begins]}{indent(content.strip(), '   ')}\n\n"

    return BLOCK.sub(replaced, text)


def transcript(stdout: str, stderr: str) -> str:
    """Return what tasks say, in colours, and warnings, without what each ansible-core adds."""
    _, *tasks = re.split(r"(?m)^(?=TASK \[)", stdout.partition("PLAY RECAP")[0])
    warned = re.findall(r"(?m)^\[WARNING\]: (.+(?:\n(?!\[).+)*)", without_colours(stderr))
    warnings = [" ".join(text.split()) for text in warned if not text.startswith("No inventory")]
    said = [*filter(None, map(_task, tasks)), *(f"[WARNING]: {text}" for text in warnings)]
    return "\n\n".join(said) + "\n"


def _task(text: str) -> str:
    """From ansible-core 2.19 on, a failure is told twice, the first time with the task's source."""
    heading, *lines = _SOURCE.sub("", text).rstrip().split("\n")
    plain = [without_colours(line) for line in lines]
    if all(_SILENT.fullmatch(line) for line in plain):
        return ""
    said = [line for line in lines if not without_colours(line).startswith("skipping: ")]
    return "\n".join([heading.rstrip("* "), *said]).rstrip()


def folded(text: str, width: int = WIDTH) -> str:
    """Fold long lines, at blanks alone. Each keeps the colour that it begins with."""
    return "\n".join(part for line in text.split("\n") for part in _folded_line(line, width))


def _folded_line(line: str, width: int) -> list[str]:
    begins, plain = re.match(COLOUR, line), without_colours(line)
    if len(plain) <= width:
        return [line]
    further = f"{plain[: len(plain) - len(plain.lstrip())]}    "
    parts = wrap(
        plain, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    )
    return [f"{begins[0]}{part}" if begins else part for part in parts]
