# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of active clients before and after, as YAML that says why a line changes. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .._model import Client, Plan, Step
from .._text import quoted, yaml_text

Line = tuple[str, str, str]
"""The name by which it is sorted, what stands in the list, and the comment behind it."""


def clients_diff(plan: Plan, steps: Iterable[Step], workspace_id: int) -> dict[str, str]:
    """Return the active clients of ``plan`` before and after ``steps``, sorted by name."""
    changes = list(_changes(steps))
    staying = Counter(client.name for client in plan.active)
    staying.subtract(c.before.name for c in changes if c.before and not c.before.deleted)
    unchanged = [(name, _entry(name), "") for name in staying.elements()]
    return {
        **headers(workspace_id),
        "before": _as_yaml([*unchanged, *(line for c in changes for line in c.lines_before())]),
        "after": _as_yaml([*unchanged, *(line for c in changes for line in c.lines_after())]),
    }


def headers(workspace_id: int) -> dict[str, str]:
    """What a diff of any module is headed with: several workspaces may be in one output."""
    title = f"workspace {workspace_id}"
    return {"before_header": title, "after_header": title}


class _Change(NamedTuple):
    """All that happens to one client."""

    before: Client | None
    after: Client
    by_purge: bool = False

    def lines_before(self) -> Iterator[Line]:
        if self.before is None or self.before.deleted:
            return
        if self.after.deleted:
            purge = " by purge" if self.by_purge else ""
            yield _line(self.before, f"deleted{purge}, id {self.before.id}")
        else:
            yield _line(self.before, f"becomes {quoted(self.after.name)}")

    def lines_after(self) -> Iterator[Line]:
        if self.after.deleted:
            return
        if self.before is None:
            yield _line(self.after, "new")
        elif self.before.deleted:
            yield _line(self.after, f"restored, id {self.after.id}")
        else:
            yield _line(self.after, f"was {quoted(self.before.name)}, id {self.after.id}")


def _changes(steps: Iterable[Step]) -> Iterator[_Change]:
    changed: dict[int, _Change] = {}
    for step in steps:
        if step.before is None:
            yield _Change(None, step.after)
            continue
        change = changed.get(step.after.id, _Change(step.before, step.after))
        changed[step.after.id] = change._replace(after=step.after, by_purge=step.entry is None)
    yield from changed.values()


def _line(client: Client, comment: str) -> Line:
    name = client.shown_name
    return client.name, f"id: {client.id}" if name is None else _entry(name), comment


def _entry(name: str) -> str:
    return f"name: {yaml_text(name)}"


def _as_yaml(lines: Iterable[Line]) -> str:
    return "".join(
        f"- {text}  # {comment}\n" if comment else f"- {text}\n"
        for _name, text, comment in sorted(lines)
    )
