# SPDX-License-Identifier: GPL-3.0-or-later
"""The ends of the support matrix that are here; ``make matrix`` runs all of it.

Each is a file of its own, so that they run at the same time.
"""

from __future__ import annotations

from checks.commands import run

REPOSITORY = (
    "test_a_check_needs_no_network_and_no_key",
    "test_exactly_the_reviewed_plan_is_applied",
)
"""Of check, plan and apply the runs that depend most on how a release treats templates."""

VALUES = ("test_what_is_omitted_is_not_given_to_a_module", "test_nor_to_a_filter")
"""How a value arrives that is omitted."""

REVIEWED = "test_what_is_given_but_blank_is_an_error_before_any_request"
"""The same, of the plan that was reviewed: there, nothing may count as not given."""

EACH = (
    *("-m", "not hypothesis"),  # drawn cases find no more on another release
    "tests/unit",
    "tests/e2e/test_names_are_data.py",
    "tests/e2e/test_playbooks.py",
    *(f"tests/e2e/test_repository.py::{name}" for name in REPOSITORY),
    f"tests/e2e/test_reviewed_plan.py::{REVIEWED}",
    *(f"tests/e2e/test_values.py::{name}" for name in VALUES),
)


def run_end(end: str, *tests: str) -> None:
    """:arg end: the tag of a session, ``oldest`` or ``newest``
    :arg tests: what only this end needs to run
    """
    ran = run("nox", "--tags", end, "--", *EACH, *tests)
    assert "was successful" in ran, "no Python for it is here"
