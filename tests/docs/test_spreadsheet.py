# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's recipe for a spreadsheet, with tables as programs and people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simulator.server import Simulator
from support.lists import load_list
from support.playbooks import ROOT, ansible_playbook

from .guide import captioned

GUIDE = ROOT / "docs" / "docsite" / "rst" / "import.rst"
RECIPE = captioned(GUIDE, "spreadsheet.yml")
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
}


def made(folder: Path, service: Simulator, table: str, book: str, status: int = 0) -> str:
    (folder / "spreadsheet.yml").write_text(book)
    (folder / "clients.csv").write_bytes(table.encode())
    ran = ansible_playbook(service, "spreadsheet.yml", folder=folder)
    assert ran.returncode == status, ran.stdout + ran.stderr
    return ran.stdout


def listed(folder: Path) -> list[tuple[str, str | None]]:
    found = load_list((folder / "clients.yml").read_text())["clients_list"]
    return [(e["name"], *e.get("former_names", [None])) for e in found or []]


@pytest.mark.parametrize("case", TABLES)
def test_every_row_is_an_entry(service: Simulator, tmp_path: Path, case: str) -> None:
    table, expected = TABLES[case]
    made(tmp_path, service, table, RECIPE)
    assert listed(tmp_path) == expected


def test_commas_may_separate_cells(service: Simulator, tmp_path: Path) -> None:
    book = RECIPE.replace('separator: ";"', 'separator: ","')
    made(tmp_path, service, 'Client,Former name\nA; B,"C, D"\n', book)
    assert listed(tmp_path) == [("A; B", "C, D")]


@pytest.mark.parametrize("line", ['"Acme;Old;', '"Acme" AG;Old;', 'Acme;"Old;'])
def test_a_line_that_cannot_be_understood_is_shown(
    service: Simulator, tmp_path: Path, line: str
) -> None:
    """No client is left out in silence."""
    printed = made(tmp_path, service, f"{HEAD}\nHooli;;\n{line}\n", RECIPE, status=2)
    assert "Look at" in printed and "Acme" in printed
    assert not (tmp_path / "clients.yml").exists()
