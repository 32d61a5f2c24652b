# SPDX-License-Identifier: GPL-3.0-or-later
"""From a table, as spreadsheets and Toggl Track export it, to a list of clients."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ..module_utils._errors import FocusError, listed
from ..module_utils._model import Desired
from ..module_utils._task.entries import OPTIONS, Entry
from ..module_utils._text import case_key, counted, has_lone_surrogate, quoted, revealed

HEADERS = {
    **dict.fromkeys(("client", "clients", "client name", "customer", "customer name"), "name"),
    **dict.fromkeys(("former name", "former names", "old name", "previous name"), "former_names"),
    **{option.replace("_", " "): option for option in OPTIONS},
}
"""By which the column of an option is found, the first of them that is there."""

_UNAMBIGUOUS = {"name", "former_names"}
"""Other columns have to be named. The ID or State of a spreadsheet is seldom that of a client in
Toggl Focus; where it is, it must not be dropped unnoticed."""

SEPARATORS = (";", ",", "\t", "|")

_BASE64 = re.compile("(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

_NOT_WESTERN = re.compile("[^\0-\x7fÀ-ÏÑ-ÖØ-Üß-ïñ-öø-üœŒ–—\u2019€©®™°«»·]|[À-ÖØ-öø-ÿ]{3}")
"""What names in Western Europe seldom have, and what other code pages look like when they are read
as windows-1252: Polish as "£ódŸ", Cyrillic as "Ìîñêâà", the ü of a Mac as "Ÿ"."""

_DAMAGED = re.compile("\ufffd|Ã[^A-Za-zÀ-ÿ .,-]|â€")
"""Where a character was lost, or UTF-8 was taken for windows-1252 and saved so."""

_CODE_PAGES = ("cp1252", "cp1250", "cp1251", "mac_roman")
"""In which a file that is not in UTF-8 is shown; the user decides."""

_SLURP = 'Read it by "ansible.builtin.slurp: {src: FILE}", "register: file", and give file.content.'
_SAVE = "Save the file in UTF-8, or put b64decode('CODE PAGE') in front of the filter."
_COLUMNS = "Name columns by header or number, as columns={'name': 'Kunde'}, or give the separator."
_CELLS = "Give the separator, or put a cell that contains one in quotation marks."
_IGNORE = "They are used only if you name them; '' in place of a header ignores its column."

Layout = tuple[str, int, dict[str, int]]
"""The separator, the number of columns, and by option the place of its column."""


def clients_from_csv(table: Any, columns: Any = None, separator: Any = None) -> list[Any]:
    """Return the clients of a table, each once, in the order of their first rows.

    :arg table: a text, or bytes in base64
    :arg columns: by option of an entry, the header of its column; or the number, in a table without
        headers
    :arg separator: one of ``SEPARATORS``; not given if it has to be recognised
    :raises FocusError: something is not understood; says in which line
    """
    columns = columns or {}
    if not isinstance(table, str) or not isinstance(columns, dict):
        raise FocusError("Give a text or slurp's content, and columns as {'name': 'Kunde'}.")
    text = _text_of(table).removeprefix("\ufeff")
    if said := re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE):  # of a file for Excel
        separator, text = separator or said[1], "\n" + text[said.end() :]
    has_headers = not any(isinstance(column, int) for column in columns.values())
    mark, width, places = _layout(text, columns, has_headers, separator)
    clients: dict[tuple[str, int | None], tuple[int, Desired]] = {}
    for line, cells in list(_rows(text, mark))[1 if has_headers else 0 :]:
        is_doubtful = mark != separator and (len(cells) < max(width, 2) or not has_headers)
        if len(cells) > width or (is_doubtful and any(map("".join(cells).count, SEPARATORS))):
            raise FocusError(f"Line {line} does not fit into {counted(width, 'column')}. {_CELLS}")
        given = {of: cells[at] for of, at in places.items() if any(cells[at : at + 1])}
        if not has_headers and HEADERS.get(_key(given.get("name", ""))) == "name":
            raise FocusError(f"Line {line} has headers. Name the columns by them, not by number.")
        if given:
            client = _client(line, given)
            before, first = clients.setdefault((client.key, client.id), (line, client))
            if client != first._replace(name=client.name):
                raise FocusError(f"Lines {before} and {line} of one client differ. Keep one.")
    return [client.as_options() for _line, client in clients.values()]


def _text_of(table: str) -> str:
    """:raises FocusError: it is not in UTF-8, nor in another encoding that is recognised"""
    data = base64.b64decode(table) if _BASE64.fullmatch(table) else b""
    if not re.search(b"[\0\r\n]", data):
        for number, line in enumerate(table.split("\n"), 1):
            if has_lone_surrogate(line):
                raise FocusError(f"Line {number} is not in UTF-8: {quoted(line.strip())}. {_SLURP}")
        return table
    if b"\0" in data and not re.match(b"\xff\xfe|\xfe\xff|[^\0]\0", data):
        raise FocusError("It is no CSV file. In the program that wrote it, save it as CSV.")
    with suppress(ValueError):
        return data.decode("utf-16" if b"\0" in data else "utf-8")
    decoded = [data.decode(page, "replace") for page in _CODE_PAGES]
    if not _NOT_WESTERN.search(decoded[0]):
        return decoded[0]
    lines = enumerate(zip(*map(str.splitlines, decoded), strict=True), 1)
    number, forms = max(lines, key=lambda line: len(set(line[1])))
    read = zip(forms, _CODE_PAGES, strict=True)
    shown = [f"{quoted(revealed(form))} in {page}" for form, page in read if "\ufffd" not in form]
    raise FocusError(f"Line {number} is not in UTF-8. It is {listed(shown)}. {_SAVE}")


def _rows(text: str, mark: str, is_strict: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank: the number of the first line, and the cells, trimmed.

    :raises FocusError: a quotation mark is where none may be
    """
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=mark, skipinitialspace=True, strict=is_strict)
    before = 0
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield before + 1, [cell.strip() for cell in cells]
            before = reader.line_num
    except csv.Error as error:
        raise FocusError(f"Line {before + 1} cannot be read: {error}. Check its quotes.") from None


