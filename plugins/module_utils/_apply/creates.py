# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates clients exactly once: an answer may be lost, or have no id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from .._api.answers import time_of
from .._api.clients import PAGE_SIZE, FocusApi
from .._api.moved import check_pages, unmoved, whole_list
from .._errors import FocusError, Interrupted, RequestError, as_focus_error
from .._model import Client, Status, Step
from .._text import forms, name_key
from .errors import (
    NotChecked,
    OtherName,
    created_twice,
    duplicate_candidates,
    not_new,
    not_shown,
)
from .outcome import Outcome
from .reads import client_until, is_shown, read_until


class Creates:
    """Creates clients exactly once. Threads may share it.

    :arg known: ids of the clients that were there before: none of them is a new one
    """

    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known
        self._doubted: set[str] = set()
        self._sent_again: Counter[str] = Counter()
        self._nameless: set[int] = set()

    def outcome(self, step: Step) -> Outcome:
        """Create a client: after an unclear answer, it is looked for before it is sent again.

        :raises RequestError: it was not created, or, if it is ``unclear``, looking for it failed
        """
        name, key = step.after.name, name_key(step.after.name)

        def look(error: RequestError) -> Mapping[str, Any] | None:
            """Return the new client of the name; the oldest, if there are several."""
            self._doubted.add(key)
            try:
                found = self._look([name])[key]
            except RequestError:
                raise error from None
            if found:
                return found[0].read
            self._sent_again[key] += 1
            return None

        return self._answered(step, self._api.create(name, step.after.currency, look))

    def _answered(self, step: Step, fields: Mapping[str, Any]) -> Outcome:
        """Return what the answer to a create says, of which any part may be missing."""
        client_id = fields.get("id")
        if client_id is None:
            return Outcome(step, "done")
        if client_id in self._known:
            return Outcome(step, "failed", not_new(step.after.name, client_id))
        client = step.after._replace(id=client_id, read={**step.after.read, **fields})
        if "name" not in fields:
            self._nameless.add(client_id)
            return _made(step, client)
        return self._named(step, client._replace(name=fields["name"]))

    def _named(self, step: Step, client: Client) -> Outcome:
        """Return the outcome of a create whose client is shown with this name."""
        name = step.after.name
        if name_key(client.name) == name_key(name):
            return _made(step, client)
        left = (client, *self._earlier(name_key(name), client))
        return Outcome(step, "failed", OtherName(name, client), left=left)

    def _earlier(self, key: str, client: Client) -> Sequence[Client]:
        """Return what lost answers to the same create have made. It has the name of ``client`` too,
        so no look by the name that was sent has found it."""
        if key not in self._sent_again:
            return ()
        try:
            found = self._looked([client.name])[name_key(client.name)]
        except RequestError:
            return ()
        others = [other for other in found if other.id != client.id]
        return others[-self._sent_again[key] :]  # it made no more, and others may be at work

    # the last check

    def settled(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes, after a last check of the creates that are still open.

        Each name in doubt must be there only once. A create without an id gets it, and one whose
        answer shows no name is read. This costs a request each, or the list of all clients where
        that is cheaper.
        """
        names = [outcome.step.after.name for outcome in outcomes if self._is_open(outcome)]
        if not names:
            return list(outcomes)
        try:
            found = self._look(names)
            others = self._in_no_entry(outcomes, found)
            return [
                self._settled(outcome, found[name_key(outcome.step.after.name)], others)
                if self._is_open(outcome)
                else outcome
                for outcome in outcomes
            ]
        except Exception as error:
            return [self._unchecked(outcome, as_focus_error(error)) for outcome in outcomes]

    def _in_no_entry(
        self, outcomes: Sequence[Outcome], found: Mapping[str, Sequence[Client]]
    ) -> list[Client]:
        """Return the new clients of other names, if one was created under a name that nobody
        knows."""
        if not any(
            outcome.status == "done" and not found[name_key(outcome.step.after.name)]
            for outcome in outcomes
            if outcome.step.id is None and self._is_open(outcome)
        ):
            return []
        made = {outcome.step.id for outcome in outcomes}
        made |= {client.id for clients in found.values() for client in clients}
        return [
            client
            for client in whole_list(self._api).clients
            if self._is_new(client) and not self._is_older(client) and client.id not in made
        ]

    def _settled(
        self, outcome: Outcome, found: Sequence[Client], others: Sequence[Client]
    ) -> Outcome:
        step, name = outcome.step, outcome.step.after.name
        ids = [client.id for client in found]
        if step.id in self._nameless and not (ids and self._is_doubted(outcome)):
            return self._with_name(step, found)
        if not found:
            return _missing(outcome, name_key(name) in self._sent_again, others)
        if len(ids) > 1 and not self._is_doubted(outcome):  # it was created once, as one of them
            return outcome._replace(error=duplicate_candidates(name, ids))
        return _held(outcome, found)

    def _with_name(self, step: Step, found: Sequence[Client]) -> Outcome:
        """Return the outcome of a create whose answer showed an id and no name."""
        by_id = {client.id: client for client in found}
        client = by_id.get(step.after.id) or client_until(self._api, step.after.id, is_shown)
        if client is None:
            is_again = name_key(step.after.name) in self._sent_again
            return Outcome(step, "done", not_shown(step.after.name, is_again))
        return self._named(step, client)

    def _is_open(self, outcome: Outcome) -> bool:
        step = outcome.step
        lacks = step.id is None or step.id in self._nameless
        is_made = outcome.status == "done" and lacks
        return step.kind == "create" and (is_made or self._is_doubted(outcome))

    def _is_doubted(self, outcome: Outcome) -> bool:
        return name_key(outcome.step.after.name) in self._doubted

    def _unchecked(self, outcome: Outcome, error: FocusError) -> Outcome:
        is_certain = outcome.status == "done" and outcome.step.id is None
        if not self._is_open(outcome) or (is_certain and not self._is_doubted(outcome)):
            return outcome
        status: Status = "done" if outcome.status == "done" else "unclear"
        if isinstance(error, Interrupted) and outcome.error is not None:  # it says enough
            return outcome if outcome.status == status else outcome._replace(status=status)
        return outcome._replace(status=status, error=NotChecked(outcome.step.after.name, error))

    # looking for clients

    def is_new(self, client: Client) -> bool:
        """Return whether a client is certainly one that this run has created, so that it may be
        deleted again: it was not read before, and the service's own clock says so."""
        return client.id not in self._known and self._is_older(client) is False

    def _is_older(self, client: Client) -> bool | None:
        """Return whether it was there before the run, ``None`` if the service does not say."""
        first, created = self._api.session.first_date, time_of(client.read.get("created_at"))
        return None if first is None or created is None else created < first

    def _is_new(self, client: Client) -> bool:
        return not client.deleted and client.id not in self._known

    def _look(self, names: Sequence[str]) -> dict[str, list[Client]]:
        """Return the new clients of each name, by its key and sorted by id.

        A name that seems to be missing is looked for once more. So is one that was sent again and
        seems to be there once: the first request may have been carried out late, and old data hides
        one of the two.
        """
        found: dict[str, list[Client]] = {}

        def uncertain() -> list[str]:
            return [name for name in names if not self._is_certain(name_key(name), found)]

        def read() -> dict[str, list[Client]]:
            found.update(self._looked(uncertain()))
            return found

        return read_until(self._api, read, lambda _found: not uncertain())

    def _is_certain(self, key: str, found: Mapping[str, Sequence[Client]]) -> bool:
        return len(found.get(key, ())) > (key in self._sent_again)

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
        """Return those that are newer than all clients read before the run, if there are any. An
        older one was only hidden then, and must not be taken for a client of this run."""
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


def _made(step: Step, client: Client) -> Outcome:
    """Return the outcome of a create whose client is known; its name is as the user wrote it."""
    return Outcome(step._replace(after=client._replace(name=step.after.name)), "done")


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
    return made._replace(error=created_twice(outcome.step.after.name, ids), left=others)


def _missing(outcome: Outcome, sent_twice: bool, others: Sequence[Client]) -> Outcome:
    """Return the outcome where the service shows no client of the name, although it had time to."""
    if outcome.status == "unclear":
        return outcome._replace(status="failed")
    if outcome.status != "done":
        return outcome
    is_known = outcome.step.id is not None
    error = not_shown(outcome.step.after.name, sent_twice, () if is_known else others)
    return outcome._replace(status="done" if is_known else "unclear", error=error)
