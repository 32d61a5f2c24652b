# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients, entries, steps and whole cases in a few signs, so that a case of a table is a line.

    1 Acme, 2 " Globex ", (3 Old)               clients, the third one deleted
    New (was A, B); 1 New; absent 2; restored 3 Old; Old (restore_deleted)      entries
    create New; rename 1 A -> B; delete 2 C; purge 4 D; restore 3 Old; restore 9 ?      steps
    1 Acme @EUR;  Acme @EUR, 1 @workspace;  update 1 Acme @EUR, rename 1 A -> B @EUR<USD

What follows ``@`` is a currency, in a step the new one, and behind ``<`` the one before it. A purge
is a deletion that no entry asks for. ``?`` is a name that nobody knows yet. Quotes are for names
with blanks around them, of digits, or with a line break, which is ``\\n`` there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import pytest

from ansible_collections.toggl.focus.plugins.module_utils import _model as M
from ansible_collections.toggl.focus.plugins.module_utils._model import Client, Desired, State, Step
from ansible_collections.toggl.focus.plugins.module_utils._plan.plan import plan
from support import steps as made

ENTRY = re.compile(
    r'(?:(?P<state>absent|restored) )?(?:(?P<id>\d+)(?: |$))?(?P<name>"[^"]*"|[^("]*?)'
    r" ?(?:\(was (?P<former>.*?)\))?(?P<restore> ?\(restore_deleted\))?"
    r"(?: ?@(?P<currency>\w+))?"
)
STEP = re.compile(
    r"(?P<kind>\w+) (?:(?P<id>\d+) )?(?P<name>.*?)(?: -> (?P<new>.*?))?"
    r"(?: @(?P<currency>\w+)(?:<(?P<old>\w+))?)?"
)


def rows(text: str) -> list[Any]:
    """Return the cases of a table: a line each, with its name and its cells between ``|``; a line
    that begins with blanks continues the one before."""
    return [pytest.param(*cells, id=name) for name, *cells in _lines(text)]


def unnamed_rows(text: str) -> list[Any]:
    """Return the same of a table without names: the first cell says enough."""
    return [pytest.param(*cells, id=cells[0]) for cells in _lines(text)]


def table(text: str) -> dict[str, str]:
    """Return what stands in the second cell of each line, by the first."""
    return {line[0]: line[1] for line in _lines(text)}


def sentences(text: str) -> list[Any]:
    """Return the cases of a table whose lines have a sentence and, in each cell after it, what it
    is said of, and behind ``~`` what takes the place of its ``…``."""
    cases = []
    for sentence, *cells in _lines(text):
        for cell in cells:
            written, _, shown = (part.strip(" ") for part in cell.partition(" ~ "))
            cases.append(pytest.param(written, sentence.replace("…", shown), id=written))
    return cases


def pairs(text: str) -> list[Any]:
    """Return the cases ``one ~ other`` of a table: several a line, behind what they share."""
    cells = "|".join(line.partition(": ")[2] for line in text.strip().split("\n")).split("|")
    written = ([part.strip(" ") for part in cell.split("~")] for cell in cells)
    return [pytest.param(*map(_bare, pair), id=" ~ ".join(pair)) for pair in written]


def _bare(cell: str) -> str:
    """Take off quotes that only keep blanks, or nothing at all."""
    return cell[1:-1] if re.fullmatch('"(| .*|.* )"', cell) else cell


def _lines(text: str) -> list[list[str]]:
    lines = re.sub(r"\n +", " ", text.strip()).split("\n")
    return [[cell.strip(" ") for cell in line.split("|")] for line in lines]


def clients_of(text: str) -> list[Client]:
    found = []
    for part in _parts(text, ", "):
        id_, name = part.strip("()").split(" ", 1)
        of = made.deleted if part.startswith("(") else made.active
        name, _, currency = name.partition(" @")
        found.append(of(int(id_), _unquoted(name), **({"currency": currency} if currency else {})))
    return found


def entries_of(text: str) -> list[Desired]:
    return [_entry(part) for part in _parts(text, "; ")]


def entries_from(text: str) -> list[dict[str, Any]]:
    """Entries as a list has them, from the notation: ``New (was A, B); absent 1001; 1002 Name``."""
    return [entry.as_options() for entry in entries_of(text)]


def entry_from(text: str) -> dict[str, Any]:
    (entry,) = entries_from(text)
    return entry


def steps_of(text: str) -> list[Step]:
    return [_step(part) for part in _parts(text, "; ")]


def plan_of(existing: str, wanted: str, **rules: Any) -> M.Plan:
    return plan(clients_of(existing), entries_of(wanted), M.Rules(**rules))


def told(steps: Iterable[Step]) -> str:
    """Return steps as they are written in a table."""
    return "; ".join(map(told_one, steps))


def told_one(step: Step) -> str:
    names = [step.old_name, step.name] if step.kind == "rename" else [step.name]
    shown = " -> ".join(map(_quoted, names))
    kind = "purge" if step.entry is None else step.kind
    for old, new in step.changes.values():
        shown += f" @{new or 'workspace'}{old and f'<{old}' or ''}"
    return " ".join(str(part) for part in (kind, step.id, shown) if part is not None)


def _entry(text: str) -> Desired:
    found = ENTRY.fullmatch(text)
    assert found, text
    return Desired(
        _unquoted(found["name"]) or None,
        int(found["id"]) if found["id"] else None,
        cast(State, found["state"] or "present"),
        tuple(map(_unquoted, _parts(found["former"] or "", ", "))),
        bool(found["restore"]),
        {"currency": found["currency"]} if found["currency"] else {},
    )


def _step(text: str) -> Step:
    found = STEP.fullmatch(text)
    assert found, text
    id_, name = int(found["id"] or 0), _unquoted(found["name"])
    known = None if name == "?" else name
    kinds: dict[str, Callable[[], Step]] = {
        "create": lambda: made.create(name, id_),
        "rename": lambda: made.rename(id_, known, _unquoted(found["new"])),
        "update": lambda: made.update(id_, name),
        "delete": lambda: made.delete(id_, name),
        "purge": lambda: made.delete(id_, name, None),
        "restore": lambda: made.restore(id_, known),
    }
    step = kinds[found["kind"]]()
    return made.setting(step, found["old"], found["currency"]) if found["currency"] else step


def _parts(text: str, separator: str) -> list[str]:
    return text.split(separator) if text else []


def _quoted(name: str | None) -> str:
    if name is None:
        return "?"
    return name if name == name.strip() != "" else f'"{name}"'


def _unquoted(name: str) -> str:
    return name[1:-1].replace("\\n", "\n") if name.startswith('"') else name
