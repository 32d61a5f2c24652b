# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints."""

from __future__ import annotations

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

Positive = Annotated[int, Query(ge=1)]


def endpoints_of(service: Service) -> APIRouter:
    router = APIRouter()
    workspace = service.workspace_for

    @router.get(ALL)
    async def list_clients(
        request: Request,
        workspace_id: int,
        page: Positive = 1,
        per_page: Positive | None = None,
        name: str = "",
    ) -> Response:
        orders = request.query_params.getlist(service.switches.order_by_key)
        order_by = tuple(name for order in orders for name in order.split(","))
        found = workspace(workspace_id).page(ListQuery(page, per_page, order_by, name))
        return Response(bodies.page_body(found, service.switches), media_type=JSON)

    @router.post(ALL)
    async def create_client(workspace_id: int, body: Body) -> Response:
        there, wanted = workspace(workspace_id), _valid(body, service.switches)
        created = there.create(wanted.name, wanted.currency)
        return Response(bodies.created_body(created, service.switches), 201, media_type=JSON)

    @router.get(ONE)
    async def get_client(workspace_id: int, client_id: int) -> Response:
        client = workspace(workspace_id).get(client_id)
        body = bodies.client_body(client, service.switches)
        return Response(bodies.encode(body), media_type=JSON)

    @router.put(ONE)
    async def update_client(workspace_id: int, client_id: int, body: Body) -> Response:
        workspace(workspace_id).update(client_id, _valid(body, service.switches))
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


def _valid(wanted: Body, switches: Switches) -> Body:
    if switches.currency == "unknown":
        return Body(name=wanted.name)
    if wanted.currency is None or re.fullmatch("[A-Z]{3}", str(wanted.currency)):
        return wanted
    tag = "Field validation for 'Currency' failed on the 'iso4217' tag"
    raise Refused(400, "validation", tag)
