# SPDX-License-Identifier: GPL-3.0-or-later
"""The support matrix as a table, from what ``nox --session matrix candidate`` left: ``python -m
tools.matrix [--write]`` prints it, or puts it into the README. Ends with 1 where a pair failed."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from noxfile import CANDIDATE, REPORTS, SUPPORTED

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
NEXT = "-".join(CANDIDATE)
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
        pair = session["signatures"][0].partition("(")[2].rstrip(")") or NEXT
        report = folder / f"{pair}.xml"
        if session["result"] != "skipped":
            found[pair] = of_junit(report.read_text()) if report.exists() else Result()
    return found


def table(found: Mapping[str, Result], day: str, commit: str) -> str:
    """Rows are cores, columns are the Pythons that are here; ``found`` is by pair."""
    every = dict.fromkeys(python for row in SUPPORTED.values() for python in row)
    here = [python for python in every if any(pair.endswith(f"-{python}") for pair in found)]
    rows = {**SUPPORTED, **({CANDIDATE[0]: CANDIDATE[1:]} if NEXT in found else {})}
    return "\n".join(
        [
            f"| ansible-core | {' | '.join(f'Python {python}' for python in here)} |",
            f"| --- |{' --- |' * len(here)}",
            *(row(core, supported, here, found) for core, supported in rows.items()),
            "",
            " ".join(notes(found, day, commit, [python for python in every if python not in here])),
        ]
    )


def notes(
    found: Mapping[str, Result], day: str, commit: str, missing: Sequence[str]
) -> Iterator[str]:
    yield f"Run on {day} at {commit}: rules, playbooks, integration, sanity."
    if NEXT in found:
        yield f"{CANDIDATE[0]} is a release candidate."
    if missing:
        yield f"No Python {' and no '.join(missing)} was there."
    yield "An empty cell is a pair that ansible-core does not support on the controller."


def row(
    core: str, supported: Sequence[str], here: Sequence[str], found: Mapping[str, Result]
) -> str:
    ran = {python: found.get(f"{core}-{python}") for python in supported}
    exact = next((result.core for result in ran.values() if result and result.core), core)
    cells = [
        (result.cell if (result := ran[python]) else "not run") if python in ran else ""
        for python in here
    ]
    return f"| {exact} | {' | '.join(cells)} |"


def head() -> str:
    """The commit of the checkout, with a plus if it has changes that are not in it."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


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
    made = table(found, datetime.now(timezone.utc).date().isoformat(), head())
    print(f"\n{made}\n")
    if "--write" in arguments:
        README.write_text(with_table(README.read_text("utf-8"), made), "utf-8")
    claimed = {pair: result for pair, result in found.items() if pair != NEXT}
    passed, failed, skipped = (
        sum(getattr(result, key) for result in claimed.values())
        for key in ("passed", "failed", "skipped")
    )
    failed += sum(not result.core for result in claimed.values())
    print(f"{len(claimed)} pairs were run")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return int(bool(failed) or not claimed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
