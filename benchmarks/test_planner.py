# SPDX-License-Identifier: GPL-3.0-or-later
"""How what a plan costs grows. ``make bench`` says what it is."""

from __future__ import annotations

import pytest

from benchmarks.planner import MANY, MEBIBYTES, cost

FEW = MANY // 10
GROWTH = 30  # times for ten times as many; if each were compared with each, it would be 100
TRIES = 3  # what else the machine does can only add to a figure

STEPS = {
    "nothing to do": 0,
    "all renamed": 100_000,
    "one ring of renames": 100_001,
    "all purged, all created": 200_000,
}


@pytest.mark.parametrize("case", STEPS)
def test_ten_times_as_many_clients_take_about_ten_times_as_long(case: str) -> None:
    for _try in range(TRIES):
        few, many = cost(case, FEW), cost(case)
        print(f"{case}: {many}, {many.seconds / few.seconds:.1f} x that of {FEW}")
        if many.seconds < GROWTH * few.seconds:
            break
    assert many.steps == STEPS[case]
    assert many.seconds < GROWTH * few.seconds
    assert many.mebibytes < MEBIBYTES
