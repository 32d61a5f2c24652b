# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: before and after each write, whatever happened to it, and on a full disk."""

from __future__ import annotations

import itertools
import json
import os
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.server import Simulator
from simulator.switches import Switches
from support.ending import ended_by
from support.filters import journal_runs
from support.notation import rows as cases
from support.running import client, clients, rows, without_sleep
from support.workspace import HIDES, fill, on

from ansible_collections.toggl.focus.plugins.module_utils._journal import undo_of_run

CLIENTS = "Acme, Globex, (Umbrella)"
LIST = "New; Globex Corporation (was Globex); absent Acme; restored 1003"
sleeps = pytest.fixture(without_sleep)


def lines(journal: Path) -> list[dict[str, Any]]:
    """Those that are whole."""
    whole = [line for line in journal.read_text().split("\n") if line[:1] + line[-1:] == "{}"]
    return [json.loads(line) for line in whole]


def test_each_write_is_recorded_before_and_after(service: Simulator, journal: Path) -> None:
    fill(service, CLIENTS)
    result = clients(service, clients=LIST, journal=str(journal))
    recorded = lines(journal)
    assert len(recorded) == 2 * len(result["plan"])
    assert {step["status"] for step in result["plan"]} == {"done"}
    for number, step in enumerate(result["plan"]):
        before, after = (line for line in recorded if line["number"] == number)
        assert (before["event"], after["event"]) == ("before", "after")
        assert before["step"] == after["step"] == step["step"]
        assert (after["after"]["id"], after["status"]) == (step["id"], "done")
        assert after["error"] is None
    assert {line["format"] for line in recorded} == {2}
    assert len({line["run"] for line in recorded}) == 1
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


def test_check_mode_and_nothing_to_do_leave_it_as_it_is(service: Simulator, journal: Path) -> None:
    fill(service, CLIENTS)
    for check_mode, wanted in ((True, LIST), (False, "Acme")):
        clients(service, check_mode, clients=wanted, journal=str(journal))
        assert not journal.exists()
    journal.write_text("half a line")
    clients(service, check_mode=True, clients=LIST, journal=str(journal))
    assert journal.read_text() == "half a line"


@pytest.mark.parametrize("get_shows_deleted", [True, False])
def test_restored_by_name_where_the_service_hides_deleted_clients(
    service: Simulator, journal: Path, get_shows_deleted: bool
) -> None:
    fill(service, "Acme", replace(HIDES, get_shows_deleted=get_shows_deleted))
    wanted = {"name": "Acme", "state": "restored", "journal": str(journal)}
    client(service, name="Acme", state="absent", journal=str(journal))
    checked = client(service, check_mode=True, **wanted)
    ran = client(service, **wanted)
    assert (ran["action"], ran["client"]["id"]) == ("restored", 1001), ran
    assert checked["diff"] == ran["diff"]
    assert client(service, **wanted)["changed"] is False


@pytest.mark.parametrize("elsewhere", [True, False])
def test_what_was_deleted_elsewhere_or_renamed_since_is_not_taken(
    service: Simulator, journal: Path, elsewhere: bool
) -> None:
    recorded = {"name": "Acme", "journal": str(journal)}
    fill(service, "" if elsewhere else "Acme", HIDES)
    with Simulator(workspace_ids=[42]) as other:
        other.add("Acme")
        client(other if elsewhere else service, state="absent", **recorded)
    if not elsewhere:
        client(service, id=1001, name="Other", state="restored")
    result = client(service, state="restored", **recorded)
    assert "lists no deleted client of the name" in result["msg"]
    assert service.names() == ([] if elsewhere else ["Other"])


def test_a_deletion_that_failed_hides_no_earlier_one(service: Simulator, journal: Path) -> None:
    """Restored by name is the client whose deletion was the last that may have happened."""
    fill(service, "Acme", HIDES)
    client(service, name="Acme", state="absent", journal=str(journal))
    service.add("Acme")
    service.script.append(Fault(on("DELETE"), status=400, body=b"{}"))
    assert client(service, name="Acme", state="absent", journal=str(journal))["failed"] is True
    client(service, id=1002, name="Globex")
    result = client(service, name="Acme", state="restored", journal=str(journal))
    assert (result["action"], result["client"]["id"]) == ("restored", 1001), result


