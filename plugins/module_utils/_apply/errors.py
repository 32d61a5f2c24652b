# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a step, apart from the request itself."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import FocusError, RequestError
from .._model import Client
from .._text import quoted


class StillHidden(FocusError):
    """A client that was restored, or may have been, could not be read after it."""

    def __init__(self, client_id: int) -> None:
        super().__init__(client_id)
        self.client_id = client_id

    def __str__(self) -> str:
        return (
            f"The client {self.client_id} could not be read after its restore, so its name is not "
            "known, and nothing else was written. Run it again."
        )


class RestNotPlanned(FocusError):
    """After the restore of a hidden client, the rest of the plan cannot be executed.

    :arg name: of the client that was restored, ``None`` if it is not known
    :arg reason: why
    """

    def __init__(self, client_id: int, name: str | None, reason: FocusError) -> None:
        super().__init__(client_id, name, reason)
        self.client_id = client_id
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        if self.name is None:
            return str(self.reason)
        return (
            f"The client {self.client_id} was restored and is called {quoted(self.name)}; nothing "
            f"was written after that. {self.reason}"
        )


class OtherName(FocusError):
    """The service gave a new client another name than the one that was sent.

    :arg taken_back: whether it was deleted again
    """

    def __init__(self, name: str, client: Client, taken_back: bool = False) -> None:
        super().__init__(name, client, taken_back)
        self.name = name
        self.client = client
        self.taken_back = taken_back

    def __str__(self) -> str:
        done = (
            "It was deleted again."
            if self.taken_back
            else "It was left, since it could not be deleted again: the list in undo deletes it."
        )
        return (
            f"The service created the client {quoted(self.name)} as {quoted(self.client.name)} "
            f"(id {self.client.id}): give the name as the service writes it. {done}"
        )


class NotNew(FocusError):
    """The answer to a create shows a client that was there before."""

    def __init__(self, name: str, client_id: int) -> None:
        super().__init__(name, client_id)
        self.name = name
        self.client_id = client_id

    def __str__(self) -> str:
        return (
            f"The service answered the creation of {quoted(self.name)} with the client "
            f"{self.client_id}, which was there before: no new client is known. Look at that "
            "client before you run it again."
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
    """The service answered that a client was created, but shows none of that name.

    :arg sent_twice: whether an answer was lost, so that it was sent again
    :arg others: clients that are new and in no entry
    """

    def __init__(self, name: str, sent_twice: bool = False, others: Sequence[Client] = ()) -> None:
        super().__init__(name, sent_twice, others)
        self.name = name
        self.sent_twice = sent_twice
        self.others = tuple(others)

    def __str__(self) -> str:
        if self.sent_twice:
            return (
                f"The creation of {quoted(self.name)} was sent twice, since an answer was lost, "
                "and the service shows no client of that name yet: it may be there twice. Check "
                "that before you run it again."
            )
        found = ", ".join(f"{quoted(client.name)} (id {client.id})" for client in self.others)
        others = f"New and in no entry: {found}." if found else "Check api_url."
        return (
            f"The service answered that the client {quoted(self.name)} was created, but shows none "
            f"of that name. {others}"
        )


class NotChecked(FocusError):
    """The last check of a create failed; ``error`` says why."""

    def __init__(self, name: str, error: FocusError) -> None:
        super().__init__(name, error)
        self.name = name
        self.error = error

    def __str__(self) -> str:
        return (
            f"Whether the client {quoted(self.name)} was created once, and under this name, could "
            f"not be checked: {self.error} Check whether it exists, then run again."
        )


class Unsettled(Exception):
    """Whether the write was carried out cannot be settled; ``error`` says why."""

    def __init__(self, error: RequestError) -> None:
        super().__init__(error)
        self.error = error


def _ids(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))
