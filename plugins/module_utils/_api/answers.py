# SPDX-License-Identifier: GPL-3.0-or-later
"""From the bytes of an answer to values, or to an error that says what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

from .._model import Client
from .errors import BadAnswer, OtherWorkspace
from .transport import Answer

DEEPEST = 32
"""Levels of lists and objects in an answer. A client is one; code that copies or prints a result
can handle a few hundred."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]00:00)")


def client_of(fields: object, workspace_id: int, status: int) -> Client:
    if not isinstance(fields, dict):
        raise BadAnswer("it has no client", status)
    if not is_id(fields.get("id")) or not isinstance(fields.get("name"), str):
        raise BadAnswer("a client in it has no id or no name", status)
    check_workspace(fields, workspace_id)
    return Client.of(fields)


def check_workspace(fields: Mapping[str, Any], own: int) -> None:
    """Check that a client is of the workspace that was asked for, as far as it shows that.

    :raises OtherWorkspace: it is of another one
    """
    workspace = fields.get("workspace_id")
    if workspace and workspace not in (own, str(own)):
        raise OtherWorkspace(fields["id"], workspace, own)


def json_of(answer: Answer) -> Any:
    try:
        return _parsed(answer.body)
    except ValueError:
        raise BadAnswer("it is not JSON that can be read", answer.status) from None


def _parsed(body: bytes) -> Any:
    """Return the value of the JSON; half of a character, which JSON can spell and nothing can
    print, becomes U+FFFD.

    :raises ValueError: it is not JSON, or is nested too deeply
    """
    text = body.decode(json.detect_encoding(body)).removeprefix("\ufeff")
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError from None
    if _is_deeper(value, DEEPEST):
        raise ValueError
    if "\\ud" not in text and "\\uD" not in text:
        return value
    written = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(written.decode("utf-16", "replace"))


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested more than ``levels`` deep."""
    if not isinstance(value, _NESTED):
        return False
    inner = value.values() if isinstance(value, dict) else value
    nested = [item for item in inner if isinstance(item, _NESTED)]
    return levels == 0 or any(_is_deeper(item, levels - 1) for item in nested)


_NESTED = (dict, list)


def readable(body: bytes) -> Any:
    """The value of the JSON; ``None`` if it is not JSON."""
    try:
        return _parsed(body)
    except ValueError:
        return None


def words_of(answer: Answer) -> tuple[str, str, bool]:
    """Return the service's own words of an error and its trace id, ``""`` where there is none, and
    whether it has the form of the API's errors; a 404 without a body may be one too."""
    body = readable(answer.body)
    if isinstance(body, dict):
        parts = [body.get("error"), body.get("error_description")]
        parts = parts if any(parts) else [body.get("message"), body.get("detail")]
        words = ": ".join(str(part) for part in parts if part)
        is_of_the_api = "error" in body or "error_description" in body
        return words, str(body.get("trace_id") or ""), is_of_the_api
    if isinstance(body, str):
        return body, "", False
    text = " ".join(answer.body.decode(errors="replace").split())
    words = "" if body is not None or text.startswith("<") else text
    return words, "", not text and answer.status == 404


def date_of(header: str | None) -> datetime | None:
    """The time of a ``Date`` header, ``None`` if it has none that can be read."""
    try:
        date = parsedate_to_datetime(header or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)


def time_of(written: object) -> datetime | None:
    """Return the time that a client's field holds, to the second; ``None`` unless it is UTC."""
    found = _TIME.fullmatch(written) if isinstance(written, str) else None
    try:
        return found and datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
    except ValueError:
        return None


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def is_id(value: object) -> TypeGuard[int]:
    return is_whole(value) and value > 0
