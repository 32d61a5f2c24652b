# SPDX-License-Identifier: GPL-3.0-or-later
"""What was found, and the table of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from live.service import described
from live.store import Exchange

QUESTIONS: dict[str, str] = {
    "list_shows_deleted": "Does the list carry deleted clients?",
    "get_shows_deleted": "Does GET by id answer a deleted client?",
    "create_body": "Body of POST's 201",
    "duplicates": "Two clients of one name",
    "name_filter": "How does the filter `name` compare?",
    "default_per_page": "Default `per_page`",
    "per_page_cap": "`per_page` where 100 is asked for",
    "longest_name": "Longest name",
    "names_trimmed": "Is a name trimmed?",
    "delete_deleted": "DELETE of a deleted client",
    "restore_active": "PATCH restore of an active client",
    "put_deleted": "PUT on a deleted client",
    "active_field": "The field `active`",
    "missing_fields": "A field without a value (`deleted_at` of an active client)",
    "empty_data": "`data` of an empty page",
    "quota_headers": "Headers of the quota",
    "order_by_key": "Key of the order",
    "list_order": "Order of the list where none is asked for",
    "trace_id": "`trace_id` in errors",
    "extra_fields": "Fields beyond the reference",
    "longest_name_unit": "Longest name: characters or bytes?",
    "paging": "Pages of more than 20 clients",
}
ONLY_THOROUGH = ("longest_name_unit", "paging")


@dataclass(frozen=True)
class Finding:
    """``value`` is the answer in the simulator's words, ``None`` where it has none for it."""

    words: str
    value: object = None
    seen: tuple[str, ...] = ()
    day: str = ""


class Findings:
    """Answers by question, in the order in which they were found."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._found: dict[str, Finding] = {}

    def add(self, key: str, value: object, words: str, *seen: Exchange) -> None:
        lines = tuple(described(exchange, self._prefix) for exchange in seen)
        days = [exchange.day for exchange in seen]
        self._found[key] = Finding(words, value, lines, max(days, default=""))

    def note(self, key: str, finding: Finding) -> None:
        self._found[key] = finding

    def value(self, key: str) -> object:
        return self._found[key].value if key in self._found else None

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def items(self) -> Iterator[tuple[str, Finding]]:
        return iter(self._found.items())

    def get(self, key: str) -> Finding | None:
        return self._found.get(key)


def table(found: Findings, titles: Mapping[str, str]) -> str:
    """Markdown, to be pasted into the documentation."""
    rows = ["| question | what the service did | seen by | date |", "| --- | --- | --- | --- |"]
    for key, title in titles.items():
        finding = found.get(key)
        if finding is None:
            why = " (`--thorough` asks it)" if key in ONLY_THOROUGH else ""
            rows.append(f"| {_cell(title)} | not asked{why} | | |")
        else:
            seen = "<br>".join(f"`{_cell(line)}`" for line in finding.seen)
            rows.append(f"| {_cell(title)} | {_cell(finding.words)} | {seen} | {finding.day} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
