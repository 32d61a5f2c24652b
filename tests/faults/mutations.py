# SPDX-License-Identifier: GPL-3.0-or-later
"""Take each rule of ``mutations.yml`` out of a copy of the collection, and expect tests to notice:
``make failure-rules``, a part of it with ``ARGS='-k WORDS'``. A rule may have no place any more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from faults.copies import ROOT, NotThere, copied

LONGEST = 60
"""Seconds; a mutant that never ends has been noticed."""


class Mutant(NamedTuple):
    """``old`` is in the file once, and ``new`` takes its place; a ``test`` must then fail."""

    file: str
    rule: str
    test: str
    old: str
    new: str


def mutants() -> list[Mutant]:
    by_file = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return [
        Mutant(f"plugins/module_utils/{file}", *row)
        for file, rows in by_file.items()
        for row in rows
    ]


def is_noticed(
    tests: Sequence[str], *changes: tuple[str, str, str], longest: float = LONGEST
) -> bool:
    """Whether one of the tests, given by how they begin, fails with a copy with these changes, or
    takes longer than these seconds.

    :raises NotThere: there are no such tests, or no such place
    """
    files = sorted({test.partition("::")[0] for test in tests})
    names = " or ".join(test.partition("::")[2] for test in tests)
    with tempfile.TemporaryDirectory() as folder:
        collections = copied(Path(folder), changes)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-k", names, *files]
        command += ["-o", f"pythonpath={collections} {ROOT / 'tests'}"]
        command += ["-o", f"cache_dir={collections / 'cache'}"]
        environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "LC_ALL": "C.UTF-8"}
        how: dict[str, Any] = {"cwd": ROOT, "env": environment, "capture_output": True}
        try:
            ran = subprocess.run(command, **how, text=True, timeout=longest, check=False)
        except subprocess.TimeoutExpired:
            return True
    if ran.returncode not in (0, 1):
        raise NotThere(f"{names}: {ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    return ran.returncode == 1


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.rule)
def test_a_rule_that_is_taken_out_is_missed(mutant: Mutant) -> None:
    assert is_noticed([mutant.test], (mutant.file, mutant.old, mutant.new))


def test_without_a_mutant_nothing_is_missed() -> None:
    """Or the others show nothing."""
    assert not is_noticed(sorted({mutant.test for mutant in mutants()}), longest=10 * LONGEST)
