# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests within a budget, writes on own clients alone, and answers that are remembered.

A run that goes on is begun from its start: what was asked before is answered from memory, in the
same order, until the first request that has not been sent yet. So the questions are plain code, and
know nothing of windows, budgets and interruptions.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    BadAnswer,
    ConnectionLost,
    NotConnected,
)
from ansible_collections.toggl.focus.plugins.module_utils._text import shown
from ansible_collections.toggl.focus.plugins.module_utils._transport import (
    Answer,
    Transport,
    retry_after,
)
from live.store import Exchange, Made, Store, Window

PAGE_SIZE = 100
MOST_PAGES = 200
TRIES = 3
LONGEST_PAUSE = 60.0
LONGEST_TEXT = 400

LIKE, UNLIKE = "like", "unlike"
"""What is kept of a client of others: whether its name holds the text that was asked for."""

Parameters = Sequence[tuple[str, str]]


class Stop(Exception):
    """The run cannot go on now; ``str()`` is a sentence. ``breaks``: it cannot go on later."""

    breaks = True


class BudgetUsedUp(Stop):
    """``reopens``: seconds of the epoch."""

    breaks = False

    def __init__(self, reopens: float) -> None:
        super().__init__("The budget of requests is used up.")
        self.reopens = reopens


class Refused(Stop):
    """The service lets nobody in, or cannot be reached: a later call may fare better."""

    breaks = False


