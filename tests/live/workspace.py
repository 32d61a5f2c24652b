# SPDX-License-Identifier: GPL-3.0-or-later
"""A workspace through the API's own class. Beneath that, each request is counted, remembered, and
refused if it would touch a client that was not made here."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from simulator.switches import QUESTIONS

from ansible_collections.toggl.focus.plugins.module_utils._api.answers import (
    error_response,
    parse_or_none,
)
from ansible_collections.toggl.focus.plugins.module_utils._api.clients import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._api.errors import (
    Answer,
    Request,
    StatusError,
)
from ansible_collections.toggl.focus.plugins.module_utils._api.quota import Quota, quota_of
from ansible_collections.toggl.focus.plugins.module_utils._api.transport import Transport
from ansible_collections.toggl.focus.plugins.module_utils._model import Access, Client
from ansible_collections.toggl.focus.plugins.module_utils._progress import Halt, Progress

PREFIX = "focus-live-"
REFUSALS = (400, 404, 405, 409, 422)
"""They answer a question; all others mean that nothing can be asked now."""


def table(found: Mapping[str, object]) -> str:
    """Markdown: the questions, as the simulator's switches are called, and the answers."""
    rows = [f"| question | the service, {date.today()} |", "| --- | --- |"]
    keys = dict.fromkeys([*QUESTIONS, "modules", *found])
    return "\n".join([*rows, *(f"| {key} | {found.get(key, 'not asked')} |" for key in keys)])


