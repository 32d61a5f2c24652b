# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of Python that import what this one does."""

from __future__ import annotations

import multiprocessing
import os
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._api import clients as _api
from faults.copies import ROOT

LOADED = ("pytest", "faults.measured", "faults.victim")


def environment() -> dict[str, str]:
    """With the collection that is in use here, which may be a copy."""
    collections = Path(_api.__file__).parents[6]
    paths = [str(collections), str(ROOT / "tests")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def forks() -> ForkServerContext:
    """Processes that are forks of one which has loaded the collection once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*LOADED])
    with pytest.MonkeyPatch.context() as patch:  # before Python 3.13, it knows no other paths
        patch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
        forkserver.ensure_running()
    return context
