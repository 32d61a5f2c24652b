# SPDX-License-Identifier: GPL-3.0-or-later
"""From the bytes of an answer to values, or to an error that says what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

from .._model import Client
from .._redact import mask
from .._text import shown
from .errors import Answer, BadAnswer, ErrorResponse, OtherWorkspace

DEEPEST = 32
"""Levels of lists and objects in an answer. A client is one; code that copies or prints a result
can handle a few hundred."""

# Compiled where it is used: most runs create no client.
_TIME = r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]00:00)"


def parse_client(fields: object, workspace_id: int, answer: Answer) -> Client:
    """Return the client with these fields of an answer.

    :raises BadAnswer: it is no client
    :raises OtherWorkspace: it is of another workspace
    """
    if not isinstance(fields, dict):
        raise BadAnswer("it has no client", answer)
    if not is_id(fields.get("id")) or not isinstance(fields.get("name"), str):
        raise BadAnswer("a client in it has no id or no name", answer)
    check_workspace(fields, workspace_id, answer)
    return Client.of(fields)


def check_workspace(fields: Mapping[str, Any], own: int, answer: Answer) -> None:
    """Check that a client is of the workspace that was asked for, as far as it shows that.

    :raises OtherWorkspace: it is of another one
    """
    workspace = fields.get("workspace_id")
    if workspace and workspace not in (own, str(own)):
        raise OtherWorkspace(
            f"The answer to {answer.request.where} shows client {fields['id']} of the workspace "
            f"{shown(workspace)}, not of {own}: it was discarded. Check api_url and workspace_id."
        )


def parse_json(answer: Answer) -> Any:
    """Return the value of the JSON; half of a character, which JSON can spell and nothing can
    print, becomes U+FFFD.

    :raises BadAnswer: it is not JSON, or is nested too deeply
    """
    try:
        text = answer.body.decode(json.detect_encoding(answer.body))
        value = json.loads(text)
        if _depth(value) > DEEPEST:
            raise ValueError
    except (ValueError, RecursionError):
        raise BadAnswer("it is not JSON that can be read", answer) from None
    if "\\ud" not in text and "\\uD" not in text:
        return value
    written = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(written.decode("utf-16", "replace"))


def _depth(value: Any) -> int:
    """Return how many levels of lists and objects are nested."""
    if not isinstance(value, _NESTED):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(item) for item in inner if isinstance(item, _NESTED)), default=0)


_NESTED = (dict, list)


def parse_or_none(answer: Answer) -> Any:
    """Return the value of the JSON; ``None`` if it is not JSON."""
    with suppress(BadAnswer):
        return parse_json(answer)
    return None


def error_response(answer: Answer, secrets: Sequence[str]) -> ErrorResponse:
    """Return what an answer with an error status says. A 404 without a body may be of the API.

    :arg secrets: are masked before anything is cut: a part of one would not be recognised
    """
    text = " ".join(answer.body.decode(errors="replace").split())
    words, trace_id = "" if text.startswith("<") else text.strip('"'), ""
    is_of_the_api = not text and answer.status == 404
    body = parse_or_none(answer)
    if isinstance(body, dict):
        parts = [body.get("error"), body.get("error_description")]
        parts = parts if any(parts) else [body.get("message"), body.get("detail")]
        words = ": ".join(str(part) for part in parts if part)
        trace_id = str(body.get("trace_id") or "")
        is_of_the_api = "error" in body or "error_description" in body
    words, trace_id = mask(words, secrets), mask(trace_id, secrets)
    asked = retry_after(answer.headers.get("Retry-After"))
    return ErrorResponse(answer.request, answer.status, words, trace_id, is_of_the_api, asked)


def retry_after(header: str | None) -> float | None:
    """Return the seconds that a ``Retry-After`` header asks for, given as seconds or as a date."""
    if (seconds := whole_number(header)) is not None:
        return seconds
    date = date_of(header)
    return None if date is None else max(0.0, (date - datetime.now(timezone.utc)).total_seconds())


def whole_number(header: str | None) -> int | None:
    """Return a header's whole number, ``None`` if it has none, or one below 0."""
    with suppress(ValueError, OverflowError):
        number = int(float(header or ""))
        return number if number >= 0 else None
    return None


def date_of(header: str | None) -> datetime | None:
    """Return the time of a ``Date`` header, ``None`` if it has none that can be read."""
    with suppress(TypeError, ValueError, OverflowError):
        date = parsedate_to_datetime(header or "")
        return date if date.tzinfo else date.replace(tzinfo=timezone.utc)
    return None


def time_of(written: object) -> datetime | None:
    """Return the time that a client's field holds, to the second; ``None`` unless it is UTC."""
    found = re.fullmatch(_TIME, str(written))
    with suppress(ValueError):
        return found and datetime.fromisoformat(f"{found[1]}+00:00")
    return None


def is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
