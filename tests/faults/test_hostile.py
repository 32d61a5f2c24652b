# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that try to be something else: a template, a line of output, a command to the terminal.
They go to the service and come back unchanged, are never evaluated, and forge nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from simulator.records import Fault
from simulator.switches import Switches
from support.playbooks import WAYS, Ran
from support.stage import CLIENT, CLIENTS, INFO, ROLE

from faults.conftest import Stage, unsafe
from faults.length import LONG

EVALUATED = "__EVALUATED__"
FORGED = "ok: [localhost] => (item=forged)"
LOUD = ("-v", "--diff")

NAMES = (
    "{{ lookup('ansible.builtin.pipe', 'touch " + EVALUATED + "') }}",
    "{{ 6 * 7 }}",
    "{% raw %} {% for x in y %}",
    "{# a comment #} kept",
    "'one' \"two\" \\ three # four",
    f"line\n{FORGED}",
    f"return\r{FORGED}",
    f"next\x85{FORGED}",
    f"separators\u2028{FORGED}\u2029{FORGED}",
    "escape \x1b[2J\x1b[31mred \x9b31m \x07 \x7f \x08",
    "right to left \u202eevil\u202c \u2066x\u2069 \u200f",
    "\U0001f680 \U0001f469\u200d\U0001f4bb \U00020000",
    "combining e\u0301 A\u030a\u0323",
    "zero\u200bwidth\ufeff",
    "tab\tand\x0bmore",
    *("yes", "No", "null", "~", "1.0", "0x1F", "1e3", "0o7", "2026-01-01", "12:30:00", ".inf"),
    *("[a, b]", "{a: b}", "!unsafe x", "&anchor", "*alias", "- item", "key: value", "%YAML 1.2"),
    *("---", "...", "<<", "=", "@at", "`tick`", "|", ">-", "? x", "# comment", "a: 'b", '"'),
    *("$(touch x)", "`touch x`", "; rm -rf .", "../../x", "%00%0a", "\\n\\u001b", "{{", "}}"),
)


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    return [name.replace(EVALUATED, str(tmp_path / "evaluated")) for name in NAMES]


def on_one_line(names: list[str]) -> list[str]:
    """Those that a list may give; the others are in the service alone."""
    return [name for name in names if len(name.splitlines()) == 1]


def assert_harmless(ran: Ran, folder: Path) -> None:
    assert not (folder / "evaluated").exists()
    assert "Traceback" not in ran.output
    for line in re.split("[\n\r\x0b\x0c]", ran.output):
        assert not line.strip().startswith(FORGED), ran.output
    for character in "\x1b\x07\x08":
        assert character not in ran.output
    # At -v Ansible prints whole results as JSON of its own making: there, names are as they are.
    own_words = [line for line in ran.output.split("\n") if " => {" not in line]
    assert_nothing_turns("\n".join(own_words))


def assert_nothing_turns(text: str) -> None:
    """No line ends, no direction changes, no terminal does anything but show the letters."""
    for character in "\u202e\u2066\u200f\u2028\u2029\x85\ufeff\x7f\x9b":
        assert character not in text, text[max(0, text.index(character) - 300) :][:600]


ways = pytest.mark.parametrize("way", WAYS if LONG else ["in process"])
"""As a module, too, with FAULTS_LONG=1."""


@ways
def test_they_come_back_unchanged(stage: Stage, way: str, names: list[str], tmp_path: Path) -> None:
    """Through the list, the module for reading, and the role; and what they are read as is what
    the same list finds nothing to do for. What the service has is data, also where a template hands
    it on: at the end, to the role that deletes them all."""
    given = on_one_line(names)
    for name in set(names) - set(given):
        stage.service.add(name)
    all_absent = "{{ listed.desired | map('combine', {'state': 'absent'}) | list }}"
    tasks: list[dict[str, Any]] = [
        {CLIENTS: {"clients": unsafe(given)}, "register": "made"},
        {INFO: {}, "register": "listed"},
        {CLIENTS: {"clients": "{{ listed.desired }}", "purge": True}, "register": "again"},
        {**ROLE, "vars": {"clients_list": unsafe(given)}},
        {**ROLE, "vars": {"clients_list": all_absent}},
    ]
    ran = stage.play(tasks, *LOUD, *WAYS[way])
    assert ran.status == 0, ran.output
    assert sorted(found["name"] for found in ran.results["listed"]["clients"]) == sorted(names)
    assert ran.results["again"]["changed"] is False
    assert "changed=2" in ran.output, "the first task and the last one alone change something"
    assert stage.service.names() == []
    assert_harmless(ran, tmp_path)


@ways
def test_what_is_deleted_and_renamed_is_shown_without_harm(
    stage: Stage, way: str, names: list[str], tmp_path: Path
) -> None:
    """The differences, at -v: they say what is there in YAML that means the same names."""
    ids = {name: stage.service.add(name).id for name in names}
    kept = names[: len(names) // 2]
    new = {name: f"{' '.join(name.splitlines())} renamed" for name in kept}
    known = {name: {"former_names": [name]} for name in on_one_line(kept)}
    renamed = [{"name": new[name], **known.get(name, {"id": ids[name]})} for name in kept]
    given = {"clients": unsafe(renamed), "purge": True, "max_deletion_percent": 100}
    ran = stage.play([{CLIENTS: given}], *LOUD, *WAYS[way])
    assert ran.status == 0, ran.output
    assert stage.service.names() == sorted(new.values())
    assert_harmless(ran, tmp_path)


@ways
def test_errors_and_warnings_quote_them_without_harm(
    stage: Stage, way: str, names: list[str], tmp_path: Path
) -> None:
    """A warning names a deleted client of the name; an error names several; a refusal repeats
    what the service says, which may repeat the name."""
    repeats = json.dumps({"error": " ".join(names)}).encode()
    names = on_one_line(names)[:13]
    stage.service.reset(Switches(name_filter="equals"))
    for name in names:
        stage.service.add(name, deleted=True)
        stage.service.add(f"{name} twice")
        stage.service.add(f"{name} twice")
    stage.service.script.append(Fault(lambda m, _: m == "PUT", status=400, body=repeats))
    tasks: list[dict[str, Any]] = [
        {CLIENTS: {"clients": unsafe(names)}},
        {CLIENTS: {"clients": unsafe([f"{name} twice" for name in names])}},
        {CLIENT: unsafe({"name": f"{names[5]} twice", "state": "absent"})},
        {CLIENT: unsafe({"name": f"{names[9]} x", "former_names": [names[9]]})},
    ]
    ran = stage.play_on(tasks, *LOUD, *WAYS[way])
    results = [ran.results[f"t_{number}"] for number in range(len(tasks))]
    assert [bool(result.get("failed")) for result in results] == [False, True, True, True]
    for result in results[1:]:
        assert "\n" not in result["msg"]
        assert_nothing_turns(result["msg"])
    assert_harmless(ran, tmp_path)
