# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what the collection costs, next to what else does the same: ``python -m benchmarks``.

All ways run as processes, over HTTP against the simulator, which is a process too. The figures go
to .ansible/bench/, the page and the picture to docs/. The exit code is 1 if a promise does not
hold.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low
from typing import Any

from benchmarks.figures import (
    AGAINST_URI,
    EVERYTHING,
    IDLE,
    LONG,
    LOOPS,
    MODULES,
    NEXT_TO_BARE,
    NOTHING,
    SHORT,
    SILENT,
    SOME,
    UNSAID,
    UPLOAD,
    WAYS,
    Figures,
    Sample,
    Scene,
    promises,
    settled,
)
from benchmarks.page import page, promise_line, with_sizes
from benchmarks.planner import CASES, Cost, Costs, cost
from benchmarks.sizes import Sizes, Stage
from benchmarks.sizes import measured as sizes_measured
from tools.simulator import ROOT, Running, back_door, environment, running

# What draws the picture is imported after the last measurement: a process that is started takes the
# peak of its parent's memory for its own.

BOOKS = ROOT / "benchmarks"
KEPT = ROOT / ".ansible" / "bench"
SIZES = KEPT / "sizes.json"
PLANNER = KEPT / "planner.json"
TOLERANCE = 0.05
MOST_ROUNDS = 15
ELSEWHERE = ("-e", "ansible_connection=elsewhere")


@dataclass(frozen=True)
class Turn:
    """A scene, the ways that take turns at it, and how often."""

    scene: Scene
    ways: Sequence[str]
    rounds: int = 3
    """At least, as far as patience goes."""
    patience: float = 5.0
    """Seconds: a way that has taken more in all is not run again."""


def smoke() -> list[Turn]:
    """Every way once: shows that the benchmark itself works."""
    return [Turn(Scene(10, SOME, 0), list(WAYS), rounds=1, patience=0)]


def promised() -> list[Turn]:
    """What the promises and the picture need. It takes less than 20 minutes."""
    beside, looped = ["list", "bare", "start"], ["inside", "get", "start"]
    return [
        *(Turn(scene, [*beside, *_more(scene)], rounds=7, patience=20) for scene in NEXT_TO_BARE),
        Turn(LONG, [*beside, "assert"], rounds=7, patience=20),
        Turn(SHORT, ["list", "start"], rounds=7, patience=20),
        Turn(UPLOAD, ["list", "bare4", "start"], rounds=5, patience=60),
        *(Turn(scene, looped, rounds=7, patience=30) for scene in LOOPS.values()),
        Turn(MODULES, ["module", "trivial", "loaded", "start"], patience=30),
        *(Turn(Scene(clients, EVERYTHING, 0), ["list"], rounds=1) for clients in (1000, 10_000)),
        Turn(Scene(1000, NOTHING, 0), ["assert"], rounds=1),
        *(
            Turn(Scene(clients, change, 20), [*beside, "bare4", "inside"], rounds=1)
            for clients in (10, 100)
            for change in (NOTHING, EVERYTHING)
        ),
        *(
            Turn(Scene(10, change, 20), ["uri", "module"], rounds=1)
            for change in (NOTHING, EVERYTHING)
        ),
        *(Turn(Scene(100, NOTHING, 20), [way], rounds=1, patience=0) for way in ("uri", "module")),
        Turn(AGAINST_URI, ["uri"], rounds=1, patience=0),
    ]


def _more(scene: Scene) -> list[str]:
    return ["unsaid"] * (scene in UNSAID)


FORMS = {"smoke": smoke, "promised": promised}


