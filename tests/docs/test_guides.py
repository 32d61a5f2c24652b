# SPDX-License-Identifier: GPL-3.0-or-later
"""Each guide is executed as it is written, from top to bottom, against the simulator. The output
is in colours; they are taken away where no picture is made of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import ROOT, access, settings
from support.stage import active, workspaces
from support.started import Started

from .guide import Block, read, with_blocks
from .picture import picture, without_colours
from .transcript import folded, transcript

GUIDES = ROOT / "docs" / "docsite" / "rst"
WORKSPACES = (4242, 5151)
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
SHELL = ("shell", "console")
REMARK = re.compile(
    r"(?P<what>workspace|clients) (?:(?P<id>\d+) )?(?:quota=(?P<quota>\d+) )?(?P<names>.*)"
)

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


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with workspaces(*WORKSPACES) as running:
        yield running


@pytest.fixture(scope="module")
def ansible() -> Iterator[Started]:
    with closing(Started(COLOURED)) as started:
        yield started


class Reader:
    """Somebody who does what a guide says, in a folder of their own.

    ``output`` is what the last command printed, ``said`` what a guide shows of it, in colours.
    """

    def __init__(self, service: Simulator, ansible: Started, folder: Path) -> None:
        self.service = service
        self.ansible = ansible
        self.folder = folder
        self.output = ""
        self.said = ""
        self.command: list[str] = []
        self.printed: dict[int, str] = {}
        self.drawn: dict[str, str] = {}
        self.switches = Switches()
        service.reset()

    def follow(self, part: Block) -> None:
        if not part.language:
            self._remark(part.test)
        elif part.test.startswith("not run, "):
            assert len(part.test) > len("not run, ")
        elif part.test == "output":
            self._compare_output(part.text)
        elif part.test == "prints":
            self.printed[part.line] = folded(without_colours(self.said))
        elif part.test.startswith("shows "):
            file = self.folder / part.test.removeprefix("shows ")
            assert yaml.safe_load(part.text) == yaml.safe_load(file.read_text())
        elif part.language in SHELL:
            self._run_commands(part.text, fails=part.test == "fails")
        else:
            assert part.caption and not part.test, "a block is a file, a command or not run"
            path = self.folder / part.caption
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(part.text)

    def _remark(self, text: str) -> None:
        if text.startswith("drawn in "):
            self.drawn[text.removeprefix("drawn in ")] = self._draw()
        elif text in SWITCHES:
            self.switches = replace(self.switches, **SWITCHES[text])
        else:
            self._look_at_workspace(text)

    def _look_at_workspace(self, text: str) -> None:
        told = REMARK.fullmatch(text)
        assert told, text
        workspace_id, names = int(told["id"] or WORKSPACES[0]), told["names"]
        if told["what"] == "clients":
            assert ", ".join(active(self.service, workspace_id)) == names
            return
        if workspace_id == WORKSPACES[0]:
            quota = int(told["quota"]) if told["quota"] else None
            self.service.reset(self.switches, quota_limit=quota)
        workspace = self.service.workspaces[workspace_id]
        for name in names.split(", "):
            workspace.add(name.removeprefix("-"), deleted=name.startswith("-"))

    def _run_commands(self, text: str, fails: bool) -> None:
        commands = text.strip().splitlines()
        for position, line in enumerate(commands):
            program, *arguments = shlex.split(self._with_digest(line))
            assert program == "ansible-playbook", f"{line}: say why it is not run"
            self.command = arguments
            environment = {**COLOURED, **access(self.service), "PWD": str(self.folder)}
            ran = self.ansible.run(arguments, environment, self.folder)
            self.output = without_colours(ran.stdout + ran.stderr)
            self.said = transcript(ran.stdout, ran.stderr)
            wanted = 2 if fails and position == len(commands) - 1 else 0
            assert ran.returncode == wanted, f"{line}\n{self.output}"

    def _draw(self) -> str:
        shell = f"$ {shlex.join(['ansible-playbook', *self.command])}\n\n"
        return picture(shell + self.said, "focus-check", *PICTURE)

    def _with_digest(self, line: str) -> str:
        if "DIGEST" not in line:
            return line
        found = DIGEST.findall(self.output)
        assert found, f"{line}: the last output holds no digest"
        return line.replace("DIGEST", found[-1])

    def _compare_output(self, text: str) -> None:
        shown = _plain(self.output)
        for line in text.strip().splitlines():
            assert _plain(line) in shown, f"{line!r} is not in\n{self.output}"


def _plain(text: str) -> str:
    """Without what the terminal and JSON make of it."""
    return " ".join(text.replace('\\"', '"').replace("\\n", " ").split())


@pytest.mark.parametrize("guide", sorted(GUIDES.glob("*.rst")), ids=lambda path: path.stem)
def test_a_guide_does_what_it_says(
    simulator: Simulator,
    ansible: Started,
    tmp_path: Path,
    guide: Path,
    request: pytest.FixtureRequest,
) -> None:
    """With ``--write``, what is printed and drawn is written into it."""
    writes = request.config.getoption("--write", default=False)
    reader = Reader(simulator, ansible, tmp_path)
    for part in read(guide):
        try:
            reader.follow(part)
        except AssertionError as error:
            raise AssertionError(f"{guide.name}:{part.line}: {error}") from error
    text = guide.read_text(encoding="utf-8")
    made = {guide: with_blocks(text, reader.printed)}
    made |= {GUIDES / name: drawing for name, drawing in reader.drawn.items()}
    for path, content in made.items():
        if writes:
            path.write_text(content, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == content, (
            f"{path.name}: make test ARGS='tests/docs --write'"
        )


def test_every_file_of_a_guide_is_used() -> None:
    """One that no command and no other file names would be written, and never tried."""
    for path in sorted(GUIDES.glob("*.rst")):
        used = [b for b in read(path) if not b.test.startswith(("not run", "shows"))]
        for block in used:
            if block.caption and not block.caption.startswith("inventory/"):
                others = "".join(b.text for b in used if b is not block)
                assert block.caption in others, f"{path.name}:{block.line}: it is never used"


OWN_VARIABLES = {"clients_everywhere", "clients_own"}
"""Of the guides themselves."""

PLAYBOOKS_VARIABLES = {
    f"clients_{name}" for name in ("base", "file", "hosts", "overwrite", "result")
}


def test_variables_that_a_guide_names_exist() -> None:
    """Ansible ignores a variable that nothing reads, so running a guide would not show it."""
    spec = yaml.safe_load((ROOT / "roles" / "clients" / "meta" / "argument_specs.yml").read_text())
    known = set(spec["argument_specs"]["main"]["options"]) | PLAYBOOKS_VARIABLES | OWN_VARIABLES
    sources = "".join(path.read_text() for path in (ROOT / "plugins").rglob("*.py"))
    for path in sorted(GUIDES.glob("*.rst")):
        text = path.read_text()
        named = set(re.findall(r"\bclients_[a-z_]*[a-z]\b(?!:`)", text))
        assert named <= known, path.name
        for variable in re.findall(r"\b(?:TOGGL_[A-Z_]+|toggl_focus_[a-z_]+)\b", text):
            assert variable in sources, f"{path.name}: {variable}"


def test_files_of_the_repository_that_a_guide_names_are_there() -> None:
    for path in sorted(GUIDES.glob("*.rst")):
        for name in re.findall(r"``((?:examples|plugins|playbooks)/[^`]*)``", path.read_text()):
            assert (ROOT / name).exists(), f"{path.name}: {name}"
