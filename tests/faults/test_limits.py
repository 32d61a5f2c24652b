# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers without end: an error, in bounded time and memory, measured in a process of its own."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.wire import Call
from support.ports import listening
from support.running import options

from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import CLIENT_INFO
from faults.processes import Spent, forks, measured

TIMEOUT = 1.0
"""``api_timeout``, seconds."""

SLACK = 2.0
"""Seconds that a busy machine may take longer."""

LONGEST = 60
"""Seconds, for one read."""

ENDLESS = 10**9
BLANKS = b" " * 1024 * 1024
FEW_PAGES = 40
"""In place of MOST_PAGES, so that the end of an endless list comes soon."""

Read = Callable[..., Spent]


@pytest.fixture(scope="module")
def read_list(server: Simulator) -> Iterator[Read]:
    """Each in a process of its own, which is a fork of one that has loaded the collection. It fails
    with these words, within these seconds and MiB."""
    with forks().Pool(1, maxtasksperchild=1) as pool:

        def read(
            said: str, seconds: float, mebibytes: float, most_pages: int | None = None, **given: Any
        ) -> Spent:
            shared = {"api_timeout": TIMEOUT, "api_retries": 0}
            task = (options(CLIENT_INFO, server, **{**shared, **given}), most_pages)
            spent = pool.apply_async(measured, task).get(LONGEST)
            print(spent)
            assert spent.failed
            assert said in spent.msg
            assert spent.seconds < seconds + SLACK
            assert spent.mebibytes < mebibytes
            return spent

        yield read


START = b"HTTP/1.1 200 OK\r\n"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: https://focus.invalid\r\n"


def packed(layers: int) -> tuple[bytes, bytes]:
    """How an answer begins, and a GiB of blanks, packed again for each layer."""
    body = gzip.compress(BLANKS) * 1024
    for _ in range(layers - 1):
        body = gzip.compress(body)
    packing = ", ".join(["gzip"] * layers).encode()
    return START + b"Content-Encoding: " + packing + b"\r\n\r\n", body


LOST = ("connection was lost", TIMEOUT)
ANSWERS: dict[str, tuple[bytes, bytes, int, float, str, float]] = {
    "of a gigabyte": (START + b"\r\n", BLANKS, 1024, 0.0, "too large", 1),
    "of a redirect": (MOVED + b"\r\n", BLANKS, 1024, 0.0, "too large", 1),
    "without end": (START + b"\r\n", b" " * 1000, ENDLESS, 0.0, "too large", 1),
    "that_trickles": (START + b"\r\n", b" ", ENDLESS, 0.01, *LOST),
    "that is a gigabyte when unpacked": (*packed(1), 1, 0.0, "not JSON", 1),
    "that is a gigabyte when unpacked twice": (*packed(2), 1, 0.0, "not JSON", 1),
    "with headers byte by byte": (START + b"X-Long: ", b"x", 500, 0.01, *LOST),
    "with headers without end": (START, b"X-Many: y\r\n" * 1000, ENDLESS, 0.0, *LOST),
    "with a header without end": (START + b"X-Long: ", b"x" * 65536, ENDLESS, 0.0, *LOST),
    "after interim ones without end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 500, 0.01, *LOST),
}
"""How an answer begins, what comes again and again, how often, and the seconds between; what is
said, and within how many seconds."""


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer(read_list: Read, case: str) -> None:
    """``api_timeout`` is for the answer as a whole, its headers included."""
    start, piece, times, pace, said, seconds = ANSWERS[case]

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(start)
        for _ in range(times):
            connection.sendall(piece)
            time.sleep(pace)

    with listening(answer) as port:
        read_list(said, seconds, 20, api_url=f"http://127.0.0.1:{port}/api")


def endless_list(service: Simulator, name: str) -> None:
    """Each page is full of clients that no page before it has shown."""
    named = json.dumps({"name": name}, ensure_ascii=False)[1:]

    def answer(call: Call) -> Fault:
        page = int(call.query.get("page", "1"))
        clients = [f'{{"id": {page * 100 + number}, {named}' for number in range(1, 101)]
        body = f'{{"data": [{", ".join(clients)}], "page": {page}, "per_page": 100}}'
        return Fault(status=200, body=body.encode())

    service.chaos = answer


def test_a_list_without_end(service: Simulator, read_list: Read) -> None:
    """Of few pages here; the bound of MOST_PAGES is what the quota of an hour reads many times."""
    endless_list(service, "Acme")
    spent = read_list("which has no end", 2, 20, most_pages=FEW_PAGES)
    assert spent.requests == FEW_PAGES


def test_a_list_without_end_with_long_names(service: Simulator, read_list: Read) -> None:
    """Nothing is shortened here: the pages stay below LARGEST_ANSWER, the list ends at
    LARGEST_LIST. One rare letter makes Python keep every other one in four bytes."""
    endless_list(service, "x" * 38_000 + "\U0001f680")
    read_list("too large", 20, 800, api_timeout=30.0)
