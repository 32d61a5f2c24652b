# SPDX-License-Identifier: GPL-3.0-or-later
"""CONTRIBUTING names what there is: rooms, files, commands, and where something new has to go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.playbooks import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
UTILS = ROOT / "plugins" / "module_utils"
CODE = ("plugins", "roles", "playbooks", "meta", "tools")
"""What is neither a test nor documentation. ``examples`` are documentation, and so is ``*.md``."""


def section(title: str) -> str:
    _, found, rest = TEXT.partition(f"\n## {title}\n")
    assert found, title
    return rest.partition("\n## ")[0]


def files_with(word: str) -> Iterator[str]:
    whole = re.compile(rf"(?<![a-z])(?:clients_)?{word}\b")
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yml", ".j2") and whole.search(path.read_text("utf-8")):
                yield path.relative_to(ROOT).as_posix()


LISTS = re.findall(r"(?m)^These are the files in which `(\w+)` occurs.*\n\n((?:[- ] .*\n)+)", TEXT)


@pytest.mark.parametrize(
    ("word", "items"), LISTS, ids=["restore_deleted", "currency", "api_retries"]
)
def test_an_option_is_in_the_files_that_the_list_names(word: str, items: str) -> None:
    named = re.findall(r"`(plugins/[^`]+|roles/[^`]+|playbooks/[^`]+)`", items)
    assert sorted(named) == sorted(files_with(word))
    assert len(named) <= 8


def test_every_name_is_in_the_file_that_it_stands_beside() -> None:
    for path, words in re.findall(r"(?m)^- `(plugins/[^`,]+\.py)`: (.*(?:\n  .*)*)", TEXT):
        source = (ROOT / path).read_text("utf-8")
        names = re.findall(r"`([A-Za-z_]+)(?:\.[a-z]+)?`", words)
        assert [name for name in names if name not in source] == [], path


def test_every_room_and_every_file_beside_the_rooms_is_named() -> None:
    rooms = [path for path in UTILS.iterdir() if path.is_dir() and path.name[:2] != "__"]
    files = [path for path in UTILS.glob("*.py") if path.name != "__init__.py"]
    assert len(rooms) == 5 and len(files) <= 9
    named = re.findall(r"(?m)^\| `plugins/module_utils/([^`]+)` \|", section("The rooms"))
    assert sorted(named) == sorted([*(f"{room.name}/" for room in rooms), *(f.name for f in files)])


def test_the_first_page_is_short_and_shows_five_commands() -> None:
    assert len(TEXT.splitlines()) <= 180
    assert len(re.findall(r"(?m)^\| `make [a-z0-9-]+`", section("The commands"))) == 5


# the README

HEADINGS = (
    *("Requirements", "Installation", "Use cases", "Testing", "Contributing", "Support"),
    *("Release notes and roadmap", "Related information", "Licence"),
)
"""What Galaxy and certification expect."""


def test_the_readme_is_short_and_has_the_headings_that_are_expected() -> None:
    assert len(README.splitlines()) <= 120
    assert set(HEADINGS) <= set(re.findall(r"(?m)^## (.+)$", README))
