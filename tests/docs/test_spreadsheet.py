# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's recipe for a spreadsheet, with tables as programs and people write them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.lists import load_list
from support.playbooks import ROOT
from support.stage import LOCAL, Stage

from .guide import captioned

RECIPE = captioned(ROOT / "docs" / "docsite" / "rst" / "import.rst", "spreadsheet.yml")
HEAD = "Client;Former name;Notes"

TABLES: dict[str, tuple[str, list[Any]]] = {
    "a byte order mark, lines as on Windows": (
        f"\ufeff{HEAD}\r\nZo\u00eb;Zo\u0308e;\r\n007;;x\r\n;;\r\n1.10;12:30;\r\nNo;yes;\r\n",
        [("Zo\u00eb", "Zo\u0308e"), ("007", None), ("1.10", "12:30"), ("No", "yes")],
    ),
    "quotes": (
        f'{HEAD}\n"A; ""B"" C";"D\n";"a\nb;c\n"\n"""";;\nE "F" G;;\n',
        [('A; "B" C', "D"), ('"', None), ('E "F" G', None)],
    ),
    "templates": (
        f"{HEAD}\n{{{{ 1 + 1 }}}};{{% raw %}};\n",
        [("{{ 1 + 1 }}", "{% raw %}")],
    ),
    "other cells only": (f"{HEAD}\n;Old;\n;;a note\n", [("", "Old")]),
    "one column, no end of the last line": (
        "Client\nAcme\n\n \nHooli",
        [("Acme", None), ("Hooli", None)],
    ),
    "blanks": (f"{HEAD}\n Acme ; ;\n", [("Acme", None)]),
    "a head alone": (f"{HEAD}\n", []),
    "commas": ('Client,Former name\nA; B,"C, D"\n', [("A; B", "C, D")]),
}
MISTAKES = {
    "no closing quote": '"Acme;Old;',
    "text behind a closing quote": '"Acme" AG;Old;',
    "no closing quote of the former name": 'Acme;"Old;',
}


def recipe(hosts: str, separator: str = ";") -> str:
    """Each host has a table of its own, and its list is written without the processes of copy."""
    text = RECIPE
    for word, own in {
        'separator: ";"': f'separator: "{separator}"',
        "hosts: localhost": f"hosts: {hosts}",
        "'clients.csv'": "inventory_hostname ~ '.csv'",
        "ansible.builtin.copy:": "keep:",
        'dest: "{{ playbook_dir }}/clients.yml"': 'path: "{{ inventory_hostname }}.yml"',
    }.items():
        assert word in text
        text = text.replace(word, own)
    return text


def host(case: str) -> str:
    return re.sub(r"\W+", "_", case)


@pytest.fixture(scope="module")
def made(server: Simulator, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder with what became of each table, and what was printed."""
    stage = Stage(server, tmp_path_factory.mktemp("tables"))
    tables = {case: table for case, (table, _) in TABLES.items()}
    tables |= {case: f"{HEAD}\nHooli;;\n{line}\n" for case, line in MISTAKES.items()}
    for case, table in tables.items():
        (stage.folder / f"{host(case)}.csv").write_bytes(table.encode())
    stage.inventory({host(case): LOCAL for case in tables})
    stage.write("book.yml", recipe("all:!commas") + recipe("commas", ","))
    return stage.folder, stage.run("book.yml", status=2)


@pytest.mark.parametrize("case", TABLES)
def test_every_row_is_an_entry(made: tuple[Path, str], case: str) -> None:
    folder, printed = made
    found = load_list((folder / f"{host(case)}.yml").read_text())["clients_list"] or []
    entries = [(entry["name"], *entry.get("former_names", [None])) for entry in found]
    assert entries == TABLES[case][1], printed


@pytest.mark.parametrize("case", MISTAKES)
def test_a_line_that_cannot_be_understood_is_shown(made: tuple[Path, str], case: str) -> None:
    """No client is left out in silence."""
    folder, printed = made
    (shown,) = re.findall(rf"(?ms)^fatal: \[{host(case)}\]: .*?^}}", printed)
    assert "Look at" in shown and "Acme" in shown
    assert not (folder / f"{host(case)}.yml").exists()
