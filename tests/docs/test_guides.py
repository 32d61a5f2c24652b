# SPDX-License-Identifier: GPL-3.0-or-later
"""Each guide is executed as it is written, from top to bottom, against the simulator."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from docutils import nodes
from docutils.core import publish_doctree
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import ROOT, access, settings
from support.stage import Stage, active, serving
from support.started import Started

from .guide import NARROW, Block, folded, read, transcript, with_blocks
from .picture import picture, without_colours

GUIDES = sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
WORKSPACES = (4242, 5151)
REMARK = re.compile(r"(?:(\d+) )?(?:quota=(\d+) )?(.+)")
"""A workspace's id, its quota and its names."""

SWITCHES: dict[str, dict[str, Any]] = {
    "hides deleted clients": {"list_shows_deleted": False, "get_shows_deleted": False},
    "refuses names of deleted clients": {"duplicates": "refused_all", "trace_id": False},
}
"""What a remark says of the service, from the next workspace on."""

PICTURE = (
    "A check in the terminal",
    "The output of ansible-playbook with --check and --diff, in colours. The diff has a comment on "
    "each line that changes: a client is renamed, one is deleted by purge, one is new and one is "
    "restored. Below it are the numbers of all, and a line for each step.",
)
"""Its title and description."""
COLOURED = {**settings(), "ANSIBLE_FORCE_COLOR": "true"}


simulator = serving(*WORKSPACES)


@pytest.fixture(scope="module")
def ansible() -> Iterator[Started]:
    with closing(Started(COLOURED)) as started:
        yield started


class Reader(Stage):
    """Somebody who does what a guide says, in a folder of their own."""

    def __init__(self, service: Simulator, ansible: Started, folder: Path) -> None:
        super().__init__(service, folder)
        self.ansible = ansible
        self.output = self.said = self.command = ""
        self.printed: dict[int, str] = {}
        self.drawn: dict[Path, str] = {}
        self.switches = Switches()
        service.reset()

    def follow(self, part: Block, guide: Path) -> None:
        word, _, told = part.test.partition(" ")
        if part.test in SWITCHES:
            self.switches = replace(self.switches, **SWITCHES[part.test])
        elif word in ("workspace", "clients"):
            self._look_at_workspace(word, told)
        elif word == "drawn":
            shown = f"$ {self.command}\n\n{self.said}"
            path = guide.parent / told[3:]
            narrow = path.with_name(f"{path.stem}-narrow.svg")
            self.drawn[path] = picture(shown, "focus-check", *PICTURE)
            self.drawn[narrow] = picture(folded(shown, NARROW), "focus-check-narrow", *PICTURE)
        elif word == "not":
            assert re.fullmatch("run, .+", told)
        elif word == "output":
            shown, lines = _plain(self.output), part.text.strip().splitlines()
            assert [line for line in lines if _plain(line) not in shown] == [], self.output
        elif word == "prints":
            self.printed[part.line] = folded(without_colours(self.said))
        elif word == "shows":
            assert yaml.safe_load(part.text) == yaml.safe_load((self.folder / told).read_text())
        elif part.language in ("shell", "console"):
            *first, last = part.text.strip().splitlines()
            for line in first:
                self._run_command(line, 0)
            self._run_command(last, 2 if word == "fails" else 0)
        else:
            assert part.caption and not word, "a block is a file, a command or not run"
            self.write(part.caption, part.text)

    def _look_at_workspace(self, word: str, told: str) -> None:
        ((id_, quota, names),) = REMARK.findall(told)
        workspace_id = int(id_ or WORKSPACES[0])
        if word == "clients":
            assert active(self.service, workspace_id) == names.split(", ")
            return
        if workspace_id == WORKSPACES[0]:
            self.service.reset(self.switches, quota_limit=int(quota) if quota else None)
        for name in names.split(", "):
            self.service.workspaces[workspace_id].add(name.strip("-"), name.startswith("-"))

    def _run_command(self, line: str, status: int) -> None:
        if "DIGEST" in line:
            line = line.replace("DIGEST", re.findall(r"\b[0-9a-f]{64}\b", self.output)[-1])
        self.command = line
        program, *arguments = shlex.split(line)
        assert program == "ansible-playbook", f"{line}: say why it is not run"
        environment = {**COLOURED, **access(self.service), "PWD": str(self.folder)}
        ran = self.ansible.run(arguments, environment, self.folder)
        self.output = without_colours(ran.stdout + ran.stderr)
        self.said = transcript(ran.stdout, ran.stderr)
        assert ran.returncode == status, f"{line}\n{self.output}"


def _plain(text: str) -> str:
    """Without what the terminal and JSON make of it."""
    return " ".join(text.replace('\\"', '"').replace("\\n", " ").split())


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_does_what_it_says(
    simulator: Simulator, ansible: Started, tmp_path: Path, guide: Path, pytestconfig: pytest.Config
) -> None:
    """With ``--write``, what is printed and drawn is written into it."""
    reader = Reader(simulator, ansible, tmp_path)
    for part in read(guide):
        try:
            reader.follow(part, guide)
        except AssertionError as error:
            raise AssertionError(f"{guide.name}:{part.line}: {error}") from error
    made = {guide: with_blocks(guide.read_text(encoding="utf-8"), reader.printed), **reader.drawn}
    for path, content in made.items():
        if pytestconfig.getoption("--write", default=False):
            path.write_text(content, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == content, (
            f"{path.name}: make test ARGS='tests/docs --write'"
        )


def as_plain_text(path: Path) -> nodes.document:
    """What GitHub makes of a guide, which it shows without a gap: it has docutils alone."""
    warnings = io.StringIO()
    settings = {"report_level": 2, "halt_level": 5, "warning_stream": warnings}
    page = publish_doctree(path.read_text(encoding="utf-8"), settings_overrides=settings)
    assert not warnings.getvalue(), path.name
    return page


def test_github_shows_all_of_a_guide_and_its_links_lead_somewhere() -> None:
    pages = {path: as_plain_text(path) for path in [*GUIDES, ROOT / "docs/docsite/index.rst"]}
    for path, page in pages.items():
        assert all((path.parent / image["uri"]).is_file() for image in page.findall(nodes.image))
        for link in page.findall(nodes.reference):
            name, _, anchor = link.get("refuri", "").partition("#")
            target = path.parent / name
            if name and "://" not in name:
                assert target in pages, f"{path.name}: {name}"
                assert not anchor or anchor in pages[target].ids, f"{path.name}: {name}#{anchor}"


def test_every_file_of_a_guide_is_used() -> None:
    """One that no command and no other file names would be written, and never tried."""
    for path in GUIDES:
        used = [b for b in read(path) if not b.test.startswith(("not run", "shows"))]
        for block in used:
            if block.caption and not block.caption.startswith(("inventory/", "clients.d/")):
                others = "".join(b.text for b in used if b is not block)
                assert block.caption in others, f"{path.name}:{block.line}: it is never used"
