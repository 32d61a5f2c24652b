# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module does around its work: the way to the service, and an error as a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._arguments import access
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption, FocusError
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime
from ansible_collections.toggl.focus.plugins.module_utils._secrets import masked
from ansible_collections.toggl.focus.plugins.module_utils._transport import HAS_REQUESTS

Options = Mapping[str, Any]
Result = dict[str, Any]


def result_of(options: Options, runtime: Runtime, work: Callable[[FocusApi], Result]) -> Result:
    """What ``work`` gives back, with the requests that were sent and without secrets.

    Any error becomes a result with ``failed`` and ``msg``, so that what was done is never lost.

    :arg options: a module's options, validated by its argument spec
    """
    if not HAS_REQUESTS:
        return {**_failed(missing_required_lib("requests")), "requests": 0}
    try:
        reached = access(options)
    except BadOption as error:
        return {**_failed(str(error)), "requests": 0}
    api = FocusApi(reached, runtime.transport(reached), runtime.progress)
    try:
        result = work(api)
    except (FocusError, PlanRefused) as error:
        result = _failed(str(error))
    return masked({**result, **_spent(api)}, reached.secrets)


def _failed(message: str) -> Result:
    return {"failed": True, "changed": False, "msg": message}


def _spent(api: FocusApi) -> Result:
    """The return keys ``requests`` and ``quota``; the latter is absent if nobody told it."""
    if api.quota is None:
        return {"requests": api.requests}
    return {"requests": api.requests, "quota": api.quota._asdict()}
