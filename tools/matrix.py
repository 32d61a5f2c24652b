# SPDX-License-Identifier: GPL-3.0-or-later
"""The support matrix as a table, from what ``nox --session matrix`` left: ``python -m tools.matrix
[--write]`` prints it, or puts it into the README. Ends with 1 where a pair failed."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from noxfile import REPORTS, SUPPORTED

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"


@dataclass(frozen=True)
class Result:
    """Of a pair. ``core`` is the whole version; without one, there is no environment."""

    core: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def cell(self) -> str:
        if not self.core:
            return "FAILED: no environment"
        total = self.passed + self.failed
        return f"FAILED {self.failed} of {total}" if self.failed else f"passed {self.passed}"


def of_junit(report: str) -> Result:
    suite = next(ET.fromstring(report).iter("testsuite"))
    count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    passed = count["tests"] - failed - count["skipped"]
    return Result(suite.get("name", ""), passed, failed, count["skipped"])


def results(folder: Path) -> dict[str, Result]:
    """By pair, without those that no interpreter is here for."""
    found = {}
    for session in json.loads((folder / "nox.json").read_text())["sessions"]:
        pair = session["signatures"][0].partition("(")[2].rstrip(")")
        report = folder / f"{pair}.xml"
        if session["result"] != "skipped":
            found[pair] = of_junit(report.read_text()) if report.exists() else Result()
    return found


def table(found: Mapping[str, Result], day: str) -> str:
    """Rows are cores, columns are Pythons."""
    pythons = list(dict.fromkeys(python for row in SUPPORTED.values() for python in row))
    lines = [
        "| ansible-core | " + " | ".join(f"Python {python}" for python in pythons) + " |",
        "| --- |" + " --- |" * len(pythons),
    ]
    for core, supported in SUPPORTED.items():
        row = {python: found.get(f"{core}-{python}") for python in supported}
        exact = next((result.core for result in row.values() if result and result.core), core)
        cells = [
            (result.cell if (result := row[python]) else "not run") if python in row else ""
            for python in pythons
        ]
        lines.append(f"| {exact} | " + " | ".join(cells) + " |")
    below = "An empty cell is a pair that\nansible-core does not support on the controller."
    return "\n".join([*lines, "", f"Run on {day}: unit, integration, sanity. {below}"])


def with_table(text: str, made: str) -> str:
    """The text with the table between its markers.

    :raises ValueError: it has no markers
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no place for the table: put {BEGIN} and {END} there")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def main(arguments: list[str]) -> int:
    found = results(ROOT / REPORTS)
    made = table(found, datetime.now(timezone.utc).date().isoformat())
    print(f"\n{made}\n")
    if "--write" in arguments:
        README.write_text(with_table(README.read_text("utf-8"), made), "utf-8")
    passed, failed, skipped = (
        sum(getattr(result, key) for result in found.values())
        for key in ("passed", "failed", "skipped")
    )
    failed += sum(not result.core for result in found.values())
    print(f"{len(found)} pairs were run")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed) or not found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
