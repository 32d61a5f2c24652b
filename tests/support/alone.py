# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that run failed tests alone, for the end of the output."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

MOST = 12


def alone(failed: Sequence[str]) -> Iterator[str]:
    """Return lines for these tests, few enough to be seen at once."""
    tests = list(dict.fromkeys(failed))
    for test in tests[:MOST]:
        yield f"make test ARGS={_for_the_shell(_for_make(test))}"
    if len(tests) > MOST:
        yield f"and {len(tests) - MOST} more: make test ARGS=--last-failed"


def _for_make(test: str) -> str:
    """Make takes a dollar for its own, and hands the rest to a shell."""
    quoted = test if test == shlex.quote(test) else _for_the_shell(test)
    return quoted.replace("$", "$$")


def _for_the_shell(text: str) -> str:
    """As ``shlex.quote``, but in double quotes where that reads better."""
    if "'" in text and not set(text) & set('"$`\\!'):
        return f'"{text}"'
    return shlex.quote(text)
