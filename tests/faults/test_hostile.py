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
from simulator.server import Simulator
from simulator.switches import Switches
from support.playbooks import WAYS, Ran
from support.stage import CLIENT, CLIENTS, INFO, ROLE

from faults import LONG
from faults.conftest import Play, unsafe

FORGED = "ok: [localhost] => (item=forged)"

NAMES = (
    "{{ lookup('ansible.builtin.pipe', 'touch $RAN/evaluated') }}",
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


ON_ONE_LINE = [name for name in NAMES if len(name.splitlines()) == 1]
"""Those that a list may give; the others are in the service alone."""


@pytest.fixture(params=WAYS if LONG else ["in process"])
def play_harmlessly(request: pytest.FixtureRequest, play: Play, tmp_path: Path) -> Play:
    """Play tasks at -v with differences: nothing in what they print is more than letters. As
    modules, too, with FAULTS_LONG=1."""

    def played(*tasks: dict[str, Any]) -> Ran:
        ran = play(tasks, "-v", "--diff", *WAYS[request.param], environment={"RAN": str(tmp_path)})
        assert not (tmp_path / "evaluated").exists()
        assert "Traceback" not in ran.output
        for line in re.split("[\n\r\x0b\x0c]", ran.output):
            assert not line.strip().startswith(FORGED), ran.output
        for character in "\x1b\x07\x08":
            assert character not in ran.output
        # At -v Ansible prints whole results as JSON of its own making, with names as they are.
        own_words = [line for line in ran.output.split("\n") if " => {" not in line]
        assert_nothing_turns("\n".join(own_words))
        return ran

    return played


def assert_nothing_turns(text: str) -> None:
    """No line ends, no direction changes, no terminal does anything but show the letters."""
    for character in "\u202e\u2066\u200f\u2028\u2029\x85\ufeff\x7f\x9b":
        assert character not in text, text[max(0, text.index(character) - 300) :][:600]


def test_they_come_back_unchanged(service: Simulator, play_harmlessly: Play) -> None:
    """Through the list, the module for reading, and the role; and what they are read as is what
    the same list finds nothing to do for. What the service has is data, also where a template hands
    it on: at the end, to the role that deletes them all."""
    for name in set(NAMES) - set(ON_ONE_LINE):
        service.add(name)
    all_absent = "{{ t_1.desired | map('combine', {'state': 'absent'}) | list }}"
    ran = play_harmlessly(
        {CLIENTS: {"clients": unsafe(ON_ONE_LINE)}},
        {INFO: {}},
        {CLIENTS: {"clients": "{{ t_1.desired }}", "purge": True}},
        {**ROLE, "vars": {"clients_list": unsafe(ON_ONE_LINE)}},
        {**ROLE, "vars": {"clients_list": all_absent}},
    )
    assert ran.status == 0 and "ignored=0" in ran.output, ran.output
    assert sorted(found["name"] for found in ran.results["t_1"]["clients"]) == sorted(NAMES)
    assert ran.results["t_2"]["changed"] is False
    assert "changed=2" in ran.output, "the first task and the last one alone change something"
    assert service.names() == []


def test_what_is_deleted_and_renamed_is_shown_without_harm(
    service: Simulator, play_harmlessly: Play
) -> None:
    """The differences, at -v: they say what is there in YAML that means the same names."""
    ids = {name: service.add(name).id for name in NAMES}
    kept = NAMES[: len(NAMES) // 2]
    new = {name: f"{' '.join(name.splitlines())} renamed" for name in kept}
    known = {name: {"former_names": [name]} for name in kept if name in ON_ONE_LINE}
    renamed = [{"name": new[name], **known.get(name, {"id": ids[name]})} for name in kept]
    given = {"clients": unsafe(renamed), "purge": True, "max_deletion_percent": 100}
    ran = play_harmlessly({CLIENTS: given})
    assert "ignored=0" in ran.output, ran.output
    assert service.names() == sorted(new.values())


def test_errors_and_warnings_quote_them_without_harm(
    service: Simulator, play_harmlessly: Play
) -> None:
    """A warning names a deleted client of the name; an error names several; a refusal repeats
    what the service says, which may repeat the name."""
    repeats = json.dumps({"error": " ".join(NAMES)}).encode()
    names = ON_ONE_LINE[:13]
    service.reset(Switches(name_filter="equals"))
    for name in names:
        service.add(name, deleted=True)
        service.add(f"{name} twice")
        service.add(f"{name} twice")
    service.script.append(Fault(lambda m, _: m == "PUT", status=400, body=repeats))
    ran = play_harmlessly(
        {CLIENTS: {"clients": unsafe(names)}},
        {CLIENTS: {"clients": unsafe([f"{name} twice" for name in names])}},
        {CLIENT: unsafe({"name": f"{names[5]} twice", "state": "absent"})},
        {CLIENT: unsafe({"name": f"{names[9]} x", "former_names": [names[9]]})},
    )
    made, *refused = ran.results.values()
    assert not made.get("failed")
    for result in refused:
        assert result["failed"] and "\n" not in result["msg"]
        assert_nothing_turns(result["msg"])
