# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: each write and its outcome, as lines of JSON on disk.

A run that is killed at any moment leaves a journal from which an undo list can be made. Several
runs may write to one file: each line is appended in one piece and names its run.

A line holds the client before and after its step. ``format`` is 2; lines without one are those of
the first format, which are still read. The last line of a run that has undone another one in full
says so, and has no step.
"""

from __future__ import annotations

import json
import os
import stat
import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timezone
from types import NoneType
from typing import Any, NamedTuple, get_args

from ._errors import BadOption, FocusError, JournalFailed, listed
from ._model import ACTIONS, NOT_YET, Client, Origin, Status, Step, counts_of
from ._plan.undo import undo
from ._text import name_key, quoted, shown

FORMAT = 2

_UNDONE = "undone"

_NO_JOURNAL = "This is not a journal, or not its text: no line of it can be read."


class Journal:
    """Appends to a file; without a path it does nothing. Threads may share it.

    :arg shared_names: the plan's, because an undo list needs more than the name for these
    :raises BadOption: the file cannot be opened for writing
    """

    def __init__(
        self, path: str | None, workspace_id: int, shared_names: Collection[str], origin: Origin
    ) -> None:
        self._shared_names = shared_names
        self._of_run = {"run": uuid.uuid4().hex, **origin._asdict(), "workspace_id": workspace_id}
        self._lock = threading.Lock()
        self._file = _opened(path, os.O_CREAT) if path else None

    def before(self, number: int, step: Step) -> None:
        """Record that the step ``number`` of this run is about to be written.

        :raises JournalFailed: the line could not be written to disk
        """
        self.append("before", **self._of(number, step))

    def after(self, number: int, step: Step, status: str, error: Exception | None) -> None:
        """Record the outcome. The error's text is left out: it contains words of the service."""
        kind = type(error).__name__ if error else None
        self.append("after", **self._of(number, step), status=status, error=kind)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)

    def _of(self, number: int, step: Step) -> dict[str, Any]:
        return {
            "number": number,
            "step": step.kind,
            "before": None if step.before is None else _kept(step.before),
            "after": _kept(step.after),
            "shared": name_key(step.old_name or "") in self._shared_names,
        }

    def append(self, event: str, **more: Any) -> None:
        """Append a line to the file.

        :raises JournalFailed: it could not be written to disk
        """
        if self._file is None:
            return
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = {"format": FORMAT, "at": at, **self._of_run, "event": event, **more}
        try:
            with self._lock:
                _write_line(self._file, json.dumps(line).encode())
            os.fsync(self._file)
        except OSError as error:
            raise JournalFailed(error.strerror or "") from None


def mark_undone(path: str | None, workspace_id: int, origin: Origin) -> list[str]:
    """Record that a run has undone another one in full, and return why that could not be done."""
    try:
        with closing(Journal(path, workspace_id, (), origin)) as journal:
            journal.append(_UNDONE)
    except FocusError as error:
        return [str(error)]
    return []


def _kept(client: Client) -> dict[str, Any]:
    kept = {"id": client.id or None, "name": client.shown_name, "deleted": client.deleted}
    return {**kept, **client.attributes}


def check_path(path: str) -> list[str]:
    """Check that a journal can be kept there, without reading, writing or creating anything.

    :returns: warnings of what lets other users write it
    :raises BadOption: it cannot
    """
    folder = os.path.dirname(os.path.realpath(path))
    why = []
    if os.path.lexists(path):
        os.close(_opened(path))
        file = os.stat(path)
        if file.st_uid not in (os.geteuid(), 0):  # root may write every file anyway
            why.append("belongs to another user")
        if file.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            why.append("is writable for other users (chmod 600 ends that)")
    elif not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
        raise _unusable(path, "its folder is missing, or cannot be written to")
    mode = os.stat(folder).st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        why.append("is in a folder in which every user may replace it")
    return [
        f"The journal {quoted(path)} {reason}. An undo, and a restore by name, rely on what it "
        "says: keep it where only you can write."
        for reason in why
    ]


def _opened(path: str, more: int = 0) -> int:
    """:raises BadOption: it cannot be opened for writing, or is not a regular file: a link may lead
    anywhere, a pipe would wait for a reader, and opening a device may do anything"""
    flags = os.O_RDWR | os.O_APPEND | os.O_NONBLOCK | os.O_NOFOLLOW | more
    try:
        if not os.path.lexists(path) or stat.S_ISREG(os.lstat(path).st_mode):
            return os.open(path, flags, 0o600)
    except OSError as error:
        raise _unusable(path, f"it cannot be written ({error.strerror})") from None
    raise _unusable(path, "it is a link, a folder or a device; give the file itself")


