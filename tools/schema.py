# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of a list for editors: ``python -m tools.schema`` writes clients.schema.json anew.

The options of an entry and the role's variables are made from the argument specs. The definition
of a name and the like, which no spec has, stays as it is in the file; tests compare it with how the
collection itself judges entries.
"""

from __future__ import annotations

import importlib
import json
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "clients.schema.json"
SPECS = ROOT / "roles" / "clients" / "meta" / "argument_specs.yml"

COLLECTION = "ansible_collections.toggl.focus.plugins"
sys.path.insert(0, str(ROOT / ".ansible" / "tree"))
model = importlib.import_module(f"{COLLECTION}.module_utils._model")
arguments = importlib.import_module(f"{COLLECTION}.module_utils._task.arguments")
module = importlib.import_module(f"{COLLECTION}.modules.focus_clients")

Schema = dict[str, Any]

PATTERNS: dict[str, Schema] = {
    "plan_digest": {"pattern": r"^\s*[0-9A-Fa-f]{64}\s*$"},
    "plan_file": {"pattern": r"\S"},
}
"""What the modules ask of an option beyond its type and its bounds."""

NEVER_BLANK = {"clients_plan_digest", "clients_plan_file"}
"""Variables that are an error where they are given but blank."""


def as_text() -> str:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    specs = yaml.safe_load(SPECS.read_text(encoding="utf-8"))
    variables = specs["argument_specs"]["main"]["options"]
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]["clients"]["suboptions"]
    definitions = schema["definitions"]
    definitions["entry"]["else"]["properties"] = {
        name: {**_value(name, option, definitions["name"]), **_description(documented[name])}
        for name, option in arguments.ENTRY.items()
    }
    schema["properties"] = {name: _variable(name, option) for name, option in variables.items()}
    return json.dumps(schema, indent=2) + "\n"


# entries


def _value(name: str, option: Mapping[str, Any], of_a_name: Schema) -> Schema:
    """The value of an entry's option: an empty one counts as not given, except for a name."""
    if name == "name":
        return {**of_a_name, "type": ["string", "null"]}
    of_type = _attribute(name) if name in model.ATTRIBUTES else _of_type(option)
    return {"anyOf": [of_type, _ref("empty")]}


def _attribute(name: str) -> Schema:
    """What an attribute of a client may be, or what stands for none of its own, in any case."""
    attribute = model.ATTRIBUTES[name]
    none = "".join(f"[{letter}{letter.upper()}]" for letter in attribute.none)
    return {"type": "string", "pattern": rf"^\s*({attribute.pattern}|{none})\s*$"}


def _of_type(option: Mapping[str, Any]) -> Schema:
    if "choices" in option:
        return {"enum": option["choices"]}
    if option["type"] == "list":
        return {"anyOf": [{"type": "array", "items": _ref("name")}, _ref("name")]}
    return {"int": _ref("id"), "bool": _ref("switch")}[option["type"]]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


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
        # One of two, so that an error is about the one that was meant, unlike with ``anyOf``.
        entries = {"type": "array", "items": _ref("entry"), "uniqueItems": True}
        one = {"if": {"type": "string"}, "then": _ref("template"), "else": entries}
        return {**_description(option), **one}
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
