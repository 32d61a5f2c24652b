# SPDX-License-Identifier: GPL-3.0-or-later
"""A code host's API on loopback, of GitHub or GitLab: comments, issues, artifacts, approvals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from support import ports

REQUEST = 7
"""The number of the pull request, or merge request."""
BOT, PERSON = 1, 2
LOGINS = {BOT: "github-actions[bot]", PERSON: "mallory"}
TOKEN = "a-token-of-the-code-host-0123456789"
"""What a pipeline's bot comes in with."""
Texts = Mapping[str, str]


@dataclass
class Entry:
    """A comment or an issue."""

    id: int
    author: int
    text: str
    title: str = ""
    is_open: bool = True


class Place(NamedTuple):
    all: str  # the path of all entries of a kind
    one: str  # what the path of one begins with
    number: str  # the field of its number
    text: str


class Dialect(NamedTuple):
    comments: Place
    issues: Place
    access: tuple[str, str]
    update: str
    open: str
    request: str  # where the pull request is, with its newest commit


ISSUES = "/repos/team/clients/issues"
PRODUCTION = "/repos/team/clients/environments/production"
GITHUB = Dialect(
    comments=Place(f"{ISSUES}/{REQUEST}/comments", f"{ISSUES}/comments", "id", "body"),
    issues=Place(ISSUES, ISSUES, "number", "body"),
    access=("Authorization", f"Bearer {TOKEN}"),
    update="PATCH",
    open="open",
    request=f"/repos/team/clients/pulls/{REQUEST}",
)
MERGE_REQUEST = f"/projects/42/merge_requests/{REQUEST}"
NOTES = f"{MERGE_REQUEST}/notes"
JOBS = "/projects/42/jobs/"
GITLAB = Dialect(
    comments=Place(NOTES, NOTES, "id", "body"),
    issues=Place("/projects/42/issues", "/projects/42/issues", "iid", "description"),
    access=("PRIVATE-TOKEN", TOKEN),
    update="PUT",
    open="opened",
    request=MERGE_REQUEST,
)


@dataclass
class CodeHost:
    dialect: Dialect
    url: str = ""
    token: str = TOKEN
    comments: list[Entry] = field(default_factory=list)
    issues: list[Entry] = field(default_factory=list)
    newest: str = ""  # commit of the pull request
    is_protected: bool = True  # somebody is asked before a job of the environment production
    artifacts: dict[str, Path] = field(default_factory=dict)  # folders, by the number of a job
    # Of the processes that had this host's address in theirs when it was asked.
    command_lines: list[str] = field(default_factory=list)

    def add(self, kept: list[Entry], author: int, text: str, title: str = "") -> Entry:
        entry = Entry(100 + len(self.comments) + len(self.issues), author, text, title)
        kept.append(entry)
        return entry

    def answer(self, method: str, path: str, query: Texts, given: Texts) -> object:
        """Return what is answered, which for a file is its content."""
        if path == "/user":
            return {"id": BOT}
        if path == self.dialect.request:
            return {"sha": self.newest, "head": {"sha": self.newest}}
        if path == PRODUCTION:
            rules = ["branch_policy", *["required_reviewers"] * self.is_protected]
            return {"protection_rules": [{"type": rule} for rule in rules]}
        if path.startswith(JOBS):
            job, _, file = path.removeprefix(JOBS).partition("/artifacts/")
            return (self.artifacts[job] / file).read_bytes()
        of_issues = path.startswith(self.dialect.issues.all) and "comments" not in path
        place = self.dialect.issues if of_issues else self.dialect.comments
        kept = self.issues if of_issues else self.comments
        if method == "GET" and path == place.all:
            assert not of_issues or query["state"] == self.dialect.open
            listed = [_shown(entry, place) for entry in kept if entry.is_open]
            size = min(100, int(query.get("per_page", 20)))
            start = (int(query.get("page", 1)) - 1) * size
            return listed[start : start + size]
        text, title = given[place.text], given.get("title", "")
        if method == self.dialect.update:
            (entry,) = [entry for entry in kept if path == f"{place.one}/{entry.id}"]
            entry.text = text
            return _shown(entry, place)
        assert (method, path) == ("POST", place.all) and bool(title) is of_issues
        return _shown(self.add(kept, BOT, text, title), place)


def _shown(entry: Entry, place: Place) -> dict[str, Any]:
    return {
        "id": entry.id + 10_000,
        place.number: entry.id,
        place.text: entry.text,
        "title": entry.title,
        "user": {"login": LOGINS[entry.author]},
        "author": {"id": entry.author},
    }


def command_lines(word: str) -> list[str]:
    """Return what every user of this machine can read of processes that were started with it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if word in line]


@contextmanager
def serving(dialect: Dialect) -> Iterator[CodeHost]:
    host = CodeHost(dialect)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            host.command_lines += command_lines(host.url)
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if dialect.access not in self.headers.items():
                self.send_error(401)
                return
            given = json.loads(body or "{}")
            answer = host.answer(self.command, path, dict(parse_qsl(query)), given)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        do_GET = do_POST = do_PUT = do_PATCH = answer

        def log_message(self, *_: object) -> None:
            pass

    with ports.serving(Handler) as port:
        host.url = f"http://127.0.0.1:{port}"
        yield host