NOBODY = 65534
UNUSABLE = cases("""
a link to a file that this user may write | it | touch file; ln -s file it
a link to nothing     | it         | ln -s missing it
a pipe                | it         | mkfifo it
a folder              | it         | mkdir it
a device              | /dev/null  |
a device that is full | /dev/full  |
in no folder          | missing/it |
below a file          | file/it    | touch file
""")


@pytest.mark.parametrize(("name", "made_by"), UNUSABLE)
def test_an_unusable_path_is_an_error_before_any_request(
    service: Simulator, tmp_path: Path, name: str, made_by: str, check_mode: bool
) -> None:
    """In check mode too, and the message names the path."""
    subprocess.run(["sh", "-ec", made_by], cwd=tmp_path, check=True)
    path = tmp_path / name
    with ended_by(AssertionError("it waits for ever"), after=5):
        many = clients(service, check_mode, clients=["New"], journal=str(path))
        one = client(service, check_mode, name="New", state="absent", journal=str(path))
    for result in (many, one):
        assert (result["failed"], result["changed"], result["requests"]) == (True, False, 0)
        assert result["msg"].startswith(f'The option journal cannot be used: "{path}"'), result
    assert service.log == []


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/journal.jsonl"])
def test_no_right_to_write_is_an_error(service: Simulator, path: str, check_mode: bool) -> None:
    """Root could write anywhere."""
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    try:
        result = clients(service, check_mode, clients=["New"], journal=path)
    finally:
        os.seteuid(user)
    assert path in result["msg"]
    assert (result["failed"], result["requests"]) == (True, 0)


def test_an_empty_path_is_none(service: Simulator) -> None:
    assert clients(service, clients=["New"], journal="")["changed"] is True


MAKE = "install -m 600 /dev/null it"
OTHERS = cases(f"""
the user's own               | {MAKE}                            |
read by others               | {MAKE}; chmod 644 it; chmod 755 . |
written by the group         | {MAKE}; chmod 620 it              | is writable for other users
written by all               | {MAKE}; chmod 602 it              | is writable for other users
in a folder of the group     | {MAKE}; chmod 770 .               |
in a folder of all           | {MAKE}; chmod 777 .               | every user may replace it
a new one in a folder of all | chmod 777 .                       | every user may replace it
in a temporary folder        | {MAKE}; chmod 1777 .              |
another's                    | {MAKE}; chown {NOBODY} it         | belongs to another user
""")


@pytest.mark.parametrize(("made_by", "expected"), OTHERS)
def test_a_journal_that_others_may_write_is_used_with_a_warning(
    service: Simulator, tmp_path: Path, made_by: str, expected: str, check_mode: bool
) -> None:
    """What restores clients by their names is read from it, so another user could choose them."""
    if "chown" in made_by and os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    folder = tmp_path / "folder"
    folder.mkdir(0o700)
    subprocess.run(["sh", "-ec", made_by], cwd=folder, check=True)
    path = str(folder / "it")
    for result in (
        clients(service, check_mode, clients=["New"], journal=path),
        client(service, check_mode, name="Other", journal=path),
    ):
        assert not result.get("failed"), result
        warned = [said for said in result.get("warnings", []) if path in said]
        assert len(warned) == bool(expected), result
        assert all(expected in said for said in warned)


