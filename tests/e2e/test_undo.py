# SPDX-License-Identifier: GPL-3.0-or-later
"""``toggl.focus.undo``: the hosts of a run are the cases, with one journal for all of them. What a
check prints, and a second undo of the same run, is in the guide ``docs/docsite/rst/undo.rst``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from simulator.records import Fault
from simulator.wire import Call
from support.filters import journal_runs
from support.stage import CLIENT, LOCAL, ROLE, Stage, active, fill, play, workspaces

EVIL = "{{ 6 * 7 }}"
BEFORE = ["Acme", "Globex", "Hooli", EVIL]
LIST = ["Acme", {"name": "Globex Corporation", "former_names": ["Globex"]}, "Internal"]
AFTER = ["Acme", "Globex Corporation", "Internal"]
APPLIED = {"clients_list": LIST, "clients_purge": True, "clients_max_deletion_percent": 100}
OTHER_LIST = {"clients_list": ["Nobody asked for this"], "clients_purge": True}

HOSTS: dict[str, dict[str, Any]] = {
    "plain": {"clients_plan_digest": "0" * 64, "clients_plan_file": "none.json", **OTHER_LIST},
    "looped": OTHER_LIST,
    "broken": {},
    "guarded": {"clients_protected": ["internal*"]},
    "few": {"clients_max_deletions": 0, "clients_protectd": ["Internal"]},
    "silent": OTHER_LIST,
    "unwritten": {"clients_journal": "none/there.jsonl"},
}
"""What the inventory gives to each host when its run is taken back."""
IDS = {host: number for number, host in enumerate(HOSTS, 4242)}
PLACES: dict[str, dict[str, Any]] = {
    host: {"clients_workspace_id": id_, "clients_journal": "journal.jsonl"}
    for host, id_ in IDS.items()
}
APPLYING = {host: {**PLACES[host], **APPLIED} for host in ("plain", "broken", "guarded", "few")}

LOOP = {
    CLIENT: {
        "name": "{{ item.name }}",
        "state": "{{ item.state }}",
        "workspace_id": "{{ clients_workspace_id }}",
        "journal": "{{ clients_journal }}",
    },
    "loop": [{"name": "Internal", "state": "present"}, {"name": "Hooli", "state": "absent"}],
    "when": "inventory_hostname == 'looped'",
}
INTERNAL = {
    **OTHER_LIST,
    "focus_undoes": "another",
    "undo_runs": [],
    "undo_found": {"run": "another", "undone": False, "counts": {"created": 1}, "msg": "x"},
}
"""As extra variables, which beat all others."""


class Seen(NamedTuple):
    """What a run of the playbook printed, and what the workspaces and the journal hold then."""

    printed: str
    names: dict[str, list[str]]
    runs: dict[str, list[dict[str, Any]]]

    def said(self, host: str) -> str:
        """What tasks have printed for a host, on one line."""
        of_host = rf"^\w+: \[{host}\][^\n]*? => (.*?)(?=^\w+: \[|^TASK |^PLAY |\Z)"
        return " ".join(" ".join(re.findall(of_host, self.printed, re.M | re.S)).split())


class Case(Stage):
    def undo(self, *arguments: str, status: int = 0) -> Seen:
        printed = self.run("undo", *arguments, status=status)
        text = (self.folder / "journal.jsonl").read_text()
        names = {host: active(self.service, id_) for host, id_ in IDS.items()}
        return Seen(printed, names, {host: journal_runs(text, id_) for host, id_ in IDS.items()})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """One play changes all workspaces but two."""
    with workspaces(*IDS.values()) as service:
        case = Case(service, tmp_path_factory.mktemp("undo"))
        for id_ in IDS.values():
            fill(service, id_, *BEFORE)
        case.inventory({**PLACES, **APPLYING})
        role = {**ROLE, "when": "clients_list is defined"}
        book = case.book(play(LOOP, role, hosts="all", vars=LOCAL))
        case.run(book, "-e", "focus_undoes=another")
        yield case


@pytest.fixture(scope="module")
def checked(case: Case) -> Seen:
    case.inventory({host: {**PLACES[host], **own} for host, own in HOSTS.items()})
    case.service.log.clear()
    return case.undo("--check", status=2)


@pytest.fixture(scope="module")
def undone(case: Case, checked: Seen) -> Seen:
    """The first deletion in the broken workspace is refused."""
    refused = [Fault(status=400, body=b'{"error": "no"}')]

    def answer(call: Call) -> Fault | None:
        is_meant = call.method == "DELETE" and f"/{IDS['broken']}/" in call.path
        return refused.pop() if is_meant and refused else None

    case.service.chaos = answer
    seen = case.undo(status=2)
    assert not refused
    return seen


@pytest.fixture(scope="module")
def again(case: Case, undone: Seen) -> Seen:
    """Without the guards."""
    return case.undo("-e", json.dumps({"clients_protected": [], "clients_max_deletions": 9}))


def test_the_first_play_is_one_run_of_each_workspace(checked: Seen) -> None:
    """Also the loop of a module, and no extra variable makes an undo of it."""
    runs = {host: of_host for host, of_host in checked.runs.items() if of_host}
    assert set(HOSTS) - set(runs) == {"silent", "unwritten"}
    assert {len(of_host) for of_host in runs.values()} == {1}
    assert {of_host[0]["run"] for of_host in runs.values()} == {checked.runs["plain"][0]["run"]}
    assert {of_host[0]["undoes"] for of_host in runs.values()} == {None}
    assert runs["looped"][0]["counts"] == {"created": 1, "deleted": 1}


def test_the_run_is_taken_back_whatever_the_inventory_says(undone: Seen) -> None:
    """Its list, purge, digest and plan file have no part in it. The guards hold."""
    assert undone.names["plain"] == undone.names["looped"] == undone.names["silent"] == BEFORE
    assert undone.names["guarded"] == undone.names["few"] == AFTER
    assert "protected" in undone.said("guarded")
    assert "max_deletions" in undone.said("few")
    assert "/journal.jsonl has no run on this workspace." in undone.said("silent")
    assert "there is no journal /" in undone.said("unwritten")
    printed = " ".join(undone.printed.split())
    assert "no variable clients_protectd; did you mean clients_protected?" in printed
    failed = set(re.findall(r"(?m)^(\w+) .* failed=1 ", undone.printed))
    assert failed == {"broken", "guarded", "few"}


def test_the_undo_is_marked_as_that_of_the_run(undone: Seen) -> None:
    for host in ("plain", "looped", "broken"):
        undo, run = undone.runs[host]
        assert (undo["undoes"], undo["undone"], run["undoes"]) == (run["run"], False, None)
        assert run["undone"] is (host != "broken"), "one that failed has not undone it"


def test_a_second_start_has_nothing_to_take_back(again: Seen) -> None:
    """But where the first one failed or was refused."""
    assert {tuple(names) for names in again.names.values()} == {tuple(BEFORE)}
    for host in ("plain", "looped"):
        assert [run["run"] in again.said(host) for run in again.runs[host]] == [True, True]
    for host in ("broken", "guarded", "few"):
        assert again.runs[host][-1]["undone"] is True
        assert "Takes back this run" in again.said(host)
        assert "Then revert the list in Git, too." in again.said(host)


def test_an_older_run_is_named(case: Case, again: Seen) -> None:
    """It may be an undo. What is internal to the playbook cannot be forged."""
    undo, run = (run["run"] for run in again.runs["plain"])
    named = "--limit", "plain", "-e", f"clients_undo_run={undo}"
    forged = case.undo(*named, "-e", json.dumps(INTERNAL), status=2)
    assert "The journal has no run" in forged.said("plain")
    elsewhere = case.undo(*named, "-e", "ansible_connection=elsewhere", status=2)
    assert "An undo runs on the controller" in elsewhere.said("plain")
    assert elsewhere.names == forged.names == again.names
    back = case.undo(*named, "-e", json.dumps(OTHER_LIST))
    assert back.names["plain"] == AFTER and "revert" not in back.said("plain")
    assert [(of["undoes"], of["undone"]) for of in back.runs["plain"]] == [
        (undo, False),
        (run, True),
        (None, False),
    ]


def test_a_run_or_a_journal_that_no_host_has_is_an_error(case: Case, again: Seen) -> None:
    case.service.log.clear()
    two = ("--limit", "silent,plain")
    unknown = case.undo(*two, "-e", "clients_undo_run=1e3", status=2)
    assert "journal.jsonl has no run 1e3 on this workspace." in unknown.said("silent")
    assert "No journal has a run 1e3." in unknown.said("plain")
    nowhere = case.undo(*two, "-e", "clients_journal=nope.jsonl", status=2)
    assert "nope.jsonl. Give clients_journal the file" in nowhere.said("plain")
    assert case.service.log == []
