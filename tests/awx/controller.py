# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as the modules of awx.awx need to create objects, in memory."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from awx.objects import AWX

VERSION = "24.6.1"
TOKEN = "awx_token_0123456789abcdef0123456789"
WITH_TEMPLATE = {
    "job_templates": "job_template",
    "projects": "project",
    "inventory_sources": "inventory_source",
    "workflow_job_templates": "workflow_job_template",
}
PARTS = re.compile(r"/api/v2/(?P<kind>\w+)/(?:(?P<id>\d+)/)?(?:(?P<part>\w+)/)?$")

Json = dict[str, Any]
Answer = tuple[int, Any]


@dataclass
class Controller:
    """``objects`` by the name of their list and their id; ``writes``: method and path of each."""

    objects: dict[str, dict[int, Json]] = field(default_factory=dict)
    related: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)
    surveys: dict[tuple[str, int], Json] = field(default_factory=dict)
    secrets: list[Json] = field(default_factory=list)
    writes: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.add("organizations", {"name": "Default"})

    def add(self, kind: str, fields: Json) -> Json:
        number = sum(len(known) for known in self.objects.values()) + 1
        url = f"/api/v2/{kind}/{number}/"
        made = {"summary_fields": {}, "scm_revision": "", **fields, "id": number, "url": url}
        made["type"] = WITH_TEMPLATE.get(kind, kind.removesuffix("s"))
        made["related"] = {"survey_spec": f"{url}survey_spec/"}
        self.objects.setdefault(kind, {})[number] = self._sealed(kind, made)
        return made

    def _sealed(self, kind: str, made: Json) -> Json:
        """AWX shows no secret again."""
        if kind == "credentials" and "api_token" in made.get("inputs", {}):
            self.secrets.append(made["inputs"])
            made["inputs"] = {**made["inputs"], "api_token": "$encrypted$"}
        return made

    def named(self, kind: str) -> dict[str, Json]:
        return {made["name"]: made for made in self.objects[kind].values()}

    def answer(self, method: str, path: str, query: Json, body: Json) -> Answer:
        found = PARTS.match(path)
        if not found:
            return 404, {"detail": f"no such path: {path}"}
        if method != "GET":
            self.writes.append((method, path))
        kind, number, part = found["kind"], int(found["id"] or 0), found["part"]
        if not number:
            return self._list(kind, query) if method == "GET" else self._create(kind, body)
        if part:
            return self._part(method, (kind, number, part), body)
        made = self.objects[kind][number]
        if method == "PATCH":
            keys = made if kind == "workflow_approval_templates" else body
            made.update({key: value for key, value in body.items() if key in keys})
        return 200, made

    def _list(self, kind: str, query: Json) -> Answer:
        kinds = WITH_TEMPLATE if kind == "unified_job_templates" else [kind]
        every = [made for each in kinds for made in self.objects.get(each, {}).values()]
        fits = [made for made in every if all(str(made.get(key)) == query[key] for key in query)]
        return 200, {"count": len(fits), "next": None, "results": fits}

    def _create(self, kind: str, body: Json) -> Answer:
        refused = self._refused(kind, body)
        return (400, {"__all__": [refused]}) if refused else (201, self.add(kind, body))

    def _refused(self, kind: str, body: Json) -> str | None:
        if kind == "job_templates" and not (AWX / "project" / body["playbook"]).exists():
            return "Playbook not found for project."
        if kind == "credential_types":
            bad = [name for name in body["injectors"]["env"] if name.startswith("ANSIBLE_")]
            return f"{bad} may affect Ansible." if bad else None
        return None

    def _part(self, method: str, key: tuple[str, int, str], body: Json) -> Answer:
        kind, number, part = key
        if part == "survey_spec":
            if method == "GET":
                return 200, self.surveys.get((kind, number), {})
            self.surveys[kind, number] = body
            return 200, {}
        if part == "create_approval_template":
            fields = {name: body[name] for name in ("name", "description", "timeout")}
            made = self.add("workflow_approval_templates", fields)
            node = self.objects[kind][number]
            node["related"]["unified_job_template"] = made["url"]
            node["unified_job_template"] = made["id"]
            return 201, made
        linked = self.related.setdefault(key, [])
        if method == "POST":
            linked.append(body["id"])
            return 204, None
        return 200, {"count": len(linked), "next": None, "results": [{"id": i} for i in linked]}


@contextmanager
def running() -> Iterator[Controller]:
    controller = Controller()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            body = json.loads(content or b"{}")
            query = dict(parse_qsl(parts.query))
            status, found = (
                controller.answer(self.command, parts.path, query, body)
                if known
                else (401, {"detail": "Authentication credentials were not provided."})
            )
            text = b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", VERSION)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    controller.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield controller
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
