# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints."""

from __future__ import annotations

import json
import re

from fastapi import APIRouter, Request, Response

from simulator import bodies
from simulator.listing import ListQuery
from simulator.records import Body, Refused
from simulator.service import Service
from simulator.switches import Switches

JSON = "application/json"
ALL = "/api/workspaces/{workspace_id}/clients"
ONE = ALL + "/{client_id}"


def endpoints_of(service: Service) -> APIRouter:
    router = APIRouter()
    workspace = service.workspace_for

    @router.get(ALL)
    async def list_clients(
        request: Request,
        workspace_id: int,
        page: int = 1,
        per_page: int | None = None,
        name: str = "",
    ) -> Response:
        orders = request.query_params.getlist(service.switches.order_by_key)
        order_by = tuple(name for order in orders for name in order.split(","))
        found = workspace(workspace_id).page(ListQuery(page, per_page, order_by, name))
        return Response(bodies.page_body(found, service.switches), media_type=JSON)

    @router.post(ALL)
    async def create_client(request: Request, workspace_id: int) -> Response:
        there = workspace(workspace_id)
        wanted = _wanted(await request.body(), service.switches)
        created = there.create(wanted.name, wanted.currency)
        return Response(bodies.created_body(created, service.switches), 201, media_type=JSON)

    @router.get(ONE)
    async def get_client(workspace_id: int, client_id: int) -> Response:
        client = workspace(workspace_id).get(client_id)
        body = bodies.client_body(client, service.switches)
        return Response(bodies.encode(body), media_type=JSON)

    @router.put(ONE)
    async def update_client(request: Request, workspace_id: int, client_id: int) -> Response:
        there = workspace(workspace_id)
        there.update(client_id, _wanted(await request.body(), service.switches))
        return Response(status_code=204)

    @router.delete(ONE)
    async def delete_client(workspace_id: int, client_id: int) -> Response:
        workspace(workspace_id).delete(client_id)
        return Response(status_code=204)

    @router.patch(ONE + "/restore")
    async def restore_client(workspace_id: int, client_id: int) -> Response:
        workspace(workspace_id).restore(client_id)
        return Response(status_code=204)

    return router


def _wanted(body: bytes, switches: Switches) -> Body:
    try:
        wanted = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "invalid_request", "the body is not JSON") from None
    name = wanted.get("name") if isinstance(wanted, dict) else None
    if not isinstance(name, str) or not _is_text(name):
        raise Refused(400, "validation", "Field validation for 'Name' failed on the 'string' tag")
    if switches.currency == "unknown" or "currency" not in wanted:
        return Body(name)
    return Body(name, _valid_currency(wanted["currency"]), True)


def _valid_currency(currency: object) -> str | None:
    if currency is None or (isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency)):
        return currency
    tag = "Field validation for 'Currency' failed on the 'iso4217' tag"
    raise Refused(400, "validation", tag)


def _is_text(name: str) -> bool:
    """JSON can spell lone surrogates, which no answer could carry."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
