# SPDX-License-Identifier: GPL-3.0-or-later
"""The oldest pair of ansible-core and Python that is here."""

from __future__ import annotations

from .ends import run_end


def test_the_collection_works_on_the_oldest_pair() -> None:
    """What is vaulted is a type of its own up to ansible-core 2.18."""
    run_end("oldest", "tests/e2e/test_vault.py")