def _unusable(path: str, reason: str) -> BadOption:
    return BadOption("journal", f"{quoted(path)}: {reason}")


def _write_line(file: int, line: bytes) -> None:
    """Append a line of its own, also after a half line that a full disk or a killed run left."""
    size = os.fstat(file).st_size
    begin = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
    content = begin + line + b"\n"
    if os.write(file, content) != len(content):
        raise JournalFailed("only a part of the line was written")


class Line(NamedTuple):
    """A line of a journal about a step, as read. It is ``of`` a run in the users' sense: the tasks
    of one play are one run, and so is a task that knows no play."""

    of: str
    undoes: str | None
    workspace_id: int
    at: str
    run: str
    number: int
    step: Step
    shared: bool
    status: str | None


class Mark(NamedTuple):
    """A line that says that a run has undone another one in full."""

    of: str
    undoes: str | None
    workspace_id: int


def lines_of(text: str) -> list[Line]:
    """Return the lines of a journal that are about steps, in their order."""
    return [line for line in _parsed(text) if isinstance(line, Line)]


def _parsed(text: str) -> Iterator[Line | Mark]:
    """Yield the lines of a journal, in their order; a damaged one is skipped."""
    for raw in text.split("\n"):
        with suppress(KeyError, RecursionError, TypeError, ValueError):
            yield _line(json.loads(raw))


_OPTIONAL = (str, NoneType)
_RUN_FIELDS = {"run": (str,), "play": _OPTIONAL, "undoes": _OPTIONAL, "workspace_id": (int,)}
_STEP_FIELDS = {"at": (str,), "number": (int,), "shared": (bool,), "status": _OPTIONAL}
_CLIENT_FIELDS = {"id": (int, NoneType), "name": _OPTIONAL, "deleted": (bool,)}
"""The types of what lines have."""


def _line(given: Any) -> Line | Mark:
    """:raises KeyError, TypeError, ValueError: it is no line of a journal"""
    line = {"play": None, "undoes": None, "status": None, **given}
    if "format" not in line:
        line |= _first_format(line)
    run, play, undoes, workspace_id = _typed_values(line, _RUN_FIELDS)
    if line["event"] == _UNDONE and line["format"] == FORMAT:
        return Mark(play or run, undoes, workspace_id)
    at, number, shared, status = _typed_values(line, _STEP_FIELDS)
    kind, after = line["step"], _client(line["after"])
    before = None if line["before"] is None else _client(line["before"])
    is_whole = after.shown_name is not None if before is None else before.id == after.id != NOT_YET
    is_step = kind in ACTIONS and (kind == "create") == (before is None) and is_whole
    is_known = line["format"] == FORMAT and line["event"] in ("before", "after")
    if not is_step or not is_known or status not in (None, *get_args(Status)):
        raise ValueError(line)
    step = Step(kind, None, before, after)
    return Line(play or run, undoes, workspace_id, at, run, number, step, shared, status)


