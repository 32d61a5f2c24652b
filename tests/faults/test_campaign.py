# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred histories of a workspace, each event compared with the model.

``python -m faults.campaign --only SEED`` plays one again.
"""

from __future__ import annotations

from pathlib import Path

from faults.campaign import campaign
from faults.length import FIRST_SEED

HISTORIES = 100


def test_each_run_does_what_the_model_says_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + HISTORIES)
    tally, violations = campaign(seeds, tmp_path)
    print(f"seeds {seeds.start} to {seeds.stop - 1}\n{tally}")
    assert not violations, f"python -m faults.campaign --only {min(violations)}"
    assert tally.counts["histories"] == HISTORIES
    assert len(tally.faults) > 15, "hardly any kind of fault was met"
    compared = tally.counts["carried out as the model does"]
    assert compared > HISTORIES, "hardly anything was compared with the model"
    assert tally.counts["runs of an exact number of requests"] > compared / 4
