# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints behind the gate, as one application."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from simulator import bodies
from simulator.control import control_of
from simulator.gate import Gate
from simulator.records import Refused
from simulator.routes import JSON, endpoints_of
from simulator.service import Service


def create_app(service: Service) -> FastAPI:
    """An application that answers for the service, its state being the service's own."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    endpoints = endpoints_of(service)
    app.include_router(endpoints)
    app.include_router(control_of(service))
    app.add_middleware(Gate, service=service)

    def answer(refused: Refused) -> Response:
        return Response(
            bodies.error_body(refused, service.switches), refused.status, media_type=JSON
        )

    @app.exception_handler(Refused)
    async def refuse(_request: Request, refused: Refused) -> Response:
        return answer(refused)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        places = ", ".join(str(each["loc"][-1]) for each in error.errors())
        return answer(Refused(400, "validation", f"not valid: {places}"))

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, missing: HTTPException) -> Response:
        if missing.status_code != 405:
            return answer(Refused(missing.status_code, "not_found", missing.detail))
        refused = answer(Refused(405, "method_not_allowed", missing.detail))
        refused.headers["Allow"] = ", ".join(_methods(endpoints, request.scope))
        return refused

    return app


def _methods(router: APIRouter, scope: Any) -> list[str]:
    """What may be done at the address, over all routes and not the first alone."""
    routes = [route for route in router.routes if isinstance(route, APIRoute)]
    there = [route.methods or () for route in routes if route.matches(scope)[0] is not Match.NONE]
    return sorted(set().union(*there))
