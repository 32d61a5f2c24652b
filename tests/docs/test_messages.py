# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that explains messages quotes those that the collection has, all of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from support.playbooks import ROOT

UTILS = ROOT / "plugins" / "module_utils"
APPLY = ("_apply/errors.py", "_apply/apply.py")
SENTENCES = ("_errors.py", "_api/errors.py", *APPLY, "_plan/problems.py")
PAGE = (ROOT / "docs/docsite/rst/troubleshooting.rst").read_text(encoding="utf-8")
VARIABLE = "…"


def sentences(tree: ast.AST) -> Iterator[str]:
    """Return the texts in a piece of source, with ``…`` for what is filled in."""
    formatted = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {part for node in formatted for part in node.values}
    for node in ast.walk(tree):
        if node not in inside and (text := text_of(node)) is not None:
            yield text


def text_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or VARIABLE for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


QUOTED = re.findall(r"(?m)^``(.+)``\n   ", PAGE)
"""The terms of the page's lists."""


def as_pattern(message: str) -> re.Pattern[str]:
    """What differs each time may be anything that is filled in, with words around it."""
    return re.compile(".*".join(re.escape(part) for part in message.split(VARIABLE)))


SOURCE = [
    text
    for folder in (UTILS, UTILS.with_name("plugin_utils"))
    for path in sorted(folder.rglob("*.py"))
    for text in sentences(ast.parse(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("message", QUOTED)
def test_the_collection_has_a_quoted_message(message: str) -> None:
    """What is wrong with the value of an option has the option's name in front."""
    _option, _, predicate = message.partition(" ")
    said = (message, predicate) if predicate.startswith(("is ", "has ")) else (message,)
    assert any(as_pattern(words).search(text) for words in said for text in SOURCE)


PARTS = (
    *("Entries …", "It was left", "New and in no entry", "Run again"),
    *("The id of the new client", "The task has waited"),
)
"""How warnings begin, and what stands behind a message."""


@pytest.mark.parametrize("file", SENTENCES)
def test_every_message_is_explained(file: str) -> None:
    tree = ast.parse((UTILS / file).read_text(encoding="utf-8"))
    documentation = {text_of(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    said = {
        text
        for text in {*sentences(tree)} - documentation
        if (text[:1].isupper() or text[:1] == "…") and not text.startswith(PARTS)
        if len(text.split()) > 5
    }
    assert len(said) > 1
    for sentence in said:
        assert any(as_pattern(message).search(sentence) for message in QUOTED), sentence


def test_the_page_explains_enough() -> None:
    assert PAGE.count("``\n   ") == len(QUOTED) and len(set(QUOTED)) >= 30
