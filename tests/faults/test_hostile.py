# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that try to be something else: a template, a line of output, a command to the terminal.
They go to the service and come back unchanged, are never evaluated, and forge nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.playbooks import WAYS, Ran
from support.stage import CLIENTS, INFO, ROLE

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
        own_words = "\n".join(line for line in ran.output.split("\n") if " => {" not in line)
        for character in "\u202e\u2066\u200f\u2028\u2029\x85\ufeff\x7f\x9b":
            assert character not in own_words, own_words.partition(character)[0][-300:]
        return ran

    return played


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


def test_what_is_deleted_and_renamed_is_harmless(service: Simulator, play_harmlessly: Play) -> None:
    """A refusal that names them, and the differences: YAML that means the same names."""
    ids = {name: service.add(name).id for name in NAMES}
    kept = NAMES[: len(NAMES) // 2]
    new = {name: f"{' '.join(name.splitlines())} renamed" for name in kept}
    known = {name: {"former_names": [name]} for name in kept if name in ON_ONE_LINE}
    renamed = [{"name": new[name], **known.get(name, {"id": ids[name]})} for name in kept]
    given = {"clients": unsafe(renamed), "purge": True, "max_deletion_percent": 100}
    ran = play_harmlessly({CLIENTS: {**given, "max_deletions": 0}}, {CLIENTS: given})
    assert "ignored=1" in ran.output, ran.output
    assert "max_deletions" in ran.results["t_0"]["msg"]
    assert service.names() == sorted(new.values())
