# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the named checks, or all of them, some side by side: ``check.py [--jobs N] [NAME...]``.

Each check's output goes to .ansible/logs/NAME.log. The last line counts: every pytest test is one,
every other check is one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".ansible" / "logs"
LINES_OF_A_FAILURE = 50
PYTHON = sys.executable
PLUGINS = "ansible_collections.toggl.focus.plugins"
TYPED = ("module_utils", "plugin_utils", "action", "filter")
DOCS_LINT = (
    "antsibull-docs lint-collection-docs --plugin-docs "
    "--validate-collection-refs=all --disallow-unknown-collection-refs ."
)

# The longest come first, so that none of them runs alone at the end.
CHECKS: dict[str, str] = {
    "matrix": f"{PYTHON} tools/matrix.py --pairs oldest,newest",
    "e2e": "pytest tests/e2e",
    "guides": "pytest tests/docs",
    "awx": "pytest tests/awx",
    "faults": "pytest tests/faults",
    "sanity": f"{PYTHON} tools/run_ansible_test.py sanity",
    "http": "pytest tests/http",
    "unit": "pytest tests/unit",
    "benchmarks": "pytest tests/benchmarks",
    "contract": "pytest tests/contract",
    "integration": f"{PYTHON} tools/run_integration.py",
    "molecule": "molecule test --all",
    "ansible-lint": "ansible-lint",
    "docs": DOCS_LINT,
    "site": f"{PYTHON} tools/docs.py",
    "mypy": " ".join(["mypy", *(f"-p {PLUGINS}.{room}" for room in TYPED)]),
    "installed": f"{PYTHON} tools/installed.py",
    "galaxy": f"{PYTHON} tools/galaxy.py",
    "reuse": "reuse lint --quiet",
    "build": f"{PYTHON} tools/build.py",
    "changelog": "antsibull-changelog lint",
    "ruff": "ruff check --no-cache .",
    "format": "ruff format --no-cache --check .",
    "shellcheck": "shellcheck .ci/run tools/environment.sh tools/tree.sh",
}

# These take long, so they run only where they are named.
ON_DEMAND: dict[str, str] = {
    "mutations": f"{PYTHON} tests/faults/mutations.py",
}


@dataclass(frozen=True)
class Outcome:
    name: str
    seconds: float
    passed: int
    failed: int
    skipped: int

    def __str__(self) -> str:
        word = "FAILED" if self.failed else "ok" if self.passed else "skipped"
        return f"{word:8}{self.name:14}{self.seconds:6.1f} s   {counted(self)}"


def counted(*outcomes: Outcome) -> str:
    passed, failed, skipped = (
        sum(getattr(outcome, key) for outcome in outcomes)
        for key in ("passed", "failed", "skipped")
    )
    return f"{passed} passed, {failed} failed, {skipped} skipped"


def environment() -> dict[str, str]:
    """The tools of this environment ahead of all others; no proxy between tests and simulator."""
    path = os.pathsep.join([str(Path(PYTHON).parent), os.environ["PATH"]])
    loopback = "127.0.0.1,localhost"
    plain = {"ANSIBLE_NOCOLOR": "1", "NO_COLOR": "1", "PY_COLORS": "0"}
    inherited = {k: v for k, v in os.environ.items() if k != "FORCE_COLOR"}
    return {**inherited, **plain, "PATH": path, "NO_PROXY": loopback, "no_proxy": loopback}


def counts_of_pytest(report: Path) -> tuple[int, int, int]:
    suites = list(ET.parse(report).iter("testsuite"))

    def total(key: str) -> int:
        return sum(int(suite.get(key, 0)) for suite in suites)

    failed, skipped = total("failures") + total("errors"), total("skipped")
    return total("tests") - failed - skipped, failed, skipped


def execute(name: str, command: list[str]) -> int:
    with (LOGS / f"{name}.log").open("wb") as log:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def run(name: str) -> Outcome:
    command = (CHECKS | ON_DEMAND)[name].split()
    if not shutil.which(command[0], path=environment()["PATH"]):
        print(f"note: {command[0]} is not installed, so {name} is skipped.", flush=True)
        return Outcome(name, 0, 0, 0, 1)
    report = LOGS / f"{name}.xml"
    report.unlink(missing_ok=True)
    if command[0] == "pytest":
        command += [f"--junitxml={report}", "-q", "--color=no"]
    started = time.monotonic()
    status = execute(name, command)
    seconds = time.monotonic() - started
    if not report.exists():
        return Outcome(name, seconds, int(not status), int(bool(status)), 0)
    passed, failed, skipped = counts_of_pytest(report)
    return Outcome(name, seconds, passed, failed or int(bool(status)), skipped)


def show(outcome: Outcome) -> None:
    print(outcome, flush=True)
    if outcome.failed:
        log = LOGS / f"{outcome.name}.log"
        lines = log.read_text(errors="replace").splitlines()[-LINES_OF_A_FAILURE:]
        print("\n".join(f"    | {line}" for line in lines))
        print(f"    ` the end of {log.relative_to(ROOT)}", flush=True)


def run_all(names: list[str], jobs: int) -> list[Outcome]:
    outcomes = []
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for future in as_completed([pool.submit(run, name) for name in names]):
                outcomes.append(future.result())
                show(outcomes[-1])
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise SystemExit("Stopped.") from None
    return outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CHECKS | ON_DEMAND))
    options = parser.parse_args()
    unknown = set(options.names) - set(CHECKS) - set(ON_DEMAND)
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    LOGS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    outcomes = run_all(options.names or list(CHECKS), max(1, options.jobs))
    print(f"{len(outcomes)} checks took {time.monotonic() - started:.0f} s")
    print(counted(*outcomes))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
