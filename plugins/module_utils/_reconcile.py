# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way through: options, look-up, plan, apply, result. One function for each module.

They take the task's options and give back what the task returns; a failure is a result with
``failed`` and ``msg``, so that what was done before it is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.toggl.focus.plugins.module_utils import (
    _arguments,
    _lookup,
    _report,
    _results,
)
from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._apply import apply
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    FocusError,
    PlanChanged,
    QuotaTooSmall,
)
from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal, last_deletions
from ansible_collections.toggl.focus.plugins.module_utils._listing import listed
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Plan
from ansible_collections.toggl.focus.plugins.module_utils._outcome import (
    Outcome,
    pending,
    predicted,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan import check_entries, plan
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._transport import HAS_REQUESTS

Options = Mapping[str, Any]
Result = dict[str, Any]


def reconcile_client(options: Options, check_mode: bool) -> Result:
    """``focus_client``: one client kept as declared.

    :arg options: the module's options, validated by its argument spec
    :returns: the module's return values
    """
    return _run(options, lambda api: _one(api, options, check_mode))


def reconcile_clients(options: Options, check_mode: bool) -> Result:
    """``focus_clients``: the whole list in one task; options and result as above."""
    return _run(options, lambda api: _all(api, options, check_mode))


def list_clients(options: Options, check_mode: bool) -> Result:
    """``focus_client_info``: the list; it writes nothing, with or without check mode."""
    return _run(options, lambda api: listed(api, options))


def _run(options: Options, work: Callable[[FocusApi], Result]) -> Result:
    """Any error becomes a result that says how many requests were sent."""
    if not HAS_REQUESTS:
        return _failed(missing_required_lib("requests"), None)
    api = None
    try:
        api = FocusApi(_arguments.access(options))
        return {**work(api), **_results.spent(api)}
    except (FocusError, PlanRefused) as error:
        return _failed(str(error), api)


def _failed(message: str, api: FocusApi | None) -> Result:
    return {"failed": True, "changed": False, "msg": message, **_results.spent(api)}


def _one(api: FocusApi, options: Options, check_mode: bool) -> Result:
    wanted = _arguments.desired(options)
    check_entries([wanted])
    deletions = last_deletions(options["journal"], api.workspace_id)
    clients = _lookup.of_one(api, wanted, deletions)
    planned = plan(clients, [wanted])
    outcomes = _carried_out(planned, api, clients, options, check_mode)
    return _results.client_result(planned, outcomes, api.workspace_id)


def _all(api: FocusApi, options: Options, check_mode: bool) -> Result:
    wanted = [_arguments.desired(entry) for entry in options["clients"]]
    rules = _arguments.rules(options)
    check_entries(wanted)
    deletions = last_deletions(options["journal"], api.workspace_id)
    clients = _lookup.of_all(api, wanted, deletions)
    planned = plan(clients, wanted, rules, api.workspace_id)
    refusal = _refusal(planned, api, options)
    if isinstance(refusal, QuotaTooSmall) and check_mode:
        planned = replace(planned, warnings=(*planned.warnings, str(refusal)))
    elif refusal is not None:
        return _report.clients_result(planned, pending(planned.steps), api.workspace_id, refusal)
    outcomes = _carried_out(planned, api, clients, options, check_mode)
    return _report.clients_result(planned, outcomes, api.workspace_id)


def _carried_out(
    planned: Plan, api: FocusApi, clients: Iterable[Client], options: Options, check_mode: bool
) -> tuple[Outcome, ...]:
    if check_mode or not planned.steps:
        return predicted(planned.steps)
    known = {client.id for client in clients}
    journal = Journal(options["journal"], api.workspace_id, planned.shared_names)
    with closing(journal):
        return apply(planned.steps, api, known, journal, options.get("concurrency", 1))


def _refusal(planned: Plan, api: FocusApi, options: Options) -> FocusError | None:
    """What speaks against writing a plan that is sound in itself."""
    reviewed = (options["plan_digest"] or "").strip().lower()
    if reviewed and reviewed != planned.digest:
        return PlanChanged(reviewed, planned.digest)
    if options["allow_partial"] or api.quota is None or api.quota.remaining is None:
        return None
    needed, left, resets_in = len(planned.steps), api.quota.remaining, api.quota.resets_in
    waits = resets_in is not None and api.quota_wait_left > resets_in
    return None if needed <= left or waits else QuotaTooSmall(needed, left, resets_in)
