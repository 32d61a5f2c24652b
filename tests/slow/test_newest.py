# SPDX-License-Identifier: GPL-3.0-or-later
"""The newest pair of ansible-core and Python that is here."""

from __future__ import annotations

from .ends import run_end


def test_the_collection_works_on_the_newest_pair() -> None:
    """It has the most tests of sanity."""
    run_end("newest", "tests/slow/test_sanity.py")
