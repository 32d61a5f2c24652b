# SPDX-License-Identifier: GPL-3.0-or-later
"""What the question "is it a rename?" costs in a plan far larger than any; a ratio in one run."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from support.companies import COMPANIES, replaced

from ansible_collections.toggl.focus.plugins.module_utils._plan.renames import renames_meant

MANY = 10_000
COMPARED = 440
TIMES = 3  # as long as the whole plan of many takes
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


def seconds(what: Callable[[], object]) -> float:
    """Of processor time, the least of some tries, so that others on the machine do not count."""
    took = []
    for _try in range(TRIES):
        started = time.process_time()
        what()
        took.append(time.process_time() - started)
    return min(took)


@pytest.mark.parametrize("crowd", CROWDS)
def test_what_is_compared_has_a_limit(crowd: str) -> None:
    """Each deletion with each creation, up to some hundreds of each; of more, none."""
    old, new = CROWDS[crowd]
    many, few = replaced(old, new).steps, replaced(old[:COMPARED], new[:COMPARED]).steps
    whole = seconds(lambda: replaced(old, new))
    none, some = seconds(lambda: renames_meant(many)), seconds(lambda: renames_meant(few))
    print(f"{MANY}: {none:.3f} s of {whole:.3f} s, {COMPARED}: {some:.3f} s")
    assert none < whole / 10
    assert some < TIMES * whole
