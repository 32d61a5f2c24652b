# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run says, without what each version of ansible-core says around it: the recap, tasks that
say nothing, and the source of a task that fails. Colours are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap

from .picture import without_colours

WIDTH = 90
"""Longer lines are folded."""

_OF_ANSIBLE = re.compile(r'"failed_when_\w+": (?:true|"[^"]*"), ')
_SILENT = re.compile(r"(?:ok|skipping): \[[^]]*\]|included: .*")


def transcript(stdout: str, stderr: str) -> str:
    """The tasks that say something, then the warnings."""
    plays = stdout.partition("PLAY RECAP")[0]
    _, *tasks = re.split(r"(?m)^(?=TASK \[)", plays)
    parts = [part for task in tasks if (part := _task(task))]
    return "\n\n".join([*parts, *_warnings(stderr)]) + "\n"


def folded(text: str) -> str:
    """No line is cut where it has no blank."""
    return "\n".join(part for line in text.split("\n") for part in _fold(line) or [""])


def _fold(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return wrap(
        line,
        WIDTH,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _task(text: str) -> str:
    heading, *lines = text.rstrip().split("\n")
    said = list(_without_source(lines))
    if not said or all(_SILENT.fullmatch(without_colours(line)) for line in said):
        return ""
    while not said[-1]:
        said.pop()
    return "\n".join([heading.rstrip("* "), *said])


def _without_source(lines: list[str]) -> Iterator[str]:
    """From ansible-core 2.19 on, a failure is told twice, the first time with the task's source."""
    is_source = False
    for line in lines:
        plain = without_colours(line)
        is_source = plain.startswith("[ERROR]") or (is_source and not plain.startswith("fatal: "))
        if not is_source and not plain.startswith("skipping: "):
            yield _OF_ANSIBLE.sub("", line)


def _warnings(stderr: str) -> list[str]:
    """Up to ansible-core 2.18, a long one is folded."""
    said = re.findall(r"(?m)^\[WARNING\]: (.+(?:\n(?!\[).+)*)", without_colours(stderr))
    joined = [" ".join(text.split()) for text in said]
    return [f"[WARNING]: {text}" for text in joined if not text.startswith("No inventory")]
