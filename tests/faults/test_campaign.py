# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hundred runs compared with the model, and broken at random.

``python -m faults.campaign --only SEED`` runs one again.
"""

from __future__ import annotations

from pathlib import Path

from faults.campaign import campaign
from faults.length import FIRST_SEED

RUNS = 300


def test_a_run_does_what_the_model_says_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + RUNS)
    tally, violations = campaign(seeds, tmp_path)
    print(f"seeds {seeds.start} to {seeds.stop - 1}\n{tally}")
    assert not violations, f"python -m faults.campaign --only {min(violations)}"
    assert tally.counts["doubles"] == 0
    assert tally.counts["runs"] == RUNS
    assert len(tally.faults) > 20, "hardly any kind of fault was met"
    compared = tally.counts["carried out as the model does"]
    assert compared > RUNS / 2, "hardly anything was compared with the model"
    assert tally.counts["runs of an exact number of requests"] > compared / 2
