# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong between here and the service, by name, and a network that does it:
by the seed and the request alone, in whatever order those in flight arrive."""

from __future__ import annotations

import json
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import urllib3.util.connection
from simulator.records import Fault, Moment
from simulator.wire import Call
from support.ports import listening

LARGEST = 256 * 1024
"""Bytes; what the collection takes for too large, shortened for the campaign."""

HANG, IMPATIENT = 0.4, 0.25
"""Seconds: for how long a hanging service is silent, and the ``api_timeout`` of its runs."""

WRITES = ("POST", "PUT", "DELETE", "PATCH")
ALL = ("GET", *WRITES)

Make = Callable[[random.Random], Fault]


class Kind(NamedTuple):
    """A kind of fault. ``refusals`` connections are refused after it. ``late``: the work is done
    when nobody waits for it any more."""

    make: Make
    methods: Sequence[str] = ALL
    refusals: int = 0
    hangs: bool = False
    late: bool = False


def error(words: str) -> bytes:
    """An error as the service words its own."""
    return json.dumps({"error": "refused", "error_description": words, "trace_id": "t-7"}).encode()


def _server_error(chance: random.Random, when: Moment) -> Fault:
    status = chance.choice((500, 502, 503, 504))
    body = chance.choice((b"", b"<html>Bad Gateway</html>", error("boom")))
    headers = chance.choice(({}, {}, {"Retry-After": "0"}))
    return Fault(status=status, body=body, when=when, headers=headers)


_JUNK = (b"[]", b'"x"', b"7", b"null", b'{"data": [7]}', b'{"data": 7}', b'{"id": "7"}')
_NO_CREATED = (b"[]", b'"x"', b"7", b'{"data": 7}', b'{"error": "strange"}')
"""Answers with a status of success that show no client, in front of a create."""

_LARGE = b" " * (LARGEST + 1000) + b"{}"
_USED_UP = {"X-Toggl-Quota-Remaining": "0", "X-Toggl-Quota-Resets-In": "600"}
_WORDS = b"You have hit your hourly limit for API calls. Your quota will reset in 1838 seconds."
_LAGS = tuple(IMPATIENT * times for times in (1.03, 1.06, 1.2, 2))
_ELSEWHERE = {"Location": "/elsewhere"}
_OVER = "Wed, 21 Oct 2015 07:28:00 GMT"


def _junk(bodies: Sequence[bytes], status: int, when: Moment) -> Make:
    return lambda chance: Fault(status=status, body=chance.choice(bodies), when=when)


def _page(change: Callable[[Any], object]) -> Fault:
    """A page, be it empty, with other data."""

    def edit(body: bytes) -> bytes:
        page = json.loads(body)
        if isinstance(page, dict) and "per_page" in page:
            page["data"] = change(page["data"])
        return json.dumps(page).encode()

    return Fault(edit=edit)


def _no_list(chance: random.Random) -> Fault:
    data: object = chance.choice(({}, "", 0, False))
    return _page(lambda _: data)


KINDS: dict[str, Kind] = {
    "refused": Kind(lambda c: Fault(drop="before"), refusals=1),
    "refused for long": Kind(lambda c: Fault(drop="before"), refusals=7),
    "reset before": Kind(lambda c: Fault(drop="before", reset=True)),
    "reset after": Kind(lambda c: Fault(drop="after", reset=True)),
    "dropped before": Kind(lambda c: Fault(drop="before")),
    "dropped after": Kind(lambda c: Fault(drop="after")),
    "cut off": Kind(lambda c: Fault(drop="during")),
    "garbled before": Kind(lambda c: Fault(drop="before", garbled=True)),
    "garbled after": Kind(lambda c: Fault(drop="after", garbled=True)),
    "hangs before": Kind(lambda c: Fault(drop="before", delay=HANG), hangs=True),
    "hangs after": Kind(lambda c: Fault(delay=HANG), hangs=True),
    "commits late": Kind(lambda c: Fault(lag=c.choice(_LAGS)), ("POST",), hangs=True, late=True),
    "429": Kind(lambda c: Fault(status=429)),
    "429 in 0 seconds": Kind(lambda c: Fault(status=429, headers={"Retry-After": "0"})),
    "429 until a date": Kind(lambda c: Fault(status=429, headers={"Retry-After": _OVER})),
    "429 until nonsense": Kind(lambda c: Fault(status=429, headers={"Retry-After": "soon"})),
    "5xx before": Kind(lambda c: _server_error(c, "before")),
    "5xx after": Kind(lambda c: _server_error(c, "after")),
    "402 by headers": Kind(lambda c: Fault(status=402, headers=_USED_UP)),
    "402 by body": Kind(lambda c: Fault(status=402, body=error("hourly quota exceeded"))),
    "402 in plain words": Kind(lambda c: Fault(status=402, body=_WORDS)),
    "402 with Retry-After": Kind(lambda c: Fault(status=402, headers={"Retry-After": "1838"})),
    "402 without a word": Kind(lambda c: Fault(status=402)),
    "402 for a feature": Kind(lambda c: Fault(status=402, body=error("not on this plan"))),
    "401": Kind(lambda c: Fault(status=401, body=error("invalid_session"))),
    "403": Kind(lambda c: Fault(status=403, body=error("no permission"))),
    "400": Kind(lambda c: Fault(status=400, body=error("validation")), methods=WRITES),
    "HTML before": Kind(lambda c: Fault(status=200, body=b"<html>Welcome</html>")),
    "HTML after": Kind(lambda c: Fault(status=200, body=b"<html>Welcome</html>", when="after")),
    "redirect": Kind(lambda c: Fault(status=c.choice((301, 302, 307)), headers=_ELSEWHERE)),
    "wrong shape": Kind(_junk(_JUNK, 200, "before"), methods=("GET",)),
    "data that is no list": Kind(_no_list, methods=("GET",)),
    "wrong shape before": Kind(_junk(_NO_CREATED, 201, "before"), methods=("POST",)),
    "wrong shape after": Kind(_junk(_JUNK, 200, "after"), methods=WRITES),
    "enormous before": Kind(_junk((_LARGE,), 200, "before")),
    "enormous after": Kind(_junk((_LARGE,), 200, "after")),
    "a page that repeats clients": Kind(lambda c: _page(lambda d: [*d[:1], *d]), ("GET",)),
}


class Door:
    """Leads as many connections as it should to a closed port, or to another one ``instead``."""

    def __init__(self, instead: tuple[str, int] | None = None) -> None:
        self.refused = self._left = 0
        self._lock = threading.Lock()
        self._closed = socket.socket()
        self._closed.bind(("127.0.0.1", 0))
        self._instead = instead or self._closed.getsockname()
        self._connect: Any = None

    def refuse(self, times: int) -> None:
        with self._lock:
            self._left = times

    def __enter__(self) -> Door:
        self.refused = self._left = 0
        self._connect = urllib3.util.connection.create_connection
        urllib3.util.connection.create_connection = self._through
        return self

    def __exit__(self, *_: object) -> None:
        urllib3.util.connection.create_connection = self._connect

    def _through(self, address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:
        with self._lock:
            refused = self._left > 0
            self._left -= refused
            self.refused += refused
        opened: socket.socket = self._connect(self._instead if refused else address, *more, **named)
        return opened


@contextmanager
def hanging_up() -> Iterator[tuple[str, int]]:
    """A port at which every connection ends within the handshake."""
    with listening(lambda connection: connection.recv(1)) as port:
        yield "127.0.0.1", port


@dataclass
class Chaos:
    """Gives each request its fault, one of these ``kinds``, or none. The list that a run begins
    with has a third of the ``chance``; ``patience``: tries of one request that may fail in a row.
    ``lagged``: names whose creation it has kept waiting."""

    seed: int
    kinds: Sequence[str]
    chance: float
    patience: int
    door: Door
    counts: Counter[str] = field(default_factory=Counter)
    lagged: set[str] = field(default_factory=set)
    _seen: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call) -> Fault | None:
        request = f"{call.method} {call.path} {sorted(call.query.items())} {call.body!r}"
        turn = self._seen[request]
        self._seen[request] += 1
        chance = random.Random(f"{self.seed} {request} {turn}")
        fitting = [name for name in self.kinds if call.method in KINDS[name].methods]
        odds = self.chance / (3 if call.method == "GET" and turn == 0 else 1)
        if turn >= self.patience or not fitting or chance.random() >= odds:
            return None
        name = chance.choice(fitting)
        kind = KINDS[name]
        self.counts[name] += 1
        if kind.late:
            self.lagged.add(json.loads(call.body)["name"])
        if kind.refusals:
            self.door.refuse(kind.refusals)
        return kind.make(chance)
