# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of active clients before and after, as YAML that says why a line changes. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .._model import NOT_YET, Client, Plan, Step, changes, ends
from .._plan.digest import columns
from .._text import quoted, yaml_text
from .render import attributes_text

Line = tuple[str, str]
"""The name by which it is sorted, and the whole of it."""


def clients_diff(plan: Plan, steps: Sequence[Step], workspace_id: int) -> dict[str, str]:
    """Return the active clients of ``plan`` before and after ``steps``, sorted by name."""
    changed = ends(step for step in steps if step.before is not None)
    by_purge = {step.after.id for step in steps if step.entry is None}
    old = [_line(client) for client in plan.active if client.id not in changed]
    new = [*old, *(_line(s.after, "new", _set(None, s.after)) for s in steps if s.before is None)]
    for client_id, (first, after) in changed.items():
        before = first or after
        which = f", id {client_id}" if client_id > NOT_YET else ""
        becomes, was = f"becomes {quoted(after.name)}", f"was {quoted(before.name)}{which}"
        if before.key == after.key:
            becomes = was = ""
        if not before.deleted:
            purge = " by purge" if client_id in by_purge else ""
            old.append(_line(before, f"deleted{purge}{which}" if after.deleted else becomes))
        if not after.deleted:
            was = f"restored{which}" if before.deleted else was
            new.append(_line(after, was, _set(before, after)))
    return {**headers(workspace_id), "before": _as_yaml(old), "after": _as_yaml(new)}


def headers(workspace_id: int) -> dict[str, str]:
    """Return what a diff of any module is headed with: several workspaces may be in one output."""
    return dict.fromkeys(("before_header", "after_header"), f"workspace {workspace_id}")


def _set(before: Client | None, after: Client) -> str:
    return attributes_text(columns(changes(before, after)))


def _line(client: Client, *comments: str) -> Line:
    name = client.shown_name
    entry = f"id: {client.id}" if name is None else f"name: {yaml_text(name)}"
    comment = "; ".join(filter(None, comments))
    return client.name, f"- {entry}  # {comment}\n" if comment else f"- {entry}\n"


def _as_yaml(lines: Iterable[Line]) -> str:
    return "".join(text for _name, text in sorted(lines))
