# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: what is about to be written and what came of it, as lines of JSON on disk.

A run that is killed at any moment leaves a journal from which the way back can be read. Several
runs may write to one file: each line is appended in one piece and says whose it is.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Literal, NamedTuple

from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption, JournalFailed
from ansible_collections.toggl.focus.plugins.module_utils._model import KINDS, Step
from ansible_collections.toggl.focus.plugins.module_utils._text import name_key
from ansible_collections.toggl.focus.plugins.module_utils._undo import undo

Event = Literal["before", "after"]


class Journal:
    """Appends to a file; without a path it does nothing. Safe to be used by many threads.

    :arg shared_names: the plan's, because the way back to such a name has to say so
    :raises BadOption: the file cannot be opened for writing
    """

    def __init__(
        self, path: str | None, workspace_id: int, shared_names: Collection[str] = ()
    ) -> None:
        self._workspace_id = workspace_id
        self._shared_names = shared_names
        self._run = uuid.uuid4().hex
        self._file = None if path is None else _opened(path)

    def before(self, number: int, step: Step) -> None:
        """Say that the step ``number`` of this run is about to be written.

        :raises JournalFailed: it could not be brought to disk
        """
        self._append("before", number, step, {})

    def after(self, number: int, step: Step, status: str, error: Exception | None) -> None:
        """Say what became of it. The error's text stays out: it holds words of the service."""
        told = {"status": status, "error": type(error).__name__ if error else None}
        self._append("after", number, step, told)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, event: Event, number: int, step: Step, more: Mapping[str, Any]) -> None:
        if self._file is None:
            return
        line = {
            "at": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "run": self._run,
            "workspace_id": self._workspace_id,
            "number": number,
            "event": event,
            "step": step.kind,
            "id": step.id,
            "name": step.name,
            "from": step.before,
            "shared": step.before is not None and name_key(step.before) in self._shared_names,
            **more,
        }
        content = json.dumps(line).encode() + b"\n"
        try:
            written = os.write(self._file, content)
            os.fsync(self._file)
        except OSError as error:
            raise JournalFailed(error.strerror or "") from None
        if written != len(content):
            raise JournalFailed("only a part of the line was written")


def _opened(path: str) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise BadOption("journal", f"it cannot be written: {error.strerror}") from None
    size = os.fstat(file).st_size
    if size and os.pread(file, 1, size - 1) != b"\n":
        os.write(file, b"\n")  # the half line of a run that was killed ends here
    return file


class Line(NamedTuple):
    """A line that could be read."""

    at: str
    run: str
    workspace_id: int
    number: int
    event: Event
    step: Step
    shared: bool
    status: str | None


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a journal, in their order; a damaged one is passed over."""
    for raw in text.split("\n"):
        line = _line(raw)
        if line is not None:
            yield line


def _line(raw: str) -> Line | None:
    try:
        told = json.loads(raw)
        step = Step(told["step"], None, told["id"], told["name"], told["from"])
        line = Line(
            at=told["at"],
            run=told["run"],
            workspace_id=told["workspace_id"],
            number=told["number"],
            event=told["event"],
            step=step,
            shared=told["shared"],
            status=told.get("status"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return line if step.kind in KINDS and line.event in ("before", "after") else None


class Deletion(NamedTuple):
    """That a client was deleted; ``at`` is RFC 3339."""

    id: int
    name: str
    at: str


def last_deletions(path: str, workspace_id: int) -> dict[str, Deletion]:
    """The last deletion of each name in the workspace that no later restore has taken back.

    :returns: by the name's key; empty if there is no file yet
    :raises BadOption: the file cannot be read
    """
    deletions: dict[str, Deletion] = {}
    for line in lines_of(_text_of(path)):
        step = line.step
        if line.workspace_id != workspace_id or not _may_have_happened(line):
            continue
        if step.id is None or step.name is None:
            continue
        if step.kind == "delete":
            deletions[name_key(step.name)] = Deletion(step.id, step.name, line.at)
        elif step.kind == "restore" and line.status == "done":
            deletions = {key: held for key, held in deletions.items() if held.id != step.id}
    return deletions


def _text_of(path: str) -> str:
    if not os.path.exists(path):
        return ""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise BadOption("journal", f"it cannot be read: {error.strerror}") from None


def undo_of_last_run(text: str) -> list[dict[str, Any]]:
    """The list for ``focus_clients`` that takes back the run which the last line belongs to.

    :arg text: a journal; of a write that was under way when the run was killed, nobody knows
        whether it was carried out, and the way back holds in both cases
    """
    lines = list(lines_of(text))
    told: dict[int, list[Line]] = {}
    for line in lines:
        if line.run == lines[-1].run:
            told[line.number] = _latest(told.get(line.number, []), line)
    happened = [line for held in told.values() for line in held if _may_have_happened(line)]
    shared = {name_key(line.step.before) for line in happened if line.shared and line.step.before}
    return [entry.as_options() for entry in undo([line.step for line in happened], shared)]


def _latest(held: list[Line], line: Line) -> list[Line]:
    """What is known of a step: a later line replaces an earlier one, unless it tells of another
    client that the same step made."""
    return [known for known in held if known.step.id not in (None, line.step.id)] + [line]


def _may_have_happened(line: Line) -> bool:
    return line.status in (None, "done", "unclear")
