# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for the clients that a create made without saying so: answers get lost, or give no id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from ansible_collections.toggl.focus.plugins.module_utils._api import PAGE_SIZE, FocusApi
from ansible_collections.toggl.focus.plugins.module_utils._errors import (
    NotChecked,
    NotOnce,
    NotShown,
    RequestError,
)
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Step
from ansible_collections.toggl.focus.plugins.module_utils._outcome import Outcome, Status
from ansible_collections.toggl.focus.plugins.module_utils._text import forms, name_key


class Lookout:
    """Finds new clients by their names. Safe to be used by many threads.

    :arg known: ids of the clients that were there before: none of them is a new one
    """

    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known
        self._doubted: set[str] = set()

    def doubt(self, step: Step) -> None:
        """Note that an answer to a create is missing: the run ends with a look for the name."""
        self._doubted.add(name_key(step.name or ""))

    def new_one(self, name: str) -> Client | None:
        """The new client of the name, if there is one; the oldest, if there are several.

        :raises RequestError: the look did not succeed
        """
        return min(self._by_name(name), key=lambda client: client.id, default=None)

    def settled(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, after a last look for what is still open about creates.

        Each name in doubt must be there once. A create without an id gets it. It costs a request
        for each such name, or a list of all clients where that is less.
        """
        names = [outcome.step.name or "" for outcome in outcomes if self._is_open(outcome)]
        if not names:
            return list(outcomes)
        try:
            found = self._look(names)
        except RequestError as error:
            return [self._unchecked(outcome, error) for outcome in outcomes]
        return [
            _settled(outcome, found.get(name_key(outcome.step.name or ""), []))
            if self._is_open(outcome)
            else outcome
            for outcome in outcomes
        ]

    def _is_open(self, outcome: Outcome) -> bool:
        if outcome.step.kind != "create":
            return False
        without_id = outcome.status == "done" and outcome.step.id is None
        return without_id or self._is_doubted(outcome)

    def _is_doubted(self, outcome: Outcome) -> bool:
        return name_key(outcome.step.name or "") in self._doubted

    def _unchecked(self, outcome: Outcome, error: RequestError) -> Outcome:
        if outcome.step.kind != "create" or not self._is_doubted(outcome):
            return outcome
        status: Status = "done" if outcome.status == "done" else "unclear"
        return replace(outcome, status=status, error=NotChecked(outcome.step.name or "", error))

    def _look(self, names: Sequence[str]) -> Mapping[str, list[Client]]:
        pages = (len(self._known) + len(names)) // PAGE_SIZE + 1
        if len(names) <= pages:
            return {name_key(name): self._by_name(name) for name in names}
        found: dict[str, list[Client]] = defaultdict(list)
        for client in self._new(self._api.list_clients()):
            found[name_key(client.name)].append(client)
        return found

    def _by_name(self, name: str) -> list[Client]:
        for form in forms(name):
            listed = self._new(self._api.list_clients(name=form))
            found = [client for client in listed if name_key(client.name) == name_key(name)]
            if found:
                return found
        return []

    def _new(self, clients: Iterable[Client]) -> Iterable[Client]:
        return (c for c in clients if not c.deleted and c.id not in self._known)


def _settled(outcome: Outcome, found: Sequence[Client]) -> Outcome:
    if not found:
        return _missing(outcome)
    ids = sorted(client.id for client in found)
    held = outcome.step.id if outcome.step.id in ids else ids[0]
    client = next(client for client in found if client.id == held)
    error = outcome.error if outcome.status == "done" else None
    if len(ids) > 1:
        error = NotOnce(client.name, ids)
    return Outcome(replace(outcome.step, id=held), "done", client.fields, error)


def _missing(outcome: Outcome) -> Outcome:
    if outcome.status == "unclear":
        return replace(outcome, status="failed")
    if outcome.status == "done" and outcome.step.id is None:
        return replace(outcome, status="unclear", error=NotShown(outcome.step.name or ""))
    return outcome
