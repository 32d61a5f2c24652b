# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that are restored although the service hides them: their names are known only then.

The planner did not know what such a name forbids, so that is checked when the name is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from .._api.clients import FocusApi
from .._api.errors import NotFound
from .._errors import Problem, RequestError
from .._model import Client, Plan, Step
from .._text import name_key
from .errors import HasReturned, MayHaveReturned, NameShared, StepForbidden, TakenAndUnlisted


class Returned:
    """The names of such clients, by id. Threads may share it.

    :arg judge: says what forbids a step to touch the client whose name it has, ``None`` if nothing
    :arg planned: says what names the others have, and which clients get another name at once
    """

    def __init__(
        self, api: FocusApi, judge: Callable[[Step], Problem | None], planned: Plan
    ) -> None:
        self._api = api
        self._judge = judge
        self._planned = planned
        self._renamed = {step.id for step in planned.steps if step.kind == "rename"}
        self._names: dict[int, str | None] = {}

    def look(self, client_id: int) -> Client | None:
        """The client, read after its restore; ``None`` if it cannot be read.

        It is read twice if need be: the service may answer with old data just after a write.
        """
        self._names[client_id] = None
        try:
            client = self._get(client_id)
        except RequestError:
            return None
        self._names[client_id] = client.name
        return client

    def judged(self, client: Client) -> NameShared | None:
        """What is wrong with the name that a client keeps."""
        others = () if client.id in self._renamed else self._others(client.name, client.id)
        return NameShared(client.name, client.id, others) if others else None

    def renamed(self, step: Step) -> None:
        """Record the name that a step gave to such a client."""
        if step.id in self._names:
            self._names[step.id] = step.name

    def checked(self, step: Step) -> Step:
        """The step, with the name that a rename takes from such a client.

        :raises StepRefused: a name that was seen since forbids the step
        """
        if step.kind == "rename" and step.before is None:
            step = step._replace(before=self._name_of(step.client_id))
            self._refuse_protected(step)
            self._refuse_taken(step)
        if step.kind == "create":
            self._refuse_doubled(step)
        return step

    def _get(self, client_id: int) -> Client:
        try:
            return self._api.get(client_id)
        except NotFound:
            self._api.session.let_settle()
            return self._api.get(client_id)

    def _name_of(self, client_id: int) -> str:
        name = self._names.get(client_id)
        return self._get(client_id).name if name is None else name

    def _refuse_protected(self, step: Step) -> None:
        problem = self._judge(step)
        if problem is not None and name_key(step.old_name) != name_key(step.new_name):
            raise StepForbidden(problem)

    def _refuse_taken(self, step: Step) -> None:
        """A name that another client has, too, is given to one whose present name the entry lists
        (an undo needs that)."""
        before, name, client_id = step.old_name, step.new_name, step.client_id
        others = self._others(name, client_id)
        if others and name_key(before) not in self._agreed.get(client_id, ()):
            raise TakenAndUnlisted(name, client_id, before, others)

    def _others(self, name: str, client_id: int) -> list[int]:
        """The other active clients that have the name after the plan."""
        return [other for other in self._ids.get(name_key(name), ()) if other != client_id]

    @cached_property
    def _ids(self) -> Mapping[str, Collection[int]]:
        return self._planned.ids_by_name

    @cached_property
    def _agreed(self) -> Mapping[int, Collection[str]]:
        return self._planned.agreed

    def _refuse_doubled(self, step: Step) -> None:
        wanted = step.new_name
        for client_id, name in self._names.items():
            if name is None:
                raise MayHaveReturned(wanted, client_id)
            if name_key(name) == name_key(wanted):
                raise HasReturned(wanted, client_id)
