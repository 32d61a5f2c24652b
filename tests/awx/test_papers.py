# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checklists and the forms name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from awx.objects import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))
PAPERS = [
    *(ROOT / "docs").glob("checklists.md"),
    *(ROOT / ".github").rglob("*.md"),
    *(ROOT / ".github").rglob("*.yml"),
    *(ROOT / "examples").rglob("*.md"),
]


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_each_command_exists(path: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z0-9-]+)", path.read_text()))
    assert named <= TARGETS


def test_each_row_says_whether_it_holds() -> None:
    lines = (ROOT / "docs" / "checklists.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    body = [row for row in rows if row[0] not in ("requirement", "---")]
    assert len(body) > 30
    assert all(len(row) == 3 and row[0] and row[1] for row in body)


def test_the_forms_are_forms() -> None:
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("[!c]*.yml"):
        form = yaml.safe_load(path.read_text())
        assert {"name", "description", "body"} <= set(form)
        identifiers = [part["id"] for part in form["body"] if part["type"] != "markdown"]
        assert len(identifiers) == len(set(identifiers)) > 0
        for part in form["body"]:
            options = part["attributes"].get("options", [])
            assert all(isinstance(option, (str, dict)) for option in options)
