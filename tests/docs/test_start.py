# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to a first success: of the start page, of the README, and without an account. The
repository's own is in tests/repository, and that of AWX in tests/awx."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from simulator.server import Simulator
from support.playbooks import ROOT, access, ansible_playbook

from .guide import Block, read

FRONT = ROOT / "docs" / "docsite" / "index.rst"
FIRST_STEPS = ROOT / "docs" / "docsite" / "rst" / "first_steps.rst"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECONDS_TO_END = 10


def blocks(page: Path, language: str) -> list[str]:
    parts = [part for part in read(page) if isinstance(part, Block)]
    return [part.text for part in parts if part.language == language]


def playbook() -> str:
    (text,) = blocks(FRONT, "yaml")
    return text


def commands() -> list[str]:
    (text,) = blocks(FRONT, "shell")
    return text.splitlines()


def of_readme(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run_last(
    service: Simulator, folder: Path, environment: Mapping[str, str], *left_out: str
) -> str:
    """The last command, with the playbook saved as the page says; what it prints."""
    program, *arguments = shlex.split(commands()[-1])
    assert program == "ansible-playbook" and arguments[0] == "clients.yml"
    (folder / "clients.yml").write_text(playbook())
    given = [argument for argument in arguments[1:] if argument not in left_out]
    done = ansible_playbook(
        service, arguments[0], *given, environment=dict(environment), folder=folder
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_playbook_needs_three_commands_and_the_readme_has_the_same() -> None:
    assert len(commands()) <= 3
    assert of_readme("yaml") == [playbook()]
    assert of_readme("shell") == ["\n".join([*commands(), ""])]


def test_the_first_success_with_a_playbook_is_a_check(tmp_path: Path) -> None:
    with Simulator(workspace_id=4242) as service:
        for name in ("Acme", "Globex", "Initech"):
            service.workspaces[4242].add(name)
        key = access(service)
        key.pop("TOGGL_FOCUS_WORKSPACE_ID")
        said = run_last(service, tmp_path, key)
        assert '# was "Globex"' in said and "Would rename 1, delete 1" in said
        assert not service.writes


def test_a_repository_needs_as_many_commands_as_the_start_page_says() -> None:
    example = (ROOT / "examples" / "repository" / "README.md").read_text(encoding="utf-8")
    first = example.partition("```shell\n")[2].partition("```")[0]
    assert len(first.splitlines()) == 5
    assert "A repository: five commands\n" in FRONT.read_text(encoding="utf-8")
    assert "Five commands lead to a plan" in README


def test_the_objects_in_awx_need_one_playbook() -> None:
    """Either of two, each in a block of its own."""
    example = (ROOT / "examples" / "awx" / "README.md").read_text(encoding="utf-8")
    for name in ("awx_awx.yml", "aap_configuration.yml"):
        (block,) = re.findall(rf"```shell\n((?:(?!```).)*controller/{name}.*?)```", example, re.S)
        assert block.count("ansible-playbook ") == 1, name


# without an account


@contextmanager
def make_simulator(*options: str) -> Iterator[dict[str, str]]:
    """What ``make simulator`` runs; the variables that its lines export. Ctrl-C ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.simulator", "serve", *options],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    try:
        lines = [process.stdout.readline().strip() for _ in range(3)]
        yield dict(line.removeprefix("export ").split("=", 1) for line in lines)
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(SECONDS_TO_END)
    assert status == 0


def test_it_is_what_make_runs() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"(?m)^simulator: .*\n\t@\$\(BIN\)/python -m tools.simulator serve", make)
    assert "make simulator\n" in blocks(FIRST_STEPS, "shell")
    assert "`make simulator`" in README


def test_without_an_account_the_same_command_does(tmp_path: Path) -> None:
    text = FIRST_STEPS.read_text(encoding="utf-8")
    (options,) = re.findall(r'``make simulator ARGS="([^"]+)"``', text)
    with make_simulator(*options.split()) as exported:
        assert list(exported) == [
            "TOGGL_FOCUS_API_URL",
            "TOGGL_FOCUS_API_TOKEN",
            "TOGGL_FOCUS_WORKSPACE_ID",
        ]
        with Simulator() as other:
            said = run_last(other, tmp_path, exported, "-e", "clients_workspace_id=4242")
        assert "Would rename 1, delete 1" in said
        assert not other.log
