# SPDX-License-Identifier: GPL-3.0-or-later
"""The tool that takes as long as all in ``checks/test_lint.py``: it reads each playbook as Ansible
does."""

from __future__ import annotations

import pytest
from checks.commands import run


@pytest.mark.parametrize("command", ["ansible-lint"])
def test_a_tool_has_no_complaint(command: str) -> None:
    run(command)
