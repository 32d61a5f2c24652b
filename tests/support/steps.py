# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps as tests write them: what each does to which client."""

from __future__ import annotations

from ansible_collections.toggl.focus.plugins.module_utils._model import NOT_YET, Client, Step

LONG_AGO = "2026-01-01T00:00:00Z"


def active(id_: int, name: str, **attributes: str) -> Client:
    return Client(id_, name, None, {"id": id_, "name": name, **attributes})


def deleted(id_: int, name: str, **attributes: str) -> Client:
    return Client(id_, name, LONG_AGO, {"id": id_, "name": name, **attributes})


def create(name: str, id_: int | None = None, entry: int | None = 0) -> Step:
    return Step("create", entry, None, Client(id_ or NOT_YET, name, None, {"name": name}))


def rename(id_: int, before: str | None, name: str, entry: int | None = 0) -> Step:
    """A rename; ``before`` is ``None`` if the client is hidden until the step before it."""
    client = active(id_, before) if before is not None else Client.not_shown(id_, 1).restored()
    return Step("rename", entry, client, client.renamed(name))


def setting(step: Step, old: str | None, new: str) -> Step:
    """Return the step where it also changes the client's currency."""
    before = step.before and step.before._replace(read={**step.before.read, "currency": old})
    has = step.after._replace(read={**step.after.read, "currency": old})
    return step._replace(before=before, after=has.having({"currency": new}))


def update(id_: int, name: str, entry: int | None = 0) -> Step:
    return Step("update", entry, active(id_, name), active(id_, name))


def delete(id_: int, name: str, entry: int | None = 0) -> Step:
    return Step("delete", entry, active(id_, name), active(id_, name).removed())


def restore(id_: int, name: str | None, entry: int | None = 0) -> Step:
    """A restore; ``name`` is ``None`` if the service hides the client."""
    client = deleted(id_, name) if name is not None else Client.not_shown(id_, 1)
    return Step("restore", entry, client, client.restored())
