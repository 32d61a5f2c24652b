# SPDX-License-Identifier: GPL-3.0-or-later
"""How the entries of a list are read: what is taken, what is refused, and in which words; and that
clients.schema.json, which editors read, judges as the modules do."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from ansible.module_utils.parsing.convert_bool import BOOLEANS
from jsonschema import Draft7Validator
from support.notation import entries_of, pairs, sentences
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils import _reconcile
from ansible_collections.toggl.focus.plugins.module_utils._errors import BadOption, PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._task.arguments import ENTRY
from ansible_collections.toggl.focus.plugins.module_utils._text import confusable_key
from tools.schema import as_text

TAKEN = pairs(r"""
a name: Acme ~ Acme | {name: Acme} ~ Acme | absent ~ absent | {name: '007'} ~ "007"
blanks around it: {name: " Acme\u00a0"} ~ Acme | {name: "\tAcme "} ~ Acme
an id: {id: 7} ~ 7 | {id: ' 1001 '} ~ 1001 | {name: null, id: 7} ~ 7
no id: {name: Acme, id: ''} ~ Acme | {name: Acme, id: null} ~ Acme
a state: {name: Acme, state: absent} ~ absent Acme | {id: 7, state: restored} ~ restored 7
no state: {name: Acme, state: ''} ~ Acme | {name: Acme, state: null} ~ Acme
former names: {name: Acme, former_names: 'A,B'} ~ Acme (was A,B)
former names: {name: Acme, former_names: [A, ' B ']} ~ Acme (was A, B)
none: {name: Acme, former_names: null} ~ Acme | {name: Acme, former_names: ''} ~ Acme
none: {name: Acme, former_names: []} ~ Acme | {name: Acme, restore_deleted: null} ~ Acme
yes: {name: Acme, restore_deleted: 'yes'} ~ Acme (restore_deleted)
yes: {name: Acme, restore_deleted: 1} ~ Acme (restore_deleted)
yes: {name: Acme, restore_deleted: true} ~ Acme (restore_deleted)
no: {name: Acme, restore_deleted: 'off'} ~ Acme
a currency: {name: Acme, currency: eur} ~ Acme @EUR | {name: Acme, currency: ' Eur'} ~ Acme @EUR
the workspace's: {id: 7, currency: Workspace} ~ 7 @workspace
no currency: {name: Acme, currency: ''} ~ Acme | {name: Acme, currency: null} ~ Acme
""")


@pytest.mark.parametrize(("written", "expected"), TAKEN)
def test_an_entry_is_taken(written: str, expected: str) -> None:
    assert _reconcile.desired_clients([yaml.safe_load(written)]) == entries_of(expected)


REFUSED = sentences(r"""
it is …; an entry is a name, or options such as name and id. | null ~ null | [Acme] ~ a list
name is not a text, it became …; put the name in quotes. | No ~ false | 007 ~ the number 7
    | 12:30 ~ the number 750 | {name: true} ~ true | {name: 1.1} ~ the number 1.1
    | {name: 2026-01-31} ~ the date 2026-01-31
    | {name: 2026-01-31 12:30:00} ~ the date 2026-01-31 12:30:00
former_names is not a text, it became …; put the name in quotes.
    | {name: Acme, former_names: [A, 7]} ~ the number 7 | {name: Acme, former_names: [null]} ~ null
Neither name nor id is given: give at least one. A name that YAML takes for nothing, such as null or
    ~, needs quotes. | {} | {name: null}
… is empty or blank; give a name or leave it out. | '' ~ name | {name: " \u00a0"} ~ name
    | {name: "\u200b"} ~ name | {name: "\u00ad\ufeff"} ~ name
    | {name: '', id: 7} ~ name | {name: Acme, former_names: [' ']} ~ former_names
…, which contains a lone surrogate; write the character itself.
    | "Acme \ud83d" ~ name is "Acme \ud83d"
…, which has a line break; write it on one line, or give an id.
    | "Acme\nInc" ~ name is "Acme\nInc" | {name: "Acme\u2028Inc", id: 7} ~ name is "Acme\u2028Inc"
…, which Ansible has written in place of a secret; give the name itself, or the client's id.
    | '******** Ltd' ~ name is "******** Ltd"
    | {name: Acme, former_names: [VALUE_SPECIFIED_IN_NO_LOG_PARAMETER]}
    ~ former_names is "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
… has a part that is omitted (default(omit)); only a whole value can be. Give the part another
    default, such as ''. | Acme __omit_place_holder__0123456789012345678901234567890123456789 ~ name
    | {name: Acme, former_names: [Acme <<Omit>>]} ~ former_names
id is …; give a whole number above 0. | {name: Acme, id: 0} ~ the number 0 | {id: '-5'} ~ "-5"
    | {id: true} ~ true | {id: 7.5} ~ the number 7.5 | {id: Acme} ~ "Acme" | {id: [7]} ~ a list
    | {id: "\u0663"} ~ "٣"
