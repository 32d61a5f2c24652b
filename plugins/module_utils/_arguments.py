# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs, environment fallbacks, and from options to values. No requests are sent here."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleFallbackNotFound

from ansible_collections.toggl.focus.plugins.module_utils._api import Access
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption
from ansible_collections.toggl.focus.plugins.module_utils._guards import Rules
from ansible_collections.toggl.focus.plugins.module_utils._model import Desired
from ansible_collections.toggl.focus.plugins.module_utils._text import is_loopback, trimmed


def _from_environment(*names: str) -> tuple[Any, list[str]]:
    return (_set_in_environment, list(names))


def _set_in_environment(*names: str) -> str:
    """The first variable that is set; an empty one is not: AWX gives one for an input left out."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound


SHARED: dict[str, Any] = {
    "workspace_id": {
        "type": "int",
        "required": True,
        "fallback": _from_environment("TOGGL_FOCUS_WORKSPACE_ID"),
    },
    "api_token": {
        "type": "str",
        "no_log": True,
        "fallback": _from_environment("TOGGL_FOCUS_API_TOKEN", "TOGGL_API_TOKEN"),
    },
    "username": {"type": "str", "fallback": _from_environment("TOGGL_FOCUS_USERNAME")},
    "password": {
        "type": "str",
        "no_log": True,
        "fallback": _from_environment("TOGGL_FOCUS_PASSWORD"),
    },
    "api_url": {
        "type": "str",
        "default": "https://focus.toggl.com/api",
        "fallback": _from_environment("TOGGL_FOCUS_API_URL"),
    },
    "api_timeout": {
        "type": "float",
        "default": 30.0,
        "fallback": _from_environment("TOGGL_FOCUS_API_TIMEOUT"),
    },
    "api_retries": {"type": "int", "default": 4},
    "quota_wait": {"type": "int", "default": 0},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "journal": {"type": "path", "fallback": _from_environment("TOGGL_FOCUS_JOURNAL")},
}

ENTRY: dict[str, Any] = {
    "name": {"type": "str"},
    "id": {"type": "int"},
    "state": {
        "type": "str",
        "choices": ["present", "absent", "restored"],
        "default": "present",
    },
    "former_names": {"type": "list", "elements": "str", "default": []},
    "restore_deleted": {"type": "bool", "default": False},
}

CLIENT: dict[str, Any] = {"argument_spec": {**SHARED, **ENTRY}}

CLIENTS: dict[str, Any] = {
    "argument_spec": {
        **SHARED,
        "clients": {"type": "list", "elements": "dict", "required": True, "options": ENTRY},
        "purge": {"type": "bool", "default": False},
        "protected": {"type": "list", "elements": "str", "default": []},
        "max_deletions": {"type": "int"},
        "max_deletion_percent": {"type": "int", "default": 30},
        "plan_digest": {"type": "str"},
        "allow_partial": {"type": "bool", "default": False},
        "concurrency": {"type": "int", "default": 4},
    }
}

MOST_CONCURRENCY = 16

CLIENT_INFO: dict[str, Any] = {
    "argument_spec": {
        **SHARED,
        "name": {"type": "str"},
        "name_contains": {"type": "str"},
        "id": {"type": "int"},
        "deleted": {
            "type": "str",
            "choices": ["exclude", "include", "only"],
            "default": "exclude",
        },
        "order_by": {"type": "list", "elements": "str", "default": []},
        "limit": {"type": "int"},
    }
}


def desired(options: Mapping[str, Any]) -> Desired:
    """One entry of the user's list as a value, its names trimmed."""
    name = options["name"]
    return Desired(
        name=None if name is None else trimmed(name),
        id=options["id"],
        state=options["state"],
        former_names=tuple(trimmed(former) for former in options["former_names"]),
        restore_deleted=options["restore_deleted"],
    )


def rules(options: Mapping[str, Any]) -> Rules:
    """What the plan of a whole list may do.

    :raises BadOption: for numbers out of their range
    """
    return Rules(
        purge=options["purge"],
        protected=tuple(options["protected"]),
        max_deletions=_within(options, "max_deletions", 0),
        max_deletion_percent=_within(options, "max_deletion_percent", 0, 100) or 0,
    )


def access(options: Mapping[str, Any]) -> Access:
    """How to reach the service, from the shared options.

    :raises BadOption: for what cannot work; no secret is in its text
    """
    token, username, password = _credentials(options)
    return Access(
        workspace_id=_within(options, "workspace_id", 1) or 0,
        api_url=_address(options["api_url"]),
        api_token=token,
        username=username,
        password=password,
        timeout=_positive_seconds(options, "api_timeout"),
        retries=_within(options, "api_retries", 0) or 0,
        quota_wait=_within(options, "quota_wait", 0) or 0,
        verify=_verification(options),
        connections=_within(options, "concurrency", 1, MOST_CONCURRENCY) or 1,
    )


def _credentials(options: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    token = (options["api_token"] or "").strip()
    username, password = options["username"] or "", options["password"] or ""
    if token and (username or password):
        raise BadOption(
            "api_token",
            "username or password is given as well, perhaps by the environment; keep one kind of "
            "authentication",
        )
    if token:
        return _header_text("api_token", token), None, None
    if not username and not password:
        raise BadOption(
            "api_token",
            "no authentication is given; set api_token or TOGGL_FOCUS_API_TOKEN, or username and "
            "password",
        )
    if not username or not password:
        missing = "password" if username else "username"
        raise BadOption(missing, "it is missing; username and password are needed together")
    return None, username, password


def _header_text(option: str, secret: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BadOption(option, "it holds blanks or characters that no API key has")
    return secret


def _address(url: str) -> str:
    """The address without a slash at its end.

    Credentials go over verified TLS; plain http is for a simulator on the same machine.
    """
    try:
        parts = urlsplit(url.strip())
        host, user_part = parts.hostname, parts.username or parts.password
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise BadOption("api_url", "it is not a valid address") from None
    if user_part is not None or "@" in parts.netloc:
        raise BadOption(
            "api_url", "it holds a user or a password; use api_token, or username and password"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise BadOption("api_url", "it must begin with https:// and name a host")
    if parts.query or parts.fragment:
        raise BadOption("api_url", "it must end with the path, without ? or #")
    if parts.scheme == "http" and not is_loopback(host):
        raise BadOption(
            "api_url", "plain http would show the credentials to the network; use https"
        )
    return url.strip().rstrip("/")


def _within(
    options: Mapping[str, Any], option: str, least: int, most: int | None = None
) -> int | None:
    """An option's whole number if it is within its bounds; ``None`` where it is not given."""
    value: int | None = options.get(option)
    if value is not None and value < least:
        raise BadOption(option, f"{value} is below {least}")
    if value is not None and most is not None and value > most:
        raise BadOption(option, f"{value} is above {most}")
    return value


def _positive_seconds(options: Mapping[str, Any], option: str) -> float:
    value: float = options[option]
    if not 0 < value <= 3600:
        raise BadOption(option, f"{value:g} is not between 0 and 3600 seconds")
    return value


def _verification(options: Mapping[str, Any]) -> bool | str:
    if not options["validate_certs"]:
        return False
    ca_path: str | None = options["ca_path"]
    if not ca_path:
        return True
    if not os.path.exists(ca_path):
        raise BadOption("ca_path", "there is no such file or folder on the host that runs the task")
    if os.path.isfile(ca_path):
        _check_certificates(ca_path)
    return ca_path


def _check_certificates(ca_path: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca_path)
    except OSError:
        raise BadOption("ca_path", "the file holds no certificate that can be read") from None
