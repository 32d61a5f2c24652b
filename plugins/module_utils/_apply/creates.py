# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates clients exactly once: an answer may be lost, or have no id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._api.answers import time_of
from .._api.clients import PAGE_SIZE, FocusApi
from .._api.errors import OtherWorkspace
from .._api.moved import check_pages, unmoved, whole_list
from .._errors import FocusError, Interrupted, RequestError, foreseen
from .._model import Client, Status, Step
from .._text import forms, name_key
from .errors import (
    AmongOthers,
    NotChecked,
    NotNew,
    NotOnce,
    NotShown,
    OtherName,
    Unsettled,
)
from .outcome import Outcome
from .reads import read_until


class Creates:
    """Creates clients exactly once. Threads may share it.

    :arg known: ids of the clients that were there before: none of them is a new one
    """

    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known
        self._doubted: set[str] = set()
        self._sent_again: set[str] = set()
        self._nameless: set[int] = set()

    def outcome(self, step: Step) -> Outcome:
        """Create a client: after an unclear answer, it is looked for before it is sent again.

        :raises Unsettled: looking for it failed
        :raises RequestError: it was not created
        """
        name, attempts = step.after.name, self._api.session.attempts()
        while True:
            try:
                fields = self._api.create(name, step.after.currency)
                return self._with_earlier(self._answered(step, fields))
            except OtherWorkspace as error:
                raise Unsettled(error) from None
            except RequestError as error:
                if not error.unclear:
                    raise
                self._doubted.add(name_key(name))
                may_repeat = attempts.again(error)
                found = self._new_one(step, error)
                if found is not None:
                    return _made(step, found)
                if not may_repeat:
                    raise
                self._sent_again.add(name_key(name))

    def _with_earlier(self, outcome: Outcome) -> Outcome:
        """Return the outcome, where the service changes names and an answer to the same create was
        lost: what that has made has the changed name too, so no look by the name has found it."""
        error = outcome.error
        if not isinstance(error, OtherName) or name_key(error.name) not in self._sent_again:
            return outcome
        try:
            found = self._looked([error.client.name])[name_key(error.client.name)]
        except RequestError:
            return outcome
        earlier = tuple(client for client in found if client.id != error.client.id)
        return outcome._replace(left=(*outcome.left, *earlier))

    def _answered(self, step: Step, fields: Mapping[str, Any]) -> Outcome:
        """Return what the answer to a create says, of which any part may be missing."""
        client_id = fields.get("id")
        if client_id is None:
            return Outcome(step, "done")
        if client_id in self._known:
            return Outcome(step, "failed", NotNew(step.after.name, client_id))
        client = step.after._replace(id=client_id, read={**step.after.read, **fields})
        if "name" not in fields:
            self._nameless.add(client_id)
            return _made(step, client)
        return _named(step, client._replace(name=fields["name"]))

    def is_new(self, client: Client) -> bool:
        """Return whether a client is certainly one that this run has created, so that it may be
        deleted again: it was not read before, and the service's own clock says so."""
        first, created = self._api.first_date, time_of(client.read.get("created_at"))
        return (
            client.id not in self._known
            and first is not None
            and created is not None
            and created >= first
        )

    def _new_one(self, step: Step, error: RequestError) -> Client | None:
        """The new client of the step's name; the oldest, if there are several."""
        try:
            found = self._look([step.after.name])
        except RequestError:
            raise Unsettled(error) from None
        return next(iter(found[name_key(step.after.name)]), None)

    def settled(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes, after a last check of the creates that are still open.

        Each name in doubt must be there only once. A create without an id gets it, and one whose
        answer shows no name is read. This costs a request each, or the list of all clients where
        that is cheaper.
        """
        try:
            seen = self._with_names(outcomes)
            names = [outcome.step.after.name for outcome in seen if self._is_open(outcome)]
            if not names:
                return seen
            found = self._last_look(names)
            settled = [
                self._settled(outcome, found[name_key(outcome.step.after.name)])
                if self._is_open(outcome)
                else outcome
                for outcome in seen
            ]
            return self._with_new_clients(settled)
        except Exception as error:
            return [self._unchecked(outcome, foreseen(error)) for outcome in outcomes]

    def _with_names(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes with the names of the clients whose answers showed only an id."""
        ids = [o.step.after.id for o in outcomes if self._is_nameless(o)]
        if not ids:
            return list(outcomes)
        clients = self._of_ids(ids)
        return [
            self._with_name(outcome, clients.get(outcome.step.after.id))
            if self._is_nameless(outcome)
            else outcome
            for outcome in outcomes
        ]

    def _is_nameless(self, outcome: Outcome) -> bool:
        is_made = outcome.step.kind == "create" and outcome.status == "done"
        return is_made and outcome.step.after.id in self._nameless

    def _with_name(self, outcome: Outcome, client: Client | None) -> Outcome:
        if client is None:
            return outcome._replace(error=NotShown(outcome.step.after.name))
        return _named(outcome.step, client)

    def _of_ids(self, ids: Sequence[int]) -> dict[int, Client]:
        """Return the clients with these ids that the service shows; read twice if need be."""
        if len(ids) > self._pages(len(ids)):
            listed = {client.id: client for client in whole_list(self._api).clients}
            if listed.keys() >= set(ids):
                return listed
            self._api.session.let_settle()
            return {client.id: client for client in whole_list(self._api).clients}
        found = (read_until(self._api, client_id, lambda c: c is not None) for client_id in ids)
        return {client.id: client for client in found if client is not None}

    def _pages(self, more: int) -> int:
        return (len(self._known) + more) // PAGE_SIZE + 1

    def _with_new_clients(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Return the outcomes; what was created under a name that nobody knows says which clients
        are new and in no entry."""
        if not any(isinstance(o.error, NotShown) and o.without_id for o in outcomes):
            return outcomes
        made = {outcome.step.id for outcome in outcomes}
        others = [
            client
            for client in whole_list(self._api).clients
            if self._may_be_new(client) and client.id not in made
        ]
        return [
            outcome._replace(error=NotShown(outcome.error.name, outcome.error.sent_twice, others))
            if isinstance(outcome.error, NotShown) and outcome.without_id
            else outcome
            for outcome in outcomes
        ]

    def _settled(self, outcome: Outcome, found: Sequence[Client]) -> Outcome:
        name = outcome.step.after.name
        if not found:
            return _missing(outcome, name_key(name) in self._sent_again)
        if len(found) > 1 and not self._is_doubted(outcome):  # it was created once, as one of them
            return outcome._replace(error=AmongOthers(name, [client.id for client in found]))
        return _held(outcome, found)

    def _is_open(self, outcome: Outcome) -> bool:
        if outcome.step.kind != "create":
            return False
        without_id = outcome.status == "done" and outcome.step.id is None
        return without_id or self._is_doubted(outcome)

    def _is_doubted(self, outcome: Outcome) -> bool:
        return name_key(outcome.step.after.name) in self._doubted

    def _unchecked(self, outcome: Outcome, error: FocusError) -> Outcome:
        is_doubted = outcome.step.kind == "create" and self._is_doubted(outcome)
        if not is_doubted and not self._is_nameless(outcome):
            return outcome
        status: Status = "done" if outcome.status == "done" else "unclear"
        if isinstance(error, Interrupted) and outcome.error is not None:  # it says enough
            return outcome if outcome.status == status else outcome._replace(status=status)
        return outcome._replace(status=status, error=NotChecked(outcome.step.after.name, error))

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
        pages = self._pages(len(names))
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

    def _may_be_new(self, client: Client) -> bool:
        """Whether it was not read before; one that only the filter had hidden is older."""
        first, created = self._api.first_date, time_of(client.read.get("created_at"))
        is_older = first is not None and created is not None and created < first
        return self._is_new(client) and not is_older

    def _is_new(self, client: Client) -> bool:
        return not client.deleted and client.id not in self._known


def _made(step: Step, client: Client) -> Outcome:
    """Return the outcome of a create whose client is known; its name is as the user wrote it."""
    return Outcome(step._replace(after=client._replace(name=step.after.name)), "done")


def _named(step: Step, client: Client) -> Outcome:
    """Return the outcome of a create whose client is shown with this name."""
    name = step.after.name
    if name_key(client.name) == name_key(name):
        return _made(step, client)
    return Outcome(step, "failed", OtherName(name, client), left=(client,))


def _held(outcome: Outcome, found: Sequence[Client]) -> Outcome:
    """Return the outcome of a create in doubt, of which these clients were found."""
    by_id = {client.id: client for client in found}
    if outcome.status == "done" and outcome.step.id is not None:
        by_id.setdefault(outcome.step.id, outcome.step.after)
    ids = sorted(by_id)
    held = outcome.step.id if outcome.status == "done" and outcome.step.id else ids[0]
    made = _made(outcome.step, by_id[held])
    if len(ids) == 1:
        return made._replace(error=outcome.error if outcome.status == "done" else None)
    others = tuple(by_id[client_id] for client_id in ids if client_id != held)
    return made._replace(error=NotOnce(outcome.step.after.name, ids), left=others)


def _missing(outcome: Outcome, sent_twice: bool) -> Outcome:
    """Return the outcome where the service shows no client of the name, although it had time to."""
    if outcome.status == "unclear":
        return outcome._replace(status="failed")
    if outcome.status != "done":
        return outcome
    status: Status = "unclear" if outcome.step.id is None else "done"
    return outcome._replace(status=status, error=NotShown(outcome.step.after.name, sent_twice))
