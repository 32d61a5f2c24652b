# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way through: options, look-up, plan, apply, result. One function for each module.

They take the task's options, validated by the module's argument spec, and give back what the
task returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ansible_collections.toggl.focus.plugins.module_utils import (
    _arguments,
    _lookup,
    _report,
    _results,
)
from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    FocusError,
    PlanChanged,
    QuotaTooSmall,
)
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Plan
from ansible_collections.toggl.focus.plugins.module_utils._outcome import (
    Outcome,
    pending,
    predicted,
)
from ansible_collections.toggl.focus.plugins.module_utils._plan import check_entries, plan
from ansible_collections.toggl.focus.plugins.module_utils._progress import Progress
from ansible_collections.toggl.focus.plugins.module_utils._runtime import Runtime
from ansible_collections.toggl.focus.plugins.module_utils._task import Options, Result, result_of
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key

if TYPE_CHECKING:
    from ansible_collections.toggl.focus.plugins.module_utils._journal import Deletion

# Most runs find nothing to do. What only a write or a journal needs is imported where it is used:
# Ansible compiles a collection's files anew in every process.


def reconcile_client(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_client``: one client kept as declared."""
    return result_of(
        options, runtime, lambda api: _Run(options, check_mode, api, runtime.progress).one()
    )


def reconcile_clients(options: Options, check_mode: bool, runtime: Runtime) -> Result:
    """``focus_clients``: the whole list in one task."""
    return result_of(
        options, runtime, lambda api: _Run(options, check_mode, api, runtime.progress).all()
    )


@dataclass(frozen=True)
class _Run:
    """One task: its options, and the service."""

    options: Options
    check_mode: bool
    api: FocusApi
    progress: Progress

    def one(self) -> Result:
        wanted = _arguments.desired(self.options)
        check_entries([wanted])
        clients = _lookup.of_one(self.api, wanted, self._deletions())
        planned = plan(clients, [wanted])
        if wanted.id is not None:  # one client was read: others may bear its name, too
            names = frozenset(name_key(client.name) for client in clients)
            planned = replace(planned, shared_names=names)
        outcomes = self._carried_out(planned, clients)
        return _results.client_result(planned, outcomes, self.api.workspace_id)

    def all(self) -> Result:
        wanted = [_arguments.desired(entry) for entry in self.options["clients"]]
        rules = _arguments.rules(self.options)
        check_entries(wanted)
        clients = _lookup.of_all(self.api, wanted, self._deletions(), self._concurrency)
        planned = plan(clients, wanted, rules, self.api.workspace_id)
        refusal = self._refusal(planned)
        if isinstance(refusal, QuotaTooSmall) and self.check_mode:
            planned = replace(planned, warnings=(*planned.warnings, str(refusal)))
        elif refusal is not None:
            untouched = pending(planned.steps)
            return _report.clients_result(planned, untouched, self.api.workspace_id, refusal)
        outcomes = self._carried_out(planned, clients)
        return _report.clients_result(planned, outcomes, self.api.workspace_id)

    @property
    def _concurrency(self) -> int:
        concurrency: int = self.options.get("concurrency", 1)
        return concurrency

    def _deletions(self) -> dict[str, Deletion]:
        if self.options["journal"] is None:
            return {}
        from ansible_collections.toggl.focus.plugins.module_utils._journal import last_deletions

        return last_deletions(self.options["journal"], self.api.workspace_id)

    def _carried_out(self, planned: Plan, clients: Iterable[Client]) -> tuple[Outcome, ...]:
        if self.check_mode or not planned.steps:
            return predicted(planned.steps)
        from ansible_collections.toggl.focus.plugins.module_utils._apply import apply
        from ansible_collections.toggl.focus.plugins.module_utils._journal import Journal

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
