# SPDX-License-Identifier: GPL-3.0-or-later
"""The version in the User-Agent is the one of the collection."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.toggl.focus.plugins.module_utils._api.transport import VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_that_of_galaxy_yml() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == VERSION
