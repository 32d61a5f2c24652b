# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with a step, apart from the request itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .._api.errors import StatusError
from .._errors import FocusError
from .._model import Client, Step
from .._text import quoted, shown

_IS_TAKEN = "(?i)already|taken|duplicate|unique|in use"


def explained(step: Step, error: FocusError) -> FocusError:
    """Return the error of a step, and who may have the name that the service does not give a new
    client."""
    if step.kind != "create" or not isinstance(error, StatusError):
        return error
    if error.status not in (400, 409, 422) or not re.search(_IS_TAKEN, error.response.words):
        return error
    return FocusError(
        f"{error} No active client had this name when the run began, so a deleted one may have it: "
        "state=restored, with its name or its id, brings it back."
    )


def not_checked(name: str, reason: FocusError) -> FocusError:
    """Return the error where the last check of a create failed."""
    return FocusError(
        f"Whether {quoted(name)} was created once, under this name, could not be checked: {reason}"
    )


def other_name(name: str, client: Client, taken_back: bool = False) -> FocusError:
    """Return the error where the service gave a new client another name than the one that was sent.

    :arg taken_back: whether it was deleted again
    """
    left = "It was left, or may still be there: the list in undo deletes it."
    done = "It was deleted again." if taken_back else left
    return FocusError(
        f"The service created the client {quoted(name)} as {quoted(client.name)} "
        f"(id {client.id}): give the name as the service writes it. {done}"
    )


def not_new(name: str, client_id: int) -> FocusError:
    """Return the error where the answer to a create shows a client that was there before."""
    return FocusError(
        f"The service answered the creation of {quoted(name)} with the client {client_id}, which "
        "was there before: no new client is known. Look at that client before you run it again."
    )


def several_new(name: str, ids: Iterable[int]) -> FocusError:
    """Return the error where several new clients have the name: an answer was unclear, so that it
    was created more than once, or had no id, and somebody else's may be among them."""
    listed = ", ".join(map(str, sorted(ids)))
    return FocusError(
        f"The client {quoted(name)} was created, and the service now lists several new ones of "
        f"that name, with the ids {listed}: an answer was lost, or had no id. Delete all but one "
        "of them by id."
    )


def not_shown(name: str, sent_twice: bool, others: Sequence[Client] = ()) -> FocusError:
    """Return the error where a create was answered, but no client of the name is shown.

    :arg sent_twice: whether an answer was lost, so that it was sent again
    :arg others: clients that are new and in no entry
    """
    if sent_twice:
        return FocusError(
            f"The creation of {quoted(name)} was sent twice, since an answer was lost, and the "
            "service shows no client of that name yet: it may be there twice. Check that before "
            "you run it again."
        )
    return FocusError(
        f"The service answered that the client {quoted(name)} was created, but shows none of that "
        f"name. {in_no_entry(others) if others else 'Check api_url.'}"
    )


def in_no_entry(clients: Sequence[Client]) -> str:
    """Return what is said of new clients under other names where no client of a name is shown."""
    found = ", ".join(client.label for client in clients)
    return f"New and in no entry: {found}. The service may have made some of them of that name."


def not_kept(of: str, sent: str | None, client: Client) -> FocusError:
    """Return the error where a client does not have an attribute as it was ``sent``, ``None`` to
    clear it."""
    was = "cleared" if sent is None else f"set to {shown(sent)}"
    now = quoted(client.attributes[of]) if of in client.attributes else "none"
    return FocusError(
        f"The {of} of {client.label} was {was}, but the service shows {now}. It may keep "
        f"none, or show another one: if it still does later, take {of} out of the entry."
    )


def probably_not_kept(read: Client) -> FocusError:
    """Return the error of a client that was not looked at, where another one shows that."""
    return FocusError(f"What was set for {read.label} was not kept, so this probably neither.")
