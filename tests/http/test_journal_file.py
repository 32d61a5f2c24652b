# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal's file: found unusable before anything is read or written; whole on a full disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from support.interrupting import ended_by
from support.running import client, clients, rows
from support.workspace import HIDES, fill, on

from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_last_run

NOBODY = 65534
"""A user without rights; root could write anywhere."""


UNUSABLE = {
    "a link to a file that this user may write": ("touch file; ln -s file it", "it"),
    "a link to nothing": ("ln -s missing it", "it"),
    "a pipe": ("mkfifo it", "it"),
    "a folder": ("mkdir it", "it"),
    "a device": ("", "/dev/null"),
    "a device that is full": ("", "/dev/full"),
    "in no folder": ("", "missing/it"),
    "below a file": ("touch file", "file/it"),
}
"""What makes it, and the path."""


@pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize("kind", UNUSABLE)
def test_an_unusable_path_is_an_error_before_any_request(
    service: Simulator, tmp_path: Path, kind: str, check_mode: bool
) -> None:
    """In check mode too, and the message names the path."""
    made_by, name = UNUSABLE[kind]
    subprocess.run(["sh", "-ec", made_by], cwd=tmp_path, check=True)
    path = tmp_path / name
    with ended_by(AssertionError("it waits for ever"), after=5):
        many = clients(service, check_mode, clients=["New"], journal=str(path))
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
    result = clients(service, check_mode, clients=["New"], journal=str(guarded / name))
    assert str(guarded / name) in result["msg"]
    assert (result["failed"], result["requests"]) == (True, 0)


def test_an_empty_path_is_none(service: Simulator) -> None:
    assert clients(service, clients=["New"], journal="")["changed"] is True


# who else may write it


WRITABLE = "is writable for other users"
MODES: dict[str, tuple[int, int, str | None]] = {
    "the user's own": (0o600, 0o700, None),
    "read by others": (0o644, 0o755, None),
    "written by the group": (0o620, 0o700, WRITABLE),
    "written by all": (0o602, 0o700, WRITABLE),
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
        clients(service, check_mode, clients=["New"], journal=str(path)),
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
    (warning,) = clients(service, clients=["New"], journal=str(path))["warnings"]
    assert f'The journal "{path}" belongs to another user' in warning


def test_a_new_journal_in_a_folder_of_all_has_the_warning_too(
    service: Simulator, tmp_path: Path
) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "journal.jsonl"
    for check_mode in (True, False):
        (warning,) = clients(service, check_mode, clients=["New"], journal=str(path))["warnings"]
        assert "every user may replace it" in warning
    assert path.stat().st_mode & 0o777 == 0o600


# a full disk


class Disk:
    """On which the n-th line of the journal finds room for its first half only."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.full_at = 0
        self._lines = 0
        self._lock = threading.Lock()
        self._write = os.write

    def write(self, file: int, content: bytes) -> int:
        if not content.strip().startswith(b"{") or b'"run"' not in content:
            return self._write(file, content)
        with self._lock:
            self._lines += 1
            full = self._lines == self.full_at
        return self._write(file, content[: len(content) // 2] if full else content)

    def lines(self) -> list[dict[str, Any]]:
        """Those that are whole."""
        lines = self.journal.read_text().split("\n")
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(tmp_path / "journal.jsonl")
    monkeypatch.setattr(os, "write", disk.write)
    return disk


def test_a_torn_line_does_not_swallow_the_next_one(service: Simulator, disk: Disk) -> None:
    """Of two writes in flight, the first one's second line is torn; the other's is whole."""
    disk.full_at = 3
    service.reset(latency=0.05)
    result = clients(service, clients=["A", "B"], journal=str(disk.journal), concurrency=2)
    assert [step["name"] for step in rows(result, "done")] == ["A", "B"]
    assert [line["event"] for line in disk.lines()] == ["before", "before", "after"]
    names = {entry["name"] for entry in undo_of_last_run(disk.journal.read_text(), 4711)}
    assert names == {"A", "B"}


@pytest.mark.parametrize("line", range(1, 9))
def test_a_disk_that_is_full_at_any_line_ends_the_run_with_its_report(
    service: Simulator, disk: Disk, line: int
) -> None:
    """Nothing more is written to the service than the journal can tell of."""
    disk.full_at = line
    wanted = [f"Client {number}" for number in range(4)]
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
    fill(service, "Acme", HIDES)
    journal = str(tmp_path / "journal.jsonl")
    client(service, name="Acme", state="absent", journal=journal)
    service.add("Acme")
    service.script.append(Fault(on("DELETE"), status=400, body=b"{}"))
    assert client(service, name="Acme", state="absent", journal=journal)["failed"] is True
    client(service, id=1002, name="Globex")
    result = client(service, name="Acme", state="restored", journal=journal)
    assert (result["action"], result["client"]["id"]) == ("restored", 1001), result
