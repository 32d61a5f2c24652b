# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that list what there is list all of it."""

from __future__ import annotations

import re

from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._arguments import SHARED

GUIDES = ROOT / "docs" / "docsite" / "rst"


def rows_of_settings() -> dict[str, str]:
    """What the table says of each option, from one row to the next."""
    text = (GUIDES / "settings.rst").read_text()
    table = text[: text.index("Give either")]
    rows = table.split("   * - ")[2:]
    return {re.findall(r"module:(\w+)`", row)[0]: row for row in rows}


def test_the_settings_are_those_of_the_modules() -> None:
    rows = rows_of_settings()
    assert list(rows) == sorted(rows, key=list(SHARED).index) and set(rows) == set(SHARED)
    for name, spec in SHARED.items():
        variables = spec["fallback"][1] if "fallback" in spec else []
        assert re.findall(r":ansenvvar:`(\w+)`", rows[name]) == list(variables)


def test_the_defaults_are_those_of_the_modules() -> None:
    for name, row in rows_of_settings().items():
        default = SHARED[name].get("default")
        shown = row.rstrip().rpartition("- ")[2].strip("`")
        if default is None:
            assert shown.startswith("none")
        elif isinstance(default, bool):
            assert shown == str(default).lower()
        else:
            assert shown.split()[0] == (
                f"{default:g}" if isinstance(default, float | int) else default
            )


def test_the_playbooks_are_those_of_the_collection() -> None:
    listed = re.findall(r"\* - ``toggl\.focus\.(\w+)``", (GUIDES / "playbooks.rst").read_text())
    assert sorted(listed) == sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
