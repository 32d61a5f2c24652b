# SPDX-License-Identifier: GPL-3.0-or-later
"""What a code host takes for commands in the output of a job, as its runner reads it."""

from __future__ import annotations

import re

_NAME = (
    "(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher"
    "|save-state|set-env|set-output|stop-commands|warning)"
)
_COMMAND = re.compile(rf"(?i)^\s*::{_NAME}(?: .*?)?::|##\[{_NAME}(?: .*?)?\]")
_STOPPED = re.compile(r"(?ms)^::stop-commands::(\w+)$.*?(?:^::\1::$|\Z)")


def of_github(output: str) -> list[str]:
    """Return the lines that the runner of GitHub Actions obeys, of one step.

    A command begins with ``::`` after blanks, or with ``##[`` anywhere in a line. Between
    ``::stop-commands::TOKEN`` and ``::TOKEN::`` none is obeyed, and these two are what a step may
    say of its own accord.
    """
    lines = "\n".join(re.split(r"\r\n|\r|\n", output))
    return [line for line in _STOPPED.sub("", lines).split("\n") if _COMMAND.search(line)]


def of_gitlab(output: str) -> list[str]:
    """Return what could fold, colour or overwrite lines in GitLab's log.

    A mark of a section is ``section_start:TIME:NAME``, a carriage return and an escape sequence;
    without these two, nothing is one.
    """
    return re.findall(r".{0,60}[\r\x1b\b].{0,60}", output)
