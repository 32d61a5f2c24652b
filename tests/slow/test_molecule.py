# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios of the role, each against a simulator of its own."""

from __future__ import annotations

from checks.commands import run


def test_molecule() -> None:
    run("molecule test --all")
