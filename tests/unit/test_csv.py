# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients from a table, as programs and people write it; nothing goes wrong in silence."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from support.filters import clients_from_csv

from ansible_collections.toggl.focus.plugins.module_utils._reconcile import desired_clients
from ansible_collections.toggl.focus.plugins.plugin_utils._csv import HEADERS, SEPARATORS

NAMES = [header for header, option in HEADERS.items() if option == "name"]
HEAD = "Client;Former name"
REPORT = "User,Email,Client,Project,Duration"
UMLAUTS = "M\xfcller \u2013 S\xf6hne"
MOSCOW = "\u041c\u043e\u0441\u043a\u0432\u0430"
GREEK, POLISH = "\u0391\u03b8\u03ae\u03bd\u03b1", "\u0141\xf3d\u017a"


def content(text: str, encoding: str = "utf-8") -> str:
    """As ``slurp`` returns the file."""
    return base64.b64encode(text.encode(encoding)).decode()


def western(name: str) -> str:
    return content(f"Client\n{name}\n", "cp1252")


def escaped(text: str, encoding: str) -> str:
    """As the ``file`` lookup reads the file."""
    return text.encode(encoding).decode("utf-8", "surrogateescape")


def named(**columns: object) -> dict[str, Any]:
    return {"columns": columns}


ACME, BETA, SMITH = ("Acme", "Old Acme"), ("Beta",), ("Smith, Jones & Co",)
NO_HEADER = "Acme;\nBeta;\n"
SLURP = r"is not in UTF-8: .*ansible\.builtin\.slurp: .*register: file"
XLSX = base64.b64encode(b"PK\3\4\x14\0\6\0\b\0\0\0!\0\n\xff").decode()
COMMA = 'Client,Former name\nAcme,Old Acme\n"Smith, Jones & Co",\n'

TABLES: dict[str, tuple[str, dict[str, Any], list[tuple[str, ...]]]] = {
    "sep line": (f"sep=;\r\n{HEAD}\r\nAcme;Old Acme\r\nBeta;\r\n", {}, [ACME, BETA]),
    "sep line, quotes": (f'"sep=;"\r\n{HEAD}\r\nBeta\r\n', {}, [BETA]),
    "sep line, another separator given": (f"sep=;\n{COMMA}", {"separator": ","}, [ACME, SMITH]),
    "numbers": (NO_HEADER, named(name=1), [("Acme",), BETA]),
    "numbers swapped": ("Old Acme|Acme\n|Beta\n", named(name=2, former_names=1), [ACME, BETA]),
    "both": ("A, B;\nC;D, E\n", {**named(name=1), "separator": ";"}, [("A, B",), ("C",)]),
    "quotes after a blank": ('Client; Former name\n"Acme"; "Old Acme"\nBeta ;\n', {}, [ACME, BETA]),
    "a report": (
        f'{REPORT}\nOne,one@x,"Acme, Inc.",Web,1:00\nOne,one@x,"Acme, Inc.",App,2:00\n'
        "Two,two@x,,Web,0:10\nTwo,two@x,Beta,Web,0:30\n",
        {},
        [("Acme, Inc.",), BETA],
    ),
    "windows-1252": (content(f"{HEAD}\r\n{UMLAUTS};\r\n", "cp1252"), {}, [(UMLAUTS,)]),
    "line ends of an old Mac": (content("Client\rBeta\r"), {}, [BETA]),
    "UTF-8": (content(f"{HEAD}\n{GREEK};{POLISH}\n"), {}, [(GREEK, POLISH)]),
    "UTF-8, byte order mark": (content(f"{HEAD}\nBeta;\n", "utf-8-sig"), {}, [BETA]),
    "UTF-16": (content(f"Client\tFormer name\n{GREEK}\t\n", "utf-16"), {}, [(GREEK,)]),
    "a byte order mark in a text": (f"\ufeff{HEAD}\r\nBeta;\r\n", {}, [BETA]),
    "quotes": (f'{HEAD}\n"A; ""B"" C";"D\n"\nE "F" G;\n', {}, [('A; "B" C', "D"), ('E "F" G',)]),
    "words": (f"{HEAD}\n007;No\n1.1;12:30\n", {}, [("007", "No"), ("1.1", "12:30")]),
    "blank lines and cells": (f"{HEAD};x\n\n ;; \n ; ;note\n Beta ; ;\n", {}, [BETA]),
    "one column": ('Client\nBeta\n\n"Acme"', {}, [BETA, ("Acme",)]),
    "a client with the name of a header": ("Client\nName\n", {}, [("Name",)]),
    "headers alone": (f"{HEAD}\n", {}, []),
    "another header": ("Nr;Kunde\n1;Beta\n", named(name="kunde"), [BETA]),
    "several headers": ("Name;Client\nOne;Beta\n", {}, [BETA]),
    "once, in any form": (f"{HEAD}\nBeta;\n\u00eb;\nBeta;\ne\u0308;\n", {}, [BETA, ("\u00eb",)]),
    "templates": (f"{HEAD}\n{{{{ 1 }}}};{{% raw %}}\n", {}, [("{{ 1 }}", "{% raw %}")]),
}


