# SPDX-License-Identifier: GPL-3.0-or-later
"""Take each rule of ``mutations.yml`` out of a copy of the collection, and expect tests to notice:
``python tests/faults/mutations.py``. Exit 1 if a mutant survives, or has no place any more."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faults.copies import ROOT, NotThere, copied

LONGEST = 60
"""Seconds; a mutant that never ends has been noticed."""


class Mutant(NamedTuple):
    """``old`` is in the file once, and ``new`` takes its place; a ``test`` must then fail."""

    file: str
    rule: str
    old: str
    new: str
    test: str


def mutants() -> list[Mutant]:
    by_file = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return [
        Mutant(f"plugins/module_utils/{file}", **fields)
        for file, rules in by_file.items()
        for fields in rules
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


def verdict(mutant: Mutant) -> str:
    try:
        change = (mutant.file, mutant.old, mutant.new)
        return "noticed" if is_noticed([mutant.test], change) else "SURVIVES"
    except NotThere as missing:
        return f"NO PLACE: {missing}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="mutations.py", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT", help="the rules that hold this")
    options = parser.parse_args(arguments)
    chosen = [mutant for mutant in mutants() if re.search(options.only, mutant.rule)]
    started = time.monotonic()
    if is_noticed(sorted({mutant.test for mutant in chosen}), longest=10 * LONGEST):
        print("The tests fail without a mutant already: mend that first.")
        return 1
    survived = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, found in zip(chosen, pool.map(verdict, chosen), strict=True):
            survived += found != "noticed"
            print(f"{found:10}{mutant.rule}", flush=True)
    seconds = time.monotonic() - started
    print(f"{len(chosen) - survived} of {len(chosen)} mutants were noticed, in {seconds:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
