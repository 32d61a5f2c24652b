# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the random tests take, and where they begin: FAULTS_LONG=1, FAULTS_SEED=N."""

from __future__ import annotations

import os

LONG = os.environ.get("FAULTS_LONG") == "1"
FIRST_SEED = int(os.environ.get("FAULTS_SEED") or "1")


def times(short: int, long: int) -> int:
    return long if LONG else short
