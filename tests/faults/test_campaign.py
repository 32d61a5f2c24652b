# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred runs broken at random. ``python -m faults.campaign --only SEED`` breaks one again."""

from __future__ import annotations

from pathlib import Path

from faults.campaign import campaign
from faults.length import FIRST_SEED

RUNS = 200


def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + RUNS)
    tally, violations = campaign(seeds, tmp_path)
    print(f"seeds {seeds.start} to {seeds.stop - 1}\n{tally}")
    assert not violations, f"python -m faults.campaign --only {min(violations)}"
    assert tally.counts["doubles"] == 0
    assert tally.counts["runs"] == RUNS
    assert len(tally.faults) > 20, "hardly any kind of fault was met"
