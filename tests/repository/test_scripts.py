# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts of ``examples/repository/ci/``, run alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .code_host import BOT, GITHUB, GITLAB, PERSON, REQUEST, CodeHost, Entry, serving
from .github import of_github
from .scenarios import MARKER
from .team import EXAMPLE, Machine

COMMIT, RUN = "5f0c1e3a", "https://code.example.com/team/clients/runs/12"
PLAN = f"### Plan for 1 workspace: create 1\n\n{MARKER}\n"
OTHERS = {
    "a person's": (PERSON, PLAN),
    "one that quotes the marker before other text": (BOT, f"It was:\n{MARKER}\nNo longer."),
    "one whose last line has more than the marker": (BOT, f"It ended with {MARKER}"),
    "one whose last line goes on after the marker": (BOT, f"{MARKER} it was."),
}


@pytest.fixture(params=[GITHUB, GITLAB], ids=["github", "gitlab"])
def host(request: pytest.FixtureRequest) -> Iterator[CodeHost]:
    with serving(request.param) as running:
        yield running


@pytest.fixture(params=["comment", "issue"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def environment(host: CodeHost, folder: Path) -> dict[str, str]:
    """What a job has of its code host, for the pull request."""
    if host.dialect == GITLAB:
        return {
            "CI_API_V4_URL": host.url,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": str(REQUEST),
            "CLIENTS_BOT_TOKEN": host.token,
        }
    event = folder / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": REQUEST}}))
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": host.url,
        "GITHUB_REPOSITORY": "team/clients",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_TOKEN": host.token,
    }


def publish(host: CodeHost, folder: Path, kind: str, plan: str = PLAN) -> None:
    if plan:
        (folder / "plan.md").write_text(plan)
    host.newest = host.newest or COMMIT
    own = {**environment(host, folder), "COMMIT": COMMIT, "RUN": RUN}
    done = Machine(folder).run(f"bash '{EXAMPLE}/ci/publish.sh' {kind} plan.md", folder, own)
    assert done.returncode == 0, done.stdout


def entries(host: CodeHost, kind: str) -> list[Entry]:
    return host.comments if kind == "comment" else host.issues


def test_the_token_is_on_no_command_line_and_each_request_has_a_time_limit(
    host: CodeHost, tmp_path: Path, kind: str
) -> None:
    """Every user of the machine can read what a process was started with."""
    publish(host, tmp_path, kind)
    assert [entry.text for entry in entries(host, kind)] == [PLAN]
    curls = [line for line in host.command_lines if line.startswith("curl ")]
    assert curls and not [line for line in host.command_lines if host.token in line]
    assert not [line for line in curls if "--max-time " not in line]


def test_only_what_is_its_own_and_ends_with_the_marker_alone_is_replaced(
    host: CodeHost, tmp_path: Path, kind: str
) -> None:
    """A code host may keep line ends as forms send them, and without the last one. What is its own
    is on a later page; a closed issue stays closed."""
    kept = entries(host, kind)
    written = [*OTHERS.values(), *[(PERSON, f"I agree.\n\n{MARKER}")] * 150]
    others = [host.add(kept, author, text, "Another") for author, text in written]
    if kind == "issue":
        others.append(host.add(kept, BOT, MARKER, "From the last time"))
        others[-1].is_open = False
    texts = [other.text for other in others]
    own = host.add(kept, BOT, f"Before\r\n\r\n{MARKER}\r\n", "Before")
    publish(host, tmp_path, kind)
    assert own.text == PLAN
    own.text = f"Before\n{MARKER}"
    publish(host, tmp_path, kind)
    assert own.text == PLAN and kept == [*others, own]
    assert [other.text for other in others] == texts


def test_where_a_run_has_no_plan_that_is_said_in_place_of_an_earlier_one(
    host: CodeHost, tmp_path: Path, kind: str
) -> None:
    """A file that is committed, too, is in ``scenarios.py``."""
    publish(host, tmp_path, kind)
    (tmp_path / "plan.md").unlink()
    publish(host, tmp_path, kind, plan="")
    (entry,) = entries(host, kind)
    first, *_, last = entry.text.splitlines()
    assert (first, last) == (f"### No plan for {COMMIT}", MARKER) and f"({RUN})" in entry.text


def test_an_older_run_that_runs_again_leaves_the_comment(host: CodeHost, tmp_path: Path) -> None:
    host.newest = "a1b2c3d4"
    publish(host, tmp_path, "comment")
    assert host.comments == []


def test_an_environment_that_is_not_there_has_no_approval(tmp_path: Path) -> None:
    """The code host would make it, unprotected. What follows elsewhere is in ``test_github.py``."""
    with serving(GITHUB) as host:
        own = environment(host, tmp_path)
        own["GITHUB_API_URL"] += "/nowhere"
        done = Machine(tmp_path).run(f"bash '{EXAMPLE}/ci/approval.sh'", tmp_path, own)
    assert host.command_lines and host.token not in "".join(host.command_lines)
    assert done.returncode == 1 and "nobody was asked" in done.stdout


# what a step prints is no command of the code host, whatever names are in it

SOURCED = f". '{EXAMPLE}/ci/stop-commands.sh'"
OBEYED = {
    "at the beginning": "::error::a",
    "after blanks": "  \t::error file=a,line=1::b",
    "without data": "::group::",
    "in any case": "::Add-Mask::a",
    "the other form": "##[error file=a]b",
    "the other form within a line": "- create   ##[group]a",
    "on a line of its own for the runner alone": "a\r::error::b",
}


@pytest.mark.parametrize("ends", ["true", "false", "exit 3"])
def test_commands_are_stopped_to_the_end_of_a_step(tmp_path: Path, ends: str) -> None:
    """The runner would obey them. The token is another each time, and the step's status stays."""
    printed = "\n".join(f"printf '%s\\n' '{text}'" for text in OBEYED.values())
    machine = Machine(tmp_path)
    done = [machine.run(f"{SOURCED}\n{printed}\n{ends}", tmp_path) for _ in range(2)]
    assert {run.returncode for run in done} == {machine.run(ends, tmp_path).returncode}
    first, second = (run.stdout for run in done)
    assert len(of_github(machine.run(printed, tmp_path).stdout)) == len(OBEYED)
    assert of_github(first) == of_github(second) == []
    assert len(of_github(first + "::error::after the end")) == 1
    assert first.splitlines()[0] != second.splitlines()[0]


def test_errors_keep_their_place_between_the_marks(tmp_path: Path) -> None:
    """The runner reads each stream by itself: what comes late would be after the end."""
    script = f"{{ {SOURCED}; echo '::error::late' >&2; }} 2>/dev/null"
    assert "\n::error::late\n" in Machine(tmp_path).run(script, tmp_path).stdout
