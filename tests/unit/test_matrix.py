# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions: the support matrix, its ends, what the README says of it, and our own one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from support.notation import pairs

import noxfile
from ansible_collections.toggl.focus.plugins.module_utils._api.transport import VERSION

ENDS = pairs("""
all of these: 3.10 3.11 3.12 3.13 ~ oldest 2.16-3.10, newest 2.21-3.13
one: 3.12 ~ oldest 2.16-3.12, newest 2.21-3.12 | 3.10 ~ oldest 2.16-3.10, newest 2.16-3.10
none that is supported: 3.9 ~ oldest 2.16-3.10, newest 2.21-3.14
""")


@pytest.mark.parametrize(("pythons", "expected"), ENDS)
def test_the_ends_are_pairs_that_an_interpreter_is_here_for(pythons: str, expected: str) -> None:
    ends = noxfile.ends(set(pythons.split()))
    found = {tag: "-".join(pair) for pair, tags in ends.items() for tag in tags}
    assert f"oldest {found['oldest']}, newest {found['newest']}" == expected


def test_the_guide_about_support_has_the_pairs() -> None:
    pairs = {"ansible-core": ("Python",), **noxfile.SUPPORTED}
    rows = [f"   * - {core}\n     - {', '.join(pythons)}\n" for core, pythons in pairs.items()]
    guide = Path(noxfile.__file__).parent / "docs" / "docsite" / "rst" / "support.rst"
    text = guide.read_text()
    assert "".join(rows) in text
    assert f"release candidate {noxfile.CANDIDATE[0]} runs too" in text


def test_the_version_in_the_user_agent_is_that_of_galaxy_yml() -> None:
    galaxy = Path(noxfile.__file__).with_name("galaxy.yml")
    assert yaml.safe_load(galaxy.read_text())["version"] == VERSION
