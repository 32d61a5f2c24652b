# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that may write holds a lock from its first read to its last write. See also tests/e2e."""

from __future__ import annotations

import os
import stat
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from simulator.server import Simulator
from support.running import clients, holding_the_turn, info, run_entry

from ansible_collections.toggl.focus.plugins.module_utils import _progress
from ansible_collections.toggl.focus.plugins.module_utils._task import lock


def test_a_turn_that_does_not_come_is_an_error(
    service: Simulator, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the process, and nothing was sent. Check mode, a read and other workspaces go on."""
    monkeypatch.setattr(lock, "LONGEST_WAIT", 0.0)
    with holding_the_turn(service) as process:
        result = run_entry(module, service, "Acme")
        assert service.log == []
        assert run_entry(module, service, "Acme", check_mode=True)["changed"] is True
        assert info(service)["clients"] == []
    assert result["msg"] == (
        f"Another run on this workspace (process {process}) has not ended for 0 minutes, so "
        "nothing was sent. End it, or run again later."
    )
    assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
    with holding_the_turn(service, service.workspace_id + 1):
        assert run_entry(module, service, "Acme")["changed"] is True


def test_a_run_that_waited_gives_the_service_time_to_show_what_the_other_wrote(
    service: Simulator, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_progress, "CONSISTENT_AFTER", 0.6)
    with ThreadPoolExecutor(1) as pool:
        with holding_the_turn(service):
            waiting = pool.submit(run_entry, module, service, "Acme")
            time.sleep(0.3)
            ended = time.monotonic()
        assert waiting.result()["changed"] is True
    assert service.log[0].at - ended > 0.5


@pytest.mark.parametrize("variable", [None, "", "relative"])
def test_it_is_a_file_of_the_user_alone(
    service: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str | None
) -> None:
    """In the folder that the environment names, or in one of its own in the temporary folder."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path) if variable is None else variable)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(2):
        assert "warnings" not in clients(service, clients=["Acme"])
    there = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert there == {False: 0o600, **({} if variable is None else {True: 0o700})}


SPOILT = {
    "missing": "rmdir folder",
    "a file": "rmdir folder; touch folder",
    "a link": "mv folder elsewhere; ln -s elsewhere folder",
    "written by all": "chmod 777 folder",
    "a link in it": "lock=$(echo folder/*); mv $lock elsewhere; ln -s ../elsewhere $lock",
    "a folder in it": "lock=$(echo folder/*); rm $lock; mkdir $lock",
    "somebody else's": "",
    "somebody else's, in the temporary folder": "",
}


@pytest.mark.parametrize("how", SPOILT)
def test_without_a_lock_the_run_goes_on_with_a_warning(
    service: Simulator, module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whoever owns the folder could let a run wait, or have it write to another file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    is_temporary = "temporary" in how
    monkeypatch.setenv("XDG_RUNTIME_DIR", "" if is_temporary else str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder) if is_temporary else None)
    if "somebody" in how:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    if how.endswith("in it"):
        run_entry(module, service, "Acme")
        service.reset()
    subprocess.run(["sh", "-ec", SPOILT[how]], cwd=tmp_path, check=True)
    (warning,) = run_entry(module, service, "Acme")["warnings"]
    assert service.names() == ["Acme"]
    assert warning.startswith("There can be no lock on this machine: ")
    assert str(folder) in warning
    assert warning.endswith("; let one end before the next begins.")
