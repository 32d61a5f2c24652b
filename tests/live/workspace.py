# SPDX-License-Identifier: GPL-3.0-or-later
"""A workspace over the collection's own transport. Each request is counted, remembered, and refused
if it would touch a client that was not made here."""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ansible_collections.toggl.focus.plugins.module_utils._api import answers
from ansible_collections.toggl.focus.plugins.module_utils._api.errors import Request
from ansible_collections.toggl.focus.plugins.module_utils._api.quota import Quota, quota_of
from ansible_collections.toggl.focus.plugins.module_utils._api.transport import Transport
from ansible_collections.toggl.focus.plugins.module_utils._model import Access, Client

BUDGET, HOUR = 30, 3600.0  # requests of the smallest plan, in seconds
PREFIX = "focus-live-"
REFUSALS = (400, 404, 405, 409, 422)  # they answer a question; others: nothing can be asked now
AGAIN = 3

Fields = dict[str, Any]


class UsedUp(pytest.exit.Exception):
    """Ends the call with status 3."""

    def __init__(self, seconds: float) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(f"No request is left: call this again in {minutes} minutes.", AGAIN)


@dataclass
class State:
    """What calls remember together: no credentials, and no name of a client that was not made here.

    ``left``: requests until the hour ``reopens``; ``unclean``: prefixes of clients that may still
    be there; ``done``: what need not be done again."""

    path: Path
    clock: Callable[[], float] = time.time
    left: int = BUDGET
    reopens: float = 0.0
    unclean: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    found: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            vars(self).update(json.loads(self.path.read_text()))

    def save(self) -> None:
        kept = {key: value for key, value in vars(self).items() if key not in ("path", "clock")}
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(kept))
        draft.replace(self.path)

    def need(self, requests: int) -> None:
        """:raises UsedUp: fewer are left in this hour"""
        missing = self.reopens - self.clock()
        if missing <= 0:
            self.left, self.reopens = BUDGET, self.clock() + HOUR
        elif self.left < requests:
            raise UsedUp(missing)

    def spend(self, requests: int = 1) -> None:
        self.left -= requests
        self.save()

    def note(self, status: int, quota: Quota) -> None:
        """What the service says of its own quota, which others use too."""
        left = 0 if status == 402 else quota.remaining
        if left is not None and left < self.left:
            self.left = left
            self.reopens = max(self.reopens, self.clock() + (quota.resets_in or 0))


class Reply(NamedTuple):
    """An answer: ``content`` from JSON, ``quota`` from its headers; empty where there is none."""

    status: int
    content: Fields
    quota: Quota
    words: str

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def listed(self) -> list[Fields]:
        data = self.content.get("data")
        return data if isinstance(data, list) else []

    @property
    def client(self) -> Fields:
        """The client in it, plain or within ``data``."""
        inner = self.content.get("data")
        return inner if isinstance(inner, dict) else self.content


class Workspace:
    """``made`` counts the creations."""

    def __init__(self, access: Access, state: State) -> None:
        self._transport = Transport(access)
        self._state = state
        self._clients = f"/workspaces/{access.workspace_id}/clients"
        self._own: dict[int, bool] = {}  # whether it is active, by id
        self._cleans_up = False
        self.made = 0
        self.page_size: int | None = None
        self.replies: list[Reply] = []
        self.prefix = PREFIX + secrets.token_hex(4)
        self._prefixes: tuple[str, ...] = (self.prefix,)

    def named(self, text: str) -> str:
        return f"{self.prefix} {text}"

    def own(self, enough: int, **by: str) -> list[Fields]:
        """The clients of this run in the list, which is read until so many were seen."""
        found: list[Fields] = []
        for page in self._pages(**by):
            found += [client for client in page.listed if client["name"].startswith(self.prefix)]
            if len(found) >= enough:
                break
        return found

    def _pages(self, **by: Any) -> Iterator[Reply]:
        if self.page_size is not None:
            by["per_page"] = self.page_size
        for number in count(1):
            page = self.call("GET", **by, page=number)
            assert page.accepted, f"The list of clients cannot be read: {page.words}"
            yield page
            if len(page.listed) < page.content["per_page"]:
                return

    def clean(self, prefixes: Sequence[str] = ()) -> None:
        """Remove what this run made, and what has one of these prefixes."""
        self._cleans_up = True
        self._prefixes += tuple(prefixes)
        if prefixes or self.made > len(self._own):
            list(self._pages())  # ``call`` sees what is there
        for client_id in [found for found, is_active in self._own.items() if is_active]:
            gone = self.call("DELETE", client_id)
            assert gone.accepted or gone.status == 404, f"{client_id} is left: {gone.words}"

    def create(self, name: str, **more: object) -> Reply:
        return self.call("POST", sent={"name": name, **more})

    def update(self, client_id: int, name: str) -> Reply:
        return self.call("PUT", client_id, {"name": name})

    def call(
        self, method: str, client_id: int | None = None, sent: Fields | None = None, **query: object
    ) -> Reply:
        """Send one request. A refusal that answers a question is returned, like a success."""
        is_own = method in ("GET", "POST") or client_id in self._own
        is_named_so = sent is None or sent["name"].startswith(self.prefix)
        assert is_own and is_named_so, f"{client_id or sent} was not made by this run"
        # What cleans up is left: a look, and a request for each client.
        there = self.made - list(self._own.values()).count(False) + (method == "POST") + 1
        self._state.need(1 if self._cleans_up else 1 + there)
        self._state.spend()
        self.made += method == "POST"
        reply = self._exchange(method, client_id, sent, query)
        self.replies.append(reply)
        self._state.note(reply.status, reply.quota)
        if method == "POST" and 400 <= reply.status < 500:
            self.made -= 1
        elif method == "DELETE" and (reply.accepted or reply.status == 404):
            self._own[client_id or 0] = False
        for fields in [reply.client, *reply.listed]:
            if str(fields.get("name", "")).startswith(self._prefixes) and "id" in fields:
                self._own[fields["id"]] = not Client.of(fields).deleted
        print(f"{method} {client_id or ''} {query or ''} {str(sent or '')[:60]} → {reply.words}")
        if reply.status == 402:
            raise UsedUp(max(0, self._state.reopens - self._state.clock()))
        assert reply.accepted or reply.status in REFUSALS, reply.words
        return reply

    def _exchange(
        self, method: str, client_id: int | None, sent: Fields | None, query: Mapping[str, object]
    ) -> Reply:
        path = self._clients if client_id is None else f"{self._clients}/{client_id}"
        path += "/restore" if method == "PATCH" else ""
        parameters = [(key, str(value)) for key, value in query.items()]
        body = None if sent is None else json.dumps(sent).encode()
        answer = self._transport.exchange(Request(method, path, parameters, body), lambda: None)
        content = answers.parse_or_none(answer)
        words = f"{answer.status} {answers.error_response(answer, ()).words}".strip()
        fields = content if isinstance(content, dict) else {}
        return Reply(answer.status, fields, quota_of(answer.headers), words)
