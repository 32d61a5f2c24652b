# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the collection, to run one that differs in a line. The checkout is never touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from faults.network import LARGEST

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("galaxy.yml", "meta", "plugins", "roles", "playbooks")
UTILS = "plugins/module_utils"
HURRIED = (
    (f"{UTILS}/_api/session.py", "_FIRST_PAUSE = 0.5", "_FIRST_PAUSE = 0.001"),
    (f"{UTILS}/_progress.py", "CONSISTENT_AFTER = 3.0", "CONSISTENT_AFTER = 0.006"),
    (
        f"{UTILS}/_api/transport.py",
        "LARGEST_ANSWER = 4 * 1024 * 1024",
        f"LARGEST_ANSWER = {LARGEST}",
    ),
)
"""Hardly a pause between two tries, as a test has no crowd to spread, and ``LARGEST`` bytes are too
many, as to the campaign."""


class NotThere(Exception):
    """The text to be replaced is not in the file, or not once."""


def copied(folder: Path, changes: Iterable[tuple[str, str, str]] = ()) -> Path:
    """Copy the collection, and return its collections path. ``changes``: in a file, what is there
    once, and what takes its place.

    :raises NotThere: it is not there, or not once
    """
    home = folder / "ansible_collections" / "toggl" / "focus"
    home.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, home / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home / part)
    for file, old, new in changes:
        text = (home / file).read_text()
        if text.count(old) != 1:
            raise NotThere(f"{file} holds {text.count(old)} times: {old}")
        (home / file).write_text(text.replace(old, new))
    return folder
