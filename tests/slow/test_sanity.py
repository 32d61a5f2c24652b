# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-test sanity``, without an ignore file."""

from __future__ import annotations

from tools import run_ansible_test


def test_sanity() -> None:
    assert run_ansible_test.run("sanity") == 0
