# SPDX-License-Identifier: GPL-3.0-or-later
"""What the question "is it a rename?" costs in a plan far larger than any; a ratio in one run."""

from __future__ import annotations

import time

import pytest
from support.companies import COMPANIES, replaced

from ansible_collections.toggl.focus.plugins.module_utils._plan.renames import renames_meant

MANY = 10_000
FEW = MANY // 5
GROWTH = 12  # times for five times as many; if each were compared with each, it would be 25
TRIES = 2  # what else the machine does can only add to a figure

CROWDS = {
    "made of two firms": (
        [f"{one} {two} GmbH" for one in COMPANIES[:100] for two in COMPANIES[100:200]],
        [f"{one} {two} GmbH" for one in COMPANIES[200:300] for two in COMPANIES[-100:]],
    ),
    "numbered": (
        [f"Customer number {at:05} in Berlin" for at in range(MANY)],
        [f"Customer number {at:05} in Berlin" for at in range(MANY, 2 * MANY)],
    ),
    "all alike": (
        [f"Customer number {at:05} of Berlin" for at in range(MANY)],
        [f"Customer number {at:05} of Berlim" for at in range(MANY)],
    ),
}


def seconds(old: list[str], new: list[str]) -> float:
    """Of processor time, the least of some tries, so that others on the machine do not count."""
    steps = replaced(old, new).steps
    assert len(steps) == len(old) + len(new)
    took = []
    for _try in range(TRIES):
        started = time.process_time()
        renames_meant(steps)
        took.append(time.process_time() - started)
    return min(took)


@pytest.mark.parametrize("crowd", CROWDS)
def test_five_times_as_many_take_about_five_times_as_long(crowd: str) -> None:
    """Not 25 times: names that share nothing are not compared."""
    old, new = CROWDS[crowd]
    every = MANY // FEW
    few, many = seconds(old[::every], new[::every]), seconds(old, new)
    print(f"{FEW}: {few:.3f} s, {MANY}: {many:.3f} s, {many / few:.1f} x")
    assert many < GROWTH * few
