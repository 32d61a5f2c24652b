# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets cosmic-ray change the pure rooms in every way it knows, one change at a time, and expects
the unit tests alone to notice: ``python tests/mutants/run.py [--jobs N] [ROOM...]``.

Exits 1 if more than ``MOST_SURVIVORS`` percent of the mutants survive, if one survives that
``equivalent.yml`` does not tell of, or if that file tells of one that does not. The session is
kept in .ansible/logs/, for ``cr-html`` and the like. The checkout is never touched.

Left out are mutants that no test could notice, and that no mistake would make:

- ``|``, which these rooms have in annotations alone, and nobody evaluates those;
- ``is`` in place of ``==`` or ``<``: small numbers and the code's own words are one object each,
  which is the interpreter's doing;
- a word compared with ``<`` and its like: which of ``present`` and ``absent`` is the greater one
  means nothing;
- the 0 of ``id or 0``, which stands for no id but for the types: there is one wherever it is used.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import yaml
from cosmic_ray.commands import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkItem, WorkResult

ROOT = Path(__file__).resolve().parents[2]
SESSION = ROOT / ".ansible" / "logs" / "mutants.sqlite"
EQUIVALENT = Path(__file__).with_name("equivalent.yml")
UTILS = "plugins/module_utils"

# Each room, and the unit tests whose matter it is: they come first, and the other ones below them.
ROOMS = {
    f"{UTILS}/_plan/guards.py": ["guards"],
    f"{UTILS}/_plan/order.py": ["order", "plan"],
    f"{UTILS}/_plan/undo.py": ["undo", "journal_undo"],
    f"{UTILS}/_plan/match.py": ["match", "plan", "renames"],
    f"{UTILS}/_plan/contradictions.py": ["match", "plan", "offline"],
    f"{UTILS}/_plan/plan.py": ["plan", "renames"],
}
JUDGES = list(dict.fromkeys(test for tests in ROOMS.values() for test in tests))

MOST_SURVIVORS = 5  # percent
LONGEST = 60  # seconds; a mutant that never ends has been noticed
LARGEST = 2 * 1024**3  # bytes; so has one that never ends to grow
NO_COPY = shutil.ignore_patterns(".git", ".venv*", ".ansible", "__pycache__", "output")
NOISE = re.compile("_BitOr_|_(Eq|NotEq|Lt|LtE|Gt|GtE)_(Is|IsNot)$")
ORDER = ("_Lt", "_LtE", "_Gt", "_GtE")


class Survivor(NamedTuple):
    """A mutant that no test noticed, by what outlives a change elsewhere in its room."""

    room: str
    operator: str
    line: str


def move_into_a_copy(folder: str) -> None:
    """What each process does first: it works in a copy of its own."""
    home = Path(tempfile.mkdtemp(dir=folder)) / "focus"
    shutil.copytree(ROOT, home, ignore=NO_COPY, symlinks=True)
    subprocess.run(["sh", "tools/tree.sh"], cwd=home, check=True)
    os.chdir(home)
    # Bytecode of the mutant before, of the same second and size, would be taken for this one's.
    os.environ.update(PYTHONDONTWRITEBYTECODE="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    os.environ["PYTHONPATH"] = str(home / "tests")
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))


def run_tests(room: str, mutations: tuple[MutationSpec, ...]) -> WorkResult:
    """Without mutations: what the tests say of the room as it is."""
    tests = " ".join(f"tests/unit/test_{t}.py" for t in dict.fromkeys([*ROOMS[room], *JUDGES]))
    command = f"{sys.executable} -m pytest -p mutants.profile --noconftest -q -x {tests}"
    return mutate_and_test(mutations, command, LONGEST)


def is_noise(mutation: MutationSpec, source: str) -> bool:
    (line, start), (_, end) = mutation.start_pos, mutation.end_pos
    text = source.splitlines()[line - 1]
    is_order_of_words = mutation.operator_name.endswith(ORDER) and text[end:].startswith(' "')
    is_no_id = text[:start].endswith("id or ")
    return bool(NOISE.search(mutation.operator_name)) or is_order_of_words or is_no_id


def run(db: WorkDB, rooms: list[str], jobs: int) -> None:
    sources = {room: (ROOT / room).read_text() for room in rooms}
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(jobs, initializer=move_into_a_copy, initargs=(folder,)) as pool,
    ):
        for room, unchanged in zip(
            rooms, pool.map(run_tests, rooms, [()] * len(rooms)), strict=True
        ):
            if unchanged.is_killed:
                raise SystemExit(f"{room}: its tests fail without a mutant.\n{unchanged.output}")
        init(map(Path, rooms), db, {})
        in_flight = {}
        for item in db.work_items:
            (mutation,) = item.mutations
            room = str(mutation.module_path)
            if not is_noise(mutation, sources[room]):
                in_flight[pool.submit(run_tests, room, item.mutations)] = item.job_id
        for future in as_completed(in_flight):
            db.set_result(in_flight[future], future.result())


def survivor(item: WorkItem, result: WorkResult) -> Survivor:
    (mutation,) = item.mutations
    diff = result.diff.splitlines()
    added, removed = (
        [line[1:] for line in diff if line.startswith(sign) and not line.startswith(2 * sign)]
        for sign in "+-"
    )
    operator = mutation.operator_name.removeprefix("core/")
    line = " ".join(" ".join(added or removed).split())
    return Survivor(mutation.module_path.name, operator, line)


def known(rooms: list[str]) -> set[Survivor]:
    told = yaml.safe_load(EQUIVALENT.read_text())
    return {
        Survivor(room, operator, line)
        for room in (Path(path).name for path in rooms)
        for mutant in told.get(room, ())
        for operator, line in mutant.items()
    }


def report(db: WorkDB, rooms: list[str]) -> bool:
    """Prints what survived; whether that is good."""
    tested = list(db.completed_work_items)
    alive = [
        (survivor(*one), one[1]) for one in tested if one[1].test_outcome != TestOutcome.KILLED
    ]
    survivors, equivalent = {one for one, _ in alive}, known(rooms)
    for one, result in alive:
        if one not in equivalent:
            shown = f"{one.operator}: {one.line}\n{result.diff or result.output}"
            print(f"Survived, and not known to be equivalent: {shown}\n")
    for one in sorted(equivalent - survivors):
        print(f"Said to be equivalent, but it does not survive: {one.operator}: {one.line}\n")
    percent = 100 * len(alive) / len(tested)
    print(f"{len(tested)} mutants, of which {percent:.1f} % survived")
    return percent <= MOST_SURVIVORS and survivors == equivalent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="guards, ... (default: all)")
    options = parser.parse_args()
    rooms = [room for room in ROOMS if Path(room).stem in (options.rooms or Path(room).stem)]
    os.chdir(ROOT)
    SESSION.unlink(missing_ok=True)
    started = time.monotonic()
    with use_db(str(SESSION)) as db:
        run(db, rooms, options.jobs)
        is_good = report(db, rooms)
    print(f"\nThat took {time.monotonic() - started:.0f} s.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
