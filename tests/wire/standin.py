# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of the service, written from its reference page alone; it shares no code with the
simulator. A test says with a rule what goes wrong on the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from support.ports import serving

THEN = "2026-01-01T00:00:00Z"


class Request(NamedTuple):
    """``id`` is that of the path; ``query`` has the last value of each parameter; ``sent`` is what
    the body says beside the name."""

    method: str
    id: int | None
    query: dict[str, str]
    name: str | None
    sent: dict[str, Any] = {}


class Answer(NamedTuple):
    """``body`` is sent as JSON."""

    status: int
    body: Any = None


Proceed = Callable[[], Answer]
Rule = Callable[[Request, Proceed], Answer]
"""Gets the request, and what does it; what it returns is sent."""


class Service:
    workspace_id = 77
    token = "toggl_sk_0123456789abcdef0123456789abcdef"

    def __init__(self) -> None:
        self.url = ""
        self.rows: dict[int, dict[str, Any]] = {}
        self.log: list[Request] = []
        self.rules: dict[str, Rule] = {}  # by method, where it is not simply done
        self.hides = False  # whether no deleted client is shown
        self.refuses_taken_names = False  # a deleted client's, too
        self.currency = "clears"  # or "keeps", by an update without one, or "none": no such field
        self._lock = threading.Lock()

    def add(self, name: str, *, deleted: bool = False, currency: str | None = None) -> int:
        """Put a client there, and return its id."""
        number = max(self.rows, default=1000) + 1
        self.rows[number] = {
            "id": number,
            "name": name,
            "workspace_id": self.workspace_id,
            "active": not deleted,
            "created_at": THEN,
            "deleted_at": THEN if deleted else None,
            "currency": currency,
        }
        return number

    @property
    def names(self) -> dict[int, str]:
        """Of the active clients."""
        return {number: row["name"] for number, row in self.rows.items() if not row["deleted_at"]}

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.log.append(request)
            rule = self.rules.get(request.method, lambda _, proceed: proceed())
            return rule(request, lambda: self._perform(request))

    def _perform(self, request: Request) -> Answer:
        method, row = request.method, self.rows.get(request.id or 0)
        if request.id and (row is None or self.hides and row["deleted_at"] and method != "PATCH"):
            return refusal(404, "client does not exist")
        others = {other["name"] for number, other in self.rows.items() if number != request.id}
        if self.refuses_taken_names and request.name in others:
            return refusal(400, "name has already been taken")
        if method == "POST":
            number = self.add(request.name or "", currency=request.sent.get("currency"))
            return Answer(201, self._shown(self.rows[number]))
        if row is None:
            return self._page(request)
        if method == "GET":
            return Answer(200, self._shown(row))
        if method != "PUT":
            row["deleted_at"] = THEN if method == "DELETE" else None
            return Answer(204)
        row["name"] = request.name
        if self.currency == "clears" or "currency" in request.sent:
            row["currency"] = request.sent.get("currency")
        return Answer(204)

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        hidden = "currency" if self.currency == "none" else ""
        return {field: value for field, value in row.items() if field != hidden}

    def _page(self, request: Request) -> Answer:
        size, number = int(request.query.get("per_page", 50)), int(request.query.get("page", 1))
        wanted = request.query.get("name")
        rows = [
            self._shown(row)
            for row in self.rows.values()
            if not (self.hides and row["deleted_at"]) and wanted in (None, row["name"])
        ]
        page = rows[(number - 1) * size : number * size]
        return Answer(200, {"data": page, "page": number, "per_page": size})


def refusal(status: int, words: str) -> Answer:
    return Answer(status, {"error": "refused", "error_description": words})


def running() -> Iterator[Service]:
    """The service on a port of this machine."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            url = urlsplit(self.path)
            last = url.path.removesuffix("/restore").rpartition("/")[2]
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = {key.rstrip("[]"): values[-1] for key, values in parse_qs(url.query).items()}
            number = int(last) if last.isdigit() else None
            fields = json.loads(sent) if sent else {}
            name = fields.pop("name", None)
            self._send(service.answer(Request(self.command, number, query, name, fields)))

        def _send(self, answer: Answer) -> None:
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            if answer.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Print nothing."""

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    with serving(Handler) as port:
        service.url = f"http://127.0.0.1:{port}/api"
        yield service
