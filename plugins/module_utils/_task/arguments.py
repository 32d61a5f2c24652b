# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs and environment variables."""

from __future__ import annotations

import math
import os
from typing import Any, get_args

from ansible.module_utils.basic import AnsibleFallbackNotFound

from .._model import State
from .._text import SERVICE_URL

_FROM_ENVIRONMENT = ("workspace_id", "username", "password", "api_url", "api_timeout", "journal")

VARIABLES: dict[str, tuple[str, ...]] = {
    **{option: (f"TOGGL_FOCUS_{option.upper()}",) for option in _FROM_ENVIRONMENT},
    "api_token": ("TOGGL_FOCUS_API_TOKEN", "TOGGL_API_TOKEN"),
}
"""The environment variables that are used where an option is not given, by option."""

NO_WORKSPACE = 0
"""The id of no workspace. It means that none is given anywhere: Ansible's own message about a
required option does not name the variable."""


def variable_set(option: str) -> str:
    """Return the first that is set and not empty, or an empty text: AWX sets an empty one for an
    input that is left out."""
    return next(filter(os.environ.get, VARIABLES[option]), "")


def from_environment(option: str) -> str:
    """Return the value of an option's variable, or an empty text."""
    return os.environ.get(variable_set(option), "")


def _fallback(option: str) -> object:
    """Return what Ansible takes where the option is not given."""
    found = from_environment(option)
    if not found and option != "workspace_id":
        raise AnsibleFallbackNotFound
    return found or NO_WORKSPACE


# Credentials have no fallback: if one kind is given as an option, the other kind in the environment
# counts as not given, and a value does not show where it comes from. See options._credentials.
SHARED: dict[str, Any] = {
    "workspace_id": {"type": "int", "required": True, "fallback": (_fallback, ["workspace_id"])},
    "api_token": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "api_url": {"type": "str", "default": SERVICE_URL, "fallback": (_fallback, ["api_url"])},
    "api_timeout": {"type": "float", "default": 30.0, "fallback": (_fallback, ["api_timeout"])},
    "api_retries": {"type": "int", "default": 4},
    "quota_wait": {"type": "int", "default": 0},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "journal": {"type": "path", "fallback": (_fallback, ["journal"])},
}

ENTRY: dict[str, Any] = {
    "name": {"type": "str"},
    "id": {"type": "int"},
    "state": {"type": "str", "choices": list(get_args(State)), "default": "present"},
    "former_names": {"type": "list", "elements": "str", "default": []},
    "restore_deleted": {"type": "bool", "default": False},
    "currency": {"type": "str"},
}

BOUNDS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("workspace_id", "id", "limit"), (1, math.inf)),
    **dict.fromkeys(("api_retries", "quota_wait", "max_deletions"), (0, math.inf)),
    "api_timeout": (0.001, 3600),
    "max_deletion_percent": (0, 100),
    "concurrency": (1, 16),
}
"""The least and the most that a number of a task's options may be, which a spec cannot say."""

CLIENT: dict[str, Any] = {**SHARED, **ENTRY}

CLIENTS: dict[str, Any] = {
    **SHARED,
    "clients": {"type": "list", "elements": "raw", "required": True},
    "purge": {"type": "bool", "default": False},
    "protected": {"type": "list", "elements": "str", "default": []},
    "max_deletions": {"type": "int"},
    "max_deletion_percent": {"type": "int", "default": 30},
    "plan_digest": {"type": "str"},
    "allow_partial": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 4},
    "report": {"type": "str", "choices": ["changes", "all"], "default": "changes"},
}

CLIENT_INFO: dict[str, Any] = {
    **SHARED,
    "name": {"type": "str"},
    "name_contains": {"type": "str"},
    "id": {"type": "int"},
    "deleted": {"type": "str", "choices": ["exclude", "include", "only"], "default": "exclude"},
    "order_by": {"type": "list", "elements": "str", "default": []},
    "limit": {"type": "int"},
}