class Bench:
    """The simulator's process, and a folder for what the runs read and write."""

    def __init__(self, folder: Path, simulator: Running, more: Mapping[str, str]) -> None:
        self._folder = folder
        self._url, self._simulator = simulator.url, simulator.process
        self._environment = {**_environment(self._url), **more}

    def run(self, way: str, scene: Scene) -> Sample:
        """One run of a way, from a workspace as the scene says; what it did is checked."""
        names = [f"Client {number:05}" for number in range(1, scene.clients + 1)]
        there = names[: scene.clients - scene.creates]
        conditions = {"latency": scene.latency / 1000, "switches": {}}
        if way == "unsaid":
            conditions["switches"] = {"quota_headers": False}
        back_door(self._url, "reset", {"clients": there, **conditions})
        command = self._command(way, names, scene)
        worked = _processor(self._simulator.pid)
        seconds, usage, characters = self._timed(command)
        worked = _processor(self._simulator.pid) - worked
        seen = back_door(self._url, "state")["log"]
        self._check(way, scene, seen)
        return Sample(
            seconds=round(seconds, 4),
            processor=round(usage.ru_utime + usage.ru_stime, 4),
            mebibytes=round(usage.ru_maxrss / 1024, 2),
            requests=len(seen),
            characters=characters,
            simulator=round(worked, 4),
            service=round(sum(entry["took"] for entry in seen), 4),
        )

    def _command(self, way: str, names: Sequence[str], scene: Scene) -> list[str]:
        listed = self._folder / "clients.yml"
        listed.write_text("".join(f"- name: {name}\n" for name in names))
        if way in ("bare", "bare4"):
            return [sys.executable, str(BOOKS / "bare.py"), str(listed), "4" if way[4:] else "1"]
        books = {"module": "client", "inside": "client", "list": "clients", "unsaid": "clients"}
        book = books.get(way, way)
        return [
            str(Path(sys.executable).with_name("ansible-playbook")),
            str(BOOKS / f"{book}.yml"),
            *("-e", f"clients_file={listed}"),
            *(ELSEWHERE if way in ("module", "trivial", "loaded") else ()),
        ]

    def _timed(self, command: Sequence[str]) -> tuple[float, Any, int]:
        output = self._folder / "output"
        with output.open("wb") as file:
            started = time.monotonic()
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed = output.read_text(errors="replace")
        if process.returncode:
            raise SystemExit(f"A run failed:\n{printed[-3000:]}")
        return seconds, usage, len(printed)

    def _check(self, way: str, scene: Scene, seen: Sequence[dict[str, Any]]) -> None:
        sends = way not in SILENT
        creates = 0 if way in IDLE else scene.creates
        made = sum(entry["method"] == "POST" and entry["status"] == 201 for entry in seen)
        refused = sum(entry["status"] >= 300 for entry in seen)
        if made != creates or refused or bool(seen) != sends:
            raise SystemExit(
                f"{way} at {scene}: {len(seen)} requests, {made} created in place of {creates}, "
                f"{refused} refused. That is no measurement."
            )


@contextlib.contextmanager
def bench(**more: str) -> Iterator[Bench]:
    """:arg more: of the environment"""
    with tempfile.TemporaryDirectory() as name, running() as simulator:
        yield Bench(Path(name), simulator, more)


def _environment(url: str) -> dict[str, str]:
    """Nobody's settings but these."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANSIBLE_", "TOGGL_", "PYTHON"))
    }
    own = {
        "ANSIBLE_CONFIG": str(ROOT / ".ansible" / "ansible.cfg"),
        "ANSIBLE_HOME": str(ROOT / ".ansible" / "user"),
        "ANSIBLE_LIBRARY": str(BOOKS / "library"),
        "ANSIBLE_CONNECTION_PLUGINS": str(ROOT / "tests" / "e2e" / "connection"),
        "LC_ALL": "C.UTF-8",
    }
    return {**inherited, **own, **environment(url)}


def _processor(pid: int) -> float:
    """Seconds of processor that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(at: Bench, turn: Turn, figures: Figures) -> None:
    """Rounds of the turn's ways until their ratios settle or patience ends. What an earlier turn
    has measured is left as it is: only what took turns can be compared."""
    ways = [way for way in turn.ways if not figures.of(turn.scene, way)]
    before: dict[str, float] = {}
    for number in range(1, MOST_ROUNDS + 1):
        left = [way for way in ways if _spent(figures, turn, way) <= turn.patience]
        if not left or (number > 1 and len(left) < min(2, len(ways))):
            return
        for way in left:
            sample = at.run(way, turn.scene)
            figures.add(turn.scene, way, sample)
            show(turn.scene, way, number, sample)
        now = {way: figures.middle(turn.scene, way) or 0.0 for way in ways}
        if number >= turn.rounds and (len(now) == 1 or settled(before, now, TOLERANCE)):
            return
        before = now


def _spent(figures: Figures, turn: Turn, way: str) -> float:
    return sum(sample.seconds for sample in figures.of(turn.scene, way))


def show(scene: Scene, way: str, number: int, sample: Sample) -> None:
    print(
        f"{scene.clients:6} clients  {scene.change:10}  {scene.latency:3} ms  {way:7} "
        f"round {number:2}  {sample.seconds:8.2f} s  {sample.processor:7.2f} s of processor "
        f"{sample.mebibytes:6.1f} MiB  {sample.requests:6} requests  "
        f"simulator busy {sample.simulator / sample.seconds:4.0%}",
        flush=True,
    )


