# SPDX-License-Identifier: GPL-3.0-or-later
"""How the entries of a list are read: what is taken, what is refused, and in which words."""

from __future__ import annotations

import datetime
import subprocess
import sys
from typing import Any

import pytest
from support.playbooks import ROOT

from ansible_collections.toggl.focus.plugins.module_utils._errors import PlanRefused
from ansible_collections.toggl.focus.plugins.module_utils._model import Desired
from ansible_collections.toggl.focus.plugins.module_utils._reconcile import (
    desired_client,
    desired_clients,
)

TAKEN: dict[str, tuple[Any, Desired]] = {
    "a text": ("Acme", Desired("Acme")),
    "a name": ({"name": "Acme"}, Desired("Acme")),
    "blanks around it": ({"name": " Acme\u00a0"}, Desired("Acme")),
    "blanks around a text": ("\tAcme ", Desired("Acme")),
    "an id": ({"id": 7}, Desired(id=7)),
    "an id in digits": ({"id": " 1001 "}, Desired(id=1001)),
    "empty id": ({"name": "Acme", "id": ""}, Desired("Acme")),
    "null id": ({"name": "Acme", "id": None}, Desired("Acme")),
    "null name beside an id": ({"name": None, "id": 7}, Desired(id=7)),
    "empty state": ({"name": "Acme", "state": ""}, Desired("Acme")),
    "null state": ({"name": "Acme", "state": None}, Desired("Acme")),
    "absent": ({"name": "Acme", "state": "absent"}, Desired("Acme", state="absent")),
    "restored": ({"id": 7, "state": "restored"}, Desired(id=7, state="restored")),
    "no former names": ({"name": "Acme", "former_names": None}, Desired("Acme")),
    "empty former names": ({"name": "Acme", "former_names": ""}, Desired("Acme")),
    "no former name in a list": ({"name": "Acme", "former_names": []}, Desired("Acme")),
    "one former name": (
        {"name": "Acme", "former_names": "A, B"},
        Desired("Acme", former_names=("A, B",)),
    ),
    "former names": (
        {"name": "Acme", "former_names": ["A", " B "]},
        Desired("Acme", former_names=("A", "B")),
    ),
    "yes": ({"name": "Acme", "restore_deleted": "yes"}, Desired("Acme", restore_deleted=True)),
    "1": ({"name": "Acme", "restore_deleted": 1}, Desired("Acme", restore_deleted=True)),
    "true": ({"name": "Acme", "restore_deleted": True}, Desired("Acme", restore_deleted=True)),
    "off": ({"name": "Acme", "restore_deleted": "off"}, Desired("Acme")),
    "nothing": ({"name": "Acme", "restore_deleted": None}, Desired("Acme")),
    "a name of digits": ({"name": "007"}, Desired("007")),
    "a name like a state": ("absent", Desired("absent")),
}


@pytest.mark.parametrize("case", TAKEN)
def test_an_entry_is_taken(case: str) -> None:
    given, expected = TAKEN[case]
    assert desired_clients([given]) == [expected]


IS_ENTRY = "an entry is a name, or options such as name and id."
IS_NO_TEXT = "is not a text, it became"
OF_AN_ENTRY = "an entry has name, id, state, former_names and restore_deleted."
ABOVE_0 = "give a whole number above 0."
NULL = (
    "name is empty (null); give a name or an id. A name that YAML takes for nothing, such as null "
    "or ~, needs quotes."
)
NOTHING = "Neither name nor id is given: give at least one, so that the client can be found."
BLANK = "{} is empty or blank; give a name or leave it out."
TWO_LINES = "has a line break; write the name on one line, or give the client's id."
MASKED = "Ansible has written in place of a secret; give the name itself, or the client's id."
OMITTED = (
    "has a part that is omitted (default(omit)); only a whole value can be. Give the part another "
    "default, such as ''."
)

