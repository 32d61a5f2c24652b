# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the collection, to run one that differs in a line. The checkout is never touched."""

from __future__ import annotations

import shutil
from pathlib import Path

from faults.network import LARGEST

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("galaxy.yml", "meta", "plugins", "roles", "playbooks")
HURRIED = (
    ("plugins/module_utils/_api/session.py", "_FIRST_PAUSE = 0.5", "_FIRST_PAUSE = 0.001"),
    (
        "plugins/module_utils/_api/transport.py",
        "LARGEST_ANSWER = 4 * 1024 * 1024",
        f"LARGEST_ANSWER = {LARGEST}",
    ),
)


class NotThere(Exception):
    """The text to be replaced is not in the file, or not once."""


def copied(folder: Path) -> Path:
    """A copy of the collection below ``folder``, which then is a collections path."""
    home = folder / "ansible_collections" / "toggl" / "focus"
    home.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, home / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home / part)
    return home


def replaced(home: Path, file: str, old: str, new: str) -> None:
    """:raises NotThere: ``old`` is not in the file exactly once"""
    path = home / file
    text = path.read_text()
    if text.count(old) != 1:
        raise NotThere(f"{file} holds {text.count(old)} times: {old}")
    path.write_text(text.replace(old, new))


def hurried(folder: Path) -> Path:
    """A collections path with a copy that hardly pauses between two tries, as a test has no
    crowd to spread, and to which ``LARGEST`` bytes are too many, as to the campaign."""
    home = copied(folder)
    for change in HURRIED:
        replaced(home, *change)
    return folder
