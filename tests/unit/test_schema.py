# SPDX-License-Identifier: GPL-3.0-or-later
"""clients.schema.json, which editors read, judges an entry as the modules do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible.module_utils.parsing.convert_bool import BOOLEANS
from jsonschema import Draft7Validator
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import desired_clients
from ansible_collections.toggl.focus.plugins.module_utils._text import confusable_key
from tools.schema import as_text

SCHEMA = json.loads((ROOT / "clients.schema.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA)
UNSEEN = ["", " ", "\t\n", "\u00a0", "\u3164", "\u200b", "\u2800 \u3000", "\x85", "\ufe0f"]
OTHERS = [None, True, 7, 1.5, [], {}, ["a"], [None], "x", "presnt", "Absent", 2, "2", "yesno"]
NAMES = [
    *("Acme", "007", "No", "a\u00e9", "\u200bx", "@", "{{ x }}", "absent", " b ", "\U0001f680"),
    *(" c\n", "a\nb", "a\r\nb", "\u200b\u2028x", "a\x1cb", "******** Ltd", "$REDACTED$"),
    *("a <<Omit>>", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", f"__omit_place_holder__{'0a' * 20}"),
]
IDS = [1, 1001, 10**20, "7", " 42 ", "007", "\u00a01", "9" * 20]
IDS += [0, -1, False, "0", "000", "-7", "1.0", "9" * 21, "\u0663", [7], {"id": 7}]
OPTIONS: dict[str, list[Any]] = {
    "name": NAMES,
    "id": IDS,
    "state": ["present", "absent", "restored"],
    "former_names": [*NAMES, *([name] for name in [*NAMES, *UNSEEN, *OTHERS]), ["a", "a\nb"]],
    "restore_deleted": [*sorted(BOOLEANS, key=str), 1.0, "No", " ON ", "TRUE"],
    "currency": ["EUR", "eur", " Usd ", "workspace", "Workspace", "EURO", "E1R", 978],
    **{option: ["x"] for option in ("nmae", "former_name", "purge", "", "ID")},
}
BESIDE: list[dict[str, Any]] = [{}, {"name": "Acme"}, {"id": 7}, {"name": "", "id": 7}]
ENTRIES = [*NAMES, *UNSEEN, *OTHERS] + [
    {**others, option: value}
    for others in BESIDE
    for option, values in OPTIONS.items()
    for value in [*values, *UNSEEN, *OTHERS]
]
"""Each value of each option, alone and beside others, and of an entry that is no mapping."""


def is_taken(*listed: Any) -> bool:
    try:
        desired_clients(listed)
    except PlanRefused:
        return False
    return True


def is_valid(*listed: Any) -> bool:
    return VALIDATOR.is_valid({"clients_list": list(listed)})


def test_the_schema_is_the_one_of_the_argument_specs() -> None:
    """Otherwise: python -m tools.schema"""
    Draft7Validator.check_schema(SCHEMA)
    assert (ROOT / "clients.schema.json").read_text() == as_text()


def test_it_accepts_what_the_module_accepts_and_refuses_what_it_refuses() -> None:
    assert [one for one in ENTRIES if is_valid(one) != is_taken(one)] == []
    assert 0.1 < sum(map(is_taken, ENTRIES)) / len(ENTRIES) < 0.9


def test_a_name_has_a_character_that_is_seen() -> None:
    shows = re.compile(SCHEMA["definitions"]["name"]["pattern"])
    unknown_to_python_3_10 = {"\u0890", "\u0891"}  # format characters
    every = {chr(code) for code in range(0x10000)} - unknown_to_python_3_10
    assert [c for c in every if bool(shows.search(c)) is not bool(confusable_key(c))] == []


def test_an_entry_that_is_there_twice_is_refused_by_both() -> None:
    sound = [one for one in ENTRIES if is_taken(one)]
    assert [one for one in sound if is_taken(one, one) or is_valid(one, one)] == []


VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "clients_list": ([[], "{{ ours + theirs }}"], ["Acme", {"name": "Acme"}, 7, None]),
    "clients_purge": (["{{ is_complete }}"], ["maybe"]),
    "clients_max_deletions": ([0, 10_000, None], [-1]),
    "clients_max_deletion_percent": ([0, 100], [-1, 101]),
    "clients_protected": ([["A*"]], [[7]]),
    "clients_report": (["all"], ["some"]),
    "clients_plan_digest": (["{{ digest }}"], ["", None]),
    "clients_api_timeout": ([0.5], [0]),
    "clients_own": ([7], []),
}
"""Values of variables that are taken, templates among them, and others that are refused."""


@pytest.mark.parametrize("variable", VALUES)
def test_a_mistake_in_a_variable_is_refused(variable: str) -> None:
    taken, refused = VALUES[variable]
    assert [one for one in taken + refused if VALIDATOR.is_valid({variable: one})] == taken


def test_all_variables_and_options_have_a_description() -> None:
    of_an_entry = SCHEMA["definitions"]["entry"]["else"]["properties"]
    for one in [*SCHEMA["properties"].values(), *of_an_entry.values()]:
        assert one["description"].endswith(".") and "(" not in one["description"]


def test_an_error_is_about_what_is_wrong() -> None:
    listed = [{"name": "Acme", "stat": "absent"}, 7, {"name": 7}]
    assert [error.message for error in VALIDATOR.iter_errors({"clients_list": listed})] == [
        "Additional properties are not allowed ('stat' was unexpected)",
        "7 is not of type 'object'",
        "7 is not of type 'string', 'null'",
        "{'name': 7} is not valid under any of the given schemas",
    ]
