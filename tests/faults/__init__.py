# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures. The random tests take long with FAULTS_LONG=1, and begin where FAULTS_SEED=N says."""

import os

LONG = os.environ.get("FAULTS_LONG") == "1"
FIRST_SEED = int(os.environ.get("FAULTS_SEED") or "1")
