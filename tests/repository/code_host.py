# SPDX-License-Identifier: GPL-3.0-or-later
"""A code host's API on loopback that keeps comments and issues: of GitHub, and of GitLab."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

REQUEST = 7
"""The number of the pull request, or merge request."""
BOT, PERSON = 1, 2
LOGINS = {BOT: "github-actions[bot]", PERSON: "mallory"}
LONGEST = 65_536  # characters that GitHub takes


@dataclass
class Entry:
    """A comment or an issue."""

    id: int
    author: int
    text: str
    title: str = ""
    is_open: bool = True


class CodeHost:
    """``token`` is what a pipeline's bot comes in with."""

    token = "a-token-of-the-code-host-0123456789"

    def __init__(self) -> None:
        self.comments: list[Entry] = []
        self.issues: list[Entry] = []
        self.url = ""
        self.command_lines: list[str] = []
        """Of the processes that had this host's address in theirs when it was asked."""

    def add(self, kept: list[Entry], author: int, text: str, title: str = "") -> Entry:
        entry = Entry(100 + len(self.comments) + len(self.issues), author, text, title)
        kept.append(entry)
        return entry

    def by_bot(self, kept: list[Entry]) -> list[Entry]:
        return [entry for entry in kept if entry.author == BOT]


@dataclass(frozen=True)
class Dialect:
    """Where a code host keeps what, and how it shows it; ``(\\d+)`` is an entry."""

    comments: str
    comment: str
    issues: str
    issue: str
    update: str
    text: str
    text_of_issue: str
    access: tuple[str, str]
    open: str

    def shown(self, entry: Entry, is_issue: bool) -> dict[str, Any]:
        common = {
            "id": entry.id + 10_000 if is_issue else entry.id,
            "number": entry.id,
            "iid": entry.id,
            "title": entry.title,
            "user": {"login": LOGINS[entry.author]},
            "author": {"id": entry.author},
        }
        return {**common, (self.text_of_issue if is_issue else self.text): entry.text}


GITHUB = Dialect(
    comments=rf"/repos/team/clients/issues/{REQUEST}/comments",
    comment=r"/repos/team/clients/issues/comments/(\d+)",
    issues=r"/repos/team/clients/issues",
    issue=r"/repos/team/clients/issues/(\d+)",
    update="PATCH",
    text="body",
    text_of_issue="body",
    access=("Authorization", f"Bearer {CodeHost.token}"),
    open="open",
)
GITLAB = Dialect(
    comments=rf"/projects/42/merge_requests/{REQUEST}/notes",
    comment=rf"/projects/42/merge_requests/{REQUEST}/notes/(\d+)",
    issues=r"/projects/42/issues",
    issue=r"/projects/42/issues/(\d+)",
    update="PUT",
    text="body",
    text_of_issue="description",
    access=("PRIVATE-TOKEN", CodeHost.token),
    open="opened",
)


def command_lines(word: str) -> list[str]:
    """Return what every user of this machine can read of the processes that were started with
    the word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if word in line]


@contextmanager
def serving(dialect: Dialect) -> Iterator[CodeHost]:
    host = CodeHost()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            host.command_lines += command_lines(host.url)
            length = int(self.headers.get("Content-Length", 0))
            given = json.loads(self.rfile.read(length) or b"{}")
            status, content = self._answer(given)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_PATCH = answer

        def _answer(self, given: dict[str, str]) -> tuple[int, Any]:
            header, value = dialect.access
            if self.headers.get(header) != value:
                return 401, {"message": "401 Unauthorized"}
            url = urlsplit(self.path)
            if self.command == "GET" and url.path == "/user":
                return 200, {"id": BOT}
            for kept, many, one, is_issue in (
                (host.comments, dialect.comments, dialect.comment, False),
                (host.issues, dialect.issues, dialect.issue, True),
            ):
                if re.fullmatch(many, url.path):
                    return self._many(kept, parse_qs(url.query), given, is_issue)
                if found := re.fullmatch(one, url.path):
                    return self._one(kept, int(found[1]), given, is_issue)
            return 404, {"message": "404 Not Found"}

        def _many(
            self, kept: list[Entry], query: dict[str, list[str]], given: dict[str, str], issue: bool
        ) -> tuple[int, Any]:
            if self.command == "POST":
                text = given[dialect.text_of_issue if issue else dialect.text]
                if len(text) > LONGEST or (issue and not given.get("title")):
                    return 422, {"message": "Validation Failed"}
                return 201, dialect.shown(host.add(kept, BOT, text, given.get("title", "")), issue)
            listed = kept
            if issue:
                assert query["state"] == [dialect.open]
                listed = [entry for entry in kept if entry.is_open]
            size = min(100, int(query.get("per_page", ["20"])[0]))
            start = (int(query.get("page", ["1"])[0]) - 1) * size
            return 200, [dialect.shown(entry, issue) for entry in listed[start : start + size]]

        def _one(
            self, kept: list[Entry], number: int, given: dict[str, str], issue: bool
        ) -> tuple[int, Any]:
            if self.command != dialect.update:
                return 405, {"message": "405 Method Not Allowed"}
            (entry,) = [entry for entry in kept if entry.id == number]
            entry.text = given[dialect.text_of_issue if issue else dialect.text]
            return 200, dialect.shown(entry, issue)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
