# SPDX-License-Identifier: GPL-3.0-or-later
"""CONTRIBUTING names what there is: rooms, files, commands, and where something new has to go."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from support.playbooks import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = {*re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))}
UTILS = ROOT / "plugins" / "module_utils"
CODE = ("plugins", "roles", "playbooks", "meta", "tools")
"""What is neither a test nor documentation. ``examples`` are documentation, and so is ``*.md``."""

MOST_FILES = 8
"""An option of an entry must not need more."""


def section(title: str) -> str:
    """The part under a heading."""
    _, found, rest = TEXT.partition(f"\n## {title}\n")
    assert found, title
    return rest.partition("\n## ")[0]


def files_with(word: str) -> Iterator[str]:
    whole = re.compile(rf"(?<![a-z])(?:clients_)?{word}\b")
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".yml", ".j2") and whole.search(path.read_text("utf-8")):
                yield path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("How to add an entry option", "restore_deleted"),
        ("How to add an attribute of a client", "currency"),
        ("How to add an option that all modules share", "api_retries"),
    ],
)
def test_an_option_is_in_the_files_that_the_list_names(title: str, word: str) -> None:
    """The first list, which is short."""
    text = section(title)
    assert f"in which `{word}` occurs" in text
    items = re.search(r"(?m)(?:^- .*\n(?:  .*\n)*)+", text)
    assert items
    named = re.findall(r"`(plugins/[^`]+|roles/[^`]+|playbooks/[^`]+)`", items[0])
    assert sorted(named) == sorted(files_with(word))
    assert len(named) <= MOST_FILES


def test_every_path_is_there() -> None:
    folders = "plugins|tests|docs|roles|playbooks|examples|changelogs"
    paths = re.findall(rf"`((?:{folders})/[^`]*)`", TEXT)
    assert len(paths) > 60
    assert [path for path in paths if not (ROOT / path).exists()] == []


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
    assert {*re.findall(r"`make ([a-z0-9-]+)", TEXT)} <= TARGETS


PAPERS = [
    *(ROOT / "docs").glob("checklists.md"),
    *(path for kind in ("md", "yml") for path in (ROOT / ".github").rglob(f"*.{kind}")),
    *(ROOT / "examples").rglob("*.md"),
]


def test_each_command_that_a_paper_names_exists() -> None:
    for path in PAPERS:
        assert {*re.findall(r"\bmake ([a-z0-9-]+)", path.read_text("utf-8"))} <= TARGETS, path


# the README

HEADINGS = (
    *("Requirements", "Installation", "Use cases", "Testing", "Contributing", "Support"),
    *("Release notes and roadmap", "Related information", "Licence"),
)
"""What Galaxy and certification expect."""


def test_the_readme_is_short_and_has_the_headings_that_are_expected() -> None:
    assert len(README.splitlines()) <= 120
    assert set(HEADINGS) <= set(re.findall(r"(?m)^## (.+)$", README))


def test_the_readme_names_the_playbooks_and_plugins_that_there_are() -> None:
    table = "".join(re.findall(r"(?m)^\| `toggl.*", README))
    named = set(re.findall(r"`toggl\.focus\.(\w+)`", table))
    globs = ("plugins/modules/*.py", "plugins/filter/*.py", "playbooks/*.yml", "roles/*")
    there = {path.stem for glob in globs for path in ROOT.glob(glob)}
    assert named == there - {"__init__"}


LINK = re.compile(r"""(?:\]\(|src(?:set)?=")(?!https?:)([^)"#\s]+)""")


def test_every_link_leads_to_a_file_and_the_readme_has_all_guides() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "examples").rglob("*.md")]
    for page in pages:
        linked = LINK.findall(page.read_text(encoding="utf-8"))
        assert [name for name in linked if not (page.parent / name).exists()] == [], page
    guides = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/docsite/rst/*.rst")}
    assert guides <= set(LINK.findall(README))


def test_no_key_is_typed_into_the_history_of_a_shell() -> None:
    pages = [page for kind in ("md", "rst") for page in ROOT.glob(f"[a-z]*/**/*.{kind}")]
    for page in [ROOT / "README.md", *pages]:
        assert not re.search(r"(?:TOKEN|PASSWORD)=[^ \n]", page.read_text("utf-8")), page
