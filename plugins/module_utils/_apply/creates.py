# SPDX-License-Identifier: GPL-3.0-or-later
"""Creates clients exactly once: an answer may be lost, or have no id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from .._api.answers import time_of
from .._api.clients import PAGE_SIZE, FocusApi
from .._api.listing import retry_if_changed
from .._errors import FocusError, RequestError, as_focus_error
from .._model import Client, Step
from .._text import grouped, name_key, unicode_forms
from . import errors
from .outcome import Outcome

ByName = Mapping[str, Sequence[Client]]
"""The new clients of each name."""


class Creates:
    """Creates clients exactly once. Threads may share it. No two steps of a plan create one name.

    :arg known: ids of the clients that were there before: none of them is a new one
    """

    def __init__(self, api: FocusApi, known: Collection[int]) -> None:
        self._api = api
        self._known = known
        self._doubtful: Counter[str] = Counter()
        """The names with an unclear answer, and how many creates of each may have been executed."""
        self._nameless: set[int] = set()
        """The ids of new clients whose names no answer has shown."""

    def outcome(self, step: Step) -> Outcome:
        """Create a client: after an unclear answer, search for it before it is sent again.

        Any part may be missing in an answer.

        :raises RequestError: it was not created, or, if it is ``unclear``, the search for it failed
        """
        name = step.after.name

        def find(error: RequestError) -> Mapping[str, Any] | None:
            """Return the new client of the name; the oldest, if there are several."""
            self._doubtful.setdefault(name, 1)
            try:
                found = self._find([name])[name]
            except RequestError:
                raise error from None
            if found:
                return found[0].read
            self._doubtful[name] = 2
            return None

        fields = self._api.create(step.after, find)
        client_id = fields.get("id")
        if client_id is None:
            return Outcome(step, "done")
        if client_id in self._known:
            return Outcome(step, "failed", errors.not_new(name, client_id))
        client = step.after._replace(id=client_id, read={**step.after.read, **fields})
        if "name" in fields:
            return _named(step, client._replace(name=fields["name"]))
        self._nameless.add(client_id)
        return _made(step, client)

    # the last check

    def settled(self, outcomes: Mapping[int, Outcome]) -> dict[int, Outcome]:
        """Return the outcomes of the creates that are still open, after a last check. None is open
        after it.

        Each name in doubt must be there only once. A create without an id gets it, and one whose
        answer shows no name is read. This costs a request each, or the list of all clients where
        that is cheaper.

        :arg outcomes: by the positions of their steps
        """
        still_open = {at: outcome for at, outcome in outcomes.items() if self._is_open(outcome)}
        if not still_open:
            return {}
        others: Sequence[Client] = ()
        try:
            steps = [outcome.step for outcome in still_open.values()]
            found = self._find([step.after.name for step in steps])
            missing = [step for step in steps if not found[step.after.name]]
            if any(step.id is None or self._doubtful[step.after.name] > 1 for step in missing):
                others = self._in_no_entry(outcomes.values(), found)
            return {at: self._settled(open_, found, others) for at, open_ in still_open.items()}
        except Exception as raised:
            error = as_focus_error(raised)
            return {at: self._unchecked(outcome, error) for at, outcome in still_open.items()}
        finally:
            self._doubtful.clear()
            self._nameless.clear()

    def _in_no_entry(self, outcomes: Collection[Outcome], found: ByName) -> list[Client]:
        """Return the new clients of other names: a create that is missing may have made them."""
        made = {outcome.step.id for outcome in outcomes}
        made |= {client.id for clients in found.values() for client in clients}
        others = (client for client in self._new(list(found)) if client.id not in made)
        return [client for client in others if not self._is_older(client)]

    def _settled(self, outcome: Outcome, found: ByName, others: Sequence[Client]) -> Outcome:
        """Return the outcome of a create, now that the new clients of its name were ``found``.

        :arg others: new clients of other names, one of which it may have made
        """
        step, name = outcome.step, outcome.step.after.name
        is_doubted, is_sent_twice = self._doubtful[name] > 0, self._doubtful[name] > 1
        by_id = {client.id: client for client in found[name]}
        if step.id in self._nameless and not (by_id and is_doubted):
            client = by_id.get(step.after.id) or self._api.find(step.after.id, bool)
            if client is None:
                return Outcome(step, "done", errors.not_shown(name, is_sent_twice))
            outcome = _named(step, client)
            if not is_sent_twice:
                return outcome
        if not by_id:
            return _missing(outcome, is_sent_twice, others)
        if len(by_id) > 1 and not is_doubted:  # it was created once, as one of them
            return outcome._replace(error=errors.several_new(name, by_id))
        own = step.id or min(by_id)
        by_id.setdefault(own, step.after)
        error = outcome.error if outcome.status == "done" else None
        if len(by_id) > 1:
            error = errors.several_new(name, by_id)
        left = tuple(by_id[client_id] for client_id in sorted(by_id.keys() - {own}))
        return _made(step, by_id[own])._replace(error=error, left=left)

    def _is_open(self, outcome: Outcome) -> bool:
        step = outcome.step
        lacks = step.id is None or step.id in self._nameless
        is_made = outcome.status == "done" and lacks
        return step.kind == "create" and (is_made or self._doubtful[step.after.name] > 0)

    def _unchecked(self, outcome: Outcome, reason: FocusError) -> Outcome:
        """Return the outcome of a create whose last check failed."""
        name, is_done = outcome.step.after.name, outcome.status == "done"
        if is_done and outcome.step.id is None and not self._doubtful[name]:
            return outcome
        error = errors.not_checked(name, reason)
        if outcome.left:
            return outcome._replace(error=FocusError(f"{outcome.error} {error}"))
        return outcome._replace(status="done" if is_done else "unclear", error=error)

    # looking for clients

    def is_own(self, client: Client) -> bool:
        """Return whether a client is certainly one that this run has created, so that it may be
        deleted again: it was not read before, and the service's own clock says so.

        :raises RequestError: it cannot be read
        """
        if client.read.get("created_at") is None:  # the answer to a create may not say
            client = self._api.find(client.id, bool) or client
        return client.id not in self._known and self._is_older(client) is False

    def _is_older(self, client: Client) -> bool | None:
        """Return whether it was there before the run, ``None`` if the service does not say."""
        first, created = self._api.session.first_date, time_of(client.read.get("created_at"))
        return None if first is None or created is None else created < first

    def _find(self, names: Sequence[str]) -> dict[str, list[Client]]:
        """Return the new clients of each name, sorted by id.

        A name that seems to be missing is searched for once more. So is one that was sent again
        and seems to be there once: the first request may have been executed late, and old data
        hides one of the two.
        """
        found = self._shown(names)
        uncertain = [name for name in names if len(found[name]) < max(1, self._doubtful[name])]
        if uncertain:
            self._api.halt.wait_for_consistency()
            found.update(self._shown(uncertain))
        return found

    def _shown(self, names: Sequence[str]) -> dict[str, list[Client]]:
        """Return the new clients of each name that the service shows now.

        Of several, these are those that are newer than the run and than all clients read before it,
        if there are any. An older one was only hidden then, and must not be taken for one of this
        run.
        """
        pages = (len(self._known) + len(names)) // PAGE_SIZE + 1
        looks = [self._new(names)] if len(names) > pages else map(self._by_name, names)
        new = {client.id: client for client in chain.from_iterable(looks)}
        by_key = grouped((client.key, client) for _id, client in sorted(new.items()))
        newest, shown = max(self._known, default=0), {}
        for name in names:
            same = by_key.get(name_key(name), [])
            newer = [client for client in same if client.id > newest]
            shown[name] = [client for client in newer if not self._is_older(client)] or same[:1]
        return shown

    def _by_name(self, name: str) -> list[Client]:
        new: list[Client] = []
        for form in unicode_forms(name):
            new += self._new([name], form)
            if name_key(name) in {client.key for client in new}:
                break
        return new

    def _new(self, names: Sequence[str], form: str | None = None) -> list[Client]:
        """Return the active clients that were not there before.

        Before one of the ``names`` is believed to be missing in a list of several pages, it is made
        sure that the list did not move.

        :arg form: of the one name, passed on as a filter
        """

        def read() -> list[Client]:
            listing = self._api.list_clients(form)
            active = (client for client in listing.clients if not client.deleted)
            new = [client for client in active if client.id not in self._known]
            if not set(map(name_key, names)) <= {client.key for client in new}:
                for page in listing.pages[:-1]:  # not at once: other steps may be in flight
                    self._api.verify_page(page)
            return new

        return retry_if_changed(read)


def _made(step: Step, client: Client) -> Outcome:
    """Return the outcome of a create whose client is known; its name is as the user wrote it."""
    after = client._replace(name=step.after.name, set_to=step.after.set_to)
    return Outcome(step._replace(after=after), "done")


def _named(step: Step, client: Client) -> Outcome:
    """Return the outcome of a create whose client is shown with this name."""
    name = step.after.name
    if name_key(client.name) == name_key(name):
        return _made(step, client)
    return Outcome(step, "failed", errors.other_name(name, client), left=(client,))


def _missing(outcome: Outcome, sent_twice: bool, others: Sequence[Client]) -> Outcome:
    """Return the outcome where the service shows no client of the name, although it had time to."""
    if outcome.status == "done":
        is_known = outcome.step.id is not None
        error = errors.not_shown(outcome.step.after.name, sent_twice, () if is_known else others)
        return outcome._replace(status="done" if is_known else "unclear", error=error)
    if outcome.error is None or not others:
        return outcome._replace(status="failed")
    error = FocusError(f"{outcome.error} {errors.in_no_entry(others)}")
    return outcome._replace(status="unclear", error=error)