class Meter:
    """Counts requests against a budget per window, and against what the service says is left."""

    def __init__(
        self,
        store: Store,
        budget: int = 30,
        seconds: float = 3600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._budget = budget
        self._seconds = seconds
        self._clock = clock

    @property
    def left(self) -> int:
        window = self._window()
        own = self._budget - window.spent
        return max(0, own if window.remaining is None else min(own, window.remaining))

    @property
    def budget(self) -> int:
        return self._budget

    @property
    def spent(self) -> int:
        return self._window().spent

    @property
    def reopens(self) -> float:
        return self._window().ends or self._clock()

    def need(self, requests: int) -> None:
        """:raises BudgetUsedUp: so many are not left"""
        if self.left >= requests:
            return
        if requests > self._budget:
            raise Stop(
                f"The next step needs {requests} requests in one hour with those that clean up, "
                f"but the budget is {self._budget}. Give a larger one with --budget."
            )
        raise BudgetUsedUp(self.reopens)

    def spend(self, requests: int = 1) -> None:
        window = self._window()
        remaining = None if window.remaining is None else window.remaining - requests
        ends = window.ends or self._clock() + self._seconds
        self._store.window = Window(ends, window.spent + requests, remaining)

    def hear(self, remaining: int | None, resets_in: float | None) -> None:
        window = self._window()
        ends = self._clock() + resets_in if resets_in else window.ends
        self._store.window = replace(
            window, ends=ends, remaining=window.remaining if remaining is None else remaining
        )

    def close(self, resets_in: float | None) -> BudgetUsedUp:
        """The service says that the quota is used up."""
        self.hear(0, self._seconds if resets_in is None else resets_in)
        return BudgetUsedUp(self.reopens)

    def _window(self) -> Window:
        window = self._store.window
        return window if self._clock() < window.ends else Window()


class Service:
    """The clients of one workspace, to be asked about.

    :arg say: is told each request that was sent
    """

    def __init__(
        self,
        transport: Transport,
        store: Store,
        meter: Meter,
        say: Callable[[str], None] = lambda line: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = transport
        self._clients = f"/workspaces/{store.workspace_id}/clients"
        self._say = say
        self._sleep = sleep
        self._remembered = list(store.exchanges)
        self.store = store
        self.meter = meter

    @property
    def prefix(self) -> str:
        return self.store.prefix

    def tell(self, what: str) -> None:
        """One line of progress, after the requests that were sent in this window."""
        self._say(f"{self.meter.spent:3}  {what}")

    # questions

    def ask(
        self, method: str, path: str = "", parameters: Parameters = (), name: str | None = None
    ) -> Exchange:
        """What the service answers, or answered when this was asked before.

        :raises Stop: no answer can be had now
        """
        request = (method, path, tuple(parameters), name)
        if self._remembered:
            known = self._remembered.pop(0)
            if known.request != request:
                raise Stop("What was asked before does not fit to what would be asked now.")
            return known
        self.meter.need(1 + self._to_clean_up(method, path))
        exchange = self._send(*request)
        self.store.exchanges.append(exchange)
        self.store.save()
        return exchange

    def _to_clean_up(self, method: str, path: str) -> int:
        """Requests that must be left to remove all that is there once this request is done: a look,
        and one for each client."""
        own = self.store.made.get(_id(path) or 0)
        back = method == "PATCH" and own is not None and not own.active
        clients = len(self.store.to_remove) + len(self.store.unsure) + back + (method == "POST")
        return clients + bool(clients)

    # cleaning up

    def clean(self, confirm: bool = False) -> None:
        """Remove what the run made.

        :arg confirm: what is remembered may be outdated: remove only what a fresh list shows
        :raises Stop: something is left
        """
        if self.store.unsure or (confirm and self.store.to_remove):
            shown_active = self._find_own()
            for client_id in self.store.to_remove if confirm else ():
                if client_id not in shown_active:
                    self._note(client_id, active=False)
        for client_id in self.store.to_remove:
            self.meter.need(1)
            answer = self._send("DELETE", f"/{client_id}", (), None)
            if not answer.accepted and answer.status != 404:
                raise Stop(f"Client {client_id} could not be removed: status {answer.status}.")
            self.store.save()

    def _find_own(self) -> set[int]:
        """The own clients that the whole list shows as active."""
        found: set[int] = set()
        for number in range(1, MOST_PAGES):
            self.meter.need(1)
            answer = self._send("GET", "", page_parameters(number), None)
            own = own_clients(answer)
            found |= {fields["id"] for fields in own if not fields.get("deleted_at")}
            if is_last(answer):
                self.store.unsure = []
                self.store.save()
                return found
        raise Stop("The list of clients has no end.")

    # requests

    def _send(
        self, method: str, path: str, parameters: tuple[tuple[str, str], ...], name: str | None
    ) -> Exchange:
        self._guard(method, path, name)
        if method == "POST":
            self.store.unsure.append(str(name))
        elif method == "PATCH":
            self._note(_id(path), active=True)
        answer = self._answer(method, path, parameters, name)
        heard = Exchange(
            method=method,
            path=path,
            parameters=parameters,
            name=name,
            status=answer.status,
            content=_reduced(answer.body, self.prefix, dict(parameters).get("name", "")),
            quota_headers="X-Toggl-Quota-Remaining" in answer.headers,
            day=datetime.now(timezone.utc).date().isoformat(),
        )
        self._learn(heard)
        self.tell(described(heard, self.prefix))
        return heard

    def _guard(self, method: str, path: str, name: str | None) -> None:
        """No write but on clients of this run, and no name but with its prefix."""
        if method == "GET":
            return
        own = self.store.made.get(_id(path) or 0)
        named = name is None or name.startswith(self.prefix)
        mine = method == "POST" or (own is not None and own.name.startswith(self.prefix))
        if not (named and mine):
            raise Stop(f"{method} {path} would touch a client that this run did not make.")

    def _answer(self, method: str, path: str, parameters: Parameters, name: str | None) -> Answer:
        """An answer that is one of the service: all others end the run, or are asked for again.

        A write is sent again only after a 429. Where its answer is lost, what it did is not known.
        """
        body = None if name is None else json.dumps({"name": name}).encode()
        tries = 0
        while True:
            tries += 1
            self.meter.spend()
            self.store.under_way = method != "GET"
            self.store.save()
            try:
                answer = self._transport.exchange(method, self._clients + path, parameters, body)
            except NotConnected as error:
                self.store.under_way = False
                self._forget(method)
                raise Refused(str(error)) from None
            except (ConnectionLost, BadAnswer) as error:
                if method != "GET" or tries >= TRIES:
                    raise Stop(str(error)) from None
                continue
            self.store.under_way = False
            self._hear(answer, method, path)
            if tries >= TRIES or not _to_be_repeated(answer.status, method):
                return answer
            asked = retry_after(answer.headers.get("Retry-After"))
            self._sleep(min(1.0 * tries if asked is None else asked, LONGEST_PAUSE))
            self.meter.need(1)

    def _hear(self, answer: Answer, method: str, path: str) -> None:
        remaining = _whole(answer.headers.get("X-Toggl-Quota-Remaining"))
        resets_in = _whole(answer.headers.get("X-Toggl-Quota-Resets-In"))
        self.meter.hear(remaining, resets_in)
        if answer.status == 402 and not remaining:
            self._forget(method)
            raise self.meter.close(resets_in)
        if answer.status in (401, 402, 403) or 300 <= answer.status < 400:
            self._forget(method)
            raise Refused(f"The service answered {method} with status {answer.status}: {_WHY[0]}.")

    def _forget(self, method: str) -> None:
        """A creation that was turned away has made nothing."""
        if method == "POST":
            self.store.unsure.pop()
        self.store.save()

    # what the answers say of own clients

    def _learn(self, heard: Exchange) -> None:
        if heard.method == "POST":
            self._learn_created(heard)
        elif heard.method == "GET" and heard.accepted:
            for fields in own_clients(heard) or [created_client(heard.content)]:
                self._seen(fields)
        elif heard.method == "PUT" and heard.accepted:
            self._note(_id(heard.path), name=heard.name)
        elif heard.method == "DELETE" and (heard.accepted or heard.status == 404):
            self._note(_id(heard.path), active=False)

    def _learn_created(self, heard: Exchange) -> None:
        fields = created_client(heard.content)
        if heard.accepted and "name" in fields:
            self._seen(fields)
        elif 400 <= heard.status < 500:
            self.store.unsure.pop()

    def _seen(self, fields: Mapping[str, Any]) -> None:
        client_id, name = fields.get("id"), fields.get("name")
        if not isinstance(client_id, int) or not isinstance(name, str):
            return
        if not name.startswith(self.prefix):
            return
        if client_id not in self.store.made:
            waiting = [sent for sent in self.store.unsure if sent.strip() == name.strip()]
            if waiting:
                self.store.unsure.remove(waiting[0])
        self.store.made[client_id] = Made(name, not fields.get("deleted_at"))

    def _note(
        self, client_id: int | None, name: str | None = None, active: bool | None = None
    ) -> None:
        known = self.store.made[client_id or 0]
        self.store.made[client_id or 0] = Made(
            known.name if name is None else name, known.active if active is None else active
        )


_WHY = ("check the API key, the workspace id, the address and what the user may do there",)


def page_parameters(number: int, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The first page is asked for without a number, as the collection does."""
    turn = () if number == 1 else (("page", str(number)),)
    return (("per_page", str(PAGE_SIZE)), *turn, *more)


def own_clients(heard: Exchange) -> list[dict[str, Any]]:
    """The clients of this run on a page, in its order."""
    content = heard.content if isinstance(heard.content, dict) else {}
    data = content.get("data")
    own = data if isinstance(data, list) else []
    return [fields for fields in own if isinstance(fields, dict) and "id" in fields]


def is_last(heard: Exchange) -> bool:
    """Whether a page is the end of the list, as the collection judges it."""
    content = heard.content if isinstance(heard.content, dict) else {}
    data = content.get("data") or []
    per_page = content.get("per_page")
    if not heard.accepted:
        raise Stop(f"The list of clients cannot be read: status {heard.status}.")
    return not data or (isinstance(per_page, int) and len(data) < per_page)


def created_client(content: Any) -> dict[str, Any]:
    """The client in an answer, plain or within ``data``; empty if there is none."""
    if not isinstance(content, dict):
        return {}
    inner = content.get("data")
    return inner if isinstance(inner, dict) else content


def described(heard: Exchange, prefix: str) -> str:
    """An exchange on one line: ``POST … "…Mike" → 201``."""
    query = "&".join(f"{key}={value.replace(prefix, '…')}" for key, value in heard.parameters)
    path = re.sub(r"\d+", "{id}", heard.path)
    name = ""
    if heard.name is not None:
        text = heard.name.replace(prefix, "…")
        name = f' "{text}"' if len(heard.name) < 40 else f" a name of {len(heard.name)} characters"
    return f"{heard.method} clients{path}{'?' + query if query else ''}{name} → {heard.status}"


def _to_be_repeated(status: int, method: str) -> bool:
    return status == 429 or (status >= 500 and method == "GET")


def _reduced(body: bytes, prefix: str, wanted: str) -> Any:
    """The JSON of an answer without clients of others: of those, only what the questions need."""
    if not body.strip():
        return None
    try:
        content = json.loads(body)
    except ValueError:
        return {"not_json": True}
    if not isinstance(content, dict):
        return {"shape": type(content).__name__}
    if isinstance(content.get("data"), list):
        data = [_reduced_client(fields, prefix, wanted) for fields in content["data"]]
        return {**content, "data": data}
    inner = created_client(content)
    if "name" in inner and not str(inner["name"]).startswith(prefix):
        return {"foreign": True}
    return {key: _shortened(value) for key, value in content.items()}


def _reduced_client(fields: Any, prefix: str, wanted: str) -> dict[str, Any] | str:
    name = str(fields.get("name", "")) if isinstance(fields, dict) else ""
    if isinstance(fields, dict) and name.startswith(prefix):
        return fields
    return LIKE if wanted.casefold() in name.casefold() else UNLIKE


def _shortened(value: Any) -> Any:
    return shown(value, LONGEST_TEXT) if isinstance(value, str) and len(value) > 300 else value


def _id(path: str) -> int | None:
    found = re.match(r"/(\d+)", path)
    return int(found[1]) if found else None


def _whole(text: str | None) -> int | None:
    try:
        return None if text is None else max(0, int(float(text)))
    except (ValueError, OverflowError):
        return None
