# SPDX-License-Identifier: GPL-3.0-or-later
"""A hundred histories of a workspace, each event compared with the model."""

from __future__ import annotations

from pathlib import Path

from faults import FIRST_SEED
from faults.campaign import campaign
from faults.network import KINDS

HISTORIES = 100


def test_each_run_does_what_the_model_says_and_duplicates_nothing(tmp_path: Path) -> None:
    seeds = range(FIRST_SEED, FIRST_SEED + HISTORIES)
    tally, violations = campaign(seeds, tmp_path)
    print(f"{seeds}: {dict(tally)}")
    assert not violations, f"python -m faults.campaign --only {min(violations)}"
    assert tally["histories"] == HISTORIES
    assert len(tally.keys() & KINDS.keys()) > 15, "hardly any kind of fault was met"
    compared = tally["executed as the model does"]
    assert compared > HISTORIES, "hardly anything was compared with the model"
    assert tally["runs of an exact number of requests"] > compared / 4