def _first_format(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a line that has the names alone is in this format."""
    client_id, kind = line["id"], line["step"]
    before = {"id": client_id, "name": line["from"], "deleted": kind == "restore"}
    after = {"id": client_id, "name": line["name"], "deleted": kind == "delete"}
    return {"format": FORMAT, "before": None if kind == "create" else before, "after": after}


def _client(kept: Any) -> Client:
    client_id, name, deleted = _typed_values(kept, _CLIENT_FIELDS)
    return Client(client_id or NOT_YET, name or "", "" if deleted else None, kept, name is None)


def _typed_values(given: Any, types: Mapping[str, tuple[type, ...]]) -> list[Any]:
    """Return the values of these keys.

    :raises KeyError, TypeError, ValueError: one is missing, or of another type
    """
    if any(type(given[key]) not in of_key for key, of_key in types.items()):
        raise ValueError(given)
    return [given[key] for key in types]


def text_of(path: str) -> str:
    """Return the text of a journal that ``check_path`` has found usable; empty if there is none."""
    with suppress(FileNotFoundError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
    return ""


def last_deletions(path: str, workspace_id: int) -> dict[int, Client]:
    """Return the clients of the workspace whose deletion no later restore has undone.

    :returns: by the client's id, in their order
    """
    deletions: dict[int, Client] = {}
    for line in _happened(of for of in lines_of(text_of(path)) if of.workspace_id == workspace_id):
        step = line.step
        if step.kind == "delete" or (step.kind == "restore" and line.status == "done"):
            deletions.pop(step.after.id, None)
        if step.kind == "delete" and step.name is not None:
            client = Client.not_shown(step.after.id, workspace_id, step.name, line.at)
            deletions[client.id] = client
    return deletions


def undo_of_run(
    text: str, workspace_id: int | None = None, run: str | None = None
) -> list[dict[str, Any]]:
    """Return the list for ``focus_clients`` that undoes a run of a workspace.

    :arg text: a journal; a write that was in flight when the run was killed may have been
        executed or not, and the list works in both cases
    :arg workspace_id: may be left out where all lines are of one workspace, and the list has ids:
        another workspace may have a client of a name that is in it
    :arg run: otherwise it is the run that the last line belongs to
    :raises FocusError: it is no journal, or the workspace or the run is not known
    """
    lines = lines_of(text)
    if not lines:
        raise FocusError(_NO_JOURNAL)
    found = sorted({line.workspace_id for line in lines})
    undone = found[0] if workspace_id is None and len(found) == 1 else workspace_id
    lines = [line for line in lines if line.workspace_id == undone]
    of_run = [line for line in lines if line.of == (run or lines[-1].of)]
    happened = _happened(of_run)
    shared = {name_key(line.step.old_name or "") for line in happened if line.shared}
    entries = [entry.as_options() for entry in undo([line.step for line in happened], shared)]
    has_ids = all("id" in entry for entry in entries)
    if not lines or (workspace_id is None and not has_ids):
        ids = listed([str(workspace) for workspace in found])
        raise FocusError(f"Give the workspace_id that the list is for: the journal knows {ids}.")
    if not of_run:
        raise FocusError(f"The journal has no run {quoted(run)} on workspace {undone}.")
    return entries


def runs_of(text: str, workspace_id: int | None) -> list[dict[str, Any]]:
    """Return the runs on a workspace, the newest first, as users see them.

    A run is undone if its undo was done in full, was not undone itself, and the run has not gone on
    since.

    :raises FocusError: it is no journal
    """
    lines, runs, marks = [*_parsed(text)], dict[str, list[Line]](), dict[str | None, str]()
    if not lines and text.strip():
        raise FocusError(_NO_JOURNAL)
    for line in lines:
        if line.workspace_id != workspace_id:
            continue
        if isinstance(line, Mark):
            marks[line.undoes] = line.of
        else:
            marks.pop(line.of, None)
            runs[line.of] = runs.pop(line.of, [])
            runs[line.of].append(line)
    undone: set[str | None] = set()
    for of, by in reversed(marks.items()):
        if by not in undone:
            undone.add(of)
    return [_described(of_run, of in undone) for of, of_run in reversed(runs.items())]


def _described(lines: Sequence[Line], undone: bool) -> dict[str, Any]:
    last = lines[-1]
    counts = Counter[str](ACTIONS[line.step.kind] for line in _happened(lines))
    did = [counts_of(counts, is_planned=False) or "changed nothing"]
    did += [f"undo of {last.undoes}"] if last.undoes else []
    did += ["undone"] if undone else []
    msg = shown(f"{last.at}  {last.of}  {', '.join(did)}")
    known = {"run": last.of, "at": last.at, "undoes": last.undoes, "undone": undone}
    return {**known, "counts": dict(counts), "msg": msg}


def _happened(lines: Iterable[Line]) -> list[Line]:
    """Return the last lines of each step that was executed, or may have been, in the order in which
    the steps were begun.

    A later line replaces an earlier one, unless it is about another client that the same step
    created.
    """
    latest: dict[tuple[str, int], dict[int | None, Line]] = {}
    for line in lines:
        held = latest.setdefault((line.run, line.number), {})
        if line.step.id is None or None in held:
            held.clear()
        held[line.step.id] = line
    return [line for held in latest.values() for line in held.values() if _may_have_happened(line)]


def _may_have_happened(line: Line) -> bool:
    """Return whether something is left of a step: also of a create that failed, since the service
    gave the client another name, and that could not be taken back."""
    is_left = line.step.kind == "create" and line.step.id is not None
    return is_left or line.status in (None, "done", "unclear")
