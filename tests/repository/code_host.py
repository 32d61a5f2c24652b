# SPDX-License-Identifier: GPL-3.0-or-later
"""A code host's API on loopback that keeps comments and issues: of GitHub, and of GitLab."""

from __future__ import annotations

import contextlib
import json
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
    """Where a code host keeps what; an entry is under its number, but see ``comment``."""

    comments: str
    comment: str
    issues: str
    text_of_issue: str
    access: tuple[str, str]
    update: str
    open: str

    def shown(self, entry: Entry, is_issue: bool) -> dict[str, Any]:
        return {
            "id": entry.id + 10_000 if is_issue else entry.id,
            "number": entry.id,
            "iid": entry.id,
            "title": entry.title,
            "user": {"login": LOGINS[entry.author]},
            "author": {"id": entry.author},
            self.text_of_issue if is_issue else "body": entry.text,
        }


GITHUB = Dialect(
    comments=f"/repos/team/clients/issues/{REQUEST}/comments",
    comment="/repos/team/clients/issues/comments",
    issues="/repos/team/clients/issues",
    text_of_issue="body",
    access=("Authorization", f"Bearer {CodeHost.token}"),
    update="PATCH",
    open="open",
)
GITLAB = Dialect(
    comments=f"/projects/42/merge_requests/{REQUEST}/notes",
    comment=f"/projects/42/merge_requests/{REQUEST}/notes",
    issues="/projects/42/issues",
    text_of_issue="description",
    access=("PRIVATE-TOKEN", CodeHost.token),
    update="PUT",
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


class Handler(BaseHTTPRequestHandler):
    host: CodeHost
    dialect: Dialect

    def answer(self) -> None:
        self.host.command_lines += command_lines(self.host.url)
        length = int(self.headers.get("Content-Length", 0))
        status, content = self._answer(json.loads(self.rfile.read(length) or b"{}"))
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def _answer(self, given: dict[str, str]) -> tuple[int, Any]:
        header, value = self.dialect.access
        if self.headers.get(header) != value:
            return 401, {"message": "401 Unauthorized"}
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        folder, _, number = url.path.rpartition("/")
        if (self.command, url.path) == ("GET", "/user"):
            return 200, {"id": BOT}
        for kept, many, one, is_issue in (
            (self.host.comments, self.dialect.comments, self.dialect.comment, False),
            (self.host.issues, self.dialect.issues, self.dialect.issues, True),
        ):
            if url.path == many:
                return self._many(kept, query, given, is_issue)
            if folder == one:
                return self._one(kept, int(number), given, is_issue)
        return 404, {"message": "404 Not Found"}

    def _many(
        self, kept: list[Entry], query: dict[str, str], given: dict[str, str], is_issue: bool
    ) -> tuple[int, Any]:
        if self.command == "POST":
            text = given[self.dialect.text_of_issue if is_issue else "body"]
            if len(text) > LONGEST or (is_issue and not given.get("title")):
                return 422, {"message": "Validation Failed"}
            added = self.host.add(kept, BOT, text, given.get("title", ""))
            return 201, self.dialect.shown(added, is_issue)
        assert not is_issue or query["state"] == self.dialect.open
        listed = [entry for entry in kept if entry.is_open]
        size = min(100, int(query.get("per_page", 20)))
        start = (int(query.get("page", 1)) - 1) * size
        return 200, [self.dialect.shown(entry, is_issue) for entry in listed[start : start + size]]

    def _one(
        self, kept: list[Entry], number: int, given: dict[str, str], is_issue: bool
    ) -> tuple[int, Any]:
        if self.command != self.dialect.update:
            return 405, {"message": "405 Method Not Allowed"}
        (entry,) = [entry for entry in kept if entry.id == number]
        entry.text = given[self.dialect.text_of_issue if is_issue else "body"]
        return 200, self.dialect.shown(entry, is_issue)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(dialect: Dialect) -> Iterator[CodeHost]:
    host = CodeHost()
    handler = type("OfHost", (Handler,), {"host": host, "dialect": dialect})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
