# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a step, apart from the request itself."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import FocusError, Problem, RequestError
from .._text import quoted


class _OfClient(FocusError):
    def __init__(self, name: str, client_id: int) -> None:
        super().__init__(name, client_id)
        self.name = name
        self.client_id = client_id


class StepRefused(FocusError):
    """A step that was not sent, because of something seen during the run."""


class StepForbidden(StepRefused):
    """A rule of the plan forbids it.

    :arg problem: what was seen; its text is the sentence for the user
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return str(self.problem)


class NameShared(_OfClient):
    """A client that was restored unseen has a name that other active clients have."""

    def __init__(self, name: str, client_id: int, others: Sequence[int]) -> None:
        super().__init__(name, client_id)
        self.others = tuple(others)

    def __str__(self) -> str:
        return (
            f"The client {self.client_id} was restored, and has the name {quoted(self.name)} as "
            f"another active client does (id {_ids(self.others)}): rename or delete one of them."
        )


class HasReturned(_OfClient, StepRefused):
    """A client that this run restored by its id, unseen, has the name of a create."""

    def __str__(self) -> str:
        return (
            f"It was not created: the client {self.client_id}, which this run restored by its id, "
            f"has the name {quoted(self.name)}. Keep one of the two entries."
        )


class MayHaveReturned(_OfClient, StepRefused):
    """The name of a client that this run restored by its id, unseen, could not be read."""

    def __str__(self) -> str:
        return (
            f"It was not created: the client {self.client_id}, which this run restored by its id, "
            f"may have the name {quoted(self.name)}, and could not be read. Run it again."
        )


class TakenAndUnlisted(_OfClient, StepRefused):
    """A client that was restored unseen would get a name that other active clients have."""

    def __init__(self, name: str, client_id: int, before: str, others: Sequence[int]) -> None:
        super().__init__(name, client_id)
        self.before = before
        self.others = tuple(others)

    def __str__(self) -> str:
        return (
            f"It was not renamed: the client {self.client_id} came back as {quoted(self.before)}, "
            "which former_names does not list, and another active client has the name "
            f"{quoted(self.name)} (id {_ids(self.others)}). Rename that one first."
        )


class _OfSeveral(FocusError):
    def __init__(self, name: str, ids: Sequence[int]) -> None:
        super().__init__(name, ids)
        self.name = name
        self.ids = tuple(ids)


class NotOnce(_OfSeveral):
    """After an unclear answer to a create, several new clients have the name."""

    def __str__(self) -> str:
        return (
            f"The client {quoted(self.name)} was created more than once, with the ids "
            f"{_ids(self.ids)}: an answer of the service was lost. "
            "Delete all but one of them by id."
        )


class AmongOthers(_OfSeveral):
    """A create was answered once and without an id, and several clients of the name came to light:
    which of them it created is not known."""

    def __str__(self) -> str:
        return (
            f"The client {quoted(self.name)} was created, and the service now lists several of "
            f"that name that it had not listed before, with the ids {_ids(self.ids)}. Delete all "
            "but one of them by id."
        )


class NotShown(FocusError):
    """The service answered that a client was created, but shows none of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"The service answered that the client {quoted(self.name)} was created, but lists none "
            "of that name: check api_url and what stands between here and the service."
        )


class NotChecked(FocusError):
    """After an unclear answer to a create, the last check failed; ``error`` says why."""

    def __init__(self, name: str, error: FocusError) -> None:
        super().__init__(name, error)
        self.name = name
        self.error = error

    def __str__(self) -> str:
        return (
            f"An answer to the creation of {quoted(self.name)} was lost, and whether it exists "
            f"only once could not be checked: {self.error} Look for the name before you run it "
            "again."
        )


class Unsettled(Exception):
    """Whether the write was carried out cannot be settled; ``error`` says why."""

    def __init__(self, error: RequestError) -> None:
        super().__init__(error)
        self.error = error


def _ids(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))
