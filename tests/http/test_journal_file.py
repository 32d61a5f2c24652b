# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's file: found unusable before anything is read or written; whole on a full disk."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.running import client, clients, rows

from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_last_run

NEW = [{"name": "New"}]
NOBODY = 65534
"""A user without rights; root could write anywhere."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """What waits for ever is a failure."""

    def end(*_: object) -> None:
        raise AssertionError(f"it waits for more than {seconds} seconds")

    handler = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def below_a_file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "journal.jsonl"


def link(folder: Path) -> Path:
    """To a file that this user may write."""
    (folder / "file").write_text("")
    (folder / "link").symlink_to(folder / "file")
    return folder / "link"


def link_to_nothing(folder: Path) -> Path:
    (folder / "link").symlink_to(folder / "missing.jsonl")
    return folder / "link"


UNUSABLE: dict[str, Callable[[Path], Path]] = {
    "a link": link,
    "a link to nothing": link_to_nothing,
    "a pipe": pipe,
    "a folder": lambda folder: folder,
    "a device": lambda _: Path("/dev/null"),
    "a device that is full": lambda _: Path("/dev/full"),
    "in no folder": lambda folder: folder / "missing" / "journal.jsonl",
    "below a file": below_a_file,
}


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_path_is_an_error_before_any_request(
    service: Simulator, tmp_path: Path, kind: str, check_mode: bool
) -> None:
    """In check mode too, and the message names the path."""
    path = UNUSABLE[kind](tmp_path)
    with at_most(5):
        many = clients(service, check_mode, clients=NEW, journal=str(path))
        one = client(service, check_mode, name="New", state="absent", journal=str(path))
    for result in (many, one):
        assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
        assert result["msg"].startswith(f'The option journal cannot be used: "{path}"'), result
    assert service.log == []


@pytest.fixture
def guarded() -> Iterator[Path]:
    """A folder in which this process may read, and no more."""
    folder = Path(tempfile.mkdtemp())
    user = os.geteuid()
    try:
        (folder / "file").write_text("")
        (folder / "file").chmod(0o444)
        folder.chmod(0o555)
        os.seteuid(user or NOBODY)
        yield folder
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("name", ["file", "journal.jsonl"])
def test_no_right_to_write_there_is_an_error_before_any_request(
    service: Simulator, guarded: Path, name: str, check_mode: bool
) -> None:
    result = clients(service, check_mode, clients=NEW, journal=str(guarded / name))
    assert str(guarded / name) in result["msg"]
    assert (result["failed"], result["requests"]) == (True, 0)


def test_check_mode_makes_no_file_and_changes_none(service: Simulator, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert not clients(service, True, clients=NEW, journal=str(path)).get("failed")
    assert not path.exists()
    path.write_text("half a line")
    assert not clients(service, True, clients=NEW, journal=str(path)).get("failed")
    assert path.read_text() == "half a line"


def test_an_empty_path_is_none(service: Simulator) -> None:
    assert clients(service, clients=NEW, journal="")["changed"] is True


# who else may write it


MODES: dict[str, tuple[int, int, str | None]] = {
    "the user's own": (0o600, 0o700, None),
    "read by others": (0o644, 0o755, None),
    "written by the group": (0o620, 0o700, "is writable for other users"),
    "written by all": (0o602, 0o700, "is writable for other users"),
    "in a folder of the group": (0o600, 0o770, None),
    "in a folder of all": (0o600, 0o777, "every user may replace it"),
    "in a temporary folder": (0o600, 0o1777, None),
}
"""The modes of the file and of its folder, and what is warned of."""


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("case", MODES)
def test_a_journal_that_others_may_write_is_used_with_a_warning(
    service: Simulator, tmp_path: Path, case: str, check_mode: bool
) -> None:
    """What restores clients by their names is read from it, so another user could choose them."""
    mode, folder_mode, expected = MODES[case]
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(folder_mode)
    path = folder / "journal.jsonl"
    path.touch()
    path.chmod(mode)
    for result in (
        clients(service, check_mode, clients=NEW, journal=str(path)),
        client(service, check_mode, name="Other", journal=str(path)),
    ):
        assert not result.get("failed"), result
        warned = [said for said in result.get("warnings", []) if str(path) in said]
        assert len(warned) == (expected is not None), result
        assert all(expected in said for said in warned if expected)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_journal_that_another_user_owns_is_used_with_a_warning(
    service: Simulator, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    path.touch(0o600)
    os.chown(path, NOBODY, -1)
    (warning,) = clients(service, clients=NEW, journal=str(path))["warnings"]
    assert f'The journal "{path}" belongs to another user' in warning


def test_a_new_journal_in_a_folder_of_all_has_the_warning_too(
    service: Simulator, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "journal.jsonl"
    for check_mode in (True, False):
        (warning,) = clients(service, check_mode, clients=NEW, journal=str(path))["warnings"]
        assert "every user may replace it" in warning
    assert path.stat().st_mode & 0o777 == 0o600


# a full disk


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(tmp_path / "journal.jsonl")
    monkeypatch.setattr(os, "write", disk.write)
    yield disk


class Disk:
    """On which the n-th line of the journal finds room for its first half only."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.full_at: set[int] = set()
        self._lines = 0
        self._lock = threading.Lock()
        self._write = os.write

    def write(self, file: int, content: bytes) -> int:
        if not content.strip().startswith(b"{") or b'"run"' not in content:
            return self._write(file, content)
        with self._lock:
            self._lines += 1
            full = self._lines in self.full_at
        return self._write(file, content[: len(content) // 2] if full else content)

    def lines(self) -> list[dict[str, Any]]:
        """Those that are whole."""
        whole = []
        for line in self.journal.read_text().split("\n"):
            try:
                whole.append(json.loads(line))
            except ValueError:
                continue
        return whole


def test_a_torn_line_does_not_swallow_the_next_one(service: Simulator, disk: Disk) -> None:
    """Of two writes under way, the first one's second line is torn; the other's is whole."""
    disk.full_at = {3}
    service.reset(latency=0.05)
    result = clients(
        service, clients=[{"name": "A"}, {"name": "B"}], journal=str(disk.journal), concurrency=2
    )
    assert [step["name"] for step in rows(result, "done")] == ["A", "B"]
    assert [line["event"] for line in disk.lines()] == ["before", "before", "after"]
    names = {entry["name"] for entry in undo_of_last_run(disk.journal.read_text(), 4711)}
    assert names == {"A", "B"}


@pytest.mark.parametrize("line", range(1, 9))
def test_a_disk_that_is_full_at_any_line_ends_the_run_with_its_report(
    service: Simulator, disk: Disk, line: int
) -> None:
    """Nothing more is written to the service than the journal can tell of."""
    disk.full_at = {line}
    wanted = [{"name": f"Client {number}"} for number in range(4)]
    result = clients(service, clients=wanted, journal=str(disk.journal), concurrency=1)
    assert result["failed"] is True
    assert "The journal could not be written" in result["msg"]
    done = rows(result, "done")
    assert sorted(step["name"] for step in done) == service.names()
    assert len(done) == line // 2
    assert len(done) + len(rows(result, "pending")) == len(result["plan"]) == 4
    again = clients(service, clients=wanted, journal=str(disk.journal))
    assert not again.get("failed"), again["msg"]
    noted = [line for line in disk.lines() if line.get("status") == "done"]
    assert len(noted) == (4 if line % 2 else 3), "the torn line alone is lost"


# what it tells of deletions


def test_a_deletion_that_failed_hides_no_earlier_one(service: Simulator, tmp_path: Path) -> None:
    """Restored by name is the client whose deletion was the last that may have happened."""
    service.reset(Switches(list_shows_deleted=False, get_shows_deleted=False))
    journal = str(tmp_path / "journal.jsonl")
    service.add("Acme")
    client(service, name="Acme", state="absent", journal=journal)
    service.add("Acme")
    refused = Fault(match=lambda method, _: method == "DELETE", status=400, body=b"{}")
    service.script.append(refused)
    assert client(service, name="Acme", state="absent", journal=journal)["failed"] is True
    client(service, id=1002, name="Globex")
    result = client(service, name="Acme", state="restored", journal=journal)
    assert (result["action"], result["client"]["id"]) == ("restored", 1001), result
