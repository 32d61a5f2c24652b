# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of a list for editors: ``python -m tools.schema`` writes clients.schema.json.

It is made from the argument specs of the modules and of the role. What a spec does not say, which
is how the collection itself judges the entries of a list, is here; a test compares both.
"""

from __future__ import annotations

import importlib
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.parsing.convert_bool import BOOLEANS

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "clients.schema.json"
SPECS = ROOT / "roles" / "clients" / "meta" / "argument_specs.yml"

COLLECTION = "ansible_collections.toggl.focus.plugins"
sys.path.insert(0, str(ROOT / ".ansible" / "tree"))
arguments = importlib.import_module(f"{COLLECTION}.module_utils._task.arguments")
text = importlib.import_module(f"{COLLECTION}.module_utils._text")
module = importlib.import_module(f"{COLLECTION}.modules.focus_clients")

Schema = dict[str, Any]

COMMENT = (
    "Made by tools/schema.py. It judges each entry by itself; the playbook toggl.focus.check also "
    "finds entries that contradict each other, and names whose characters are all invisible or "
    "broken. Ansible reads YAML 1.1: without quotes, No, 12:30 and 2026-01-31 are no texts to it, "
    "but are to an editor that reads YAML 1.2. A whole number written as 7.0 is no id to Ansible."
)

PATTERNS: dict[str, Schema] = {
    "plan_digest": {"pattern": r"^\s*[0-9A-Fa-f]{64}\s*$"},
    "plan_file": {"pattern": r"\S"},
}
"""What the modules ask of an option beyond its type and its bounds."""

NEVER_BLANK = {"clients_plan_digest", "clients_plan_file"}
"""Variables that are an error where they are given but blank."""


def schema() -> Schema:
    """The whole document."""
    specs = yaml.safe_load(SPECS.read_text(encoding="utf-8"))
    variables = specs["argument_specs"]["main"]["options"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": COMMENT,
        "title": "Clients of a Toggl Focus workspace",
        "description": "The variables of the role toggl.focus.clients. Others may stand beside.",
        "type": "object",
        "properties": {name: _variable(name, option) for name, option in variables.items()},
        "definitions": {
            "template": {"type": "string", "pattern": r"\{[{%]"},
            "empty": {"anyOf": [{"type": "null"}, {"type": "string", "pattern": f"^{BLANK}*$"}]},
            "name": {"type": "string", **_name()},
            "id": _id(),
            "switch": _switch(),
            "entry": _entry(),
        },
    }


def as_text() -> str:
    return json.dumps(schema(), indent=2) + "\n"


# entries

BLANK = r"[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
"""What is removed around a value; what engines take for a blank differs from one to the next."""


SINCE_UNICODE_14 = (0x0890, 0x0891)
"""Format characters that Python 3.10 does not know; the schema is the same, whatever makes it."""


def _entry() -> Schema:
    options = {
        name: {**_value(name, option), **_description(DOCUMENTED["clients"]["suboptions"][name])}
        for name, option in arguments.ENTRY.items()
    }
    as_options = {
        "type": "object",
        "properties": options,
        "additionalProperties": False,
        "anyOf": [
            {"required": ["name"], "properties": {"name": _ref("name")}},
            {"required": ["id"], "properties": {"id": _ref("id")}},
        ],
    }
    return _text_or("name", as_options)


def _text_or(text_as: str, other: Schema) -> Schema:
    """One of two, so that an error is about the one that was meant, unlike with ``anyOf``."""
    return {"if": {"type": "string"}, "then": _ref(text_as), "else": other}


def _value(name: str, option: Mapping[str, Any]) -> Schema:
    """The value of an entry's option: an empty one counts as not given, except for a name."""
    if name == "name":
        return {"type": ["string", "null"], **_name()}
    return {"anyOf": [_of_type(option), _ref("empty")]}


