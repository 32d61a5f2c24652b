# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way through: options, look-up, plan, apply, result. One function for each module.

They take the task's options and give back what the task returns; a failure is a result with
``failed`` and ``msg``, so that what was done before it is never lost.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import missing_required_lib

from ansible_collections.toggl.focus.plugins.module_utils import _arguments, _report, _results
from ansible_collections.toggl.focus.plugins.module_utils._api import FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._apply import apply, pending
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    BadOption,
    FocusError,
    NotFound,
    PlanChanged,
    QuotaTooSmall,
)
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, Plan
from ansible_collections.toggl.focus.plugins.module_utils._plan import check_entries, plan
from ansible_collections.toggl.focus.plugins.module_utils._problems import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._transport import HAS_REQUESTS

Options = Mapping[str, Any]
Result = dict[str, Any]


def reconcile_client(options: Options, check_mode: bool) -> Result:
    """``focus_client``: one client kept as declared.

    :arg options: the module's options, validated by its argument spec
    :returns: the module's return values
    """
    return _run(options, lambda api: _one(api, _arguments.desired(options), check_mode))


def reconcile_clients(options: Options, check_mode: bool) -> Result:
    """``focus_clients``: the whole list in one task; options and result as above."""
    return _run(options, lambda api: _all(api, options, check_mode))


def list_clients(options: Options, check_mode: bool) -> Result:
    """``focus_client_info``: the list; it writes nothing, with or without check mode."""
    return _run(options, lambda api: _listed(api, options))


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


# one client


def _one(api: FocusApi, wanted: Desired, check_mode: bool) -> Result:
    check_entries([wanted])
    clients = _look_up(api, wanted)
    planned = plan(clients, [wanted])
    if check_mode:
        outcomes = _results.predicted(planned)
    else:
        outcomes = apply(planned.steps, api, {client.id for client in clients})
    return _results.client_result(planned, outcomes, api.workspace_id)


def _look_up(api: FocusApi, wanted: Desired) -> list[Client]:
    """The clients that the entry may stand for, with the fewest requests: one where it exists."""
    if wanted.id is not None:
        return _by_id(api, wanted.id)
    name = wanted.name or ""
    found = _by_name(api, name, enough=wanted.state == "present")
    if wanted.state == "present" and not _has_active(found, name):
        for former in wanted.former_names:
            found += _by_name(api, former)
    return found


def _by_id(api: FocusApi, client_id: int) -> list[Client]:
    try:
        return [api.get(client_id)]
    except NotFound:
        return []


def _by_name(api: FocusApi, name: str, enough: bool = False) -> list[Client]:
    """What the service lists for a name, and for its other Unicode form where it has one.

    :arg enough: whether the first active client of the name ends the search. To delete or
        rename, all of them must be known, so that one of two is never taken for the only one.
    """
    found: list[Client] = []
    for form in _forms(name):
        for page in api.pages(form):
            found += page
            if enough and _has_active(page, name):
                return found
        if _has_active(found, name):
            return found
    return found


def _forms(name: str) -> Iterator[str]:
    """The name as given, then as the filter may need it: it may compare bytes (facts.md)."""
    forms = (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
    yield from dict.fromkeys(forms)


def _has_active(clients: list[Client], name: str) -> bool:
    wanted = name_key(name)
    return any(not client.deleted and name_key(client.name) == wanted for client in clients)


# the whole list


def _all(api: FocusApi, options: Options, check_mode: bool) -> Result:
    wanted = [_arguments.desired(entry) for entry in options["clients"]]
    rules = _arguments.rules(options)
    check_entries(wanted)
    clients = api.list_clients()
    shown = {client.id for client in clients}
    for entry in wanted:
        if entry.id is not None and entry.id not in shown:
            clients += _by_id(api, entry.id)
    planned = plan(clients, wanted, rules, api.workspace_id)
    refusal = _refusal(planned, api, options)
    if isinstance(refusal, QuotaTooSmall) and check_mode:
        planned = replace(planned, warnings=(*planned.warnings, str(refusal)))
    elif refusal is not None:
        return _report.clients_result(planned, pending(planned.steps), api.workspace_id, refusal)
    if check_mode:
        outcomes = _results.predicted(planned)
    else:
        known = {client.id for client in clients}
        outcomes = apply(planned.steps, api, known, options["concurrency"])
    return _report.clients_result(planned, outcomes, api.workspace_id)


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


# what there is


def _check_filters(options: Options) -> None:
    for option in ("id", "limit"):
        if options[option] is not None and options[option] < 1:
            raise BadOption(option, f"{options[option]} is below 1")
    if options["name"] is not None and not name_key(options["name"]):
        raise BadOption("name", "it is empty or blank; give a name or leave it out")


def _listed(api: FocusApi, options: Options) -> Result:
    _check_filters(options)
    clients: list[Client] = []
    bearers: Counter[str] = Counter()
    whole = options["id"] is None
    for client in _candidates(api, options):
        if not client.deleted:
            bearers[name_key(client.name)] += 1
        if _fits(client, options):
            clients.append(client)
        if len(clients) == options["limit"]:
            whole = False
            break
    unique = {key for key, count in bearers.items() if count == 1} if whole else set()
    return {
        "changed": False,
        "clients": [dict(client.fields) for client in clients],
        "desired": [_results.as_options(entry) for entry in _results.as_desired(clients, unique)],
    }


def _candidates(api: FocusApi, options: Options) -> Iterator[Client]:
    if options["id"] is not None:
        yield from _by_id(api, options["id"])
        return
    seen: set[int] = set()
    for form in _forms(options["name"].strip()) if options["name"] is not None else (None,):
        for page in api.pages(form, options["order_by"]):
            yield from (client for client in page if client.id not in seen)
            seen.update(client.id for client in page)


def _fits(client: Client, options: Options) -> bool:
    wanted_deleted = {"exclude": (False,), "include": (False, True), "only": (True,)}
    if client.deleted not in wanted_deleted[options["deleted"]]:
        return False
    if options["name"] is not None and name_key(client.name) != name_key(options["name"]):
        return False
    part = options["name_contains"]
    return part is None or name_key(part).casefold() in name_key(client.name).casefold()
