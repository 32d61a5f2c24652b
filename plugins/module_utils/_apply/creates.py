# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates clients exactly once: an answer may be lost, or have no id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._api.clients import PAGE_SIZE, FocusApi
from .._api.errors import OtherName, OtherWorkspace
from .._api.moved import check_pages, unmoved
from .._errors import FocusError, Interrupted, RequestError, foreseen
from .._model import Client, Status, Step
from .._text import forms, name_key
from .errors import AmongOthers, NotChecked, NotOnce, NotShown, Unsettled
from .outcome import Outcome


class Creates:
    """Creates clients exactly once. Threads may share it.

    :arg known: ids of the clients that were there before: none of them is a new one
    """

    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known
        self._doubted: set[str] = set()
        self._sent_again: set[str] = set()

    def outcome(self, step: Step) -> Outcome:
        """Create a client: after an unclear answer, it is looked for before it is sent again.

        :raises Unsettled: looking for it failed
        :raises RequestError: it was not created
        """
        attempts = self._api.session.attempts()
        while True:
            try:
                return _made(step, self._api.create(step.new_name))
            except OtherName as error:
                named = step._replace(name=str(error.fields["name"]))
                return _made(named, error.fields)._replace(error=error)
            except OtherWorkspace as error:
                raise Unsettled(error) from None
            except RequestError as error:
                if not error.unclear:
                    raise
                self._doubted.add(name_key(step.new_name))
                may_repeat = attempts.again(error)
                found = self._new_one(step, error)
                if found is not None:
                    return _made(step, found.fields)
                if not may_repeat:
                    raise
                self._sent_again.add(name_key(step.new_name))

    def _new_one(self, step: Step, error: RequestError) -> Client | None:
        """The new client of the step's name; the oldest, if there are several."""
        try:
            found = self._look([step.new_name])
        except RequestError:
            raise Unsettled(error) from None
        return next(iter(found[name_key(step.new_name)]), None)

    def settled(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The outcomes, after a last check of the creates that are still open.

        Each name in doubt must be there only once. A create without an id gets it. This costs a
        request for each such name, or the list of all clients where that is cheaper.
        """
        names = [outcome.step.new_name for outcome in outcomes if self._is_open(outcome)]
        if not names:
            return list(outcomes)
        try:
            found = self._last_look(names)
        except Exception as error:
            return [self._unchecked(outcome, foreseen(error)) for outcome in outcomes]
        return [
            self._settled(outcome, found[name_key(outcome.step.new_name)])
            if self._is_open(outcome)
            else outcome
            for outcome in outcomes
        ]

    def _settled(self, outcome: Outcome, found: Sequence[Client]) -> Outcome:
        if not found:
            return _missing(outcome)
        if len(found) > 1 and not self._is_doubted(outcome):  # it was created once, as one of them
            name, ids = outcome.step.new_name, [client.id for client in found]
            return outcome._replace(error=AmongOthers(name, ids))
        return _held(outcome, found)

    def _is_open(self, outcome: Outcome) -> bool:
        if outcome.step.kind != "create":
            return False
        without_id = outcome.status == "done" and outcome.step.id is None
        return without_id or self._is_doubted(outcome)

    def _is_doubted(self, outcome: Outcome) -> bool:
        return name_key(outcome.step.new_name) in self._doubted

    def _unchecked(self, outcome: Outcome, error: FocusError) -> Outcome:
        if outcome.step.kind != "create" or not self._is_doubted(outcome):
            return outcome
        status: Status = "done" if outcome.status == "done" else "unclear"
        if isinstance(error, Interrupted) and outcome.error is not None:  # it says enough
            return outcome if outcome.status == status else outcome._replace(status=status)
        return outcome._replace(status=status, error=NotChecked(outcome.step.new_name, error))

    def _last_look(self, names: Sequence[str]) -> dict[str, list[Client]]:
        """As ``_look``. A name that was sent again and seems to be there once is looked for once
        more: the first request may have been carried out late, and old data hides one of the two.
        """
        found = self._look(names)
        return self._again([name for name in names if self._seems_single(name, found)], found)

    def _seems_single(self, name: str, found: Mapping[str, Sequence[Client]]) -> bool:
        key = name_key(name)
        return key in self._sent_again and len(found[key]) == 1

    def _look(self, names: Sequence[str]) -> dict[str, list[Client]]:
        """The new clients of each name, by its key and sorted by id.

        A name that seems to be missing is looked for once more: the service may answer with old
        data just after a write.
        """
        found = self._looked(names)
        return self._again([name for name in names if not found[name_key(name)]], found)

    def _again(
        self, names: Sequence[str], found: Mapping[str, list[Client]]
    ) -> dict[str, list[Client]]:
        """What was found, with a second look for these names after a pause."""
        if not names:
            return dict(found)
        self._api.session.let_settle()
        return {**found, **self._looked(names)}

    def _looked(self, names: Sequence[str]) -> dict[str, list[Client]]:
        pages = (len(self._known) + len(names)) // PAGE_SIZE + 1
        found: dict[str, list[Client]] = {name_key(name): [] for name in names}
        looks = (
            [self._by_name(name) for name in names] if len(names) <= pages else [self._new(names)]
        )
        for client in (client for look in looks for client in look):
            found[name_key(client.name)].append(client)
        return {key: self._newest(clients) for key, clients in found.items()}

    def _newest(self, clients: Sequence[Client]) -> list[Client]:
        """Those that are newer than all clients read before the run, if there are any. An older one
        was only hidden while the list was read, and must not be taken for a client of this run."""
        by_id = sorted(clients, key=lambda client: client.id)
        oldest = max(self._known, default=0)
        return [client for client in by_id if client.id > oldest] or by_id[:1]

    def _by_name(self, name: str) -> list[Client]:
        for form in forms(name):
            found = self._new([name], form)
            if found:
                return found
        return []

    def _new(self, names: Sequence[str], form: str | None = None) -> list[Client]:
        """The clients of the names that were not there before. Before one of them is believed to
        be missing in a list of several pages, it is made sure that the list did not move.

        :arg form: of the one name, passed on as a filter
        """
        wanted = set(map(name_key, names))

        def read() -> list[Client]:
            listing = self._api.list_clients(form)
            found = [c for c in listing.clients if self._is_new(c) and name_key(c.name) in wanted]
            if len({name_key(client.name) for client in found}) < len(wanted):
                check_pages(self._api, listing.boundaries)
            return found

        return unmoved(read)

    def _is_new(self, client: Client) -> bool:
        return not client.deleted and client.id not in self._known


def _made(step: Step, fields: Mapping[str, Any]) -> Outcome:
    return Outcome(step._replace(id=fields.get("id")), "done", fields=fields)


def _held(outcome: Outcome, found: Sequence[Client]) -> Outcome:
    by_id = {client.id: client for client in found}
    made = outcome.step.id if outcome.status == "done" else None
    ids = sorted({*by_id, *([made] if made is not None else [])})
    held = made or ids[0]
    fields = by_id[held].fields if held in by_id else outcome.fields
    error = outcome.error if outcome.status == "done" else None
    if len(ids) > 1:
        error = NotOnce(outcome.step.new_name, ids)
    return Outcome(outcome.step._replace(id=held), "done", fields, error)


def _missing(outcome: Outcome) -> Outcome:
    """The service shows no client of the name, although it had time to."""
    if outcome.status == "unclear":
        return outcome._replace(status="failed")
    if outcome.status != "done":
        return outcome
    status: Status = "unclear" if outcome.step.id is None else "done"
    return outcome._replace(status=status, error=NotShown(outcome.step.new_name))
