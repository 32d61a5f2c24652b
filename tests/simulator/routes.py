# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints."""

from __future__ import annotations

import json
import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from simulator import bodies
from simulator.listing import ListQuery
from simulator.records import Body, Refused
from simulator.service import Service
from simulator.switches import Switches

JSON = "application/json"
ALL = "/api/workspaces/{workspace_id}/clients"
ONE = ALL + "/{client_id}"

router = APIRouter()


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


@router.get(ALL)
async def list_clients(
    request: Request,
    workspace_id: int,
    page: Annotated[int, Query()] = 1,
    per_page: Annotated[int | None, Query()] = None,
    name: Annotated[str, Query()] = "",
) -> Response:
    service = _service(request)
    query = ListQuery(page, per_page, _order_by(request, service), name)
    found = service.workspace_for(workspace_id, "list").page(query)
    return Response(bodies.page_body(found, service.switches), media_type=JSON)


@router.post(ALL)
async def create_client(request: Request, workspace_id: int) -> Response:
    service = _service(request)
    workspace = service.workspace_for(workspace_id, "create")
    wanted = _wanted(await request.body(), service.switches)
    created = workspace.create(wanted.name, wanted.currency)
    return Response(bodies.created_body(created, service.switches), 201, media_type=JSON)


@router.get(ONE)
async def get_client(request: Request, workspace_id: int, client_id: int) -> Response:
    service = _service(request)
    client = service.workspace_for(workspace_id, "get").get(client_id)
    body = bodies.client_body(client, service.switches)
    return Response(bodies.encode(body), media_type=JSON)


@router.put(ONE)
async def update_client(request: Request, workspace_id: int, client_id: int) -> Response:
    service = _service(request)
    workspace = service.workspace_for(workspace_id, "rename")
    workspace.update(client_id, _wanted(await request.body(), service.switches))
    return Response(status_code=204)


@router.delete(ONE)
async def delete_client(request: Request, workspace_id: int, client_id: int) -> Response:
    _service(request).workspace_for(workspace_id, "delete").delete(client_id)
    return Response(status_code=204)


@router.patch(ONE + "/restore")
async def restore_client(request: Request, workspace_id: int, client_id: int) -> Response:
    _service(request).workspace_for(workspace_id, "restore").restore(client_id)
    return Response(status_code=204)


def _order_by(request: Request, service: Service) -> tuple[str, ...]:
    values = request.query_params.getlist(service.switches.order_by_key)
    return tuple(name for value in values for name in value.split(","))


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
    """JSON can spell halves of characters, which no answer could carry."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
