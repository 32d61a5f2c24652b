# SPDX-License-Identifier: GPL-3.0-or-later
"""The six endpoints behind the gate, as one application."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from simulator import bodies
from simulator.control import control_of
from simulator.gate import Gate
from simulator.listing import ListQuery
from simulator.records import Body, Refused
from simulator.service import Service
from simulator.switches import Switches
from simulator.wire import JSON

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


def create_app(service: Service) -> FastAPI:
    """An application that answers for the service, its state being the service's own."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.include_router(endpoints_of(service))
    app.include_router(control_of(service))
    app.add_middleware(Gate, service=service)

    @app.exception_handler(Refused)
    @app.exception_handler(RequestValidationError)
    @app.exception_handler(HTTPException)
    async def refuse(_request: Request, error: Any) -> Response:
        if isinstance(error, RequestValidationError):
            places = ", ".join(str(each["loc"][-1]) for each in error.errors())
            error = Refused(400, "validation", f"not valid: {places}")
        elif isinstance(error, HTTPException):
            error = Refused(error.status_code, "not_found", error.detail)
        body = bodies.error_body(error, service.switches)
        return Response(body, error.status, media_type=JSON)

    return app