REFUSED: dict[str, tuple[Any, str]] = {
    "null": (None, f"Entry 2: it is null; {IS_ENTRY}"),
    "a list": (["Acme"], f"Entry 2: it is a list; {IS_ENTRY}"),
    "false": (False, f"Entry 2: name {IS_NO_TEXT} false; put the name in quotes."),
    "a number": (7, f"Entry 2: name {IS_NO_TEXT} the number 7; put the name in quotes."),
    "an empty text": ("", f"Entry 2: {BLANK.format('name')}"),
    "no option": ({}, f"Entry 2: {NOTHING}"),
    "name of blanks": ({"name": " \u00a0"}, f"Entry 2: {BLANK.format('name')}"),
    "empty name beside an id": ({"name": "", "id": 7}, f"Entry 2: {BLANK.format('name')}"),
    "name that is true": (
        {"name": True},
        f"Entry 2: name {IS_NO_TEXT} true; put the name in quotes.",
    ),
    "name that is a fraction": (
        {"name": 1.1},
        f"Entry 2: name {IS_NO_TEXT} the number 1.1; put the name in quotes.",
    ),
    "name that is a date": (
        {"name": datetime.date(2026, 1, 31)},
        f"Entry 2: name {IS_NO_TEXT} the date 2026-01-31; put the name in quotes.",
    ),
    "name that is a time": (
        {"name": datetime.datetime(2026, 1, 31, 12, 30)},
        f"Entry 2: name {IS_NO_TEXT} the time 2026-01-31 12:30:00; put the name in quotes.",
    ),
    "name that is a list": (
        {"name": ["Acme"]},
        f"Entry 2: name {IS_NO_TEXT} a list; put the name in quotes.",
    ),
    "name that is a mapping": (
        {"name": {"Acme": None}},
        f"Entry 2: name {IS_NO_TEXT} a mapping; put the name in quotes.",
    ),
    "name that is null": ({"name": None}, f"Entry 2: {NULL}"),
    "name with a lone surrogate": (
        "Acme \ud83d",
        r'Entry 2: name is "Acme \ud83d", which contains a lone surrogate; write the '
        "character itself.",
    ),
    "name of two lines": (
        "Acme\nInc",
        f'Entry 2: name is "Acme\\nInc", which {TWO_LINES}',
    ),
    "name with a line separator": (
        {"name": "Acme\u2028Inc", "id": 7},
        f'Entry 2: name is "Acme\\u2028Inc", which {TWO_LINES}',
    ),
    "former name of two lines": (
        {"name": "Acme", "former_names": ["A\r\nB"]},
        f'Entry 2 ("Acme"): former_names is "A\\r\\nB", which {TWO_LINES}',
    ),
    "name that was masked": (
        "******** Ltd",
        f'Entry 2: name is "******** Ltd", which {MASKED}',
    ),
    "name that ansible-core 2.22 masked": (
        {"name": "a $REDACTED$", "state": "absent"},
        f'Entry 2: name is "a $REDACTED$", which {MASKED}',
    ),
    "former name that a module masked": (
        {"name": "Acme", "former_names": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]},
        f'Entry 2 ("Acme"): former_names is "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", which {MASKED}',
    ),
    "name with an omitted part": (
        f"Acme __omit_place_holder__{'0123456789' * 4}",
        f"Entry 2: name {OMITTED}",
    ),
    "former name with an omitted part": (
        {"name": "Acme", "former_names": ["Acme <<Omit>>"]},
        f'Entry 2 ("Acme"): former_names {OMITTED}',
    ),
    "former name that is a number": (
        {"name": "Acme", "former_names": ["A", 7]},
        f'Entry 2 ("Acme"): former_names {IS_NO_TEXT} the number 7; put the name in quotes.',
    ),
    "former name that is null": (
        {"name": "Acme", "former_names": [None]},
        f'Entry 2 ("Acme"): former_names {IS_NO_TEXT} null; put the name in quotes.',
    ),
    "former names that are a mapping": (
        {"name": "Acme", "former_names": {"A": 1}},
        f'Entry 2 ("Acme"): former_names {IS_NO_TEXT} a mapping; put the name in quotes.',
    ),
    "former name of blanks": (
        {"name": "Acme", "former_names": [" "]},
        f'Entry 2 ("Acme"): {BLANK.format("former_names")}',
    ),
    "former name with a lone surrogate": (
        {"name": "Acme", "former_names": ["\udc00"]},
        r'Entry 2 ("Acme"): former_names is "\udc00", which contains a lone surrogate; write '
        "the character itself.",
    ),
    "id of 0": ({"name": "Acme", "id": 0}, f'Entry 2 ("Acme"): id is the number 0; {ABOVE_0}'),
    "id below 0": ({"id": "-5"}, f'Entry 2: id is "-5"; {ABOVE_0}'),
    "id that is true": ({"id": True}, f"Entry 2: id is true; {ABOVE_0}"),
    "id that is a fraction": ({"id": 7.5}, f"Entry 2: id is the number 7.5; {ABOVE_0}"),
    "id that is a word": ({"id": "Acme"}, f'Entry 2: id is "Acme"; {ABOVE_0}'),
    "id that is a list": ({"id": [7]}, f"Entry 2: id is a list; {ABOVE_0}"),
    "id of too many digits": ({"id": "9" * 5000}, f'Entry 2: id is "{"9" * 300}…"; {ABOVE_0}'),
    "id in other digits": ({"id": "٣"}, f'Entry 2: id is "٣"; {ABOVE_0}'),
    "state with a typo": (
        {"name": "Acme", "state": "restord"},
        'Entry 2 ("Acme"): state is "restord"; did you mean restored?',
    ),
    "state in capitals": (
        {"name": "Acme", "state": "Absent"},
        'Entry 2 ("Acme"): state is "Absent"; did you mean absent?',
    ),
    "state that there is not": (
        {"name": "Acme", "state": "gone"},
        'Entry 2 ("Acme"): state is "gone"; it must be one of present, absent and restored.',
    ),
    "state that is true": (
        {"name": "Acme", "state": True},
        'Entry 2 ("Acme"): state is true; it must be one of present, absent and restored.',
    ),
    "restore_deleted": (
        {"name": "Acme", "restore_deleted": "perhaps"},
        'Entry 2 ("Acme"): restore_deleted is "perhaps"; it must be true or false.',
    ),
    "option with a typo": (
        {"nmae": "Acme"},
        'Entry 2: the option "nmae" is not known; did you mean name?',
    ),
    "option in capitals": (
        {"Name": "Acme"},
        'Entry 2: the option "Name" is not known; did you mean name?',
    ),
    "option cut short": (
        {"name": "Acme", "former": ["A"]},
        'Entry 2 ("Acme"): the option "former" is not known; did you mean former_names?',
    ),
    "options that there are not": (
        {"name": "Acme", "deleted": True, "colour": "red"},
        f'Entry 2 ("Acme"): options that are not known: "colour" and "deleted"; {OF_AN_ENTRY}',
    ),
    "option with blanks": (
        {"id": 7, "colour of it": 1},
        f'Entry 2: options that are not known: "colour of it"; {OF_AN_ENTRY}',
    ),
    "name with a colon": (
        {"Acme": "Inc"},
        f'Entry 2: options that are not known: "Acme"; {OF_AN_ENTRY} A name with a '
        "colon in it needs quotes.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_entry_is_refused_with_its_number_and_name(case: str) -> None:
    given, expected = REFUSED[case]
    with pytest.raises(PlanRefused) as refused:
        desired_clients(["Globex", given])
    assert str(refused.value) == expected


ALONE: dict[str, tuple[dict[str, Any], str]] = {
    "name": (
        {"name": 750},
        f"name {IS_NO_TEXT} the number 750; put the name in quotes.",
    ),
    "state": (
        {"name": "A", "state": "presnt"},
        'state is "presnt"; did you mean present?',
    ),
    "id": ({"id": "x"}, f'id is "x"; {ABOVE_0}'),
    "null": ({"name": None}, NULL),
    "nothing": ({}, NOTHING),
    "other options of the task": ({"api_retries": 4}, NOTHING),
}


@pytest.mark.parametrize("case", ALONE)
def test_the_message_for_a_single_client_names_no_entry(case: str) -> None:
    given, expected = ALONE[case]
    with pytest.raises(PlanRefused) as refused:
        desired_client(given)
    assert str(refused.value) == expected


def said(*entries: Any) -> str:
    with pytest.raises(PlanRefused) as refused:
        desired_clients(entries)
    return str(refused.value)


def test_all_problems_are_reported_together() -> None:
    """Those of shape, of every entry, and the contradictions that need no look at the service."""
    text = said({"name": "A", "state": "presnt", "colour": 1}, {"id": 7}, 7, {"id": 7}, "B", "B")
    assert text == (
        "Entry 3: name is not a text, it became the number 7; put the name in quotes. "
        f'Entry 1 ("A"): options that are not known: "colour"; {OF_AN_ENTRY} '
        'Entry 1 ("A"): state is "presnt"; did you mean present? '
        "Entries 2 and 4: The id 7 is in the list more than once: keep one entry. "
        'Entries 5 and 6: The name "B" is in the list more than once: keep one entry, or give each '
        "one its id."
    )


def test_the_same_problem_of_many_entries_is_one_sentence() -> None:
    """Its numbers are ten at most, and then how many more; names that became something else are
    one problem, whatever each became."""
    numbers = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 30 more"
    typos = said(*({"nmae": f"C {number}"} for number in range(40)))
    assert typos == f'Entries {numbers}: the option "nmae" is not known; did you mean name?'
    became = ", ".join(f"the number {number}" for number in range(10))
    assert said(*range(40)) == (
        f"Entries {numbers}: name {IS_NO_TEXT} {became} and 30 more; put the names in quotes."
    )


def test_a_message_does_not_grow_without_end() -> None:
    text = said(*(name for number in range(30) for name in (f"C {number}",) * 2))
    assert text.count(" is in the list more than once") == 20
    assert text.endswith(" And 10 more problems.")


CONTRADICT: dict[str, tuple[list[Any], str]] = {
    "a name twice": (
        ["Acme", {"name": "Acme "}],
        'Entries 1 and 2: The name "Acme" is in the list',
    ),
    "two forms of a name": (["Mu\u0308ller", "M\u00fcller"], "Entries 1 and 2: The name"),
    "an id twice": ([{"id": 7}, {"id": "7", "name": "A"}], "Entries 1 and 2: The id 7 is in"),
    "here and gone": (
        ["A", {"name": "A", "state": "absent"}],
        'Entries 1 and 2: The name "A" is declared both present and absent',
    ),
}


@pytest.mark.parametrize("case", CONTRADICT)
def test_what_contradicts_is_refused_without_the_service(case: str) -> None:
    given, expected = CONTRADICT[case]
    assert said(*given).startswith(expected)


NO_CONTRADICTION: dict[str, list[Any]] = {
    "a name in two cases": ["Acme", "ACME"],
    "two clients of a name, by id": [{"id": 1, "name": "A"}, {"id": 2, "name": "A"}],
    "one of two clients of a name deleted by id": ["A", {"id": 2, "name": "A", "state": "absent"}],
    "a former name that is a name": ["A", {"name": "B", "former_names": ["A"]}],
}


@pytest.mark.parametrize("case", NO_CONTRADICTION)
def test_what_only_the_service_can_tell_is_let_through(case: str) -> None:
    assert len(desired_clients(NO_CONTRADICTION[case])) == 2


def test_what_is_wrong_by_itself_contradicts_nothing() -> None:
    """Nobody knows what an entry with a typo means for others."""
    assert said("A", {"name": "A", "state": "absnt"}) == (
        'Entry 2 ("A"): state is "absnt"; did you mean absent?'
    )
    assert said("A", {"name": "A", "stat": "absent"}) == (
        'Entry 2 ("A"): the option "stat" is not known; did you mean state?'
    )


def test_the_list_is_validated_where_requests_is_not_installed() -> None:
    """An offline check needs no more than Ansible."""
    source = (
        "import sys; sys.modules['requests'] = None\n"
        "from ansible_collections.toggl.focus.plugins.module_utils._task.entries import Entry\n"
        "assert Entry(0, 'Acme').desired.name == 'Acme'\n"
        "assert not [name for name in sys.modules if name.endswith(('.transport', '.clients'))]\n"
    )
    subprocess.run(
        [sys.executable, "-c", source],
        env={"PYTHONPATH": str(ROOT / ".ansible" / "tree")},
        check=True,
    )


def test_a_list_of_one_entry_is_a_list() -> None:
    """Its messages name the entry, too."""
    assert said({"name": "Gamma", "state": "presnt"}).startswith('Entry 1 ("Gamma"): ')


@pytest.mark.parametrize("name", ["\u200b", "\u00ad\ufeff", "\u2060 "])
def test_a_name_that_nobody_sees_is_blank(name: str) -> None:
    assert "name is empty or blank" in said({"name": name})
