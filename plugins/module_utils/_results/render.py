# SPDX-License-Identifier: GPL-3.0-or-later
"""The result for people: a line for the whole, then a line a step; and the list of active clients
before and after, as YAML that says why a line changes. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._errors import FocusError
from .._model import ACTIONS, ATTRIBUTES, NOT_YET, Client, Plan, Step, changes, ends
from .._plan.digest import columns
from .._text import at_most, quoted, shown, yaml_text

Row = Mapping[str, Any]

Line = tuple[str, str]
"""The name by which it is sorted, and the whole of it."""

MOST_LINES = 50
LONGEST_NAME = 60  # characters; the diff and the plan have the whole of it
LONGEST_ERROR = 120  # characters; the message has the whole of it


def plan_lines(result: object) -> list[str]:
    """Return the lines for a result of ``focus_clients``, at most ``MOST_LINES`` steps of it.

    :arg result: what the module returned, also one that failed before there was a plan
    :raises FocusError: it is something else
    """
    if not isinstance(result, Mapping) or "msg" not in result:
        raise FocusError("It takes what focus_clients returned, as register keeps it.")
    lines = [_line(row) for row in in_reading_order(result.get("plan", ()))]
    more = "and {} more, which --diff shows"
    return [_unescaped(str(result["msg"])), *at_most(lines, MOST_LINES, more)]


def in_reading_order(rows: Iterable[Row]) -> list[Row]:
    """Return the rows with deletions first, then what went wrong: a reader must not miss them."""
    kinds = [*ACTIONS]

    def place(row: Row) -> tuple[bool, bool, bool, int]:
        kind = row["step"]
        return kind != "delete", "error" not in row, kind == "create", kinds.index(kind)

    return sorted(rows, key=place)


def attributes_text(row: Row) -> str:
    """Return what a step sets beside the name, with what was there before."""
    parts = []
    for of in filter(row.__contains__, ATTRIBUTES):
        was = f", was {_value(row[f'{of}_from'])}" if f"{of}_from" in row else ""
        parts.append(f"{of} {_value(row[of])}{was}")
    return "; ".join(parts)


def _value(text: str) -> str:
    """Return a value as it is shown; in quotes if it could be taken for more than a word."""
    return text if text.isalnum() else quoted(text)


def _line(row: Row) -> str:
    parts = [
        f"{row['step']:<7} ",
        f"{shown(row['from'], LONGEST_NAME)} ->" if "from" in row else "",
        shown(row.get("name", ""), LONGEST_NAME),
        f"(id {row['id']})" if "id" in row else "",
        _unescaped(attributes_text(row)),
        "by purge" if row.get("purge") else "",
        "" if row["status"] in ("planned", "done") else f"[{row['status']}]",
        _unescaped(shown(row.get("error", ""), LONGEST_ERROR)),
    ]
    return " ".join(filter(None, parts))


def _unescaped(sentence: str) -> str:
    """Return a sentence with single quotes: Ansible prints JSON, where double ones are hard to
    read."""
    return sentence.replace('"', "'")


# the diff


def clients_diff(plan: Plan, steps: Sequence[Step], workspace_id: int) -> dict[str, str]:
    """Return the active clients of ``plan`` before and after ``steps``, sorted by name."""
    changed = ends(step for step in steps if step.before is not None)
    by_purge = {step.after.id for step in steps if step.entry is None}
    old = [_entry(client) for client in plan.active if client.id not in changed]
    new = [*old, *(_entry(s.after, "new", _set(None, s.after)) for s in steps if s.before is None)]
    for client_id, (first, after) in changed.items():
        before = first or after
        which = f", id {client_id}" if client_id > NOT_YET else ""
        becomes, was = f"becomes {quoted(after.name)}", f"was {quoted(before.name)}{which}"
        if before.key == after.key:
            becomes = was = ""
        if not before.deleted:
            purge = " by purge" if client_id in by_purge else ""
            old.append(_entry(before, f"deleted{purge}{which}" if after.deleted else becomes))
        if not after.deleted:
            was = f"restored{which}" if before.deleted else was
            new.append(_entry(after, was, _set(before, after)))
    return {**headers(workspace_id), "before": _as_yaml(old), "after": _as_yaml(new)}


def headers(workspace_id: int) -> dict[str, str]:
    """Return what a diff of any module is headed with: several workspaces may be in one output."""
    return dict.fromkeys(("before_header", "after_header"), f"workspace {workspace_id}")


def _set(before: Client | None, after: Client) -> str:
    return attributes_text(columns(changes(before, after)))


def _entry(client: Client, *comments: str) -> Line:
    name = client.shown_name
    entry = f"id: {client.id}" if name is None else f"name: {yaml_text(name)}"
    comment = "; ".join(filter(None, comments))
    return client.name, f"- {entry}  # {comment}\n" if comment else f"- {entry}\n"


def _as_yaml(lines: Iterable[Line]) -> str:
    return "".join(text for _name, text in sorted(lines))