@pytest.fixture
def torn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the journal's lines for whose first half alone the disk has room."""
    numbers: list[int] = []
    write, line = os.write, itertools.count(1)

    def write_half(file: int, content: bytes) -> int:
        is_line = content.strip().startswith(b"{") and b'"run"' in content
        is_torn = is_line and next(line) in numbers
        return write(file, content[: len(content) // 2] if is_torn else content)

    monkeypatch.setattr(os, "write", write_half)
    return numbers


def test_a_torn_line_swallows_no_other(service: Simulator, journal: Path, torn: list[int]) -> None:
    """Of two writes in flight, the first one's second line is torn; the other's is whole."""
    torn.append(3)
    service.reset(latency=0.05)
    result = clients(service, clients=["A", "B"], journal=str(journal), concurrency=2)
    assert [step["name"] for step in rows(result, "done")] == ["A", "B"]
    assert [line["event"] for line in lines(journal)] == ["before", "before", "after"]
    assert {entry["name"] for entry in undo_of_run(journal.read_text(), 4711)} == {"A", "B"}


@pytest.mark.parametrize("line", range(1, 9))
def test_a_full_disk_ends_a_run_with_its_report(
    service: Simulator, journal: Path, torn: list[int], line: int
) -> None:
    """Nothing more is written to the service than the journal can tell of."""
    torn.append(line)
    wanted = [f"Client {number}" for number in range(4)]
    result = clients(service, clients=wanted, journal=str(journal), concurrency=1)
    assert result["failed"] is True
    assert "The journal could not be written" in result["msg"]
    done = rows(result, "done")
    assert sorted(step["name"] for step in done) == service.names()
    assert len(done) == line // 2
    assert len(done) + len(rows(result, "pending")) == len(result["plan"]) == 4
    again = clients(service, clients=wanted, journal=str(journal))
    assert not again.get("failed"), again["msg"]
    recorded = [line for line in lines(journal) if line.get("status") == "done"]
    assert len(recorded) == (4 if line % 2 else 3), "the torn line alone is lost"


# a run that undoes another one


def undo(service: Simulator, journal: Path, check_mode: bool = False, **more: Any) -> Any:
    """Take back the oldest run. Return the result, and whether it is undone then."""
    run, text = journal_runs(journal.read_text(), 4711)[-1]["run"], journal.read_text()
    given = {"clients": undo_of_run(text, 4711, run), "undoes": run, **more}
    result = clients(service, check_mode, journal=str(journal), **given)
    return result, journal_runs(journal.read_text(), 4711)[-1]["undone"]


def test_an_undo_is_that_of_its_run_or_writes_nothing(
    service: Simulator, journal: Path, check_mode: bool
) -> None:
    """Whoever says which run it undoes: the run may have gone on since its list was made."""
    clients(service, clients="Acme", journal=str(journal))
    (other,) = undo_of_run(journal.read_text(), 4711)
    for wrong in ([], [{**other, "state": "present"}], ["Acme"]):
        result, undone = undo(service, journal, check_mode, clients=wrong)
        assert (result["failed"], result["requests"], undone) == (True, 0, False)
        assert "The run to undo has gone on" in result["msg"]
    assert undo(service, journal, check_mode)[1] is not check_mode


def test_what_somebody_else_has_taken_back_is_undone_too(service: Simulator, journal: Path) -> None:
    clients(service, clients="Acme", journal=str(journal))
    clients(service, clients="absent Acme")
    result, undone = undo(service, journal)
    assert (result["changed"], undone) == (False, True)


def test_an_undo_of_nothing_looks_twice(service: Simulator, journal: Path, sleeps: Any) -> None:
    """The service may show the workspace as it was before the run."""
    service.reset(lag=2)
    clients(service, clients="Acme", journal=str(journal))
    _, undone = undo(service, journal)
    assert (service.names(), undone, len(sleeps)) == ([], True, 1)


@pytest.mark.parametrize("switches", [Switches(), HIDES], ids=["shown", "hidden"])
def test_an_undo_leaves_what_somebody_has_deleted_since(
    service: Simulator, journal: Path, switches: Switches, check_mode: bool
) -> None:
    fill(service, "Acme, Globex", switches)
    clients(service, clients="A (was Acme); G (was Globex); New", journal=str(journal))
    clients(service, clients="absent A")
    result, undone = undo(service, journal, check_mode)
    assert "failed" not in result, result["msg"]
    assert "The client 1001 has been deleted since that run: it is left" in result["warnings"][0]
    assert [row["name"] for row in result["plan"]] == ["New", "Globex"]
    assert undone is not check_mode


def test_an_undo_of_a_killed_create_goes_by_the_name(service: Simulator, journal: Path) -> None:
    """With a warning: somebody else may have created that client since."""
    clients(service, clients="Acme", journal=str(journal))
    journal.write_text(journal.read_text().splitlines(keepends=True)[0])
    result, _ = undo(service, journal, check_mode=True)
    assert 'The id of the new client "Acme" is not known' in result["warnings"][0]


def test_an_undo_without_its_mark_says_so(service: Simulator, journal: Path, torn: Any) -> None:
    """It is done all the same, and may be started again."""
    clients(service, clients="Acme", journal=str(journal))
    torn.append(5)
    result, undone = undo(service, journal)
    assert (rows(result, "done")[0]["name"], undone) == ("Acme", False)
    assert "The journal could not be written" in result["warnings"][0]
    assert undo(service, journal)[1] is True
