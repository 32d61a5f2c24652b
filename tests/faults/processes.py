# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of Python that import what this one does, and what is done in them."""

from __future__ import annotations

import multiprocessing
import os
import time
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._api import clients as _api
from ansible_collections.toggl.focus.plugins.module_utils._info import list_clients
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import reconcile_clients
from ansible_collections.toggl.focus.plugins.module_utils._task.run import Runtime
from faults.copies import ROOT


def forks() -> ForkServerContext:
    """Processes that are forks of one which has loaded the collection once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", __name__])
    collections = Path(_api.__file__).parents[6]  # in use here: it may be a copy
    paths = os.pathsep.join([str(collections), str(ROOT / "tests")])
    with pytest.MonkeyPatch.context() as patch:  # before Python 3.13, it knows no other paths
        patch.setenv("PYTHONPATH", paths)
        forkserver.ensure_running()
    return context


def apply(given: dict[str, Any]) -> None:
    """Run ``focus_clients`` with these options, to be killed."""
    reconcile_clients(given, False, Runtime())


class Spent(NamedTuple):
    failed: bool
    msg: str
    requests: int
    seconds: float
    mebibytes: float


def peak() -> float:
    """MiB of memory at most so far; what getrusage says would include the parent's."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def measured(given: dict[str, Any], most_pages: int | None) -> Spent:
    """Read the list once, of ``most_pages`` in place of ``MOST_PAGES``, and return what that took.
    The process must end after this."""
    if most_pages:
        _api.MOST_PAGES = most_pages  # type: ignore[attr-defined]
    before, started = peak(), time.monotonic()
    result = list_clients(given, False, Runtime())
    seconds, mebibytes = time.monotonic() - started, peak() - before
    failed, msg = bool(result.get("failed")), result.get("msg", "")
    return Spent(failed, msg, result["requests"], seconds, mebibytes)
