# SPDX-License-Identifier: GPL-3.0-or-later
"""What the question "is it a rename?" costs in a plan far larger than any."""

from __future__ import annotations

import time

import pytest
from support.companies import COMPANIES, replaced

from ansible_collections.toggl.focus.plugins.module_utils._plan.renames import renames_meant

MANY = 10_000
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


@pytest.mark.parametrize("crowd", CROWDS)
def test_ten_thousand_deletions_and_creations_take_less_than_a_second(crowd: str) -> None:
    """Of processor time, so that others on the machine do not count."""
    old, new = CROWDS[crowd]
    planned = replaced(old, new)
    assert len(planned.steps) == 2 * MANY
    started = time.process_time()
    found = renames_meant(planned.steps)
    took = time.process_time() - started
    print(f"{took:.2f} s, {len(found)} pairs")
    assert took < 1
