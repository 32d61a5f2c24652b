# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs checks on each ansible-core with each Python that it supports, and makes a table of it.

An environment that fits is used again: one beside this checkout's (``.venv*``) or one that an
earlier call made in ``.ansible/matrix/``. Interpreters are those on PATH and those that pyenv or uv
have installed. Logs go to ``.ansible/matrix/logs/PAIR/``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".ansible" / "matrix"
README = ROOT / "README.md"
BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"

# From the metadata of each release: Requires-Python says the oldest, its classifiers the newest.
SUPPORTED: dict[str, tuple[str, ...]] = {
    "2.16": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
WHOLE = ("unit", "integration", "sanity")
SHORT = ("sanity", "e2e", "unit")

PROBE = """\
import ensurepip, json, sys, venv
from importlib import metadata
try:
    core = metadata.metadata("ansible-core")
    found = [core["Version"], core.get_all("Classifier")]
except metadata.PackageNotFoundError:
    found = ["", []]
print(json.dumps(["%d.%d" % sys.version_info[:2], *found]))
"""
COUNTS = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


@dataclass(frozen=True)
class Pair:
    core: str
    python: str

    def __str__(self) -> str:
        return f"{self.core}-{self.python}"


@dataclass(frozen=True)
class Environment:
    """An interpreter that was run: its version, its ansible-core (``""``: none), what that says of
    the Pythons it supports."""

    executable: Path
    python: str
    core: str = ""
    supports: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair:
        return Pair(".".join(self.core.split(".")[:2]), self.python)


@dataclass(frozen=True)
class Result:
    """``core`` is the whole version; ``problem`` says why there are no counts."""

    pair: Pair
    core: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def cell(self) -> str:
        if self.problem:
            return f"FAILED: {self.problem}"
        total = self.passed + self.failed
        return f"FAILED {self.failed} of {total}" if self.failed else f"passed {self.passed}"

    @property
    def is_good(self) -> bool:
        return not self.problem and not self.failed and self.passed > 0


# pure parts


def all_pairs() -> list[Pair]:
    """Oldest first."""
    return [Pair(core, python) for core, pythons in SUPPORTED.items() for python in pythons]


def chosen(wanted: Sequence[str], pythons: Iterable[str]) -> list[Pair]:
    """The pairs that are asked for; ``newest`` is the newest one that an interpreter is here for.

    :raises ValueError: one is not supported
    """
    pairs = all_pairs()
    if not wanted:
        return pairs
    here = [pair for pair in pairs if pair.python in set(pythons)] or pairs
    names = {str(pair): pair for pair in pairs}
    # By core first: the newest is the newest Python on the newest core, the oldest their opposites.
    names |= {"oldest": here[0], "newest": here[-1]}
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: not one of {', '.join(names)}")
    return list(dict.fromkeys(names[name] for name in wanted))


def table(results: Iterable[Result], checks: Sequence[str], day: str) -> str:
    """Rows are cores, columns are Pythons."""
    found = {result.pair: result for result in results}
    pythons = sorted({p for row in SUPPORTED.values() for p in row}, key=_version)
    lines = [
        "| ansible-core | " + " | ".join(f"Python {python}" for python in pythons) + " |",
        "| --- |" + " --- |" * len(pythons),
    ]
    for core, supported in SUPPORTED.items():
        exact = next((r.core for pair, r in found.items() if pair.core == core and r.core), core)
        cells = [_cell(Pair(core, python), supported, found) for python in pythons]
        lines.append(f"| {exact} | " + " | ".join(cells) + " |")
    lines += ["", f"Run on {day}: {', '.join(checks)}. An empty cell is a pair that ansible-core"]
    lines.append("does not support on the controller.")
    return "\n".join(lines)


def _cell(pair: Pair, supported: Sequence[str], found: Mapping[Pair, Result]) -> str:
    if pair.python not in supported:
        return ""
    return found[pair].cell if pair in found else "not run"


def with_table(text: str, made: str) -> str:
    """The text with the table between its markers.

    :raises ValueError: it has no markers
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"there is no place for the table: put {BEGIN} and {END} there")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def counts(output: str) -> tuple[int, int, int] | None:
    """Passed, failed and skipped, as the last line of the checks says."""
    lines = COUNTS.findall(output)
    if not lines:
        return None
    passed, failed, skipped = map(int, lines[-1])
    return passed, failed, skipped


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


# interpreters and environments


def probed(executable: Path) -> Environment | None:
    """``None`` where it is no Python that can make environments."""
    try:
        ran = subprocess.run(
            [str(executable), "-c", PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        python, core, classifiers = json.loads(ran.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    named = (line.rpartition(" :: ")[2] for line in classifiers if " Python :: 3." in line)
    return Environment(executable, python, core, tuple(named))


def environments() -> dict[Pair, Environment]:
    """Those that are ready, by pair; those of this tool before those of others."""
    folders = [*ROOT.glob(".venv*"), *FOLDER.glob("*")]
    ready = sorted(folder for folder in folders if (folder / ".ready-to-test").exists())
    found = [probed(folder / "bin" / "python") for folder in ready]
    return {environment.pair: environment for environment in found if environment}


def interpreters() -> dict[str, Path]:
    """By version; the first that runs counts."""
    found: dict[str, Path] = {}
    for python in sorted({pair.python for pair in all_pairs()}, key=_version):
        for folder in _folders():
            executable = folder / f"python{python}"
            if not os.access(executable, os.X_OK):
                continue
            environment = probed(executable)
            if environment and environment.python == python:
                found[python] = executable
                break
    return found


def _folders() -> Iterator[Path]:
    yield from (Path(folder) for folder in os.get_exec_path() if folder)
    for command, pattern in (
        (("pyenv", "root"), "versions/*/bin"),
        (("uv", "python", "dir"), "*/bin"),
    ):
        root = _said(command)
        if root:
            yield from sorted(Path(root).glob(pattern))


def _said(command: Sequence[str]) -> str:
    if not shutil.which(command[0]):
        return ""
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else ""


def child_environment() -> dict[str, str]:
    """As the Makefile has it: nothing of a user's own settings and credentials."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("TOGGL_", "ANSIBLE_", "MAKE", "MFLAGS", "VIRTUAL_ENV"))
    }
    return {
        **kept,
        "ANSIBLE_CONFIG": str(ROOT / ".ansible" / "ansible.cfg"),
        "ANSIBLE_HOME": str(ROOT / ".ansible" / "user"),
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }


