# SPDX-License-Identifier: GPL-3.0-or-later
"""A text of somebody else is marked as data, unless no ansible-core takes it for a template."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import ansible.template
import pytest
from ansible.parsing.dataloader import DataLoader
from support.lists import load_list
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils import _text as T
from ansible_collections.toggl.focus.plugins.plugin_utils._values import plugin_of

TRUSTED: Callable[[str], str] = getattr(ansible.template, "trust_as_template", str)
"""A text as Ansible takes it from a file of the user's; before ansible-core 2.19, as every text."""

UNICODE = [chr(code) for code in (*range(0x3000), *range(0xFE00, 0x10000))]
"""Without letters of the East, of which none is like a brace."""


def templated(value: Any) -> Any:
    """What Ansible makes of a value where it uses it."""
    return ansible.template.Templar(DataLoader(), {}).template(value)


HEADER = "?jinja2:variable_start_string:'<<',variable_end_string:'>>'"

TEMPLATES = {
    "a variable": "{{ 6 * 7 }}",
    "a statement": "{% set x = 1 %}",
    "a comment": "{# x #}",
    "a header and a line break": HEADER.replace("?", "#") + "\n<< 6 * 7 >>",
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_what_ansible_evaluates_is_marked(text: str) -> None:
    assert T.yaml_text(text).startswith("!unsafe ")
    assert templated(TRUSTED(text)) != text


def test_no_other_character_begins_a_template() -> None:
    """In all places where a template begins."""
    pattern = f"{HEADER},x:<< 6 * 7 >>, ?? 6 * 7 ?? ?% set x = 1 %? ?? x ??"
    texts = {char: TRUSTED(pattern.replace("?", char)) for char in UNICODE}
    assert [char for char, text in texts.items() if T.is_template(text)] == ["#", "{"]
    others = [text for text in texts.values() if not T.is_template(text)]
    assert templated(others) == others


def test_no_text_without_a_mark_is_evaluated() -> None:
    rng = random.Random(1)
    signs = [char for char in UNICODE[:128] if not char.isalnum()] + ["{"] * 9
    for _ in range(4_000):
        text = "".join([*rng.choices(signs, k=20), *rng.choices(UNICODE, k=5)])
        assert T.is_template(text) or templated(TRUSTED(text)) == text


def test_a_text_stays_a_text() -> None:
    """ansible-core 2.19 and later reads ``!unsafe "~"`` as null: a mark is for templates alone."""
    chars = (*UNICODE[:0x400], *UNICODE[0x2000:0x2100])
    texts = [text.strip() for char in chars for text in (char, f"1{char}1", f"1{char}")]
    assert load_list("".join(f"- {T.yaml_text(text)}\n" for text in texts)) == texts


def test_a_file_has_the_marks_that_a_message_has() -> None:
    template = (ROOT / "playbooks" / "templates" / "clients.yml.j2").read_text()
    assert f"set begins = '{T._TEMPLATE.pattern}' -%}}" in template
    assert "{{ '!unsafe ' if name is search(begins) else '' }}" in template


# filters


def test_what_a_filter_returns_is_data() -> None:
    """It stays as it is where a fact or a variable holds it."""
    evil = TRUSTED("{{ 6 * 7 }}")
    plugin = plugin_of(lambda name: {"msg": name, "plan": [{"name": name}]})()
    (named,) = plugin.filters().values()
    result = named(evil)
    assert templated(result) == {"msg": evil, "plan": [{"name": evil}]}


def test_each_filter_is_made_so() -> None:
    files = [*(ROOT / "plugins" / "filter").glob("*.py")]
    assert files and all("\nFilterModule = plugin_of(" in path.read_text() for path in files)
