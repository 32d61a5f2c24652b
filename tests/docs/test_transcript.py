# SPDX-License-Identifier: GPL-3.0-or-later
"""The outputs in the guides are the same with each ansible-core, and leave nothing of ours out."""

from __future__ import annotations

import pytest

from .transcript import WIDTH, folded, transcript

FIRST = """
PLAY [All] ****

TASK [Check the arguments] ****
ok: [localhost]

TASK [Show it] ****
ok: [localhost] => {
    "msg": "two  blanks"
}

TASK [Not now] ****
skipping: [localhost]

TASK [Take a role] ****
included: toggl.focus.clients for localhost

"""
FAILED = 'fatal: [localhost]: FAILED! => {"changed": false, "msg": "no"}\n'
RECAP = "\nPLAY RECAP ****\nlocalhost : ok=1\n"

WARNED = "[WARNING]: No inventory was parsed\n[WARNING]: A long\nwarning\n[WARNING]: Another\n"


FAILURES = {
    "2.16": FAILED,
    "2.19": "[ERROR]: Task failed: no\nOrigin: /a/b.yml:1:2\n\n1 - name: x\n    ^ here\n\n"
    + FAILED,
    "with failed_when": FAILED.replace('"msg"', '"failed_when_result": true, "msg"'),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_it_holds_what_tasks_say_and_the_warnings(failure: str) -> None:
    said = transcript(f"{FIRST}TASK [Fail] ****\n{failure}{RECAP}", WARNED)
    assert said == (
        'TASK [Show it]\nok: [localhost] => {\n    "msg": "two  blanks"\n}\n\n'
        f"TASK [Fail]\n{FAILED}\n[WARNING]: A long warning\n\n[WARNING]: Another\n"
    )


def test_a_long_line_is_folded_at_blanks_and_loses_nothing() -> None:
    line = "    " + "word  " * 40 + "x" * 2 * WIDTH
    lines = folded(f"short\n\n{line}").split("\n")
    assert lines[:2] == ["short", ""]
    assert all(part.startswith("        ") for part in lines[3:])
    assert all(len(part) <= WIDTH for part in lines[:-1])
    assert " ".join(lines).split() == ["short", *line.split()]
