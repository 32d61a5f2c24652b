# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way through: options, look-up, plan, apply, result. One function for each module.

They take the task's options and give back what the task returns; a failure is a result with
``failed`` and ``msg``, so that what was done before it is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
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
    BadOption,
    FocusError,
    PlanChanged,
    QuotaTooSmall,
)
from ansible_collections.toggl.focus.plugins.module_utils._journal import (
    Deletion,
    Journal,
    last_deletions,
)
from ansible_collections.toggl.focus.plugins.module_utils._listing import listed
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Plan
from ansible_collections.toggl.focus.plugins.module_utils._outcome import (
    Outcome,
    pending,
    predicted,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan import check_entries, plan
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime
from ansible_collections.toggl.focus.plugins.module_utils._secrets import masked
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._transport import HAS_REQUESTS

Options = Mapping[str, Any]
Result = dict[str, Any]


def reconcile_client(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client``: one client kept as declared.

    :arg options: the module's options, validated by its argument spec
    :returns: the module's return values
    """
    return _run(options, runtime, lambda run: run.one(check_mode))


def reconcile_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_clients``: the whole list in one task; options and result as above."""
    return _run(options, runtime, lambda run: run.all(check_mode))


def list_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client_info``: the list; it writes nothing, with or without check mode."""
    return _run(options, runtime, lambda run: listed(run.api, options))


def _run(options: Options, runtime: Runtime, work: Callable[[_Run], Result]) -> Result:
    """Any error becomes a result that says how many requests were sent."""
    if not HAS_REQUESTS:
        return {**_failed(missing_required_lib("requests")), "requests": 0}
    try:
        access = _arguments.access(options)
    except BadOption as error:
        return {**_failed(str(error)), "requests": 0}
    api = FocusApi(access, runtime.transport(access), runtime.progress)
    try:
        result = work(_Run(options, api, runtime.progress))
    except (FocusError, PlanRefused) as error:
        result = _failed(str(error))
    return masked({**result, **_results.spent(api)}, access.secrets)


def _failed(message: str) -> Result:
    return {"failed": True, "changed": False, "msg": message}


@dataclass(frozen=True)
class _Run:
    """One task: its options, and the service."""

    options: Options
    api: FocusApi
    progress: Progress

    def one(self, check_mode: bool) -> Result:
        wanted = _arguments.desired(self.options)
        check_entries([wanted])
        clients = _lookup.of_one(self.api, wanted, self._deletions())
        planned = plan(clients, [wanted])
        if wanted.id is not None:  # one client was read: others may bear its name, too
            names = frozenset(name_key(client.name) for client in clients)
            planned = replace(planned, shared_names=names)
        outcomes = self._carried_out(planned, clients, check_mode)
        return _results.client_result(planned, outcomes, self.api.workspace_id)

    def all(self, check_mode: bool) -> Result:
        wanted = [_arguments.desired(entry) for entry in self.options["clients"]]
        rules = _arguments.rules(self.options)
        check_entries(wanted)
        clients = _lookup.of_all(self.api, wanted, self._deletions(), self._concurrency)
        planned = plan(clients, wanted, rules, self.api.workspace_id)
        refusal = self._refusal(planned)
        if isinstance(refusal, QuotaTooSmall) and check_mode:
            planned = replace(planned, warnings=(*planned.warnings, str(refusal)))
        elif refusal is not None:
            untouched = pending(planned.steps)
            return _report.clients_result(planned, untouched, self.api.workspace_id, refusal)
        outcomes = self._carried_out(planned, clients, check_mode)
        return _report.clients_result(planned, outcomes, self.api.workspace_id)

    @property
    def _concurrency(self) -> int:
        concurrency: int = self.options.get("concurrency", 1)
        return concurrency

    def _deletions(self) -> dict[str, Deletion]:
        return last_deletions(self.options["journal"], self.api.workspace_id)

    def _carried_out(
        self, planned: Plan, clients: Iterable[Client], check_mode: bool
    ) -> tuple[Outcome, ...]:
        if check_mode or not planned.steps:
            return predicted(planned.steps)
        known = {client.id for client in clients}
        path, workspace_id = self.options["journal"], self.api.workspace_id
        with closing(Journal(path, workspace_id, planned.shared_names)) as journal:
            return apply(planned.steps, self.api, known, journal, self.progress, self._concurrency)

    def _refusal(self, planned: Plan) -> FocusError | None:
        """What speaks against writing a plan that is sound in itself."""
        reviewed = (self.options["plan_digest"] or "").strip().lower()
        if reviewed and reviewed != planned.digest:
            return PlanChanged(reviewed, planned.digest)
        quota = self.api.quota
        if self.options["allow_partial"] or quota is None or quota.remaining is None:
            return None
        needed, resets_in = len(planned.steps), quota.resets_in
        waits = resets_in is not None and self.api.quota_wait_left > resets_in
        if needed <= quota.remaining or waits:
            return None
        return QuotaTooSmall(needed, quota.remaining, resets_in)
