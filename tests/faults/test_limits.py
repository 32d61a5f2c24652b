# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without end: an error, in bounded time and memory, measured in a process of its own.

Each case prints what it took.
"""

from __future__ import annotations

import gzip
import itertools
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.wire import Call
from support.running import options

from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENT_INFO
from faults.processes import environment

MEBIBYTE = 1024 * 1024
TIMEOUT = 1.0
"""``api_timeout``, seconds."""

SLACK = 2.0
"""Seconds that a busy machine may take longer."""

FEW_PAGES = 40
"""In place of MOST_PAGES, so that the end of an endless list comes soon."""


@dataclass(frozen=True)
class Spent:
    failed: bool
    msg: str
    seconds: float
    mebibytes: float
    requests: int


Read = Callable[..., Spent]


@pytest.fixture(scope="module")
def read_list(server: Simulator) -> Iterator[Read]:
    """In a process of its own, which is ended if it takes far too long."""
    with subprocess.Popen(
        [sys.executable, "-m", "faults.measured"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    ) as measuring:
        asking, telling = measuring.stdin, measuring.stdout
        assert asking and telling

        def read(most_pages: int | None = None, **given: Any) -> Spent:
            shared = {"api_timeout": TIMEOUT, "api_retries": 0, "most_pages": most_pages}
            print(json.dumps(options(CLIENT_INFO, server, **{**shared, **given})), file=asking)
            asking.flush()
            told = telling.readline()
            assert told.startswith("{"), told
            spent = Spent(**json.loads(told))
            print(spent)
            return spent

        yield read
        asking.close()


def is_list(method: str, path: str) -> bool:
    return method == "GET"


# bodies


def bomb(layers: int) -> bytes:
    """A GiB of blanks, packed; each further layer packs the one before again."""
    packed = gzip.compress(b" " * MEBIBYTE) * 1024
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    return packed


def gigabyte() -> Fault:
    return Fault(match=is_list, status=200, body=b" " * MEBIBYTE, repeat=1024)


def endless() -> Fault:
    return Fault(match=is_list, status=200, body=b" " * 1000, repeat=10**9)


def trickling() -> Fault:
    return Fault(match=is_list, status=200, body=b" ", pace=0.01, repeat=10**9)


def packed(layers: int) -> Fault:
    coding = ", ".join(["gzip"] * layers)
    headers = {"Content-Encoding": coding}
    return Fault(match=is_list, status=200, body=bomb(layers), headers=headers)


BODIES: dict[str, tuple[Callable[[], Fault], str, float, float]] = {
    "of a gigabyte": (gigabyte, "too large", 1, 30),
    "without end": (endless, "too large", 1, 30),
    "that trickles without end": (trickling, "connection was lost", TIMEOUT, 20),
    "that is a gigabyte when unpacked": (lambda: packed(1), "too large", 1, 30),
    "that is a gigabyte when unpacked twice": (lambda: packed(2), "not asked for", 1, 30),
}
"""What comes, what is said of it, seconds and MiB that it may take."""


@pytest.mark.parametrize("case", BODIES)
def test_a_body(service: Simulator, read_list: Read, case: str) -> None:
    make, said, seconds, mebibytes = BODIES[case]
    service.reset(script=[make()])
    spent = read_list()
    assert spent.failed
    assert said in spent.msg or "not JSON" in spent.msg
    assert spent.seconds < seconds + SLACK
    assert spent.mebibytes < mebibytes


# lists


def clients_of(page: int, name: str) -> bytes:
    named = json.dumps({"name": name}, ensure_ascii=False)[1:]
    clients = [f'{{"id": {page * 100 + number}, {named}' for number in range(1, 101)]
    return f'{{"data": [{", ".join(clients)}], "page": {page}, "per_page": 100}}'.encode()


def endless_list(service: Simulator, name: str) -> None:
    """Each page is full of clients that no page before it has shown."""

    def page(call: Call) -> Fault:
        return Fault(status=200, body=clients_of(int(call.query.get("page", "1")), name))

    service.chaos = page


def test_a_list_without_end(service: Simulator, read_list: Read) -> None:
    """Of few pages here; the bound of MOST_PAGES is what the quota of an hour reads many times."""
    endless_list(service, "Acme")
    spent = read_list(most_pages=FEW_PAGES)
    assert "which has no end" in spent.msg
    assert spent.requests == FEW_PAGES
    assert spent.seconds < 2 + SLACK
    assert spent.mebibytes < 20


def test_a_list_without_end_with_long_names(service: Simulator, read_list: Read) -> None:
    """Nothing is shortened here: the pages stay below LARGEST_ANSWER, the list ends at
    LARGEST_LIST. One rare letter makes Python keep every other one in four bytes."""
    endless_list(service, "x" * 38_000 + "\U0001f680")
    spent = read_list(api_timeout=30.0)
    assert "too large" in spent.msg
    assert spent.seconds < 20 + SLACK
    assert spent.mebibytes < 800


# before the body


@contextmanager
def raw(pieces: Callable[[], Iterator[bytes]], pace: float) -> Iterator[str]:
    """A port that answers with these pieces, one every ``pace`` seconds, whatever is asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                _answer(connection, pieces(), pace, over)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _answer(
    connection: socket.socket, pieces: Iterator[bytes], pace: float, over: threading.Event
) -> None:
    try:
        connection.recv(65536)
        for piece in pieces:
            if over.is_set():
                return
            connection.sendall(piece)
            time.sleep(pace)
    except OSError:
        return


def slow_headers() -> Iterator[bytes]:
    """Byte by byte: the time between two of them is short."""
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from itertools.repeat(b"x", 500)


def many_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from itertools.repeat(b"X-Many: y\r\n" * 1000)


def long_header() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-Long: "
    yield from itertools.repeat(b"x" * 65536)


def continued() -> Iterator[bytes]:
    """Interim answers, and never the answer."""
    yield from itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 500)


HEADERS: dict[str, tuple[Callable[[], Iterator[bytes]], float]] = {
    "byte by byte": (slow_headers, 0.01),
    "without end": (many_headers, 0.0),
    "one without end": (long_header, 0.0),
    "of interim answers without end": (continued, 0.01),
}


@pytest.mark.parametrize("case", HEADERS)
def test_headers(read_list: Read, case: str) -> None:
    """``api_timeout`` is for the answer as a whole, its headers included."""
    pieces, pace = HEADERS[case]
    with raw(pieces, pace) as url:
        spent = read_list(api_url=url)
    assert spent.failed
    assert "connection was lost" in spent.msg
    assert spent.seconds < TIMEOUT + SLACK
    assert spent.mebibytes < 20
