# SPDX-License-Identifier: GPL-3.0-or-later
"""What a code host takes for commands in the output of a job, as its runner reads it."""

from __future__ import annotations

import re

COMMANDS = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group"),
    *("notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands"),
    "warning",
}


def of_github(output: str) -> list[str]:
    """Return the lines that the runner of GitHub Actions obeys, of one step.

    A command begins with ``::`` after blanks, or with ``##[`` anywhere in a line. Between
    ``::stop-commands::TOKEN`` and ``::TOKEN::`` none is obeyed, and these two are what a step may
    say of its own accord.
    """
    obeyed, token = [], ""
    for line in re.split(r"\r\n|\r|\n", output):
        name, data = _command(line, COMMANDS | {token.lower()} - {""})
        if token:
            token = "" if name == token.lower() else token
        elif name == "stop-commands":
            token = data
        elif name:
            obeyed.append(line)
    return obeyed


def of_gitlab(output: str) -> list[str]:
    """Return what could fold, colour or overwrite lines in GitLab's log.

    A mark of a section is ``section_start:TIME:NAME``, a carriage return and an escape sequence;
    without these two, nothing is one.
    """
    return re.findall(r".{0,60}[\r\x1b\b].{0,60}", output)


def _command(line: str, known: set[str]) -> tuple[str, str]:
    """Return name and data of the command in the line, or two empty texts."""
    for found in (re.match(r"\s*::(.*?)::(.*)", line), re.search(r"##\[(.*?)\](.*)", line)):
        name = found[1].split(" ")[0].lower() if found else ""
        if found and name in known:
            return name, found[2]
    return "", ""
