# SPDX-License-Identifier: GPL-3.0-or-later
"""What every request meets before and after its endpoint: faults, access, quota and the log."""

from __future__ import annotations

import asyncio
import time
from email.utils import format_datetime

from starlette.responses import Response

from simulator import bodies, control, wire
from simulator.records import Entry, Fault, Refused
from simulator.service import Service
from simulator.wire import Answer, App, Call, Receive, Scope, Send

DROPPED = 0


class Gate:
    """Middleware that stands in front of all endpoints of the API."""

    def __init__(self, app: App, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(control.PREFIX):
            await self.app(scope, receive, send)
            return
        call = await wire.read(scope, receive)
        self.service.in_flight += 1
        try:
            worked = await self._worked(scope, call)
        finally:
            self.service.in_flight -= 1
        if worked is None:
            await wire.drop(receive)
        else:
            await _deliver(scope, receive, send, *worked)

    async def _worked(self, scope: Scope, call: Call) -> tuple[Answer, Fault] | None:
        """The answer, and how it is to be delivered; nothing if the service was reset meanwhile."""
        came = time.monotonic()
        if not await self._waited(self.service.latency):
            return None
        fault = self.service.fault_for(call) or Fault()
        if not await self._waited(fault.lag):
            return None
        own = await self._own_answer(scope, call) if fault.commits else Answer(DROPPED, {}, b"")
        answer = _canned(fault, own)
        answer.headers.setdefault("date", format_datetime(self.service.now(), usegmt=True))
        status = DROPPED if fault.drop else answer.status
        self.service.record(Entry(**vars(call), status=status, took=time.monotonic() - came))
        return answer, fault

    async def _waited(self, seconds: float) -> bool:
        """False if the service was reset meanwhile: a late write must not reach the next test."""
        epoch = self.service.epoch
        if seconds:
            await asyncio.sleep(seconds)
        return epoch == self.service.epoch

    async def _own_answer(self, scope: Scope, call: Call) -> Answer:
        refused = self._turned_away(call)
        if refused is None:
            answer = await wire.ask(self.app, scope, call)
        else:
            body = bodies.error_body(refused, self.service.switches)
            answer = Answer(refused.status, {"content-type": wire.JSON}, body)
        if answer.status != 401 and self.service.switches.quota_headers:
            answer.headers.update(self.service.quota.headers())
        return self._used_up(answer) if answer.status == 402 else answer

    def _turned_away(self, call: Call) -> Refused | None:
        if not self.service.credentials.accept(call.headers.get("authorization", "")):
            return Refused(401, "invalid_session", "the provided API key is invalid")
        if not self.service.quota.take():
            return Refused(402, "quota_exceeded", "the quota of requests for this hour is used up")
        if call.headers.get("content-type", "").partition(";")[0].strip() != wire.JSON:
            return Refused(400, "invalid_request", "Content-Type must be application/json")
        return None

    def _used_up(self, own: Answer) -> Answer:
        """In one of the forms that were seen, or that nobody has excluded."""
        quota_headers = self.service.quota.headers()
        seconds = quota_headers["X-Toggl-Quota-Resets-In"]
        words = "You have hit your hourly limit for API calls. Your quota will reset in {} seconds."
        forms = {
            "json": own,
            "headers": Answer(402, quota_headers, b""),
            "text": Answer(402, {"content-type": "text/plain"}, words.format(seconds).encode()),
            "retry_after": Answer(402, {"Retry-After": seconds}, b""),
            "nothing": Answer(402, {}, b""),
        }
        return forms[self.service.switches.quota_refusal]


def _canned(fault: Fault, own: Answer) -> Answer:
    """The service's own answer with whatever the fault puts in its place; but nobody makes a
    success of what the service refused."""
    if fault.status is not None and fault.status < 300 and fault.commits and own.status >= 400:
        return own
    if fault.status is None:
        body = own.body if fault.body is None else fault.body
        body = body if fault.edit is None else fault.edit(body)
        return Answer(own.status, {**own.headers, **fault.headers}, body)
    headers = {"content-type": wire.JSON, **fault.headers}
    return Answer(fault.status, headers, fault.body or b"")


async def _deliver(
    scope: Scope, receive: Receive, send: Send, answer: Answer, fault: Fault
) -> None:
    if fault.delay:
        await asyncio.sleep(fault.delay)
    if fault.before:
        wire.transport(receive).write(fault.before)
    if fault.drop == "during" and len(answer.body) > 1:
        await wire.send_half(receive, answer)
    elif fault.drop is not None:
        await wire.drop(receive, fault.reset, fault.garbled)
    else:
        await Response(answer.body, answer.status, answer.headers)(scope, receive, send)
