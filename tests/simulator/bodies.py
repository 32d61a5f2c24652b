# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON bodies of the answers."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from typing import Any

from simulator.listing import Page
from simulator.records import Client, Refused
from simulator.switches import Switches

WORKSPACE_CURRENCY = "EUR"
ZERO_TIME = "0001-01-01T00:00:00Z"
"""How Go writes a time that was never set."""


def encode(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def client_body(client: Client, switches: Switches) -> dict[str, Any]:
    body = asdict(client)
    if switches.currency == "unknown":
        del body["currency"]
    elif switches.currency_shown == "workspace" and client.currency is None:
        body["currency"] = WORKSPACE_CURRENCY
    if switches.missing_fields == "absent":
        body = {name: value for name, value in body.items() if value is not None}
    if switches.missing_fields == "zero":
        body |= {name: ZERO_TIME for name in ("deleted_at", "updated_at") if body[name] is None}
    if switches.extra_fields:
        body["colour_of_the_day"] = {"name": "teal", "shades": [1, 2]}
    return body


def created_body(client: Client, switches: Switches) -> bytes:
    whole = client_body(client, switches)
    answers = {"client": whole, "wrapped": {"data": whole}, "id": {"id": client.id}}
    return b"" if switches.create_body == "nothing" else encode(answers[switches.create_body])


def page_body(page: Page, switches: Switches) -> bytes:
    data = [client_body(client, switches) for client in page.clients]
    shown = None if switches.empty_data == "null" and not data else data
    body: dict[str, Any] = {"data": shown, "page": page.page, "per_page": page.per_page}
    if switches.extra_fields:
        body["took"] = 0.003
    return encode(body)


def error_body(refused: Refused, switches: Switches) -> bytes:
    body = {"error": refused.error, "error_description": refused.description}
    if switches.trace_id:
        body["trace_id"] = uuid.uuid4().hex
    return encode(body)
