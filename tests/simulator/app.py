# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints behind the gate, as one application."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from simulator import bodies
from simulator.control import control_of
from simulator.gate import Gate
from simulator.records import Refused
from simulator.routes import JSON, endpoints_of
from simulator.service import Service


def create_app(service: Service) -> FastAPI:
    """An application that answers for the service, its state being the service's own."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.include_router(endpoints_of(service))
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
    async def no_route(_request: Request, missing: HTTPException) -> Response:
        return answer(Refused(missing.status_code, "not_found", missing.detail))

    return app
