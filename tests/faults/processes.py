# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of Python that import what this one does."""

from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.toggl.focus.plugins.module_utils._api import clients as _api
from faults.copies import ROOT


def environment() -> dict[str, str]:
    """With the collection that is in use here, which may be a copy."""
    collections = Path(_api.__file__).parents[6]
    paths = [str(collections), str(ROOT / "tests")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