def provide(pair: Pair, interpreter: Path) -> None:
    """Make the environment with the Makefile's own rule."""
    subprocess.run(
        [
            "make",
            "--no-print-directory",
            "env",
            f"PYTHON={interpreter}",
            f"VENV={(FOLDER / str(pair)).relative_to(ROOT)}",
            f"ANSIBLE_CORE=ansible-core~={pair.core}.0",
        ],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        check=True,
    )


# runs


def run_pair(pair: Pair, environment: Environment, checks: Sequence[str], jobs: int) -> Result:
    if pair.python not in environment.supports:
        return Result(pair, environment.core, problem="this core does not support this Python")
    logs = FOLDER / "logs" / str(pair)
    logs.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    command = [str(environment.executable), __file__, "--inside", str(logs)]
    output = ""
    with subprocess.Popen(
        [*command, "--jobs", str(jobs), *checks],
        cwd=ROOT,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        for line in process.stdout or ():
            output += line
            print(f"    {line}", end="", flush=True)
    found = counts(output)
    seconds = time.monotonic() - started
    if found is None:
        return Result(pair, environment.core, seconds=seconds, problem="no counts")
    passed, failed, skipped = found
    failed = failed or int(process.returncode != 0)
    return Result(pair, environment.core, passed, failed, skipped, seconds)


def run_inside(logs: str, arguments: Sequence[str]) -> int:
    """In the environment of a pair: the checks, with their logs in a folder of their own."""
    import check

    check.LOGS = Path(logs)
    sys.argv[1:] = arguments
    status: int = check.main()
    return status


def run_all(pairs: Sequence[Pair], checks: Sequence[str], jobs: int) -> Iterator[Result]:
    ready, here = environments(), interpreters()
    missing = sorted(
        {p.python for p in pairs if p not in ready and p.python not in here}, key=_version
    )
    if missing:
        print(f"No interpreter for Python {', '.join(missing)} is here: these pairs are not run.")
    for pair in pairs:
        if pair not in ready and pair.python not in here:
            continue
        print(
            f"ansible-core {pair.core} with Python {pair.python}: {', '.join(checks)}", flush=True
        )
        try:
            if pair not in ready:
                provide(pair, here[pair.python])
                ready |= environments()
            yield run_pair(pair, ready[pair], checks, jobs)
        except (subprocess.CalledProcessError, KeyError):
            yield Result(pair, problem="no environment")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="matrix.py", description=__doc__)
    add = made.add_argument
    add("--pairs", default="", help="such as 2.16-3.10,newest; oldest and newest are names")
    add("--checks", default="", help=f"{','.join(WHOLE)}; with --pairs {','.join(SHORT)}")
    add("--jobs", type=int, default=2, metavar="N", help="checks at the same time")
    add("--write", action="store_true", help="put the table into README.md")
    return made


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        return run_inside(sys.argv[2], sys.argv[3:])
    options = parser().parse_args()
    wanted = [name for name in options.pairs.split(",") if name]
    checks = tuple(filter(None, options.checks.split(","))) or (SHORT if wanted else WHOLE)
    try:
        here = {*interpreters(), *(pair.python for pair in environments())}
        pairs = chosen(wanted, here)
        if options.write:
            with_table(README.read_text("utf-8"), "")  # better now than after an hour
    except ValueError as error:
        parser().error(str(error))
    results = list(run_all(pairs, checks, options.jobs))
    made = table(results, checks, datetime.now(timezone.utc).date().isoformat())
    print(f"\n{made}\n")
    if options.write:
        README.write_text(with_table(README.read_text("utf-8"), made), "utf-8")
    passed, failed, skipped = (
        sum(getattr(result, key) for result in results) for key in ("passed", "failed", "skipped")
    )
    bad = [result for result in results if not result.is_good]
    failed += sum(not result.failed for result in bad)
    print(f"{len(results)} of {len(pairs)} pairs were run", end=", ")
    print(f"in {sum(result.seconds for result in results):.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if bad or not results else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
