# SPDX-License-Identifier: GPL-3.0-or-later
"""Tools that take a minute or more, and the ends of the support matrix that are here."""

from __future__ import annotations

import pytest
from checks.commands import run

EACH = (
    *("-m", "not hypothesis"),  # drawn cases find no more on another release
    "tests/unit",
    "tests/e2e/test_names_are_data.py",
    "tests/e2e/test_repository.py::test_the_playbooks_stay_on_the_controller",
    # Of check, plan and apply the runs that depend most on how a release treats templates.
    "tests/e2e/test_repository.py::test_a_check_needs_no_network_and_no_key",
    "tests/e2e/test_repository.py::test_exactly_the_reviewed_plan_is_applied",
    # How a value arrives that is omitted, or blank where nothing may count as not given.
    "tests/e2e/test_reviewed_plan.py::test_what_is_given_but_blank_is_an_error_before_any_request",
    "tests/e2e/test_values.py::test_what_is_omitted_is_not_given_to_a_module",
    "tests/e2e/test_values.py::test_nor_to_a_filter",
)
ENDS = {
    "oldest": "tests/e2e/test_vault.py",  # what is vaulted is a type of its own there
    "newest": "tests/slow/test_ansible_test.py::test_sanity",  # it has the most tests of sanity
}


def test_molecule() -> None:
    """The scenarios of the role, each against a simulator of its own."""
    run("molecule test --all")


@pytest.mark.parametrize("end", ENDS)
def test_the_collection_works_on_this_pair_of_ansible_core_and_python(end: str) -> None:
    ran = run("nox", "--tags", end, "--", *EACH, ENDS[end])
    assert "was successful" in ran, "no Python for it is here"


def test_a_tool_has_no_complaint() -> None:
    """It reads each playbook as Ansible does."""
    run("ansible-lint")
