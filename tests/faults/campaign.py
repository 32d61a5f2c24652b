# SPDX-License-Identifier: GPL-3.0-or-later
"""Thousands of histories of a workspace, each with a seed of its own: ``python -m faults.campaign
--only SEED``, with ``tests`` and ``.ansible/tree`` in PYTHONPATH."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from simulator.server import Simulator
from support.ending import ended_by

from ansible_collections.toggl.focus.plugins.module_utils._api import transport as _transport
from faults.certificates import issue
from faults.network import LARGEST
from faults.proxy import proxy
from faults.runs import HOST, Services, Violated
from faults.scenarios import history
from faults.trial import Trial

LONGEST = 30.0
"""Seconds, for one history."""

Outcome = tuple[Counter[str], dict[int, str]]


def campaign(seeds: Sequence[int], folder: Path) -> Outcome:
    """Play each seed. Return the counts, and what was violated by the seed of the history."""
    violations: dict[int, str] = {}
    with services(folder) as reached:
        trial = Trial(reached, folder)
        for seed in seeds:
            try:
                with ended_by(RuntimeError("not at its end in time"), after=LONGEST):
                    trial.run(history(seed))
            except Exception as wrong:
                is_known = isinstance(wrong, Violated)
                violations[seed] = str(wrong) if is_known else traceback.format_exc()
                print(f"seed {seed}: {violations[seed]}", flush=True)
    return trial.tally, violations


@contextmanager
def services(folder: Path) -> Iterator[Services]:
    """Start the services of any number of histories."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where runs that take turns have their locks
    largest, _transport.LARGEST_ANSWER = _transport.LARGEST_ANSWER, LARGEST
    try:
        with (
            Simulator() as plain,
            Simulator(**issue(folder, "127.0.0.1", HOST)) as tls,
            proxy(tls.port) as between,
        ):
            yield Services(plain, tls, between)
    finally:
        _transport.LARGEST_ANSWER = largest


def _part(seeds: Sequence[int]) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        return campaign(seeds, Path(folder))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="faults.campaign", description=__doc__)
    parser.add_argument("--runs", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="of the first history")
    parser.add_argument("--only", type=int, metavar="SEED", help="this history alone, in full")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    options = parser.parse_args(arguments)
    seeds = range(options.seed, options.seed + options.runs)
    if options.only is not None:
        seeds = range(options.only, options.only + 1)
        print(history(options.only))
    started = time.monotonic()
    tally: Counter[str] = Counter()
    violations: dict[int, str] = {}
    jobs = min(options.jobs, len(seeds))
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for counts, wrong in pool.map(_part, [seeds[first::jobs] for first in range(jobs)]):
            tally.update(counts)
            violations |= wrong
    print(*(f"{count:8} {what}" for what, count in sorted(tally.items())), sep="\n")
    print(f"{time.monotonic() - started:8.1f} seconds")
    print(f"{len(violations)} histories broke a promise: {sorted(violations)}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