def _of_type(option: Mapping[str, Any]) -> Schema:
    if "choices" in option:
        return {"enum": option["choices"]}
    if option["type"] == "list":
        return {"anyOf": [{"type": "array", "items": _ref("name")}, _ref("name")]}
    return {"int": _ref("id"), "bool": _ref("switch")}[option["type"]]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _name() -> Schema:
    """Something of it can be seen, it is on one line, and Ansible has put nothing into it."""
    seen = f"[^{BLANK[1:]}"
    lines = rf"{seen}[\s\S]*[\n-\r\x1c-\x1e\x85\u2028\u2029][\s\S]*{seen}"
    unfit = "|".join([lines, text.OF_A_SECRET.pattern, text.OMITTED.pattern])
    return {"pattern": _visible(), "not": {"type": "string", "pattern": unfit}}


def _id() -> Schema:
    digits = rf"^{BLANK}*(?=[0-9]{{1,20}}{BLANK}*$)0*[1-9][0-9]*{BLANK}*$"
    return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": digits}]}


def _switch() -> Schema:
    """What Ansible takes for a truth value, in any case and with blanks around it."""
    words = "|".join(sorted(_any_case(word) for word in BOOLEANS if isinstance(word, str)))
    return {
        "anyOf": [
            {"type": "boolean"},
            {"enum": [0, 1]},
            {"type": "string", "pattern": f"^{BLANK}*({words}){BLANK}*$"},
        ]
    }


def _any_case(word: str) -> str:
    return "".join(f"[{c.lower()}{c.upper()}]" if c.isalpha() else c for c in word)


def _visible() -> str:
    """A pattern for a character that can be seen, without which a text is no name."""
    unseen = (c for c in range(0x10000) if c in SINCE_UNICODE_14 or not text.confusable_key(chr(c)))
    ranges = (
        f"\\u{first:04x}" if first == last else f"\\u{first:04x}-\\u{last:04x}"
        for first, last in _ranges(unseen)
    )
    return f"[^{''.join(ranges)}]"


def _ranges(codes: Iterator[int]) -> Iterator[tuple[int, int]]:
    first = last = next(codes)
    for code in codes:
        if code != last + 1:
            yield first, last
            first = code
        last = code
    yield first, last


# the role's variables

TYPES: dict[str, list[Schema]] = {
    "bool": [_ref("switch")],
    "int": [{"type": "integer"}, {"type": "string", "pattern": r"^\s*[0-9]+\s*$"}],
    "float": [{"type": "number"}, {"type": "string", "pattern": r"^\s*[0-9]*\.?[0-9]+\s*$"}],
    "str": [{"type": "string"}],
    "path": [{"type": "string"}],
    "list": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}],
}


def _variable(name: str, option: Mapping[str, Any]) -> Schema:
    """A variable: a value of its type, or a template that gives one."""
    if name == "clients_list":
        entries = {"type": "array", "items": _ref("entry"), "uniqueItems": True}
        return {**_description(option), **_text_or("template", entries)}
    bounds = _bounds(name.removeprefix("clients_"))
    kinds = TYPES[option["type"]]
    if "choices" in option:
        kinds = [{"enum": option["choices"]}]
    kinds = [{**kinds[0], **bounds}, *kinds[1:]]  # a number as a text is not compared
    blank = [] if name in NEVER_BLANK else [{"type": "null"}]
    return {**_description(option), "anyOf": [*kinds, *blank, _ref("template")]}


def _bounds(option: str) -> Schema:
    if option not in arguments.BOUNDS:
        return PATTERNS.get(option, {})
    limits = zip(("minimum", "maximum"), arguments.BOUNDS[option], strict=True)
    return {limit: value for limit, value in limits if math.isfinite(value)}


# descriptions

DOCUMENTED = yaml.safe_load(module.DOCUMENTATION)["options"]


def _description(option: Mapping[str, Any]) -> Schema:
    lines = option["description"]
    paragraphs = [lines] if isinstance(lines, str) else lines
    return {"description": " ".join(map(_plain, paragraphs))}


def _plain(paragraph: str) -> str:
    """Without Ansible's markup; an option is called by its name alone."""
    options = re.sub(r"\b(?:O|RV)\((?:[^()]*[:.])?([^()]*)\)", r"\1", paragraph)
    return re.sub(r"\b[A-Z]{1,2}\(([^()]*)\)", r"\1", options)


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
