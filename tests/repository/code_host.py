# SPDX-License-Identifier: GPL-3.0-or-later
"""A code host's API on loopback that keeps comments and issues: of GitHub, and of GitLab."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Endpoint = Callable[[Request], Awaitable[Response]]

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


def app_of(host: CodeHost, dialect: Dialect) -> Starlette:
    def text_of(given: dict[str, str], is_issue: bool) -> str:
        return given[dialect.text_of_issue if is_issue else "body"]

    def many(kept: list[Entry], is_issue: bool) -> Endpoint:
        async def answer(request: Request) -> Response:
            if request.method == "POST":
                given = await request.json()
                text, title = text_of(given, is_issue), given.get("title", "")
                if len(text) > LONGEST or (is_issue and not title):
                    return JSONResponse({"message": "Validation Failed"}, 422)
                added = host.add(kept, BOT, text, title)
                return JSONResponse(dialect.shown(added, is_issue), 201)
            query = request.query_params
            assert not is_issue or query["state"] == dialect.open
            listed = [dialect.shown(entry, is_issue) for entry in kept if entry.is_open]
            size = min(100, int(query.get("per_page", 20)))
            start = (int(query.get("page", 1)) - 1) * size
            return JSONResponse(listed[start : start + size])

        return answer

    def one(kept: list[Entry], is_issue: bool) -> Endpoint:
        async def answer(request: Request) -> Response:
            (entry,) = [entry for entry in kept if entry.id == request.path_params["number"]]
            entry.text = text_of(await request.json(), is_issue)
            return JSONResponse(dialect.shown(entry, is_issue))

        return answer

    async def user(_request: Request) -> Response:
        return JSONResponse({"id": BOT})

    async def guard(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        host.command_lines += command_lines(host.url)
        header, value = dialect.access
        if request.headers.get(header) != value:
            return JSONResponse({"message": "401 Unauthorized"}, 401)
        return await answer(request)

    updates = [dialect.update]
    routes = [
        Route("/user", user),
        Route(dialect.comments, many(host.comments, False), methods=["GET", "POST"]),
        Route(dialect.issues, many(host.issues, True), methods=["GET", "POST"]),
        Route(f"{dialect.comment}/{{number:int}}", one(host.comments, False), methods=updates),
        Route(f"{dialect.issues}/{{number:int}}", one(host.issues, True), methods=updates),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)])


@contextmanager
def serving(dialect: Dialect) -> Iterator[CodeHost]:
    host = CodeHost()
    config = uvicorn.Config(app_of(host, dialect), log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield host
        finally:
            server.should_exit = True
            thread.join()
