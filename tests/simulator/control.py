# SPDX-License-Identifier: GPL-3.0-or-later
"""A back door for tests that run in another process; the real service has none of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from simulator.records import Fault
from simulator.service import Service
from simulator.switches import Switches

PREFIX = "/_simulator"


def control_of(service: Service) -> APIRouter:
    router = APIRouter(prefix=PREFIX)

    @router.get("/state")
    async def state() -> Response:
        clients = [asdict(c) for w in service.workspaces.values() for c in w.clients()]
        log = [{"method": e.method, "status": e.status, "took": e.took} for e in service.log]
        writes = sum(entry["method"] != "GET" for entry in log)
        found = {"clients": clients, "requests": len(log), "writes": writes, "log": log}
        return JSONResponse(found)

    @router.post("/reset")
    async def reset(request: Request) -> Response:
        """Start again; `clients` and `deleted` are names, the rest is what a reset takes."""
        _reset(service, await request.json())
        return JSONResponse({})

    return router


def _reset(service: Service, wanted: dict[str, Any]) -> None:
    kinds = {False: wanted.pop("clients", ()), True: wanted.pop("deleted", ())}
    script = [_refusal(**given) for given in wanted.pop("script", ())]
    service.reset(Switches(**wanted.pop("switches", {})), script=script, **wanted)
    for deleted, names in kinds.items():
        for name in names:
            service.workspaces[service.workspace_id].add(name, deleted)


def _refusal(method: str, status: int, body: str) -> Fault:
    return Fault(lambda sent, _: sent == method, status=status, body=body.encode())
