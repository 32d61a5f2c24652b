# SPDX-License-Identifier: GPL-3.0-or-later
"""A back door for tests that run in another process; the real service has none of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from simulator.records import Entry, Fault
from simulator.service import Service
from simulator.switches import Switches

PREFIX = "/_simulator"

router = APIRouter(prefix=PREFIX)


def entry_json(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "body": entry.body.decode(errors="replace")}


@router.get("/state")
async def state(request: Request) -> Response:
    service: Service = request.app.state.service
    log = list(service.log)
    clients = [asdict(c) for w in service.workspaces.values() for c in w.clients()]
    return JSONResponse(
        {
            "clients": clients,
            "requests": len(log),
            "writes": sum(entry.method != "GET" for entry in log),
            "log": [entry_json(entry) for entry in log],
        }
    )


@router.post("/reset")
async def reset(request: Request) -> Response:
    """Start again; `clients` and `deleted` are names, the rest is what `Service.reset` takes."""
    service: Service = request.app.state.service
    wanted = await request.json()
    try:
        _reset(service, **wanted)
    except (TypeError, ValueError) as error:
        return JSONResponse({"error": "reset", "error_description": str(error)}, 400)
    return JSONResponse({"workspace_id": service.workspace_ids[0]})


def _reset(
    service: Service,
    *,
    switches: Mapping[str, Any] | None = None,
    script: Iterable[Mapping[str, Any]] = (),
    clients: Iterable[str] = (),
    deleted: Iterable[str] = (),
    **conditions: Any,
) -> None:
    planned = [_fault(**fault) for fault in script]
    service.reset(Switches(**(switches or {})), script=planned, **conditions)
    _seed(service, clients, deleted=False)
    _seed(service, deleted, deleted=True)


def _seed(service: Service, names: Iterable[str], deleted: bool) -> None:
    workspace = service.workspaces[service.workspace_ids[0]]
    for name in names:
        workspace.add(name, deleted)


def _fault(method: str | None = None, body: str | None = None, **planned: Any) -> Fault:
    """A fault from JSON, where a method takes the place of the matching function."""
    match = None if method is None else lambda seen, path: bool(seen == method)
    return Fault(match=match, body=None if body is None else body.encode(), **planned)
