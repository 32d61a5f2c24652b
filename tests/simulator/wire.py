# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole requests and answers in place of the messages they travel in, and how to lose them."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import Request

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON = "application/json"


@dataclass(frozen=True)
class Call:
    """A whole request; header names are in lower case, repeated parameters joined by commas."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    peer: int


class Answer(NamedTuple):
    """A whole answer, not yet sent."""

    status: int
    headers: dict[str, str]
    body: bytes


async def read(scope: Scope, receive: Receive) -> Call:
    request = Request(scope, receive)
    asked = request.query_params
    query = {name: ",".join(asked.getlist(name)) for name in asked}
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
    headers = dict(Headers(raw=messages[0]["headers"]))
    headers.pop("content-length", None)  # another body may take the place of this one
    return Answer(messages[0]["status"], headers, body)


def transport(receive: Any) -> Any:
    """The connection behind a request, which uvicorn's cycle of request and response has."""
    return receive.__self__.transport


async def drop(receive: Receive, reset: bool = False, garbled: bool = False) -> None:
    """Close the connection without a word. ``reset``: in a way that what is in flight is lost too.
    ``garbled``: after bytes that no protocol knows, past TLS where there is TLS."""
    connection = transport(receive).get_extra_info("socket")
    if garbled:
        os.write(connection.fileno(), b"neither HTTP nor TLS, but a broken box in between\r\n\r\n")
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport(receive).abort()
    await _gone(receive)


async def send_half(receive: Receive, answer: Answer) -> None:
    """Close the connection in the middle of the body."""
    size = len(answer.body)
    lines = [f"HTTP/1.1 {answer.status} Whatever"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    head = "\r\n".join([*lines, f"content-length: {size}", "", ""]).encode("latin-1")
    transport(receive).write(head + answer.body[: size // 2])
    transport(receive).close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    # The server must have seen the end before the application returns, or it answers 500.
    while (await receive())["type"] != "http.disconnect":
        pass