def machine() -> dict[str, str]:
    """The machine and the versions; nothing that names it."""
    cpu = Path("/proc/cpuinfo").read_text()
    models = [line.partition(":")[2].strip() for line in cpu.splitlines() if "model name" in line]
    return {
        "processors": f"{os.cpu_count()} x {models[0] if models else platform.machine()}",
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "ansible-core": importlib.metadata.version("ansible-core"),
        "requests": importlib.metadata.version("requests"),
        "simulator": f"uvicorn {importlib.metadata.version('uvicorn')}, one process",
    }


def measured(mode: str, kept: Path) -> Figures:
    """All turns; what is there so far is kept after each."""
    figures = Figures()
    with bench() as at:
        for way in WAYS:
            at.run(way, Scene(2, SOME, 0))  # fills the caches of Python and of Ansible
        for turn in FORMS[mode]():
            measure(at, turn, figures)
            keep(kept, figures, mode)
    return figures


def keep(path: Path, figures: Figures, mode: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"mode": mode, "machine": machine(), "cells": figures.as_json()}
    path.write_text(json.dumps(whole, indent=1) + "\n")


def measure_sizes() -> None:
    """How much a run prints, by outcome; what is there so far is kept after each."""
    found: dict[str, dict[str, int]] = {}
    with running() as (url, *_), tempfile.TemporaryDirectory() as name:
        stage = Stage(Path(name), url, _environment(url))
        for outcome, entries, characters in sizes_measured(stage):
            print(f"{entries:6} entries  {outcome:42} {characters:7,} characters", flush=True)
            found.setdefault(outcome, {})[str(entries)] = characters
            SIZES.parent.mkdir(parents=True, exist_ok=True)
            SIZES.write_text(json.dumps(found, indent=1) + "\n")


def measure_planner() -> None:
    costs = {case: median_low(cost(case) for _run in range(3)) for case in CASES}
    for case, found in costs.items():
        print(f"planner, {case:25} {found.seconds:6.2f} s {found.mebibytes:6.1f} MiB", flush=True)
    PLANNER.write_text(json.dumps(costs, indent=1) + "\n")


def kept_costs() -> Costs:
    found = json.loads(PLANNER.read_text()) if PLANNER.exists() else {}
    return {case: Cost(*figures) for case, figures in found.items()}


def kept_sizes() -> Sizes:
    found: Sizes = json.loads(SIZES.read_text()) if SIZES.exists() else {}
    return found


def write_pages(folder: Path, kept: dict[str, Any], figures: Figures) -> None:
    from benchmarks.picture import draw

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.md").write_text(
        page(figures, kept["machine"], kept["mode"], kept_sizes(), kept_costs())
    )
    draw(figures, folder / "benchmarks.svg")


def judge(figures: Figures) -> int:
    judged = promises(figures)
    print()
    for promise in judged:
        print(promise_line(promise))
    return int(any(promise.holds is False for promise in judged))


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    forms = parser.add_mutually_exclusive_group()
    for name, form in FORMS.items():
        forms.add_argument(
            f"--{name}", dest="mode", action="store_const", const=name, help=form.__doc__
        )
    forms.add_argument(
        "--sizes",
        dest="mode",
        action="store_const",
        const="sizes",
        help="Only how much a run prints, put into the page. It takes five minutes.",
    )
    parser.add_argument("--render", action="store_true", help="measure nothing, show the last run")
    parser.add_argument("--output", type=Path, default=ROOT / "docs", metavar="FOLDER")
    parser.set_defaults(mode="promised")
    options = parser.parse_args()
    if options.mode == "sizes":
        if not options.render:
            measure_sizes()
        path = options.output / "benchmarks.md"
        path.write_text(with_sizes(path.read_text(), kept_sizes()))
        return 0
    path = KEPT / f"{options.mode}.json"
    started = time.monotonic()
    if not options.render:
        measured(options.mode, path)
        if options.mode != "smoke":
            measure_sizes()
            measure_planner()
        print(f"\nmeasured in {(time.monotonic() - started) / 60:.1f} minutes")
    kept = json.loads(path.read_text())
    figures = Figures.from_json(kept["cells"])
    if options.mode != "smoke":
        write_pages(options.output, kept, figures)
    return judge(figures) or int(not all(found.holds for found in kept_costs().values()))


if __name__ == "__main__":
    sys.exit(main())