class UsedUp(Exception):
    def __init__(self, seconds: float) -> None:
        minutes = max(0.0, -(-seconds // 60))
        super().__init__(f"No request is left: call this again in {minutes:.0f} minutes.")
        self.seconds = seconds


@dataclass
class State:
    """What calls remember together: no credentials, and no name of a client that was not made here.

    ``sent``: when each request of this hour was; ``unclean``: prefixes of clients that may still be
    there; ``done``: what need not be done again."""

    path: Path
    budget: int = 30
    window: float = 3600.0
    wait: bool = False
    clock: Callable[[], float] = time.time
    sent: list[float] = field(default_factory=list)
    remaining: int | None = None
    reopens: float = 0.0
    unclean: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    found: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            vars(self).update(json.loads(self.path.read_text()))

    def save(self) -> None:
        kept = ("sent", "remaining", "reopens", "unclean", "done", "found")
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps({key: getattr(self, key) for key in kept}))
        draft.replace(self.path)

    def need(self, requests: int) -> None:
        """Waits until so many requests are left, or raises ``UsedUp``."""
        assert requests <= self.budget, f"{requests} requests are needed: give --budget more."
        while (seconds := self._missing(requests)) is not None:
            if not self.wait:
                raise UsedUp(seconds)
            print(f"Waiting for {seconds:.0f} seconds.")
            time.sleep(seconds + 1)

    def _missing(self, requests: int) -> float | None:
        """Seconds until so many are left; ``None`` if they are."""
        now = self.clock()
        self.sent = [then for then in self.sent if then > now - self.window]
        self.remaining = self.remaining if now < self.reopens else None
        too_many = len(self.sent) + requests - self.budget
        if too_many > 0:
            return self.sent[too_many - 1] + self.window - now
        few = self.remaining is not None and self.remaining < requests
        return self.reopens - now if few else None

    def spend(self, requests: int = 1) -> None:
        self.sent += [self.clock()] * requests
        self.save()

    def note(self, quota: Quota) -> None:
        """What the service says of its own quota, which others use too."""
        if quota.remaining is not None:
            self.remaining = quota.remaining
            resets_in = self.window if quota.resets_in is None else quota.resets_in
            self.reopens = self.clock() + resets_in


class Reply(NamedTuple):
    """An answer: ``content`` from JSON, ``quota`` from its headers; empty where there is none."""

    status: int
    content: dict[str, Any]
    quota: Quota
    words: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def listed(self) -> list[dict[str, Any]]:
        data = self.content.get("data")
        return data if isinstance(data, list) else []

    @property
    def client(self) -> dict[str, Any]:
        """The client in it, plain or within ``data``."""
        inner = self.content.get("data")
        return inner if isinstance(inner, dict) else self.content


def reply_of(answer: Answer) -> Reply:
    content = parse_or_none(answer)
    words = f"{answer.status} {error_response(answer, ()).words}".strip()
    fields = content if isinstance(content, dict) else {}
    return Reply(answer.status, fields, quota_of(answer.headers), words)


class Workspace:
    """``api`` sends its requests through ``exchange``; ``made`` counts the creations."""

    def __init__(self, access: Access, state: State) -> None:
        self._connection = Transport(access)
        self._state = state
        self._clients = f"/workspaces/{access.workspace_id}/clients"
        self.made = 0
        self._own: dict[int, bool] = {}  # whether it is active, by id
        self._cleans_up = False
        self.api = FocusApi(access, self, Progress(), Halt())  # type: ignore[arg-type]
        self.replies: list[Reply] = []
        self.prefix = PREFIX + secrets.token_hex(4)
        self._prefixes = (self.prefix,)

    def named(self, text: str) -> str:
        return f"{self.prefix} {text}"

    def ask(self, call: Callable[..., Any], *arguments: Any) -> Reply:
        """What the service answers to a call of ``api``, also where it refuses."""
        try:
            call(*arguments)
        except StatusError as error:
            if error.status not in REFUSALS:
                raise
        return self.replies[-1]

    def own(self, enough: int, **by: Any) -> list[Client]:
        """The clients of this run in the list, which is read until so many were seen."""

        def mine(so_far: Any) -> list[Client]:
            return [client for client in so_far.clients if client.name.startswith(self.prefix)]

        return mine(self.api.list_clients(**by, enough=lambda so_far: len(mine(so_far)) >= enough))

    def look(self, *parameters: tuple[str, str]) -> Reply:
        """GET of the list with parameters that the API's class never sends."""
        self.exchange(Request("GET", self._clients, parameters))
        if self.replies[-1].status == 402:
            raise UsedUp(self._state.window)
        return self.replies[-1]

    def clean(self, prefixes: Sequence[str] = ()) -> None:
        """Remove what this run made, and what has one of these prefixes."""
        self._cleans_up = True
        self._prefixes += tuple(prefixes)
        if prefixes or self.made > len(self._own):
            self.api.list_clients()  # exchange sees what is there
        for client_id in [found for found, is_active in self._own.items() if is_active]:
            gone = self.ask(self.api.delete, client_id)
            assert gone.accepted or gone.status == 404, f"{client_id} is left: {gone.words}"

    def exchange(
        self, request: Request, before_sending: Callable[[], None] = lambda: None
    ) -> Answer:
        """As the API's connection does."""
        method, path, parameters, body = request
        client_id = int(found[1]) if (found := re.search(r"/clients/(\d+)", path)) else None
        name = json.loads(body)["name"] if body else self.prefix
        is_own = method in ("GET", "POST") or client_id in self._own
        assert is_own and name.startswith(self.prefix), f"{path} was not made by this run"
        # What cleans up is left: a look, and a request for each client.
        there = self.made - list(self._own.values()).count(False) + (method == "POST") + 1
        self._state.need(1 if self._cleans_up else 1 + there)
        self._state.spend()
        self.made += method == "POST"
        answer = self._connection.exchange(request, before_sending)
        reply = reply_of(answer)
        self.replies.append(reply)
        self._state.note(reply.quota)
        if method == "POST" and 400 <= reply.status < 500:
            self.made -= 1
        elif method == "DELETE" and (reply.accepted or reply.status == 404):
            self._own[client_id or 0] = False
        for fields in [reply.client, *reply.listed]:
            if str(fields.get("name", "")).startswith(self._prefixes) and "id" in fields:
                self._own[fields["id"]] = not Client.of(fields).deleted
        query = "&".join(f"{key}={value}" for key, value in parameters)
        print(f"{method} {path}?{query} {name[:60]} → {reply.words}")
        return answer
