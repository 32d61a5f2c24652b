# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints behind the gate, as one application."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from simulator import bodies, control, routes
from simulator.gate import Gate
from simulator.records import Refused
from simulator.service import Service


def create_app(service: Service) -> FastAPI:
    """An application that answers for the service, its state being the service's own."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.state.service = service
    app.include_router(routes.router)
    app.include_router(control.router)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_middleware(Gate, service=service)
    return app


def _error(request: Request, refused: Refused) -> Response:
    body = bodies.error_body(refused, request.app.state.service.switches)
    return Response(body, refused.status, media_type=routes.JSON)


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    return _error(request, refused)


async def _invalid(request: Request, invalid: Exception) -> Response:
    assert isinstance(invalid, RequestValidationError)
    places = ", ".join(str(error["loc"][-1]) for error in invalid.errors())
    return _error(request, Refused(400, "validation", f"not an integer: {places}"))


async def _no_route(request: Request, missing: Exception) -> Response:
    assert isinstance(missing, HTTPException)
    error = "method_not_allowed" if missing.status_code == 405 else "not_found"
    answer = _error(request, Refused(missing.status_code, error, missing.detail))
    if missing.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """What may be done at the address, over all routes and not the first alone."""
    found: set[str] = set()
    for route in routes.router.routes:
        if isinstance(route, APIRoute) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return sorted(found)
