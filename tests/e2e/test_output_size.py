# SPDX-License-Identifier: GPL-3.0-or-later
"""A run of the role stays readable: five hundred entries print less than eight thousand characters,
however it ends, with all that Ansible says on both streams. With ``-v``: without it, Ansible leaves
out some of that. ``python -m benchmarks --sizes`` measures every outcome; here are those that print
the most of their kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.server import Simulator
from support.playbooks import access, settings

from benchmarks.sizes import OUTCOMES, Outcome, Stage

KINDS = {
    *("every creation fails", "a guard refuses", "the quota ends on the way"),
    *("every name is in the list twice", "every created name has a deleted client"),
}
MOST = [outcome for outcome in OUTCOMES if outcome.name in KINDS]


@pytest.mark.parametrize("outcome", MOST, ids=lambda outcome: outcome.name)
def test_a_run_of_the_role_prints_little(
    service: Simulator, tmp_path: Path, outcome: Outcome
) -> None:
    stage = Stage(tmp_path, service.url, {**settings(), **access(service)})
    printed = stage.printed(outcome, 500, "-v")
    assert len(MOST) == len(KINDS) and printed.status == outcome.status, printed.text
    assert printed.characters < 8_000, printed.text