def _layout(text: str, columns: dict[str, Any], has_headers: bool, separator: str | None) -> Layout:
    """:raises FocusError: the first row does not tell it"""
    used = {option: column for option, column in columns.items() if column != ""}
    named = {_key(column): option for option, column in used.items()}
    known = {header: of for header, of in HEADERS.items() if of not in columns} | named
    found = []
    for mark in SEPARATORS:
        line, cells = next(_rows(text, mark, is_strict=False), (1, [""]))
        headers = [*map(_key, cells if has_headers else range(1, len(cells) + 1))]
        places = {of: headers.index(key) for key, of in [*known.items()][::-1] if key in headers}
        if separator in (None, mark) and {"name", *used} <= places.keys():
            found.append((mark, cells, places))
    if not found:
        wanted = " or ".join(quoted(column) for column in {"name": "Client", **used}.values())
        row = quoted(mark.join(cells))
        raise FocusError(f"Line {line}, {row}, has no column {wanted}. {_COLUMNS}")
    mark, cells, places = max(found, key=lambda layout: len(layout[1]))
    unnamed = {of: cells[at] for of, at in places.items() if of not in {*columns, *_UNAMBIGUOUS}}
    if unnamed:
        raise FocusError(f"Line {line}: give columns={dict(columns) | unnamed}. {_IGNORE}")
    return mark, len(cells), places


def _key(header: object) -> str:
    return " ".join(case_key(str(header)).replace("_", " ").split())


def _client(line: int, given: dict[str, str]) -> Desired:
    """:raises FocusError: something in the row cannot be used"""
    entry = Entry(line, given)
    if any(map(_DAMAGED.search, given.values())):
        raise FocusError(f"Line {line} has damaged characters. Export the table again, in UTF-8.")
    if entry.problems:
        raise FocusError(f"Line {line}: {entry.problems[0].sentence}")
    return entry.desired