state is …? | {name: Acme, state: restord} ~ "restord"; did you mean restored
    | {name: Acme, state: Absent} ~ "Absent"; did you mean absent
    | {name: Acme, state: deleted} ~ "deleted"; did you mean absent
    | {name: Acme, state: removed} ~ "removed"; did you mean absent
state is …; it must be one of present, absent and restored. | {name: Acme, state: gone} ~ "gone"
restore_deleted is "perhaps"; it must be true or false. | {name: Acme, restore_deleted: perhaps}
currency is …; give three letters of ISO 4217, such as EUR, or workspace for none of its own.
    | {name: Acme, currency: EURO} ~ "EURO" | {name: Acme, currency: 978} ~ the number 978
    | {name: Acme, currency: [EUR]} ~ a list | {name: Acme, currency: ÄÖÜ} ~ "ÄÖÜ"
the option … is not known; did you mean name? | {nmae: Acme} ~ "nmae" | {Name: Acme} ~ "Name"
the option "former" is not known; did you mean former_names? | {name: Acme, former: [A]}
the option … is not known; an entry has name, id, state, former_names, restore_deleted and currency.
    A name with a colon in it needs quotes. | {name: Acme, colour: red} ~ "colour"
    | {name: Acme, deleted: true} ~ "deleted" | {id: 7, colour of it: 1} ~ "colour of it"
    | {Acme: Inc} ~ "Acme"
it is a client as focus_client_info lists it, not an entry; of what that module returns, give
    desired in place of clients.
    | {name: Acme, id: 7, active: true, created_at: 2026-01-31 12:30:00}
""")


@pytest.mark.parametrize(("written", "expected"), REFUSED)
def test_an_entry_is_refused_with_its_number_and_name(written: str, expected: str) -> None:
    """The message for a single client names no entry."""
    entry = yaml.safe_load(written)
    options = entry if isinstance(entry, dict) else {}
    name = ' ("Acme")' if options.get("name") == "Acme" else ""
    assert said("Globex", entry) == f"Entry 2{name}: {expected}"
    if options.keys() <= ENTRY.keys() and options is entry:
        with pytest.raises(PlanRefused) as refused:
            _reconcile.desired_client(entry)
        assert str(refused.value) == expected


def test_a_text_like_a_date_is_no_list() -> None:
    with pytest.raises(BadOption, match="a name in it became the date 2026-99-09"):
        _reconcile.desired_clients("[datetime.date(2026, 99, 9)]")


def said(*entries: Any) -> str:
    with pytest.raises(PlanRefused) as refused:
        _reconcile.desired_clients(entries)
    return str(refused.value)


def test_other_options_of_the_task_are_none_of_the_client() -> None:
    with pytest.raises(PlanRefused, match="Neither name nor id is given"):
        _reconcile.desired_client({"api_retries": 4})


def test_all_problems_are_reported_together() -> None:
    """Those of shape, of every entry, and the contradictions that need no look at the service."""
    coloured = [{"name": "A", "state": "presnt", "colour": 1}, {"name": "B", "colour": 2}]
    text = said(coloured[0], {"id": 7}, 7, {"id": 7}, "B", coloured[1])
    assert text == (
        'Entries 1 and 6: the option "colour" is not known; an entry has name, id, state, '
        "former_names, restore_deleted and currency. A name with a colon in it needs quotes. "
        'Entry 1 ("A"): state is "presnt"; did you mean present? '
        "Entry 3: name is not a text, it became the number 7; put the name in quotes. "
        "Entries 2 and 4: The id 7 is in the list more than once: keep one entry. "
        'Entries 5 and 6: The name "B" is in the list more than once: keep one entry, or give each '
        "one its id. YAML cuts off what follows ' #': put such a name in quotes."
    )


def test_the_same_problem_of_many_entries_is_one_sentence() -> None:
    """Its numbers are ten at most, and then how many more."""
    numbers = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 30 more"
    typos = said(*({"nmae": f"C {number}"} for number in range(40)))
    assert typos == f'Entries {numbers}: the option "nmae" is not known; did you mean name?'


def test_a_message_does_not_grow_without_end() -> None:
    text = said(*(name for number in range(30) for name in (f"C {number}",) * 2))
    assert text.count(" is in the list more than once") == 20
    assert text.endswith(" And 10 more.")
    assert said(*range(30)).endswith("the number 19; put the name in quotes. And 10 more.")
    digits = "9" * 5000
    assert said({"id": digits}) == f'Entry 1: id is "{digits[:300]}…"; give a whole number above 0.'


def test_what_is_wrong_by_itself_contradicts_nothing() -> None:
    """Nobody knows what it means for others."""
    text = said("A", {"name": "A", "state": "absnt"})
    assert text == 'Entry 2 ("A"): state is "absnt"; did you mean absent?'


# the schema

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
        _reconcile.desired_clients(listed)
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
