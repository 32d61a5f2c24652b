# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole requests and answers in place of the messages they travel in, and how to lose them."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON = "application/json"
MOST_PIECES = 500
# The key under which the server hands over the connection, so that it can be dropped.
TRANSPORT = "simulator.transport"


@dataclass(frozen=True)
class Call:
    """A whole request; header names are in lower case, repeated parameters joined by commas."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    peer: int


@dataclass(frozen=True)
class Answer:
    """A whole answer, not yet sent."""

    status: int
    headers: dict[str, str]
    body: bytes


async def read(scope: Scope, receive: Receive) -> Call:
    request = Request(scope, receive)
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        query[name] = f"{query[name]},{value}" if name in query else value
    body = await request.body()
    return Call(
        scope["method"], scope["path"], query, dict(request.headers), body, scope["client"][1]
    )


async def ask(app: App, scope: Scope, call: Call) -> Answer:
    """What an application answers."""
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: Message) -> None:
        messages.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answer(messages[0]["status"], _texts(messages[0]["headers"]), body)


async def send_whole(send: Send, answer: Answer) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


async def drop(scope: Scope, receive: Receive, reset: bool = False, garbled: bool = False) -> None:
    """Close the connection without a word.

    :arg reset: in a way that what is in flight is lost too
    :arg garbled: after bytes that no protocol knows, past TLS where there is TLS
    """
    connection = scope[TRANSPORT].get_extra_info("socket")
    if garbled:
        os.write(connection.fileno(), b"neither HTTP nor TLS, but a broken box in between\r\n\r\n")
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    scope[TRANSPORT].abort()
    await _gone(receive)


async def send_unlike(
    scope: Scope, receive: Receive, answer: Answer, announced: int, body: bytes
) -> None:
    """Announce another length than the body has, which the server itself would refuse to do, and
    close the connection after it."""
    headers = {**answer.headers, "content-length": str(max(0, announced))}
    lines = [f"HTTP/1.1 {answer.status} Whatever"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    scope[TRANSPORT].write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
    scope[TRANSPORT].close()
    await _gone(receive)


async def send_long(receive: Receive, send: Send, answer: Answer, pace: float, repeat: int) -> None:
    """Send a body byte by byte, or in many pieces if it is long, or again and again, as long as
    somebody reads."""
    gone = asyncio.ensure_future(_gone(receive))
    await send(_start(answer, sized=repeat == 1))
    for piece in _pieces(answer.body, bool(pace), repeat):
        if gone.done():
            return
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(pace)
    await send({"type": "http.response.body", "body": b""})
    gone.cancel()


def _pieces(body: bytes, single_bytes: bool, repeat: int) -> Iterator[bytes]:
    size = len(body) // MOST_PIECES + 1
    for _turn in range(repeat):
        if single_bytes:
            yield from (body[at : at + size] for at in range(0, len(body), size))
        else:
            yield body


async def _gone(receive: Receive) -> None:
    # The server must have seen the end before the application returns, or it answers 500.
    while (await receive())["type"] != "http.disconnect":
        pass


def _start(answer: Answer, sized: bool = True) -> Message:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    headers.pop("content-length", None)
    if answer.status != 204 and sized:
        headers["content-length"] = str(len(answer.body))
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": answer.status, "headers": pairs}


def _texts(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
