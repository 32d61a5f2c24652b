# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of hypothesis for a run of the unit tests against a mutant: a plugin of pytest, so that
the simulator, which no unit test needs, is not loaded with conftest.py. The same examples for each
mutant, so that two runs give one result, and no search for a smaller one. A test that does not end
fails."""

from __future__ import annotations

from collections.abc import Generator

import hypothesis
import pytest
from support.ending import ends_within

hypothesis.settings.register_profile(
    "mutants", deadline=None, derandomize=True, phases=[hypothesis.Phase.generate]
)
hypothesis.settings.load_profile("mutants")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    with ends_within(10):
        return (yield)