@pytest.mark.parametrize(("table", "options", "expected"), TABLES.values(), ids=TABLES)
def test_every_row_is_a_client(table: str, options: Any, expected: list[tuple[str, ...]]) -> None:
    found = clients_from_csv(table, **options)
    assert [(entry["name"], *entry.get("former_names", [])) for entry in found] == expected
    assert [entry.name for entry in desired_clients(found)] == [name for name, *_ in expected]


@pytest.mark.parametrize("header", [*NAMES, "CLIENT", " client_name ", "Customer  Name"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_the_column_of_clients_may_be_any(header: str, separator: str) -> None:
    table = f"x{separator}{header}\ny{separator}Beta\n"
    assert clients_from_csv(table) == clients_from_csv(content(table)) == [{"name": "Beta"}]


def test_other_options_are_taken_or_ignored_where_their_columns_are_named() -> None:
    table = "Client,Currency,ID,State\nAcme,eur,7,absent\nBeta,,,\nAcme,,8,\n"
    acme = {"name": "Acme", "id": 7, "state": "absent", "currency": "EUR"}
    found = clients_from_csv(table, columns={of: of for of in ("currency", "id", "state")})
    assert found == [acme, {"name": "Beta"}, {"name": "Acme", "id": 8}]
    ignored = clients_from_csv(table, columns={"currency": "", "id": "", "state": ""})
    assert ignored == [{"name": "Acme"}, {"name": "Beta"}]
    other = named(name="State", id="")
    assert clients_from_csv("ID;State\n1;A\n", **other) == [{"name": "A"}]


ERRORS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no header": (NO_HEADER, {}, 'Line 1, .*, has no column "Client"'),
    "another separator": (COMMA, {"separator": ";"}, 'Line 1, .*, has no column "Client"'),
    "another sep line": (f"sep=;\n{COMMA}", {}, 'Line 2, .*, has no column "Client"'),
    "no such column": (COMMA, named(name="Kunde"), 'Line 1, .*, has no column "Kunde"'),
    "no other column": (COMMA, named(former_names="Alt"), 'Line 1, .*, has no column .*"Alt"'),
    "headers and numbers": (COMMA, named(name=1), "Line 1 has headers"),
    "nothing": ("", {}, 'Line 1, .*, has no column "Client"'),
    "a row with commas": (f"{HEAD}\nAcme;\nBeta,Old\n", {}, "Line 3 does not fit into"),
    "no quotes": ("Client,Former name\nSmith, Jones & Co,\n", {}, "Line 2 does not fit into"),
    "one column, no quotes": ("Client\nSmith, Jones & Co\n", {}, "Line 2 does not fit into"),
    "two separators": ("A, B;C\n", named(name=1), "Line 1 does not fit into"),
    "no closing quote": (f'{HEAD}\n"Acme;\nBeta;\n', {}, "Line 2 cannot be read"),
    "a text after a quote": (f'{HEAD}\nBeta;\n"Acme" AG;\n', {}, "Line 3 cannot be read"),
    "after two lines": (f'{HEAD};x\nA;;"b\nc"\n;;\n"B"y;;\n', {}, "Line 5 cannot be read"),
    "a text": (escaped(f"{HEAD}\r\n{UMLAUTS};\r\n", "cp1252"), {}, f"Line 2 {SLURP}"),
    "a text of UTF-16": (escaped(f"{HEAD}\n{GREEK};\n", "utf-16"), {}, f"Line 1 {SLURP}"),
    "a workbook": (XLSX, {}, "It is no CSV file"),
    "a workbook in one line": (XLSX[:20], {}, "It is no CSV file"),
    "a currency": ("Client,Currency\nA,EUR\n", {}, "columns={'currency': 'Currency'}. "),
    "a state": ("K,State\nA,absent\n", named(name="K"), "'K', 'state': 'State'}. .* '' in place"),
    "a column of two options": (COMMA, named(id="Client"), 'Line 1, .*, has no column "Client"'),
    "a Mac": (content(f"{HEAD}\n{UMLAUTS};\n", "mac_roman"), {}, "Line 2 is not in UTF-8"),
    "Russian": (content(f"{HEAD}\n{MOSCOW};\n", "cp1251"), {}, "Line 2 is not in UTF-8"),
    "Polish": (content(f"{HEAD}\n{POLISH};\n", "cp1250"), {}, "Line 2 is not in UTF-8"),
    "in two pages": (western("“A”"), {}, '2 .* "“A”" in cp1252, "“A”" in cp1250, '),
    "a line that tells": (western("A…\nNuñez"), {}, '3 .* "Nuñez" in cp1252, "Nuńez" in cp1250, '),
    "an invisible blank": (western("A\xa0B"), {}, r'2 .* "A\\xa0B" in cp1252, '),
    "not windows-1250": (western("ƒ§"), {}, '2 .* "ƒ§" in cp1252, "ѓ§" in cp1251 and '),
    "lost": (f"{HEAD}\nM\ufffdller;\n", {}, "Line 2 has damaged characters"),
    "taken for windows-1252": (f"{HEAD}\nM\xc3\xbcller;\n", {}, "Line 2 has damaged characters"),
    "so a dash": (f"{HEAD}\nA \xe2\u20ac\u201c B;\n", {}, "Line 2 has damaged characters"),
    "no name": (f"{HEAD}\n;Initech\n", {}, "Line 2: Neither name nor id is given"),
    "two former names": (f"{HEAD}\nBeta;A\nBeta;B\n", {}, "Lines 2 and 3 of one client differ"),
    "a line break": (f'{HEAD}\n"a\nb";\n', {}, "Line 2: name is .*, which has a line break"),
    "no currency": ("Client,x\nA,Euro\n", named(currency="x"), "Line 2: currency is .Euro"),
    "no state": ("Client,x\nA,removed\n", named(state="x"), "Line 2: state is .* mean absent"),
    "no id": ("Client,x\nA,K-1\n", named(id="x"), "Line 2: id is .K-1.; give a whole number"),
    "no option": ("Client,x\nA,B\n", named(former="x"), "Line 2: .* did you mean former_names"),
    "no text": ({"content": content(COMMA)}, {}, "Give a text or slurp's content"),
    "no dict": (COMMA, {"columns": "Client"}, "columns as {'name': 'Kunde'}"),
}


@pytest.mark.parametrize(("table", "options", "message"), ERRORS.values(), ids=ERRORS)
def test_what_is_not_understood_is_an_error(table: str, options: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        clients_from_csv(table, **options)
