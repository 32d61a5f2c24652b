# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that keeps one comment and one issue, run alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .code_host import BOT, GITHUB, GITLAB, PERSON, REQUEST, CodeHost, Dialect, Entry, serving
from .scenarios import MARKER
from .team import EXAMPLE, Machine

PLAN = f"### Plan for 1 workspace: create 1\n\n{MARKER}\n"
DIALECTS = {"github": GITHUB, "gitlab": GITLAB}
OTHERS = {
    "a person's": (PERSON, PLAN),
    "one that quotes the marker before other text": (BOT, f"It was:\n{MARKER}\nNo longer."),
    "one whose last line has more than the marker": (BOT, f"It ended with {MARKER}"),
    "one whose last line goes on after the marker": (BOT, f"{MARKER} it was."),
}


@pytest.fixture(params=DIALECTS.values(), ids=list(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    found: Dialect = request.param
    return found


@pytest.fixture
def host(dialect: Dialect) -> Iterator[CodeHost]:
    with serving(dialect) as running:
        yield running


def publish(host: CodeHost, dialect: Dialect, folder: Path, kind: str) -> None:
    (folder / "plan.md").write_text(PLAN)
    (folder / "event.json").write_text(json.dumps({"pull_request": {"number": REQUEST}}))
    environment = {
        "GITHUB_API_URL": host.url,
        "GITHUB_REPOSITORY": "team/clients",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_TOKEN": host.token,
        "GITHUB_ACTIONS": "true",
    }
    if dialect == GITLAB:
        environment = {
            "CI_API_V4_URL": host.url,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": str(REQUEST),
            "CLIENTS_BOT_TOKEN": host.token,
        }
    script = f"bash '{EXAMPLE}/ci/publish.sh' {kind} plan.md"
    done = Machine(folder).run(script, folder, environment)
    assert done.returncode == 0, done.stdout


def entries(host: CodeHost, kind: str) -> list[Entry]:
    return host.comments if kind == "comment" else host.issues


@pytest.mark.parametrize("kind", ["comment", "issue"])
def test_the_token_is_on_no_command_line_and_each_request_has_a_time_limit(
    host: CodeHost, dialect: Dialect, tmp_path: Path, kind: str
) -> None:
    """Every user of the machine can read what a process was started with."""
    publish(host, dialect, tmp_path, kind)
    assert [entry.text for entry in entries(host, kind)] == [PLAN]
    curls = [line for line in host.command_lines if line.startswith("curl ")]
    assert curls and not [line for line in host.command_lines if host.token in line]
    assert not [line for line in curls if "--max-time " not in line]


@pytest.mark.parametrize("kind", ["comment", "issue"])
def test_only_what_is_its_own_and_ends_with_the_marker_alone_is_replaced(
    host: CodeHost, dialect: Dialect, tmp_path: Path, kind: str
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
    publish(host, dialect, tmp_path, kind)
    assert own.text == PLAN
    own.text = f"Before\n{MARKER}"
    publish(host, dialect, tmp_path, kind)
    assert own.text == PLAN and kept == [*others, own]
    assert [other.text for other in others] == texts
